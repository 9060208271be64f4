// The count of a message's tokens, through real sockets: asked of the server that would answer it,
// by length where that may not be, or cannot.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Answer, type Gateway, json, refused, startGateway } from './gateway.fixture.ts';

const COUNT = '/v1/messages/count_tokens';
const TOKENS = 4_711;

type Heard = {
  readonly path: string;
  readonly key: string;
  readonly body: Record<string, unknown>;
};
type Counter = { readonly url: string; readonly heard: Heard[]; close(): Promise<void> };

/** Counts, and refuses what is no message or asks for an answer. */
async function startCounter(): Promise<Counter> {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body = text === '' ? {} : JSON.parse(text);
    const key = String(request.headers['x-api-key']);
    if (request.method === 'POST') heard.push({ path: request.url ?? '', key, body });
    const isBad = 'max_tokens' in body || 'stream' in body;
    const error = { type: 'invalid_request_error', message: 'Extra inputs are not permitted' };
    response.writeHead(isBad ? 400 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isBad ? { type: 'error', error } : { input_tokens: TOKENS }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Left open by a start that failed behind it, it must not keep the process for ever.
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    heard,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

let counter: Counter;
let gateway: Gateway;

const documents = (sim: string): string => `
version: 1
server: {host: 127.0.0.1, port: 0}
node: {name: n1, tier: 1}
endpoints:
  claude:
    kind: anthropic
    url: ${counter.url}/v1
    private_address: true
    tier: 3
    models: {claude-sonnet: {name: thinker}}
    credentials: [{secret: "env:CLAUDE"}]
    price: {input_per_million_usd: "3", output_per_million_usd: "15"}
  gone:
    kind: anthropic
    url: http://127.0.0.1:9/v1
    private_address: true
    models: {away: {}}
  near: {kind: sim, url: "${sim}/v1", models: [sim-small]}
tenants:
  acme: {}
  capped: {budget: {amount_usd: 0.000001}}
keys:
  capped: {tenant: capped, secret: "env:CAPPED", scopes: [call, explain]}
  main: {tenant: acme, secret: "env:MAIN", scopes: [call, explain]}
`;

before(async () => {
  counter = await startCounter();
  gateway = await startGateway(documents);
});
beforeEach(() => {
  counter.heard.length = 0;
});
after(async () => {
  await gateway.stop();
  await counter.close();
});

const messages = [{ role: 'user', content: 'how long is this?' }];
const count = (
  model: string,
  more: object = {},
  headers: Record<string, string> = {},
): Promise<Answer> => gateway.ask(COUNT, { body: { model, messages, ...more }, headers });

function byLength(answer: Answer): void {
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers['x-signalbox-counted'], 'length');
  const tokens = json(answer)['input_tokens'];
  assert.ok(typeof tokens === 'number' && tokens > 0 && tokens < 100, answer.text);
  assert.match(String(answer.headers['server-timing']), /total/);
}

describe('a count of tokens', () => {
  it('is asked of the server that would answer, under its name for the model', async () => {
    const answer = await count('thinker');
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(json(answer), { input_tokens: TOKENS });
    assert.equal(answer.headers['x-signalbox-counted'], 'upstream');
    assert.equal(answer.headers['x-signalbox-endpoint'], 'claude');
    const key = gateway.key('claude');
    assert.deepEqual(counter.heard, [
      { path: COUNT, key, body: { model: 'claude-sonnet', messages } },
    ]);
  });

  it('is recorded, and costs nothing', async () => {
    // The message itself would be dearer than what this tenant has.
    const key = gateway.key('capped');
    const answer = await gateway.ask(COUNT, { body: { model: 'thinker', messages }, key });
    assert.equal(answer.headers['x-signalbox-counted'], 'upstream', answer.text);
    const decision = String(answer.headers['x-signalbox-decision-id']);
    const record = json(await gateway.ask(`/v1/decisions/${decision}`, { key }));
    assert.equal(record['operation'], 'count');
    assert.equal(record['cost_usd'] ?? null, null);
    assert.deepEqual(gateway.node.house.live.pools.budgets.open(), [], 'nothing is held');
  });

  it('goes nowhere the message itself might not go', async () => {
    byLength(await count('thinker', {}, { 'x-signalbox-sensitivity': 'regulated' }));
    assert.deepEqual(counter.heard, []);
  });

  it('is by length where the server does not count', async () => {
    byLength(await count('sim-small'));
    assert.equal(gateway.sim.requests().open, 0);
  });

  it('is by length where nobody answers, and nobody waits for that', async () => {
    byLength(await count('away'));
  });

  it('is by length for a model that nobody has', async () => {
    byLength(await count('unheard-of'));
  });

  it("is refused like any call: a key, a body, and in the server's own words", async () => {
    const keyless = await gateway.ask(COUNT, { key: '', body: { model: 'thinker', messages } });
    assert.equal(keyless.status, 401, keyless.text);
    const bare = await gateway.ask(COUNT, { body: { model: 'thinker' } });
    assert.equal(bare.status, 400, bare.text);
    assert.equal(Object(json(bare)['error']).type, 'invalid_request_error');
    assert.deepEqual(counter.heard, []);
    const bound = await count('thinker', { max_tokens: 5 });
    assert.equal(bound.status, 400);
    assert.match(bound.text, /Extra inputs are not permitted/);
    refused(await gateway.ask(COUNT), 405, 'method_not_allowed');
  });

  it('leaves out what another provider signed, and asks for no answer by that', async () => {
    const content = [
      { type: 'thinking', thinking: 'hm', signature: 'Sbx0geminiSSAAAA' },
      { type: 'text', text: 'yes' },
    ];
    const more = { messages: [...messages, { role: 'assistant', content }, ...messages] };
    const answer = await count('thinker', more);
    assert.equal(answer.headers['x-signalbox-counted'], 'upstream', answer.text);
    assert.match(String(answer.headers['x-signalbox-dropped']), /part\.signature/);
    assert.doesNotMatch(JSON.stringify(counter.heard), /Sbx0/);
  });
});
