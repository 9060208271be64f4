import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type CallRecord,
  type CallTrace,
  type DialRequest,
  type DialSink,
  fault,
  type Place,
  tenantName,
} from '@signalbox/contract';
import { mintClearance } from '@signalbox/contract/mint';
import { handClock } from '../hand-clock.fixture.ts';
import { createSpans, type SpanSettings } from './otlp.ts';

const PLACE: Place = {
  name: 'telemetry',
  origin: 'http://127.0.0.1:4318',
  tier: 1,
  region: undefined,
  retention: 'zero',
  own: true,
  tenant: undefined,
  privateAddress: '127.0.0.1:4318',
};
const clearanceOf = (name: string) =>
  mintClearance({
    subject: 'export',
    tenant: tenantName(name),
    label: 'public',
    ceiling: 3,
    residency: undefined,
    retention: 'standard',
    ownOnly: false,
  });

const recordOf = (tenant: string): CallRecord => {
  const some: Partial<CallRecord> = { tenant: tenantName(tenant), operation: 'chat', attempts: [] };
  return { at: 0, totalMs: 1, ending: 'answered', ...some } as CallRecord; // what a span needs
};
const traceOf = (spanId: string, sampled = true): CallTrace => ({
  traceId: 'a'.repeat(32),
  spanId,
  parentId: undefined,
  sampled,
  dials: [],
  dial: () => '',
});

function bench(limits: SpanSettings['limits'] = {}, mayGo: () => boolean = () => true) {
  const clock = handClock();
  const dials: { readonly request: DialRequest; readonly sink: DialSink }[] = [];
  const counted: Record<string, number> = {};
  let aborted = 0;
  const spans = createSpans({
    clock,
    upstream: {
      dial(request, sink) {
        dials.push({ request, sink });
        return () => {
          aborted += 1;
        };
      },
    },
    sink: {
      log: () => undefined,
      count(metric, { reason = '' }, by = 1) {
        const name = `${metric} ${reason}`.trim();
        counted[name] = (counted[name] ?? 0) + by;
      },
    },
    path: '/v1/traces',
    headers: [],
    credential: undefined,
    facts: { version: '0', node: 'n1', whereOf: () => undefined },
    mayGo: ({ tenant = '' }) =>
      tenant === 'kept' || !mayGo()
        ? { ok: false, breach: 'tier' }
        : { ok: true, clearance: clearanceOf(tenant), place: PLACE },
    limits,
  });
  const idsOf = (at: number): readonly string[] => {
    const body = JSON.parse(new TextDecoder().decode(dials[at]?.request.body));
    const found: readonly { spanId: string }[] = body.resourceSpans[0].scopeSpans[0].spans;
    return found.map(({ spanId }) => spanId);
  };
  const answer = (status: number): void => {
    const last = dials.at(-1)?.sink;
    last?.head(status, [], { pause: () => undefined, resume: () => undefined });
    last?.end();
  };
  const add = (id: string, tenant = 'acme'): void => spans.add(recordOf(tenant), traceOf(id));
  return { clock, spans, dials, counted, idsOf, answer, add, aborted: () => aborted };
}

describe('an export', () => {
  it('gathers for a moment and is one at a time', () => {
    const { clock, dials, idsOf, answer, add, counted } = bench();
    add('1');
    add('2');
    assert.equal(dials.length, 0);
    clock.turn(1_000);
    assert.deepEqual(idsOf(0), ['1', '2']);
    add('3');
    clock.turn(5_000);
    assert.equal(dials.length, 1);
    answer(200);
    clock.turn(1_000);
    assert.deepEqual(idsOf(1), ['3']);
    answer(200);
    assert.deepEqual(counted, { traces_exported: 3 });
  });

  it('holds what one clearance covers, and never what may not go', () => {
    const { clock, dials, idsOf, answer, add, counted } = bench();
    for (const [id, tenant] of [
      ['1', 'a'],
      ['2', 'b'],
      ['3', 'kept'],
      ['4', 'a'],
    ] as const) {
      add(id, tenant);
    }
    clock.turn(1_000);
    assert.deepEqual(idsOf(0), ['1', '4']);
    assert.equal(dials[0]?.request.clearance.terms.tenant, 'a');
    answer(200);
    clock.turn(1_000);
    assert.deepEqual(idsOf(1), ['2']);
    assert.deepEqual(counted['traces_dropped clearance'], 1);
  });

  it('is tried again, later and later, and then given up', () => {
    const { clock, dials, answer, add, counted } = bench({ triesMax: 3 });
    add('1');
    clock.turn(1_000);
    answer(503);
    clock.turn(999);
    assert.equal(dials.length, 1);
    clock.turn(1);
    assert.equal(dials.length, 2);
    dials.at(-1)?.sink.fault(fault('connect_failed', 'upstream', 'other', 'refused'));
    clock.turn(1_999);
    assert.equal(dials.length, 2);
    clock.turn(1);
    answer(503);
    clock.turn(60_000);
    assert.equal(dials.length, 3);
    assert.deepEqual(counted, { 'traces_dropped collector': 1 });
  });

  it('is asked anew whether it may go, each time it is sent', () => {
    let isLowered = false;
    const { clock, dials, answer, add, counted } = bench({}, () => !isLowered);
    add('1');
    clock.turn(1_000);
    answer(503);
    isLowered = true;
    clock.turn(60_000);
    assert.equal(dials.length, 1);
    assert.deepEqual(counted, { 'traces_dropped clearance': 1 });
  });

  it('says how sensitive its calls are', () => {
    const { clock, dials, spans } = bench();
    for (const label of ['public', 'personal', 'internal'] as const) {
      spans.add({ ...recordOf('acme'), label }, traceOf(label));
    }
    clock.turn(1_000);
    assert.equal(dials[0]?.request.label, 'personal');
  });

  it('is not repeated where the collector wants it not', () => {
    const { clock, dials, answer, add, counted } = bench();
    add('1');
    clock.turn(1_000);
    answer(400);
    clock.turn(60_000);
    assert.equal(dials.length, 1);
    assert.deepEqual(counted, { 'traces_dropped collector': 1 });
  });
});

describe('the queue', () => {
  it('drops the oldest, and counts it', () => {
    const { clock, idsOf, answer, add, counted } = bench({ callsMax: 4, gatherMs: 10 });
    add('first');
    clock.turn(10);
    for (let made = 1; made <= 6; made += 1) add(String(made));
    assert.deepEqual(counted, { 'traces_dropped queue': 2 });
    answer(200);
    clock.turn(10);
    assert.deepEqual(idsOf(1), ['3', '4', '5', '6']);
  });

  it('takes nothing that is not sampled', () => {
    const { clock, dials, spans } = bench();
    spans.add(recordOf('acme'), traceOf('1', false));
    clock.turn(60_000);
    assert.equal(dials.length, 0);
  });
});

describe('a stop', () => {
  it('sends what waits at once, all of it', async () => {
    const { dials, answer, add, spans, counted } = bench({ batchMax: 1 });
    add('1');
    add('2');
    const closed = spans.close(2_000);
    assert.equal(dials.length, 1);
    answer(200);
    answer(200);
    await closed;
    assert.deepEqual(counted, { traces_exported: 2 });
  });

  it('waits no longer than it was told', async () => {
    const { clock, add, spans, counted, aborted } = bench();
    add('1');
    const closed = spans.close(2_000);
    add('2');
    clock.turn(2_000);
    await closed;
    assert.equal(aborted(), 1);
    assert.deepEqual(counted, { 'traces_dropped stopped': 2 });
  });
});
