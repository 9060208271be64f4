// The official clients in front of a model server that others wrote: aimock speaks the dialects of
// eight providers by its own reading of their documents, so what both of us misread in the same way
// is all that can slip through here.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createOpenAI } from '@ai-sdk/openai';
import { LLMock } from '@copilotkit/aimock';
import { embedMany } from 'ai';
import { Ollama } from 'ollama';
import { CLIENTS, type Client } from './clients.fixture.ts';
import { type Gateway, json, startGateway, until } from './gateway.fixture.ts';

const HELLO = 'say hello to Ada';
const ANSWER = 'Grüß Gott, Ada! 你好 👋🏽 — that is all.';
const LONG = 'count to a thousand';
const WEATHER = 'weather in Bern?';
const PERSON = 'Ada is 36 years old. Give me the person.';
const WRONG = 'this is a mistake';

/** Kind and path of each upstream; the model is `NAME/m`. */
const UPSTREAMS: Readonly<Record<string, readonly [kind: string, path: string]>> = {
  plain: ['openai-compatible', '/v1'],
  openai: ['openai', '/v1'],
  claude: ['anthropic', '/v1'],
  gemini: ['gemini', '/v1beta'],
  ollama: ['ollama', ''],
  bedrock: ['bedrock', ''],
  azure: ['azure', '/openai?api-version=2024-10-21'],
  vertex: ['vertex', '/v1/projects/p/locations/l'],
  cohere: ['cohere', ''],
};

let mock: LLMock;
let gateway: Gateway;
let origin: string;

const documents = (): string => `
version: 1
server: {host: 127.0.0.1, port: 0}
node: {name: n1, tier: 1}
endpoints:
${Object.entries(UPSTREAMS)
  .map(
    ([name, [kind, path]]) =>
      `  ${name}:\n    kind: ${kind}\n    url: ${mock.url}${path}\n    private_address: true\n` +
      `    models: {m-${name}: {}}\n    region: eu-central-1\n` +
      '    credentials: [{secret: "env:MOCK"}]\n',
  )
  .join('')}
tenants: {acme: {}}
keys: {main: {tenant: acme, secret: "env:MAIN", scopes: [call, explain]}}
`;

function teach(): void {
  mock
    .on({ userMessage: WEATHER, hasToolResult: true }, { content: 'It is sunny there.' })
    .on(
      { userMessage: WEATHER },
      { toolCalls: [{ name: 'weather', arguments: '{"place":"Bern \\"old\\" town"}' }] },
    )
    .onMessage(HELLO, { content: ANSWER })
    .onMessage(PERSON, { content: '{"name":"Ada","age":36}' })
    .onMessage(LONG, { content: 'one '.repeat(2_000) }, { latency: 20, chunkSize: 4 })
    .onMessage(WRONG, {
      error: { message: 'no such thing', type: 'invalid_request_error' },
      status: 400,
    })
    .onEmbedding(HELLO, { embedding: [0.5, -0.25, 0.125] });
}

before(async () => {
  mock = new LLMock({ port: 0, chunkSize: 3 });
  await mock.start();
  try {
    gateway = await startGateway(documents);
  } catch (cause) {
    await mock.stop();
    throw cause;
  }
  origin = `http://127.0.0.1:${gateway.port}`;
  teach();
});
after(async () => {
  await gateway?.stop();
  await mock.stop();
});

/** These have a path of the OpenAI dialect too; aimock does not know it. */
const isUnknownThere = (caller: string, at: string): boolean =>
  (at === 'vertex' || at === 'cohere') && (caller === 'openai' || caller === 'ai with openai chat');

const clientOf = (name: string): Client => {
  const make = CLIENTS[name];
  assert.ok(make !== undefined);
  return make(origin, gateway.key('main'));
};

describe('in front of a server that others wrote', () => {
  for (const at of Object.keys(UPSTREAMS)) {
    const model = `${at}/m-${at}`;
    for (const name of Object.keys(CLIENTS)) {
      if (isUnknownThere(name, at)) continue;
      it(`an official client hears every word: ${name} at ${at}`, async () => {
        assert.equal(await clientOf(name).ask(model, HELLO), ANSWER);
        assert.equal(await clientOf(name).stream(model, HELLO), ANSWER);
      });
      it(`calls a tool and hears of its result: ${name} at ${at}`, async () => {
        const [call, text] = await clientOf(name).tool(model, WEATHER);
        assert.deepEqual(call, { name: 'weather', input: { place: 'Bern "old" town' } });
        // It ends a call with a word of its own, at which this client does not go on.
        if (name === 'ai with google' && (at === 'gemini' || at === 'vertex')) return;
        assert.equal(text, 'It is sunny there.');
      });
      it(`gets what its schema says: ${name} at ${at}`, async () => {
        assert.deepEqual(await clientOf(name).json(model, PERSON), { name: 'Ada', age: 36 });
      });
      it(`hears of a mistake as one: ${name} at ${at}`, async () => {
        const client = clientOf(name);
        const status = await client.ask(model, WRONG).then(
          () => 200,
          (error) => client.status(error),
        );
        assert.equal(status, 400);
      });
    }
  }

  for (const at of Object.keys(UPSTREAMS)) {
    for (const name of ['openai', 'anthropic', 'gemini', 'ollama']) {
      if (isUnknownThere(name, at)) continue;
      it(`is let go of when the caller leaves: ${name} at ${at}`, async () => {
        assert.ok(await clientOf(name).leave(`${at}/m-${at}`, LONG));
        const { slots } = gateway.node.house.live.pools;
        await until('no place is taken', () => slots.total() === 0);
      });
    }
  }

  // Its Gemini embeds one text at a time alone, its Ollama answers the older question's way.
  for (const at of ['plain', 'openai', 'azure']) {
    it(`embeds: openai and ollama at ${at}`, async () => {
      const model = `${at}/m-${at}`;
      const apiKey = gateway.key('main');
      const host = new Ollama({ host: origin, headers: { authorization: `Bearer ${apiKey}` } });
      const made = await host.embed({ model, input: HELLO });
      assert.deepEqual(made.embeddings, [[0.5, -0.25, 0.125]]);
      const { embeddings } = await embedMany({
        model: createOpenAI({ baseURL: `${origin}/v1`, apiKey }).embedding(model),
        values: [HELLO],
      });
      assert.deepEqual(embeddings, [[0.5, -0.25, 0.125]]);
    });
  }

  it('speaks of its own kinds of trouble, and each is told for what it is', async () => {
    const chat = (at: string) => ({
      body: { model: `${at}/m-${at}`, messages: [{ role: 'user', content: HELLO }] },
    });
    for (const at of Object.keys(UPSTREAMS)) {
      if (isUnknownThere('openai', at)) continue;
      mock.nextRequestError(500, { message: 'I am ill', type: 'server_error' });
      const ill = await gateway.ask('/v1/chat/completions', chat(at));
      assert.equal(ill.status, 502, `${at}: ${ill.text}`);
      assert.equal(Object(json(ill)['error']).code, 'upstream_failed');
    }
  });
});
