import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { chat, documents, type Gateway, startGateway, until } from './gateway.fixture.ts';

type Span = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status?: { readonly code: number };
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
};

const TRACE = 'a1'.repeat(16);
const PARENT = 'b2'.repeat(8);
const PROMPT = 'canary-prompt-91c7';
const COLLECTOR_KEY = 'collector-key-5512';

/** Takes what is posted to `/v1/traces`, and answers as told. */
async function collector() {
  const seen: { readonly path: string; readonly text: string; readonly key: string }[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { url: path = '', headers } = request;
      seen.push({ path, text, key: headers.authorization ?? '' });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Left open by a start that failed behind it, it must not keep the process for ever.
  server.unref();
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const spans = (): readonly Span[] =>
    seen.flatMap(({ text }) => JSON.parse(text).resourceSpans[0].scopeSpans[0].spans as Span[]);
  return { port, seen, spans, close: () => server.close() };
}

const traced = (url: string, port: number, more = ''): string =>
  `${documents(url).replace('aliases:\n', 'aliases:\n  falls: [unreachable, sim-frontier]\n')}
telemetry:
  otlp:
    url: http://127.0.0.1:${port}
    headers: {Authorization: "env:COLLECTOR"}
${more}`;

const told = ({ attributes }: Span): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

describe('spans', () => {
  let gateway: Gateway;
  let there: Awaited<ReturnType<typeof collector>>;
  before(async () => {
    there = await collector();
    const yaml = (url: string) => traced(url, there.port);
    gateway = await startGateway(yaml, { collector: COLLECTOR_KEY });
  });
  after(async () => {
    await gateway.stop();
    there.close();
  });

  const post = (body: object, headers: Record<string, string> = {}) =>
    gateway.ask('/v1/chat/completions', { body, headers });
  const spansOf = async (decision: unknown): Promise<readonly [Span, ...Span[]]> => {
    assert.equal(typeof decision, 'string');
    const of = () => there.spans().filter((s) => told(s)['signalbox.decision_id'] === decision);
    await until('the spans are there', () => of().some((span) => span.kind === 2));
    const [call, ...attempts] = of();
    assert.ok(call !== undefined && call.kind === 2, 'the call comes first');
    return [call, ...attempts];
  };
  /** Without what the gateway asks the server about itself. */
  const calls = () =>
    gateway.sim.requests().last.filter(({ path }) => path.endsWith('/chat/completions'));
  const lastTrace = (): string => String(calls().at(-1)?.headers['traceparent'] ?? '');

  it('of a whole answer are a call below its caller and an attempt below the call', async () => {
    const answer = await post(chat('sim-frontier', PROMPT), {
      traceparent: `00-${TRACE}-${PARENT}-01`,
    });
    assert.equal(answer.status, 200);
    const sent = lastTrace();
    const [call, attempt, ...more] = await spansOf(answer.headers['x-signalbox-decision-id']);
    assert.ok(attempt !== undefined && more.length === 0);
    assert.deepEqual([call.traceId, call.parentSpanId], [TRACE, PARENT]);
    assert.deepEqual([attempt.traceId, attempt.parentSpanId], [TRACE, call.spanId]);
    assert.equal(sent, `00-${TRACE}-${attempt.spanId}-01`);
    assert.deepEqual([attempt.kind, attempt.name], [3, 'chat sim-frontier']);
    assert.ok(BigInt(call.startTimeUnixNano) <= BigInt(call.endTimeUnixNano));
    const facts = told(call);
    assert.equal(facts['gen_ai.operation.name'], 'chat');
    assert.equal(facts['gen_ai.request.model'], 'sim-frontier');
    assert.ok(Number(facts['gen_ai.usage.output_tokens']) > 0);
    assert.equal(facts['signalbox.tenant'], 'acme');
    assert.equal(told(attempt)['server.address'], '127.0.0.1');
    assert.equal(told(attempt)['gen_ai.provider.name'], 'sim');
    assert.equal(call.status, undefined);
  });

  it('of a stream begin a trace where the caller has none', async () => {
    const answer = await post(chat('sim-small', PROMPT, { stream: true }));
    const [, trace, span] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(lastTrace()) ?? [];
    const [call, attempt] = await spansOf(answer.headers['x-signalbox-decision-id']);
    assert.deepEqual([call.traceId, call.parentSpanId], [trace, undefined]);
    assert.deepEqual([attempt?.spanId, attempt?.parentSpanId], [span, call.spanId]);
    assert.equal(told(call)['signalbox.stream'], true);
    const record = await gateway.ask(
      `/v1/decisions/${String(answer.headers['x-signalbox-decision-id'])}`,
    );
    assert.equal(JSON.parse(record.text).traceId, trace);
  });

  it('of a refused call are one, with the code', async () => {
    const answer = await post(chat('no-such-model', PROMPT));
    const [call, ...attempts] = await spansOf(answer.headers['x-signalbox-decision-id']);
    assert.deepEqual([attempts, call.status?.code], [[], 2]);
    assert.equal(told(call)['error.type'], 'model_unknown');
    assert.equal(told(call)['http.response.status_code'], String(answer.status));
  });

  it('of a fallback are two attempts side by side', async () => {
    const answer = await post(chat('falls', PROMPT));
    assert.equal(answer.status, 200);
    const [call, first, second] = await spansOf(answer.headers['x-signalbox-decision-id']);
    assert.ok(first !== undefined && second !== undefined);
    assert.notEqual(first.spanId, second.spanId);
    for (const one of [first, second]) assert.equal(one.parentSpanId, call.spanId);
    assert.equal(told(first)['error.type'], 'connect_failed');
    assert.deepEqual([first.status?.code, second.status], [2, undefined]);
    assert.equal(lastTrace().split('-')[2], second.spanId);
    assert.equal(told(call)['signalbox.fallback'], true);
  });

  it('are not exported where the caller samples nothing, and the trace goes on', async () => {
    const trace = 'c3'.repeat(16);
    await post(chat('sim-small', PROMPT), { traceparent: `00-${trace}-${PARENT}-00` });
    assert.match(lastTrace(), new RegExp(`^00-${trace}-(?!${PARENT})[0-9a-f]{16}-00$`));
    const next = await post(chat('sim-small', PROMPT));
    await spansOf(next.headers['x-signalbox-decision-id']);
    assert.ok(there.spans().every(({ traceId }) => traceId !== trace));
  });

  it('hold nothing of prompt, answer or key, and go where the collector is', async () => {
    const model = `${PROMPT} as a model`;
    const odd = await post(chat(model, PROMPT), { 'x-signalbox-tags': `a=${PROMPT}` });
    const answer = await post(chat('sim-frontier', PROMPT), { 'x-signalbox-session': PROMPT });
    const content = String(JSON.parse(answer.text).choices[0].message.content);
    assert.ok(content.length > 10);
    await spansOf(answer.headers['x-signalbox-decision-id']);
    await spansOf(odd.headers['x-signalbox-decision-id']);
    for (const { path, text, key } of there.seen) {
      assert.deepEqual([path, key], ['/v1/traces', COLLECTOR_KEY]);
      const never = [PROMPT, content.slice(0, 10), COLLECTOR_KEY];
      for (const one of [...never, gateway.key('main'), gateway.key('far')]) {
        assert.equal(text.includes(one), false, `a byte of \`${one.slice(0, 6)}…\``);
      }
    }
  });
});

describe('a stop', () => {
  it('sends what has ended, and waits for nothing that is away', async () => {
    const there = await collector();
    const gateway = await startGateway((url) => traced(url, there.port), { collector: 'key' });
    await gateway.ask('/v1/chat/completions', { body: chat('sim-small', 'x') });
    await gateway.stop();
    assert.equal(there.spans().length, 2);
    there.close();
  });
});

describe('a collector that is away', () => {
  it('costs no call anything, and what is lost is counted', async () => {
    const gateway = await startGateway((url) => traced(url, 9), { collector: 'key' });
    for (let made = 0; made < 3; made += 1) {
      const answer = await gateway.ask('/v1/chat/completions', { body: chat('sim-small', 'x') });
      assert.equal(answer.status, 200);
    }
    const before = performance.now();
    await gateway.stop();
    assert.ok(performance.now() - before < 10_000);
    assert.match(gateway.metrics(), /signalbox_traces_dropped_total\{reason="stopped"\} 3/);
  });

  it('is not asked at all where no trace is sampled', async () => {
    const there = await collector();
    const none = (url: string): string => traced(url, there.port, '    sample: 0\n');
    const gateway = await startGateway(none, { collector: 'key' });
    await gateway.ask('/v1/chat/completions', { body: chat('sim-small', 'x') });
    await gateway.stop();
    assert.equal(there.seen.length, 0);
    there.close();
  });
});
