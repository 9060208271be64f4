import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { verifyChain } from './chain.ts';
import { CHAIN_START, entryHeadText, entryText, type ReadEntry, readEntry } from './entry.ts';
import { nodeKeys, sha256 } from './node.ts';

const keys = nodeKeys(new Uint8Array(32).fill(3));
const digest = (bodyText: string): string => keys.digest('journal-body', bodyText, 32);
const tools = { sha256, digest, from: CHAIN_START };

/** Entries of so many epochs, each of so many entries. */
function journal(epochs: readonly number[]): ReadEntry[] {
  const entries: ReadEntry[] = [];
  let prev = CHAIN_START;
  for (const [epoch, count] of epochs.entries()) {
    for (let seq = 1; seq <= count; seq += 1) {
      const bodyText = JSON.stringify({ epoch, seq });
      const headText = entryHeadText({
        v: 1,
        kind: 'count',
        node: 'n1',
        epoch: `epoch-${epoch}`,
        seq,
        at: 1_760_000_000_000 + entries.length,
        prev,
        tenant: undefined,
        call: undefined,
        bodyDigest: digest(bodyText),
      });
      const read = readEntry(new TextEncoder().encode(entryText(headText, bodyText)));
      assert.ok(read.kind === 'entry');
      entries.push(read);
      prev = sha256(headText);
    }
  }
  return entries;
}

const shape = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 });

describe('the chain', () => {
  it('verifies from the first entry to the last, over epochs', () => {
    fc.assert(
      fc.property(shape, (epochs) => {
        const entries = journal(epochs);
        const result = verifyChain(entries, tools);
        const last = entries.at(-1)?.headText ?? '';
        assert.deepEqual(result, { ok: true, entries: entries.length, last: sha256(last) });
      }),
    );
  });

  it('of nothing ends where it begins', () => {
    assert.deepEqual(verifyChain([], tools), { ok: true, entries: 0, last: CHAIN_START });
  });

  it('breaks when any entry but the last is left out', () => {
    fc.assert(
      fc.property(shape, fc.nat(), (epochs, at) => {
        const entries = journal(epochs);
        if (entries.length < 2) return;
        const out = at % (entries.length - 1);
        assert.equal(verifyChain(entries.toSpliced(out, 1), tools).ok, false);
      }),
    );
  });

  it('breaks when entries are swapped or doubled', () => {
    const entries = journal([4]);
    const [first, second, third, fourth] = entries;
    assert.ok(first && second && third && fourth);
    assert.equal(verifyChain([first, third, second, fourth], tools).ok, false);
    const doubled = verifyChain([first, second, second, third], tools);
    assert.deepEqual(doubled, { ok: false, why: 'prev', epoch: 'epoch-0', seq: 2, entries: 2 });
  });

  it('breaks when a head is changed, and says at which entry', () => {
    const entries = journal([3]);
    const changed = entries.map((entry, i) =>
      i === 1 ? { ...entry, headText: entry.headText.replace('"at":', '"at":1') } : entry,
    );
    const result = verifyChain(changed, tools);
    assert.deepEqual(result, { ok: false, why: 'prev', epoch: 'epoch-0', seq: 3, entries: 2 });
  });

  it('tells when a body is not the one its head was made for, if it has the key', () => {
    const entries = journal([2]).map((entry) => ({ ...entry, bodyText: '{"epoch":9}' }));
    const result = verifyChain(entries, tools);
    assert.deepEqual(result, { ok: false, why: 'body', epoch: 'epoch-0', seq: 1, entries: 0 });
    assert.equal(verifyChain(entries, { sha256, from: CHAIN_START }).ok, true);
  });

  it('verifies without the bodies that were erased', () => {
    const entries = journal([2, 2]).map((entry, i) =>
      i % 2 === 0 ? { ...entry, bodyText: undefined } : entry,
    );
    assert.equal(verifyChain(entries, tools).ok, true);
  });

  it('can be verified from the middle, with and without the hash that stands there', () => {
    const entries = journal([5]);
    const from = sha256(entries[1]?.headText ?? '');
    assert.equal(verifyChain(entries.slice(2), { sha256, from }).ok, true);
    assert.equal(verifyChain(entries.slice(2), { sha256 }).ok, true);
    assert.equal(verifyChain(entries.slice(3), { sha256, from }).ok, false);
  });

  it('of a whole journal begins each epoch at 1', () => {
    const late = journal([3]).slice(1);
    const from = late[0]?.head.prev;
    const renamed = late.map((entry) => ({ ...entry, head: { ...entry.head, prev: CHAIN_START } }));
    assert.equal(verifyChain(renamed.slice(0, 1), tools).ok, false);
    assert.equal(verifyChain(late, { sha256, from }).ok, true);
  });
});
