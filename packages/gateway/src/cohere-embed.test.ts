// Embeddings at Cohere, asked for in its own words, for callers of every dialect that has them.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { type Answer, type Gateway, json, refused, startGateway } from './gateway.fixture.ts';

const VECTORS = [
  [0.5, -0.25],
  [0.125, 1],
];
const TOO_LONG = 'a text that is too long';
const NO_VECTORS = 'a text that nobody embeds';

type Asked = { readonly path: string; readonly body: Record<string, unknown> };

const asked: Asked[] = [];
const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    if (request.method !== 'POST') return response.end('{"models":[]}');
    const body = JSON.parse(Buffer.concat(pieces).toString());
    asked.push({ path: request.url ?? '', body });
    const [first] = body.texts;
    if (first === TOO_LONG) {
      response.writeHead(400);
      return response.end('{"id":"e","message":"invalid request: text exceeds the limit"}');
    }
    const float = first === NO_VECTORS ? undefined : VECTORS.slice(0, body.texts.length);
    const meta = { api_version: { version: '2' }, billed_units: { input_tokens: 7 } };
    const answer = { id: 'e1', texts: body.texts, embeddings: { float }, meta };
    return response.end(JSON.stringify({ ...answer, response_type: 'embeddings_by_type' }));
  });
});

let gateway: Gateway;

before(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  gateway = await startGateway(
    () => `version: 1
node: {name: n1, tier: 1}
server: {host: 127.0.0.1, port: 0}
endpoints:
  cohere:
    kind: cohere
    url: "http://127.0.0.1:${address.port}"
    private_address: true
    models: {embed-v4: {}}
    price: {input_per_million_usd: "1", output_per_million_usd: "0"}
tenants: {acme: {}}
keys: {main: {tenant: acme, secret: "env:MAIN", scopes: [call, explain]}}
`,
  );
});
after(async () => {
  await gateway.stop();
  server.closeAllConnections();
  server.close();
});

async function embed(more: object, path = '/v1/embeddings'): Promise<[Answer, Asked]> {
  asked.length = 0;
  const answer = await gateway.ask(path, { body: { model: 'embed-v4', ...more } });
  const [one] = asked;
  assert.ok(one !== undefined, answer.text);
  return [answer, one];
}

test('a caller of the OpenAI dialect has vectors and usage as it asked for them', async () => {
  const [answer, { path, body }] = await embed({ input: ['one', 'two'], dimensions: 2 });
  assert.equal(path, '/v2/embed');
  assert.deepEqual(body, {
    ...{ model: 'embed-v4', texts: ['one', 'two'], input_type: 'search_document' },
    ...{ embedding_types: ['float'], truncate: 'NONE', output_dimension: 2 },
  });
  const { object, model, data, usage } = json(answer);
  assert.deepEqual([object, model], ['list', 'embed-v4']);
  assert.deepEqual(data, [
    { object: 'embedding', index: 0, embedding: VECTORS[0] },
    { object: 'embedding', index: 1, embedding: VECTORS[1] },
  ]);
  assert.deepEqual(usage, { prompt_tokens: 7, total_tokens: 7 });
  assert.equal(answer.headers['x-signalbox-cost-usd'], '0.000007');
});

test('base64 is written where it is wanted, and what vectors are for is passed on', async () => {
  const more = { input: 'one', encoding_format: 'base64', input_type: 'search_query', user: 'u' };
  const [answer, { body }] = await embed(more);
  assert.equal(body['input_type'], 'search_query');
  assert.equal(body['user'], undefined);
  assert.equal(answer.headers['x-signalbox-dropped'], 'user');
  const bytes = Buffer.from(/"embedding":"([^"]+)"/.exec(answer.text)?.[1] ?? '', 'base64');
  assert.deepEqual([bytes.readFloatLE(0), bytes.readFloatLE(4)], VECTORS[0]);
});

test('callers of other dialects are served the same way', async () => {
  const [answer, { path, body }] = await embed({ input: 'one' }, '/api/embed');
  assert.deepEqual([path, body['texts']], ['/v2/embed', ['one']]);
  assert.deepEqual(json(answer)['embeddings'], [VECTORS[0]]);
});

test('tokens are refused before anybody is asked, and so is what the server refuses', async () => {
  asked.length = 0;
  const body = { model: 'embed-v4', input: [1, 2, 3] };
  refused(await gateway.ask('/v1/embeddings', { body }), 400, 'body_invalid');
  assert.equal(asked.length, 0);
  const [long] = await embed({ input: TOO_LONG });
  assert.equal(long.status, 400, long.text);
  const [none] = await embed({ input: NO_VECTORS });
  assert.equal(none.status, 502, 'an answer without vectors is none');
});
