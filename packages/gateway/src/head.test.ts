import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallHead } from '@signalbox/contract';
import type { Head } from '@signalbox/ports';
import { readHead, readSensitivity } from './head.ts';

const SPEAKING = { dialect: 'openai', operation: 'chat' } as const;

const headOf = (...headers: string[]): Head => ({
  method: 'POST',
  target: '/v1/chat/completions',
  headers,
  address: '192.0.2.1',
  header: (name) => headers[headers.indexOf(name) + 1],
});

function read(...headers: string[]): CallHead {
  const head = readHead(headOf(...headers), SPEAKING, new Set(['x-team']));
  assert.ok(head.ok, head.ok ? '' : head.refusal.message);
  return head.value;
}

describe('the head of a call', () => {
  it('has a key from any of the usual headers, the first one counts', () => {
    assert.equal(read('authorization', 'Bearer k').keyText, 'k');
    assert.equal(read('authorization', 'bearer  k ').keyText, 'k');
    assert.equal(read('x-api-key', 'k').keyText, 'k');
    assert.equal(read('x-goog-api-key', 'k').keyText, 'k');
    assert.equal(read('x-api-key', 'a', 'authorization', 'Bearer b').keyText, 'a');
    assert.equal(read('authorization', 'Basic abc').keyText, undefined);
    assert.equal(read().keyText, undefined);
  });

  it('has what our headers say', () => {
    const head = read(
      ...['x-signalbox-session', 's 1', 'x-signalbox-agent', 'a', 'x-signalbox-subject', 'u'],
      ...['x-signalbox-step', 'Code_Review', 'x-signalbox-mode', 'background'],
      ...['x-signalbox-latency-budget-ms', '250; steps=3;tools=40;network=5'],
      ...['x-signalbox-queue', 'allow', 'x-signalbox-summary', '1'],
      ...['x-signalbox-tags', 'team=a, feature=b=c', 'idempotency-key', 'k'],
    );
    assert.deepEqual(
      [head.session, head.agent, head.subject, head.step],
      ['s 1', 'a', 'u', 'Code_Review'],
    );
    assert.deepEqual([head.latencyBudgetMs, head.latencySteps, head.mode], [250, 3, 'background']);
    assert.deepEqual([head.latencyToolsMs, head.latencyNetworkMs], [40, 5]);
    assert.equal(read('x-signalbox-latency-budget-ms', '250').latencySteps, undefined);
    assert.deepEqual(
      [head.queueAllowed, head.summaryWanted, head.idempotencyKey],
      [true, true, 'k'],
    );
    assert.deepEqual({ ...head.tags }, { team: 'a', feature: 'b=c' });
  });

  it('has no tags from a prototype', () => {
    const { tags } = read('x-signalbox-tags', '__proto__=x,constructor=y');
    assert.deepEqual(Object.keys(tags), ['__proto__', 'constructor']);
    assert.equal(Object.getPrototypeOf(tags), null);
  });

  it('has a label that headers only raise, however often they stand', () => {
    const both = read(
      ...[
        'x-signalbox-sensitivity',
        'regulated(health)',
        'x-signalbox-sensitivity',
        'public(email)',
      ],
    );
    assert.deepEqual(both.sensitivity, { label: 'regulated', kinds: ['health', 'email'] });
  });

  it('passes on what an endpoint lists, and nothing else', () => {
    const { forwardable } = read(
      'x-team',
      'red',
      'cookie',
      'c',
      'openai-beta',
      'v2',
      'x-api-key',
      'k',
    );
    assert.deepEqual(forwardable, [
      ['x-team', 'red'],
      ['openai-beta', 'v2'],
    ]);
  });

  it('names data sources and types of documents', () => {
    assert.deepEqual(read('x-signalbox-source', 'HR-share, medical-report').sources, [
      ...['hr-share', 'medical-report'],
    ]);
    for (const wrong of ['', 'a b', Array(9).fill('a').join()]) {
      const head = readHead(headOf('x-signalbox-source', wrong), SPEAKING, new Set());
      assert.ok(!head.ok, wrong);
      assert.equal(head.refusal.param, 'x-signalbox-source');
    }
  });

  it('names one consent, or none', () => {
    assert.equal(read('x-signalbox-consent', 'con_1').consent, 'con_1');
    const name = 'x-signalbox-consent';
    for (const wrong of [
      [name, 'a, b'],
      [name, ''],
      [name, 'a', name, 'b'],
    ]) {
      const head = readHead(headOf(...wrong), SPEAKING, new Set());
      assert.ok(!head.ok, wrong.join());
      assert.deepEqual([head.refusal.code, head.refusal.param], ['body_invalid', name]);
    }
  });

  it('may say how critical it is, though nothing depends on it', () => {
    assert.deepEqual(read('x-signalbox-criticality', 'high'), read());
  });

  it('declares the tools that may be called: a list, none, or nothing', () => {
    const name = 'x-signalbox-declared-tools';
    assert.deepEqual(read(name, 'search, read_file', name, 'x:y.z').declaredTools, [
      ...['search', 'read_file', 'x:y.z'],
    ]);
    assert.deepEqual(read(name, ' ').declaredTools, []);
    assert.equal(read().declaredTools, undefined);
    for (const wrong of ['a b', 'a,', '*', 'a'.repeat(65), Array(129).fill('a').join()]) {
      const head = readHead(headOf(name, wrong), SPEAKING, new Set());
      assert.ok(!head.ok, wrong);
      assert.deepEqual([head.refusal.code, head.refusal.param], ['body_invalid', name]);
    }
  });

  it('drops a trace that is none', () => {
    const trace = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    assert.equal(read('traceparent', trace).traceparent, trace);
    assert.equal(read('traceparent', trace.toUpperCase()).traceparent, undefined);
    assert.equal(read('traceparent', 'x').traceparent, undefined);
  });

  it('has the step of a trace, where its baggage names one that tells', () => {
    const step = (baggage: string): string | undefined => read('baggage', baggage).stepInTrace;
    assert.equal(step('a=b, signalbox.step=plan;level=1,gen_ai.operation.name=embeddings'), 'plan');
    assert.equal(step('gen_ai.operation.name=embeddings'), 'embeddings');
    assert.equal(step('gen_ai.operation.name=chat'), undefined);
    assert.equal(step('signalbox.step=%0d%0a'), undefined);
  });
});

describe('a declared sensitivity', () => {
  const cases: readonly (readonly [text: string, expected: object | undefined])[] = [
    ['public', { label: 'public', kinds: [] }],
    ['high', { label: 'regulated', kinds: [] }],
    ['personal(email, phone)', { label: 'personal', kinds: ['email', 'phone'] }],
    ['personal()', { label: 'personal', kinds: [] }],
    ['personal(,)', { label: 'personal', kinds: [] }],
    ['', undefined],
    ['secret', undefined],
    ['PUBLIC', undefined],
    ['public(', undefined],
    ['public) ', undefined],
    ['public(A)', undefined],
    ['constructor', undefined],
  ];
  for (const [text, expected] of cases) {
    it(`is read from ${JSON.stringify(text)}`, () => {
      assert.deepEqual(readSensitivity(text), expected);
    });
  }
});
