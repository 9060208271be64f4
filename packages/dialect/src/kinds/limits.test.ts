import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Headers } from '@signalbox/contract';
import { durationMs, WAIT_MS_MAX, waitInText } from './duration.ts';
import { kindOf } from './kinds.ts';
import { limitsOf, retryAfterOf } from './limits.ts';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');

const limits = (name: string, headers: Headers) => {
  const kind = kindOf(name);
  assert.ok(kind !== undefined);
  return limitsOf(kind, headers, NOW_MS);
};
const retry = (name: string, headers: Headers): number | undefined => {
  const kind = kindOf(name);
  assert.ok(kind !== undefined);
  return retryAfterOf(kind, headers, NOW_MS);
};

describe('a duration', () => {
  it('is read in every way that servers write it', () => {
    const written = ['6m0s', '1.5s', '120ms', '0s', '7', '1h2m3s', '10.593999999s', '1d'];
    const ms = [360_000, 1_500, 120, 0, 7_000, 3_723_000, 10_594, 86_400_000];
    assert.deepEqual(written.map(durationMs), ms);
  });

  it('is none where it is something else', () => {
    for (const text of ['', 'soon', '-1s', '1x', '2026-01-01T00:00:00Z', 's', '1s 2s']) {
      assert.equal(durationMs(text), undefined, text);
    }
  });

  it('is bounded', () => {
    assert.equal(durationMs('999999999h'), WAIT_MS_MAX);
  });

  it('stands in sentences', () => {
    assert.equal(waitInText('Please try again in 7.66s. Visit the page.'), 7_660);
    assert.equal(waitInText('Please retry after 20 seconds.'), 20_000);
    assert.equal(waitInText('Try again in 6m0s'), 360_000);
    assert.equal(waitInText('Please try again in 20ms.'), 20);
    assert.equal(waitInText('try again in 2 minutes'), 120_000);
    assert.equal(waitInText('try again in 2 months'), undefined);
    assert.equal(waitInText('try again later'), undefined);
  });
});

describe('limits in headers', () => {
  it('are whole again after a duration', () => {
    const headers: Headers = [
      ['x-ratelimit-limit-requests', '500'],
      ['x-ratelimit-remaining-requests', '499'],
      ['x-ratelimit-reset-requests', '120ms'],
      ['x-ratelimit-remaining-tokens', '0'],
      ['x-ratelimit-reset-tokens', '6m0s'],
    ];
    assert.deepEqual(limits('openai', headers), [
      { of: 'requests', windowMs: undefined, limit: 500, remaining: 499, resetMs: 120 },
      { of: 'tokens', windowMs: undefined, limit: undefined, remaining: 0, resetMs: 360_000 },
    ]);
    assert.equal(retry('openai', headers), 360_000);
  });

  it('are whole again at a time', () => {
    const headers: Headers = [
      ['anthropic-ratelimit-input-tokens-limit', '400000'],
      ['anthropic-ratelimit-input-tokens-remaining', '0'],
      ['anthropic-ratelimit-input-tokens-reset', '2026-01-01T00:00:41Z'],
    ];
    assert.deepEqual(limits('anthropic', headers), [
      { of: 'input-tokens', windowMs: 60_000, limit: 400_000, remaining: 0, resetMs: 41_000 },
    ]);
    assert.equal(retry('anthropic', headers), 41_000);
  });

  it('are whole again at a number of milliseconds, or after seconds', () => {
    const at: Headers = [
      ['x-ratelimit-reset', String(NOW_MS + 5_000)],
      ['x-ratelimit-remaining', '0'],
    ];
    assert.equal(retry('openrouter', at), 5_000);
    const after: Headers = [
      ['x-ratelimit-reset', '2'],
      ['x-ratelimit-remaining', '0'],
    ];
    assert.equal(retry('together', after), 2_000);
  });

  it('tell their window by their name', () => {
    const headers: Headers = [
      ['x-ratelimit-limit-tokens-minute', '2000000'],
      ['x-ratelimit-remaining-tokens-minute', '1999225'],
      ['x-ratelimit-limit-req-10-second', '60'],
    ];
    assert.deepEqual(
      limits('mistral', headers).map(({ of, windowMs, limit }) => [of, windowMs, limit]),
      [
        ['tokens', 60_000, 2_000_000],
        ['requests', 10_000, 60],
      ],
    );
  });

  it('that say nothing readable are left out', () => {
    assert.deepEqual(limits('openai', []), []);
    assert.deepEqual(limits('openai', [['x-ratelimit-limit-requests', 'many']]), []);
    assert.deepEqual(limits('ollama', [['x-ratelimit-limit-requests', '5']]), []);
  });
});

describe('when to come again', () => {
  it('milliseconds count more than seconds, and both more than limits', () => {
    const spent: Headers = [
      ['x-ratelimit-remaining-requests', '0'],
      ['x-ratelimit-reset-requests', '9s'],
    ];
    assert.equal(
      retry('openai', [...spent, ['retry-after', '3'], ['retry-after-ms', '2500']]),
      2_500,
    );
    assert.equal(retry('openai', [...spent, ['retry-after', '3']]), 3_000);
    assert.equal(retry('openai', spent), 9_000);
  });

  it('a date counts from now, one that is past is now', () => {
    assert.equal(retry('openai', [['retry-after', 'Thu, 01 Jan 2026 00:00:10 GMT']]), 10_000);
    assert.equal(retry('openai', [['retry-after', 'Thu, 01 Jan 2015 00:00:10 GMT']]), 0);
  });

  it('is not known from nonsense, nor from limits that are not used up', () => {
    assert.equal(retry('openai', [['retry-after', 'later']]), undefined);
    assert.equal(retry('openai', [['retry-after', '-5']]), undefined);
    const left: Headers = [
      ['x-ratelimit-remaining-requests', '1'],
      ['x-ratelimit-reset-requests', '9s'],
    ];
    assert.equal(retry('openai', left), undefined);
  });
});
