// A real gateway asks servers about themselves without any call: hand-written ones that play
// llama-server and Ollama, one that was switched off, and more than may be asked at once.
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { endpointName } from '@signalbox/contract';
import {
  ASKED_AT_ONCE_MAX,
  type EndpointFacts,
  type EndpointKnown,
  standingOf,
} from '@signalbox/engine';
import { chat, type Gateway, startGateway, WAIT_MS_MAX } from './gateway.fixture.ts';

type Pages = Readonly<Record<string, object>>;
type Played = {
  readonly url: string;
  readonly asked: string[];
  close(): Promise<void>;
};

async function served(
  context: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  port = 0,
): Promise<Played> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  context.after(close);
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { url: `http://127.0.0.1:${address.port}/v1`, asked, close };
}

function playing(context: TestContext, pages: Pages, port = 0): Promise<Played> {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const page = pages[request.url ?? ''];
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(page ?? {}));
  };
  return served(context, answer, port);
}

const LLAMA_SERVER = {
  '/health': { status: 'ok' },
  '/v1/models': { data: [{ id: 'tiny', meta: { n_ctx_train: 8_192 } }] },
  '/props': { default_generation_settings: { n_ctx: 2_048 }, total_slots: 4 },
};
const OLLAMA = {
  '/api/version': { version: '0.12.0' },
  '/api/tags': { models: [{ name: 'warm:latest' }, { name: 'chilly:latest' }] },
  '/api/ps': { models: [{ name: 'warm:latest', context_length: 4_096 }] },
  '/api/show': { capabilities: ['completion', 'tools'] },
};

const REST = `
tenants: {acme: {}}
keys: {main: {tenant: acme, secret: "env:MAIN", scopes: [call, explain]}}
`;
const HEAD =
  'version: 1\nnode: {name: n1, tier: 1}\nserver: {host: 127.0.0.1, port: 0}\nendpoints:';

async function started(context: TestContext, endpoints: string): Promise<Gateway> {
  const gateway = await startGateway(() => `${HEAD}\n${endpoints}${REST}`);
  context.after(() => gateway.stop());
  return gateway;
}

function endpointOf(gateway: Gateway, name: string): EndpointFacts {
  const endpoint = gateway.node.house.now().catalog.endpoints.get(name);
  assert.ok(endpoint !== undefined, name);
  return endpoint;
}

const knownOf = (gateway: Gateway, name: string): EndpointKnown | undefined =>
  gateway.node.house.live.probes.get(endpointName(name));

async function until(is: () => boolean, what: string): Promise<void> {
  const end = performance.now() + WAIT_MS_MAX;
  while (!is()) {
    assert.ok(performance.now() < end, what);
    await pause(10);
  }
}

test('facts of two kinds of servers appear and fill what no document says', async (context) => {
  const llama = await playing(context, LLAMA_SERVER);
  const ollama = await playing(context, OLLAMA);
  const off = await playing(context, LLAMA_SERVER);
  const keyless = await playing(context, LLAMA_SERVER);
  const gateway = await started(
    context,
    `  llama: {kind: llama-server, url: "${llama.url}", private_address: true, models: [tiny]}
  olla: {kind: ollama, url: "${ollama.url}", private_address: true, models: [warm, chilly]}
  off: {kind: llama-server, url: "${off.url}", private_address: true, enabled: false}
  keyless:
    kind: llama-server
    url: "${keyless.url}"
    private_address: true
    credentials: [{secret: "file:gone"}]
`,
  );
  const { now, live } = gateway.node.house;
  const offered = (model: string) => now().catalog.byModel.get(model)?.[0];
  await until(() => offered('chilly')?.capabilities.tools === true, 'ollama tells of tools');
  await until(() => offered('tiny')?.contextTokens !== undefined, 'llama-server tells its context');

  const context4 = knownOf(gateway, 'llama')?.endpoint.contextTokens;
  assert.deepEqual([context4?.value, context4?.from], [2_048, 'GET /props']);
  assert.equal(offered('tiny')?.contextTokens, 2_048, 'of a slot, not what it was trained for');
  assert.equal(offered('warm')?.contextTokens, 4_096);
  const told = knownOf(gateway, 'olla');
  assert.ok(told !== undefined);
  assert.deepEqual(
    ['warm', 'chilly'].map((name) => standingOf(told, name)),
    ['ready', 'cold'],
  );
  assert.equal(live.order.downBy(endpointOf(gateway, 'olla')), undefined, 'cold is not down');
  assert.deepEqual([off.asked, keyless.asked], [[], []]);
  const posts = [...llama.asked, ...ollama.asked].filter((one) => one.startsWith('POST'));
  assert.deepEqual([...new Set(posts)], ['POST /api/show'], 'nothing that is billed or works');

  const long = await gateway.ask('/v1/chat/completions', {
    body: chat('tiny', 'word '.repeat(6_000)),
  });
  assert.ok(long.status >= 400 && long.status < 500);
  assert.ok(!llama.asked.includes('POST /v1/chat/completions'), 'the context gate held it back');
});

