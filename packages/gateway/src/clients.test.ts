// The official clients, unmodified, in front of upstreams of their own dialect and of every other:
// what they say they were told is what the model said, whoever carried it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { GoogleGenAI } from '@google/genai';
import { embedMany } from 'ai';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { type Chain, startChain, UPSTREAMS } from './chain.fixture.ts';
import { CLIENTS, type Client } from './clients.fixture.ts';
import { until } from './gateway.fixture.ts';

/** Through two gateways, at the model behind both. */
const LEAVE_MS_MAX = 250;
let chain: Chain;
let origin: string;
let key: string;
before(async () => {
  chain = await startChain();
  origin = `http://127.0.0.1:${chain.front.port}`;
  key = chain.front.key('main');
});
after(() => chain.stop());

/** A Gemini server has paths of the OpenAI dialect too, and is asked there untouched. */
const isAskedElsewhere = (caller: string, at: string): boolean =>
  at === 'gemini' && (caller === 'openai' || caller === 'ai with openai chat');

const clientOf = (name: string, withKey = key): Client => {
  const make = CLIENTS[name];
  assert.ok(make !== undefined);
  return make(origin, withKey);
};

describe('an official client', () => {
  const HELLO = 'say hello to Ada';
  const WEATHER = 'weather in Bern?';
  const PERSON = 'Ada is 36 years old. Give me the person.';
  for (const name of Object.keys(CLIENTS)) {
    for (const at of UPSTREAMS) {
      if (isAskedElsewhere(name, at)) continue;
      const model = `${at}/sim-medium`;
      const told = (): Client => clientOf('openai');
      const where = `${name} in front of ${at}`;
      it(`chats: ${where}`, async () => {
        const expected = await told().ask('plain/sim-medium', HELLO);
        assert.notEqual(expected, '');
        assert.equal(await clientOf(name).ask(model, HELLO), expected);
      });
      it(`streams: ${where}`, async () => {
        const expected = await told().ask('plain/sim-medium', HELLO);
        assert.equal(await clientOf(name).stream(model, HELLO), expected);
      });
      it(`calls a tool and hears of its result: ${where}`, async () => {
        const [call, text] = await clientOf(name).tool(model, WEATHER);
        const [expected] = await told().tool('plain/sim-medium', WEATHER);
        assert.notEqual(expected, undefined);
        assert.deepEqual(call, expected);
        assert.match(text, /sunny/);
      });
      it(`gets what its schema says: ${where}`, async () => {
        const person = Object(await clientOf(name).json(model, PERSON));
        assert.equal(typeof person.name, 'string');
        assert.ok(Number.isInteger(person.age));
      });
      it(`leaves, and the model stops: ${where}`, async () => {
        const asked = '[[sim: latency-token=20,tokens=400]] go on';
        const took: number[] = [];
        for (let i = 0; i < 3; i += 1) {
          assert.ok(await clientOf(name).leave(model, asked));
          const left = performance.now();
          await until('the upstream is closed', () => chain.back.sim.requests().open === 0);
          took.push(performance.now() - left);
        }
        // The best of three: the machine may be busy with other tests, the promise is about us.
        assert.ok(Math.min(...took) <= LEAVE_MS_MAX, `${took} ms`);
      });
    }

    it(`hears of an unknown model and a wrong key as errors: ${name}`, async () => {
      const statusOf = async (client: Client, model: string): Promise<unknown> => {
        try {
          return await client.ask(model, HELLO);
        } catch (error) {
          return client.status(error);
        }
      };
      assert.equal(await statusOf(clientOf(name), 'nobody/knows'), 404);
      const wrong = clientOf(name, `${key.slice(0, -1)}-`);
      assert.equal(await statusOf(wrong, 'plain/sim-medium'), 401);
    });
  }
});

