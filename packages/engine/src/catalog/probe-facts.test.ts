import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  contextTokensOf,
  type EndpointKnown,
  type Facts,
  type Findings,
  FROM_KIND,
  mergeProbe,
  NOTHING_KNOWN,
  type Seen,
  standingOf,
  withFindings,
} from './probe-facts.ts';

const facts = (findings: Findings, at = 1, from = 'GET /x'): Facts =>
  withFindings({}, findings, { at, from });

function seen(
  endpoint: Findings,
  models: Readonly<Record<string, Findings>> = {},
  { at = 1, listed = true }: { readonly at?: number; readonly listed?: boolean } = {},
): Seen {
  const list = Object.entries(models).map(([name, one]): [string, Facts] => [name, facts(one, at)]);
  return { endpoint: facts(endpoint, at), models: new Map(list), listed };
}

const after = (...rounds: readonly Seen[]): EndpointKnown =>
  rounds.reduce((known, round, at) => mergeProbe(known, round, at).known, NOTHING_KNOWN);

describe('merging a round', () => {
  it('keeps what was not asked again, with its old time', () => {
    const known = after(
      seen({ contextTokens: 8, queueDepth: 1 }, {}, { at: 1 }),
      seen({ queueDepth: 2 }, {}, { at: 2 }),
    );
    assert.deepEqual(known.endpoint.contextTokens, { value: 8, at: 1, from: 'GET /x' });
    assert.deepEqual(known.endpoint.queueDepth, { value: 2, at: 2, from: 'GET /x' });
  });

  it('tells what changed: the fact, the model, before and after', () => {
    const before = after(seen({ contextTokens: 8 }, { m: { loadState: 'cold' } }));
    const { changes } = mergeProbe(
      before,
      seen({ contextTokens: 4 }, { m: { loadState: 'loaded' } }, { at: 9 }),
      9,
    );
    assert.deepEqual(changes, [
      {
        kind: 'fact-changed',
        fact: 'contextTokens',
        model: undefined,
        before: 8,
        after: 4,
        at: 9,
        from: 'GET /x',
      },
      {
        kind: 'fact-changed',
        fact: 'loadState',
        model: 'm',
        before: 'cold',
        after: 'loaded',
        at: 9,
        from: 'GET /x',
      },
    ]);
  });

  it('says nothing of what is learnt first, of what stays, and of what always moves', () => {
    const first = mergeProbe(NOTHING_KNOWN, seen({ reachable: true, version: '1' }, { m: {} }), 1);
    assert.deepEqual(first.changes, []);
    const moved = mergeProbe(
      first.known,
      seen({ reachable: true, version: '1', queueDepth: 3 }, { m: {} }),
      2,
    );
    assert.deepEqual(moved.changes, []);
    assert.deepEqual(
      mergeProbe(moved.known, seen({ queueDepth: 9, running: 2 }, { m: {} }), 3).changes,
      [],
    );
  });

  it('says at once that an endpoint cannot be reached, and when it can again', () => {
    const down = mergeProbe(NOTHING_KNOWN, seen({ reachable: false }), 1);
    assert.deepEqual(
      down.changes.map((one) => [one.kind, one.kind === 'fact-changed' && one.after]),
      [['fact-changed', false]],
    );
    assert.equal(mergeProbe(down.known, seen({ reachable: false }), 2).changes.length, 0);
    assert.equal(mergeProbe(down.known, seen({ reachable: true }), 3).changes.length, 1);
  });

  it('says which models came and went, by a whole list alone', () => {
    const known = after(seen({}, { a: {}, b: {} }));
    const { changes, known: next } = mergeProbe(known, seen({}, { b: {}, c: {} }), 7);
    assert.deepEqual(changes, [
      { kind: 'model-gone', model: 'a', at: 7 },
      { kind: 'model-appeared', model: 'c', at: 7 },
    ]);
    assert.deepEqual([...next.models.keys()], ['b', 'c']);
    const part = mergeProbe(known, seen({}, { b: {} }, { listed: false }), 8);
    assert.deepEqual(part.changes, []);
    assert.deepEqual([...part.known.models.keys()], ['a', 'b']);
  });

  it('never lets what its kind usually is replace what a server told', () => {
    const usual: Seen = {
      endpoint: facts({ jsonSchema: true }, 5, FROM_KIND),
      models: new Map(),
      listed: false,
    };
    const known = after(usual, seen({ jsonSchema: false }), usual);
    assert.equal(known.endpoint.jsonSchema?.value, false);
  });

  it('twice changes nothing the second time', () => {
    const findings = fc.record(
      {
        reachable: fc.boolean(),
        contextTokens: fc.nat(9),
        tools: fc.boolean(),
        queueDepth: fc.nat(3),
      },
      { requiredKeys: [] },
    );
    const models = fc.dictionary(fc.constantFrom('a', 'b', 'c'), findings);
    const round = fc
      .tuple(findings, models, fc.boolean())
      .map(([endpoint, list, listed]) => seen(endpoint, list, { listed }));
    fc.assert(
      fc.property(fc.array(round, { maxLength: 6 }), round, (rounds, last) => {
        const once = mergeProbe(after(...rounds), last, 50).known;
        const twice = mergeProbe(once, last, 51);
        assert.deepEqual(twice.known, once);
        assert.deepEqual(twice.changes, []);
      }),
    );
  });
});

describe('reading what is known', () => {
  it('a model’s own fact counts before that of the endpoint', () => {
    const known = after(seen({ contextTokens: 8 }, { m: { contextTokens: 4 }, n: {} }));
    assert.equal(contextTokensOf(known, 'm'), 4);
    assert.equal(contextTokensOf(known, 'n'), 8);
    assert.equal(contextTokensOf(known, 'unlisted'), 8);
    assert.equal(contextTokensOf(NOTHING_KNOWN, 'm'), undefined);
  });

  it('cold is not down, failed is', () => {
    const states = after(
      seen(
        { reachable: true, loadState: 'loaded' },
        { a: { loadState: 'cold' }, b: { loadState: 'failed' }, c: {} },
      ),
    );
    assert.deepEqual(
      ['a', 'b', 'c'].map((name) => standingOf(states, name)),
      ['cold', 'down', 'ready'],
    );
    assert.equal(standingOf(NOTHING_KNOWN, 'a'), 'unknown');
  });
});