test('an endpoint that goes is down, and its facts leave with it', async (context) => {
  const sick = await playing(context, LLAMA_SERVER);
  const one = (name: string, port: string): string =>
    `  ${name}: {kind: llama-server, url: "${port}", private_address: true, models: [tiny]}\n`;
  const gateway = await started(context, one('here', sick.url));
  await until(() => knownOf(gateway, 'here') !== undefined, 'it is asked at the start');
  await gateway.swap(`${HEAD}\n${one('gone', 'http://127.0.0.1:9/v1')}${REST}`);
  await until(() => knownOf(gateway, 'gone') !== undefined, 'it is asked at a swap');
  assert.equal(knownOf(gateway, 'gone')?.endpoint.reachable?.value, false);
  assert.equal(gateway.node.house.live.order.downBy(endpointOf(gateway, 'gone')), 'connect_failed');
  assert.equal(knownOf(gateway, 'here'), undefined);
});

test('a probe says for calls what is shut, and what is back', async (context) => {
  const empty = await playing(context, {});
  const { port } = new URL(empty.url);
  await empty.close();
  const line = `url: "${empty.url}", private_address: true, health_check_interval_ms: 1000`;
  const gateway = await started(context, `  here: {kind: llama-server, ${line}, models: [tiny]}\n`);
  const readyz = async (): Promise<string> => (await gateway.ask('/readyz')).text;
  await until(() => gateway.node.readiness().mode === 'degraded', 'it is asked at the start');
  assert.match(await readyz(), /here: refuses connections/);
  const { order } = gateway.node.house.live;
  const offering = gateway.node.house.now().catalog.offerings[0];
  assert.ok(offering !== undefined);
  assert.equal(order.why(offering), 'down', 'and no call has been there');
  await playing(context, LLAMA_SERVER, Number(port));
  await until(() => gateway.node.readiness().mode === 'ready', 'the next round finds it');
  assert.equal(order.why(offering), undefined);
});

test('readiness names a model that fails too often, not its endpoint', async (context) => {
  const sick = await served(context, (request, response) => {
    response.writeHead(request.method === 'POST' ? 500 : 404);
    response.end('{}');
  });
  const at = `{kind: openai-compatible, url: "${sick.url}", private_address: true, models: [tiny]}`;
  const gateway = await started(context, `  here: ${at}\n`);
  for (let call = 0; call < 5; call += 1) {
    await gateway.ask('/v1/chat/completions', { body: chat('tiny', 'hello') });
  }
  const { mode, reasons } = gateway.node.readiness();
  assert.equal(mode, 'degraded');
  assert.deepEqual(reasons, ['here: tiny failed too often lately']);
});

test('at most twenty are asked at once, and a stop ends it', async (context) => {
  const waiting: ServerResponse[] = [];
  const slow = await served(context, (_request, response) => void waiting.push(response));
  const count = ASKED_AT_ONCE_MAX + 5;
  const endpoints = Array.from(
    { length: count },
    (_, at) => `  e${at}: {kind: llama-server, url: "${slow.url}", private_address: true}\n`,
  );
  const gateway = await startGateway(() => `${HEAD}\n${endpoints.join('')}${REST}`);
  let stopped: Promise<void> | undefined;
  context.after(() => stopped ?? gateway.stop());
  await until(() => waiting.length >= ASKED_AT_ONCE_MAX, 'twenty are asked');
  await pause(200);
  assert.equal(waiting.length, ASKED_AT_ONCE_MAX);
  waiting[0]?.writeHead(500).end();
  await until(() => waiting.length === ASKED_AT_ONCE_MAX + 1, 'one more after an answer');
  stopped = gateway.stop();
  await stopped;
  const before = slow.asked.length;
  await pause(200);
  assert.equal(slow.asked.length, before);
});

test('of two places the call goes to the one that tells of no queue', async (context) => {
  const metrics = (waiting: number): string =>
    `vllm:num_requests_waiting{engine="0"} ${waiting}\nvllm:num_requests_running 4\n`;
  const playingQueue = (waiting: number): Promise<Played> =>
    served(context, ({ url }, response) => {
      response.end(url === '/metrics' ? metrics(waiting) : '{"data":[{"id":"tiny"}]}');
    });
  const [deep, idle] = [await playingQueue(30), await playingQueue(0)];
  const endpoint = (name: string, { url }: Played): string =>
    `  ${name}: {kind: vllm, url: "${url}", private_address: true, models: [tiny]}\n`;
  const gateway = await started(context, endpoint('deep', deep) + endpoint('idle', idle));
  const depthOf = (name: string): number | undefined =>
    knownOf(gateway, name)?.endpoint.queueDepth?.value;
  await until(() => depthOf('deep') === 30 && depthOf('idle') === 0, 'both were asked');
  for (let i = 0; i < 4; i += 1) {
    await gateway.ask('/v1/chat/completions', { body: chat('tiny', 'hi') });
  }
  const calls = ({ asked }: Played): number =>
    asked.filter((one) => one === 'POST /v1/chat/completions').length;
  assert.deepEqual([calls(deep), calls(idle)], [0, 4]);
});
