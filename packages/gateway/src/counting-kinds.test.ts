// Counts of tokens between dialects, through real sockets: each caller that may ask for one, at
// each kind of server that counts, by the path and in the words that the kind has for it.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Answer, type Gateway, json, startGateway } from './gateway.fixture.ts';

const TOKENS = 4_711;

/** By the end of the path: the fields that it takes, and its answer. */
const COUNTS: readonly (readonly [end: string, fields: readonly string[], answer: object])[] = [
  [
    '/messages/count_tokens',
    ['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking'],
    { input_tokens: TOKENS },
  ],
  [
    '/responses/input_tokens',
    ['model', 'input', 'instructions', 'tools', 'tool_choice', 'reasoning', 'text'],
    { object: 'response.input_tokens', input_tokens: TOKENS },
  ],
  ['m-gemini:countTokens', ['generateContentRequest'], { totalTokens: TOKENS }],
  ['/tokenize', ['model', 'messages', 'tools'], { count: TOKENS, max_model_len: 8, tokens: [1] }],
];

const KINDS: Readonly<Record<string, readonly [base: string, path: string]>> = {
  anthropic: ['/v1', '/v1/messages/count_tokens'],
  'llama-server': ['/v1', '/v1/messages/count_tokens'],
  sglang: ['/v1', '/v1/messages/count_tokens'],
  openai: ['/v1', '/v1/responses/input_tokens'],
  gemini: ['/v1beta', '/v1beta/models/m-gemini:countTokens'],
  vllm: ['/v1', '/tokenize'],
};

type Heard = { readonly path: string; readonly body: Record<string, unknown> };
const heard: Heard[] = [];

/** Refuses what a count does not take. */
const server = createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const path = request.url ?? '';
  const found = COUNTS.find(([end]) => path.endsWith(end));
  const body = request.method === 'POST' ? JSON.parse(text) : {};
  if (request.method === 'POST') heard.push({ path, body });
  const strange = Object.keys(body).filter((key) => found?.[1].includes(key) !== true);
  const isBad = found === undefined || strange.length > 0;
  response.writeHead(isBad ? 400 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(isBad ? { error: { message: strange.join(' ') } } : found[2]));
});

let gateway: Gateway;

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const { port } = server.address() as AddressInfo;
  const endpoint = ([kind, [base]]: readonly [string, readonly [string, string]]): string =>
    `  ${kind}: {kind: ${kind}, url: "http://127.0.0.1:${port}${base}", private_address: true, tier: 3, ` +
    `models: {m-${kind}: {name: the-${kind}}}, credentials: [{secret: "env:KEY"}]}\n`;
  gateway = await startGateway(
    () => `
version: 1
server: {host: 127.0.0.1, port: 0}
node: {name: n1, tier: 1}
endpoints:
${Object.entries(KINDS).map(endpoint).join('')}
tenants: {acme: {}}
keys: {main: {tenant: acme, secret: "env:MAIN", scopes: [call, explain]}}
`,
  );
});
beforeEach(() => {
  heard.length = 0;
});
after(async () => {
  await gateway.stop();
  server.closeAllConnections();
  server.close();
});

const SAID = 'how long is this?';
const schema = { type: 'object', properties: { at: { type: 'string' } } };

/** A question after the length of the same conversation, with a tool, and how it is answered. */
const CALLERS: Readonly<
  Record<string, (model: string) => readonly [path: string, body: object, answer: object]>
> = {
  anthropic: (model) => [
    '/v1/messages/count_tokens',
    {
      model,
      system: 'Be brief.',
      messages: [{ role: 'user', content: SAID }],
      tools: [{ name: 'look', input_schema: schema }],
    },
    { input_tokens: TOKENS },
  ],
  responses: (model) => [
    '/v1/responses/input_tokens',
    {
      model,
      instructions: 'Be brief.',
      input: SAID,
      tools: [{ type: 'function', name: 'look', parameters: schema }],
    },
    { object: 'response.input_tokens', input_tokens: TOKENS },
  ],
  gemini: (model) => [
    `/v1beta/models/${encodeURIComponent(model)}:countTokens`,
    {
      generateContentRequest: {
        model: `models/${model}`,
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        contents: [{ role: 'user', parts: [{ text: SAID }] }],
        tools: [{ functionDeclarations: [{ name: 'look', parameters: schema }] }],
      },
    },
    { totalTokens: TOKENS },
  ],
};

const ask = (path: string, body: object, headers = {}): Promise<Answer> =>
  gateway.ask(path, { body, headers });

describe('a count of tokens', () => {
  for (const [caller, asking] of Object.entries(CALLERS)) {
    for (const [kind, [, path]] of Object.entries(KINDS)) {
      it(`is asked in the words of the server: ${caller} at ${kind}`, async () => {
        const [at, body, answer] = asking(`the-${kind}`);
        const counted = await ask(at, body);
        assert.equal(counted.headers['x-signalbox-counted'], 'upstream', counted.text);
        assert.deepEqual(json(counted), answer);
        const [one, ...more] = heard;
        assert.deepEqual([one?.path, more], [path, []]);
        const asked = JSON.stringify(one?.body);
        for (const word of ['Be brief.', SAID, 'look']) assert.ok(asked.includes(word), asked);
        assert.match(asked, new RegExp(`"model":"(?:models/)?m-${kind}"`));
      });
    }
  }

  it("takes the contents alone too, as Google's own clients send them", async () => {
    const contents = [{ role: 'user', parts: [{ text: SAID }] }];
    const counted = await ask('/v1beta/models/the-gemini:countTokens', { contents });
    assert.deepEqual(json(counted), { totalTokens: TOKENS }, counted.text);
    const bad = await ask('/v1beta/models/the-gemini:countTokens', { generateContentRequest: [] });
    assert.equal(bad.status, 400, bad.text);
    assert.match(bad.text, /generateContentRequest/);
  });

  it('says nothing of how fast a model answers there', async () => {
    const [at, body] = CALLERS['anthropic']?.('the-vllm') ?? ['', {}];
    assert.equal((await ask(at, body)).headers['x-signalbox-counted'], 'upstream');
    const { house } = gateway.node;
    const { offerings } = house.now().catalog;
    assert.equal(offerings.length, Object.keys(KINDS).length);
    assert.ok(offerings.every((one) => !house.live.standings.of(one).load.isKnown()));
  });

  it('is by length, in the words of the caller, where the message may not go', async () => {
    for (const asking of Object.values(CALLERS)) {
      const [at, body, answer] = asking('the-openai');
      const counted = await ask(at, body, { 'x-signalbox-sensitivity': 'regulated' });
      assert.equal(counted.headers['x-signalbox-counted'], 'length', counted.text);
      assert.deepEqual(Object.keys(json(counted)), Object.keys(answer));
      assert.deepEqual(heard, []);
    }
  });
});
