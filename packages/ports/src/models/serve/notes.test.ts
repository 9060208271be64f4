import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noteOf, withoutTemperature } from './notes.ts';

const PLAIN = new Map([
  [1, 0.7],
  [2, 0.2],
  [3, 0.1],
]);

function heated(temperature: number): ReadonlyMap<number, number> {
  const raised = [...PLAIN].map(([token, p]) => [token, p ** (1 / temperature)] as const);
  const total = raised.reduce((sum, [, p]) => sum + p, 0);
  return new Map(raised.map(([token, p]) => [token, p / total]));
}

test('the numbers are the same at any temperature', () => {
  for (const temperature of [0.2, 0.7, 1, 1.8]) {
    const logprobs = withoutTemperature(heated(temperature), temperature);
    for (const [token, probability] of PLAIN) {
      const off = Math.abs((logprobs.get(token) ?? 0) - Math.log(probability));
      assert.ok(off < 1e-9, `token ${token} at ${temperature}`);
    }
  }
});

test('what is impossible stays a number that JSON can carry', () => {
  const note = noteOf({ token: 9, probabilities: PLAIN }, 0, 2, String);
  assert.equal(note.logprob, -9_999);
  assert.deepEqual(
    note.top.map(({ token }) => token),
    ['1', '2'],
  );
});

test('a piece of a character has no bytes', () => {
  const note = noteOf({ token: 1, confidence: 0.5 }, 0, 0, () => '\uFFFD');
  assert.equal(note.bytes, null);
  assert.deepEqual(noteOf({ token: 1, confidence: 0.5 }, 0, 0, () => 'é').bytes, [195, 169]);
});