describe('embeddings', () => {
  const texts = ['one thing', 'and another'];
  const MODEL = 'plain/sim-small';
  const close = (
    got: readonly (readonly number[])[],
    want: readonly (readonly number[])[],
  ): void => {
    assert.equal(got.length, want.length);
    for (const [row, vector] of want.entries()) {
      assert.ok(vector.length > 0);
      assert.equal(got[row]?.length, vector.length);
      for (const [at, value] of vector.entries()) {
        assert.ok(Math.abs((got[row]?.[at] ?? Number.NaN) - value) < 1e-6);
      }
    }
  };
  let expected: readonly (readonly number[])[];
  before(async () => {
    const made = await openai().embeddings.create({ model: MODEL, input: texts });
    expected = made.data.map(({ embedding }) => embedding);
  });
  const openai = (): OpenAI => new OpenAI({ baseURL: `${origin}/v1`, apiKey: key, maxRetries: 0 });
  const host = (): Ollama =>
    new Ollama({ host: origin, headers: { authorization: `Bearer ${key}` } });

  for (const at of ['plain', 'gemini', 'ollama']) {
    const model = `${at}/sim-small`;
    if (at !== 'gemini') {
      it(`are what the model made: openai in front of ${at}`, async () => {
        const made = await openai().embeddings.create({ model, input: texts });
        close(
          made.data.map(({ embedding }) => embedding),
          expected,
        );
        assert.ok(made.usage.prompt_tokens > 0);
        const { embeddings } = await embedMany({
          model: createOpenAI({ baseURL: `${origin}/v1`, apiKey: key }).embedding(model),
          values: texts,
        });
        close(embeddings, expected);
      });
    }
    it(`are what the model made: ollama in front of ${at}`, async () => {
      close((await host().embed({ model, input: texts })).embeddings, expected);
      const [first] = expected;
      const single = await host().embeddings({ model, prompt: texts[0] ?? '' });
      close([single.embedding], [first ?? []]);
    });
    it(`are what the model made: gemini in front of ${at}`, async () => {
      const { models } = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: origin } });
      const made = await models.embedContent({ model, contents: texts });
      close(made.embeddings?.map(({ values = [] }) => values) ?? [], expected);
      const provider = createGoogleGenerativeAI({ baseURL: `${origin}/v1beta`, apiKey: key });
      const { embeddings } = await embedMany({ model: provider.embedding(model), values: texts });
      close(embeddings, expected);
      const one = await chain.front.ask(`/v1beta/models/${model}:embedContent`, {
        body: { content: { parts: [{ text: texts[0] }] } },
      });
      assert.equal(one.status, 200, one.text);
      close([JSON.parse(one.text).embedding.values], [expected[0] ?? []]);
    });
  }
});

describe('a prompt of Ollama', () => {
  for (const at of UPSTREAMS) {
    it(`is answered whole and as a stream: in front of ${at}`, async () => {
      const host = new Ollama({ host: origin, headers: { authorization: `Bearer ${key}` } });
      const asked = { model: `${at}/sim-medium`, prompt: 'say hello to Ada' };
      const { response } = await host.generate(asked);
      assert.notEqual(response, '');
      let said = '';
      for await (const one of await host.generate({ ...asked, stream: true })) said += one.response;
      assert.equal(said, response);
    });
  }
});

describe('a stream of Google without `alt=sse`', () => {
  for (const at of UPSTREAMS) {
    it(`is one array: in front of ${at}`, async () => {
      const path = `/v1beta/models/${at}/sim-medium:streamGenerateContent`;
      const body = { contents: [{ role: 'user', parts: [{ text: 'say hello to Ada' }] }] };
      const answer = await chain.front.ask(path, { body });
      assert.equal(answer.headers['content-type'], 'application/json');
      const chunks: unknown = JSON.parse(answer.text);
      assert.ok(Array.isArray(chunks));
      const text = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? []);
      const expected = await clientOf('gemini').ask(`${at}/sim-medium`, 'say hello to Ada');
      assert.equal(text.map((part) => part.text ?? '').join(''), expected);
    });
  }
});
