import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createClock } from '../clock.ts';
import { createRandom } from '../random.ts';
import { beginTrace } from './trace.ts';

const ports = { clock: createClock(), random: createRandom() };
const T = '0af7651916cd43dd8448eb211c80319c';
const S = 'b7ad6b7169203331';
const begun = (traceparent: string | undefined, share = 1) => beginTrace(traceparent, share, ports);

describe('a trace', () => {
  it('is the caller’s, with its decision, whatever the share', () => {
    for (const [flags, sampled] of [
      ['01', true],
      ['00', false],
      ['03', true],
    ] as const) {
      for (const share of [0, 1]) {
        const trace = begun(`00-${T}-${S}-${flags}`, share);
        assert.deepEqual([trace.traceId, trace.parentId, trace.sampled], [T, S, sampled]);
        assert.match(trace.dial(), new RegExp(`^00-${T}-[0-9a-f]{16}-0${sampled ? 1 : 0}$`));
      }
    }
  });

  it('begins here where there is none, or a broken one', () => {
    const zeros = `00-${'0'.repeat(32)}-${S}-01`;
    const noSpan = `00-${T}-${'0'.repeat(16)}-01`;
    for (const text of [undefined, 'x', zeros, noSpan, `ff-${T}-${S}-01`, `00-${T}-${S}-01-x`]) {
      const trace = begun(text);
      assert.equal(trace.parentId, undefined);
      assert.notEqual(trace.traceId, T);
      assert.match(trace.traceId, /^[0-9a-f]{32}$/);
    }
  });

  it('has a span of its own for the call and for each attempt', () => {
    const trace = begun(undefined);
    const sent = [trace.dial(), trace.dial()].map((text) => text.split('-')[2]);
    assert.deepEqual(
      sent,
      trace.dials.map(({ spanId }) => spanId),
    );
    assert.equal(new Set([...sent, trace.spanId]).size, 3);
  });

  it('is sampled by the share', () => {
    const count = (share: number): number =>
      Array.from({ length: 2_000 }, () => begun(undefined, share)).filter((one) => one.sampled)
        .length;
    assert.deepEqual([count(0), count(1)], [0, 2_000]);
    const quarter = count(0.25);
    assert.ok(quarter > 350 && quarter < 650, String(quarter));
  });
});
