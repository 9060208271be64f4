// Ollama cuts what does not fit into the context that a model was loaded with, without a word, and
// its OpenAI and Anthropic paths cannot ask for more: what may not fit goes over its own API.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { type Answer, chat, type Gateway, json, startGateway, until } from './gateway.fixture.ts';

type Heard = { readonly path: string; readonly body: Record<string, unknown> };

const LOADED = { name: 'warm:latest', context_length: 32_768 };
const SHOWN = { 'llama.context_length': 131_072 };
const NATIVE = {
  ...{ model: 'small', message: { role: 'assistant', content: 'native' }, done: true },
  ...{ done_reason: 'stop', prompt_eval_count: 5_000, eval_count: 1 },
};
const PLAIN = {
  ...{ id: 'c1', object: 'chat.completion', created: 1, model: 'small' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'plain' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};
const PAGES: Readonly<Record<string, object>> = {
  '/api/version': { version: '0.12.0' },
  '/api/tags': { models: [{ name: 'small:latest' }, { name: 'warm:latest' }] },
  '/api/ps': { models: [LOADED] },
  '/api/show': { model_info: SHOWN, capabilities: ['completion', 'tools'] },
  '/api/chat': NATIVE,
  '/v1/chat/completions': PLAIN,
};

const heard: Heard[] = [];
const ollama = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const path = request.url ?? '';
    const text = Buffer.concat(pieces).toString();
    if (path === '/api/chat' || path.startsWith('/v1/')) {
      heard.push({ path, body: JSON.parse(text) });
    }
    const page = PAGES[path];
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(page ?? {}));
  });
});

let gateway: Gateway;

before(async () => {
  await new Promise<void>((done) => ollama.listen(0, '127.0.0.1', done));
  const address = ollama.address();
  assert.ok(typeof address === 'object' && address !== null);
  gateway = await startGateway(
    () => `version: 1
node: {name: n1, tier: 1}
server: {host: 127.0.0.1, port: 0}
endpoints:
  olla:
    kind: ollama
    url: "http://127.0.0.1:${address.port}/v1"
    private_address: true
    models: {small: {}, warm: {}, narrow: {context_tokens: 6000}}
tenants: {acme: {}}
keys: {main: {tenant: acme, secret: "env:MAIN", scopes: [call, explain]}}
`,
  );
  const { now } = gateway.node.house;
  await until('it tells of its models', () => {
    const [warm] = now().catalog.byModel.get('warm') ?? [];
    return warm?.contextTokensNow === 32_768 && warm.contextTokens === 131_072;
  });
});
after(async () => {
  await gateway.stop();
  ollama.closeAllConnections();
  ollama.close();
});

/** About so many tokens. */
const words = (tokens: number): string => 'word '.repeat(tokens);

async function asked(body: object, path = '/v1/chat/completions'): Promise<[Answer, Heard]> {
  heard.length = 0;
  const answer = await gateway.ask(path, { body });
  assert.equal(answer.status, 200, answer.text);
  const [one, ...more] = heard;
  assert.ok(one !== undefined && more.length === 0);
  return [answer, one];
}

const optionsOf = ({ body }: Heard): unknown => body['options'];

test('what fits goes untouched, whatever bound its caller states', async () => {
  const [, sent] = await asked(chat('small', 'hello', { max_tokens: 100_000, seed: 7 }));
  assert.equal(sent.path, '/v1/chat/completions');
  assert.deepEqual(sent.body, { ...chat('small', 'hello'), max_tokens: 100_000, seed: 7 });
});

test('what may not fit is asked for with room, and refused rather than cut', async () => {
  const [answer, sent] = await asked(chat('small', words(5_000), { max_tokens: 100, seed: 7 }));
  assert.equal(sent.path, '/api/chat');
  const { num_ctx, ...rest } = Object(optionsOf(sent));
  assert.equal(num_ctx, 8_192);
  assert.deepEqual(rest, { num_predict: 100, seed: 7 });
  assert.equal(sent.body['truncate'], false);
  const { choices, usage, object } = json(answer);
  assert.equal(object, 'chat.completion');
  assert.match(JSON.stringify(choices), /"content":"native"/);
  assert.match(JSON.stringify(usage), /"prompt_tokens":5000/);
});

test('what fits asks for as much after it, so that the model is not loaded anew', async () => {
  const [answer, sent] = await asked(chat('small', 'hello'));
  assert.equal(sent.path, '/api/chat');
  assert.equal(Object(optionsOf(sent))['num_ctx'], 8_192);
  assert.match(answer.text, /"content":"native"/);
});

test('so do callers of the Anthropic dialect and of responses', async () => {
  const messages = { model: 'small', messages: [{ role: 'user', content: words(5_000) }] };
  const [answer, sent] = await asked({ ...messages, max_tokens: 100 }, '/v1/messages');
  assert.equal(sent.path, '/api/chat');
  assert.equal(Object(optionsOf(sent))['num_ctx'], 8_192);
  assert.equal(json(answer)['type'], 'message');
  const [, other] = await asked({ model: 'small', input: words(5_000) }, '/v1/responses');
  assert.equal(Object(optionsOf(other))['num_ctx'], 8_192);
});

test('what a model runs with now is asked for again, so that it stays loaded', async () => {
  const [, sent] = await asked(chat('warm', words(5_000)));
  assert.equal(Object(optionsOf(sent))['num_ctx'], 32_768);
});

test('no more is asked for than a document says', async () => {
  const [, sent] = await asked(chat('narrow', words(5_500)));
  assert.equal(Object(optionsOf(sent))['num_ctx'], 6_000);
});

test('callers of its own dialect say for themselves', async () => {
  const body = { ...chat('small', words(5_000)), stream: false };
  const [, sent] = await asked(body, '/api/chat');
  assert.deepEqual(sent.body, body);
});
