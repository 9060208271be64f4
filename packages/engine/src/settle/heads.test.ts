import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CODES, type Code, codeFacts, refusal, requestId } from '@signalbox/contract';
import { costHeaders, refusalHeaders, timingHeader, upstreamHeaders } from './heads.ts';

const IDS = { request: requestId(0, new Uint8Array(10)), decision: undefined };

describe('the head of a refusal', () => {
  it('tells SDKs not to try again where trying again cannot help', () => {
    for (const code of Object.keys(CODES) as Code[]) {
      const headers = new Map(refusalHeaders(refusal(code, 'm'), IDS));
      const never = codeFacts(code).retry === 'never';
      assert.equal(headers.get('x-should-retry'), never ? 'false' : undefined, code);
      assert.equal(headers.get('content-type'), 'application/json');
    }
  });

  it('tells how long to wait, in milliseconds and in whole seconds, never too short', () => {
    const no = refusal('rate_limited', 'm', { retryAfterMs: 1_200.4 });
    const headers = new Map(refusalHeaders(no, IDS));
    assert.equal(headers.get('retry-after-ms'), '1201');
    assert.equal(headers.get('retry-after'), '2');
  });

  it('tells many in one moment each another wait, of one second when nobody knows better', () => {
    const waits = (more: { retryAfterMs?: number }): number[] =>
      [0, 7, 255].map((byte) => {
        const request = requestId(0, new Uint8Array(10).fill(byte));
        const no = refusal('journal_unavailable', 'm', more);
        return Number(new Map(refusalHeaders(no, { ...IDS, request })).get('retry-after-ms'));
      });
    assert.deepEqual(waits({}), [1_000, 1_757, 2_000]);
    assert.deepEqual(waits({ retryAfterMs: 5_000 }), [5_000, 8_785, 9_996]);
  });
});

describe('headers of the upstream', () => {
  it('pass under our prefix when they are its request id or its limits, and otherwise not', () => {
    assert.deepEqual(
      upstreamHeaders([
        ['x-request-id', 'a'],
        ['request-id', 'b'],
        ['x-ratelimit-limit-requests', '10'],
        ['openai-processing-ms', '7'],
        ['set-cookie', 'c=1'],
        ['x-request-id', 'y'.repeat(257)],
        ['server', 'nginx'],
      ]),
      [
        ['x-signalbox-upstream-request-id', 'a'],
        ['x-signalbox-upstream-request-id', 'b'],
        ['x-signalbox-upstream-ratelimit-limit-requests', '10'],
        ['x-signalbox-upstream-openai-processing-ms', '7'],
      ],
    );
  });
});

describe('cost and time', () => {
  it('are plain dollars and milliseconds', () => {
    const cost = { kind: 'known', nanoUsd: 1_234_500n, priceVersion: 'v' } as const;
    assert.deepEqual(costHeaders(cost, 10_000n), [
      ['x-signalbox-cost-usd', '0.0012345'],
      ['x-signalbox-savings-usd', '0.000010'],
    ]);
    assert.deepEqual(costHeaders({ kind: 'unknown' }, undefined), [
      ['x-signalbox-cost-usd', 'unknown'],
    ]);
    const timing = { bodyMs: 0.5, decideMs: 1, queueMs: 2.345, upstreamMs: 3, totalMs: 4 };
    assert.deepEqual(timingHeader(timing), [
      'server-timing',
      'queue;dur=2.35, decide;dur=1.00, upstream;dur=3.00, total;dur=4.00, body;dur=0.50',
    ]);
  });
});
