import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logprobsOf } from './logprobs.ts';

const tokens = ['The', ' answer', ' is', ' a', ' "🚂"', '.'];

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

test('sure and unsure answers are far apart in their means', () => {
  for (let seed = 0; seed < 200; seed += 1) {
    const sure = mean(logprobsOf(tokens, true, seed, 0).map((entry) => entry.logprob));
    const unsure = mean(logprobsOf(tokens, false, seed, 0).map((entry) => entry.logprob));
    assert.ok(sure < -0.05 && sure > -0.3, `sure ${sure}`);
    assert.ok(unsure < -1.5 && unsure > -3.5, `unsure ${unsure}`);
  }
});

test('alternatives begin with the token, fall, differ, and their shares sum to at most one', () => {
  for (const sure of [true, false]) {
    for (let seed = 0; seed < 50; seed += 1) {
      for (const entry of logprobsOf(tokens, sure, seed, 20)) {
        const { top_logprobs: top } = entry;
        assert.equal(top.length, 20);
        assert.equal(top[0]?.token, entry.token);
        assert.equal(new Set(top.map(({ token }) => token)).size, 20);
        const falling = top.map(({ logprob }) => logprob);
        assert.deepEqual(
          falling,
          falling.toSorted((one, other) => other - one),
        );
        const total = top.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
        assert.ok(total <= 1.0001, String(total));
        assert.equal(Buffer.from(entry.bytes).toString(), entry.token);
      }
    }
  }
});

test('the margin to the runner-up tells the two apart as well', () => {
  const margin = (sure: boolean): number =>
    mean(
      logprobsOf(tokens, sure, 5, 2).map(({ top_logprobs: [first, second] }) => {
        assert.ok(first && second);
        return first.logprob - second.logprob;
      }),
    );
  assert.ok(margin(true) > 1, String(margin(true)));
  assert.ok(margin(false) < 0.5, String(margin(false)));
});
