import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OnDemand } from './on-demand.ts';

test('what is asked for is compiled once, and nothing else is', () => {
  const compiled: string[] = [];
  const lookup = new OnDemand(
    new Map([
      ['a', 'one'],
      ['b', 'two'],
    ]),
    (document) => {
      compiled.push(document);
      return { document };
    },
  );
  assert.ok(lookup.has('b') && !lookup.has('c'));
  assert.equal(lookup.get('c'), undefined);
  assert.deepEqual(compiled, []);
  assert.equal(lookup.get('a'), lookup.get('a'));
  assert.deepEqual(compiled, ['one']);
});
