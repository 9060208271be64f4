import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EntryHead } from '@signalbox/contract';
import fc from 'fast-check';
import {
  CHAIN_START,
  chainHash,
  entryHeadBytes,
  entryHeadText,
  entryOf,
  entryText,
  readEntry,
} from './entry.ts';
import { sha256 } from './node.ts';

const head: EntryHead = {
  v: 1,
  kind: 'hold',
  node: 'n1',
  epoch: '0011223344556677',
  seq: 7,
  at: 1_760_000_000_000,
  prev: CHAIN_START,
  tenant: 'acme',
  call: undefined,
  bodyDigest: 'd'.repeat(64),
};
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const anyText = fc.string({ unit: 'grapheme', maxLength: 30 });

describe('an entry', () => {
  it('has its head in the order of the contract, without whitespace, absent keys left out', () => {
    const wanted =
      '{"v":1,"kind":"hold","node":"n1","epoch":"0011223344556677","seq":7,"at":1760000000000,' +
      `"prev":"${CHAIN_START}","tenant":"acme","bodyDigest":"${head.bodyDigest}"}`;
    assert.equal(entryHeadText(head), wanted);
    assert.equal(new TextDecoder().decode(entryHeadBytes(head)), wanted);
    const shuffled = Object.fromEntries(Object.entries(head).toReversed());
    assert.equal(entryHeadText({ ...head, ...shuffled }), wanted);
  });

  it('reads back with any names and any body, with and without the mark of its frame', () => {
    const body = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(anyText, anyText, body, fc.boolean(), (tenant, node, bodyText, marked) => {
        const made = { ...head, tenant, node };
        const headText = entryHeadText(made);
        const text = entryText(headText, bodyText) + (marked ? '\n' : '');
        const read = readEntry(bytesOf(text));
        assert.ok(read.kind === 'entry');
        assert.deepEqual(read.head, made);
        assert.equal(read.headText, headText);
        assert.equal(read.bodyText, bodyText);
        assert.deepEqual(entryOf(read).body, JSON.parse(bodyText));
      }),
    );
  });

  it('whose body is gone keeps its head, and so its place in the chain', () => {
    const read = readEntry(bytesOf(entryText(entryHeadText(head), undefined)));
    assert.ok(read.kind === 'entry');
    assert.equal(read.bodyText, undefined);
    assert.equal(sha256(read.headText), chainHash(head, sha256));
  });

  it('with an unknown key in its head hashes as it was written', () => {
    const text = `${entryHeadText(head).slice(0, -1)},"later":[1]}`;
    const read = readEntry(bytesOf(entryText(text, '{}')));
    assert.ok(read.kind === 'entry');
    assert.equal(read.headText, text);
  });

  it('of an unknown version is told apart from a malformed one', () => {
    const newer = entryHeadText({ ...head, v: 2 });
    assert.deepEqual(readEntry(bytesOf(newer)), { kind: 'version', found: 2 });
    const { kind } = readEntry(bytesOf('{"v":1,"kind":"hold"}'));
    assert.equal(kind, 'malformed');
  });

  it('is malformed, never thrown, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        assert.notEqual(readEntry(bytes).kind, 'entry');
      }),
    );
    for (const text of ['null', '[]', '{}', '', '"x"', '{"v":1', '{,"body":}']) {
      assert.notEqual(readEntry(bytesOf(text)).kind, 'entry', text);
    }
  });
});
