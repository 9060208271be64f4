import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import OpenAI from 'openai';
import type { Json } from './canon.ts';
import {
  fromBase64,
  readOpenaiEmbedAsk,
  readOpenaiEmbedded,
  textsOf,
  toBase64,
  writeOpenaiEmbedAsk,
  writeOpenaiEmbedded,
} from './embedding.ts';
import { parseExact } from './exact.ts';

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const TO = { model: 'theirs', quirks: {}, askUsage: false };

describe('requests for embeddings', () => {
  it('have a text, texts, tokens or lists of tokens', () => {
    const inputs = (input: Json): unknown => {
      const ask = readOpenaiEmbedAsk({ model: 'm', input });
      return ask.ok ? ask.value.inputs : ask.refusal.param;
    };
    assert.deepEqual(inputs('a'), ['a']);
    assert.deepEqual(inputs(['a', 'b']), ['a', 'b']);
    assert.deepEqual(inputs([1, 2]), [[1, 2]]);
    assert.deepEqual(inputs([[1], [2, 3], 'c']), [[1], [2, 3], 'c']);
    assert.deepEqual(inputs([]), []);
    assert.equal(inputs(7), 'input');
    assert.equal(inputs(null), 'input');
    assert.equal(inputs(['a', {}]), 'input[1]');
    assert.equal(inputs([[1.5]]), 'input[0]');
  });

  it('are refused by the field that is wrong', () => {
    const cases = [
      { model: 1 },
      { dimensions: 'many' },
      { encoding_format: 'hex' },
      { user: 3 },
    ] as const;
    for (const one of cases) {
      const ask = readOpenaiEmbedAsk({ model: 'm', input: 'a', ...one });
      assert.equal(!ask.ok && ask.refusal.param, Object.keys(one)[0]);
    }
    assert.equal(readOpenaiEmbedAsk('x').ok, false);
  });

  it('come back as they were, and list what another wire said', () => {
    const body = { model: 'm', input: ['a', 'b'], dimensions: 3, user: 'u', odd: true };
    const ask = readOpenaiEmbedAsk(body);
    assert.ok(ask.ok);
    const written = writeOpenaiEmbedAsk(ask.value, TO);
    assert.deepEqual(parseExact(written.body), {
      ...body,
      model: 'theirs',
      encoding_format: 'float',
    });
    const foreign = { ...ask.value, extra: { ollama: { keep_alive: 5 } } };
    assert.deepEqual([...writeOpenaiEmbedAsk(foreign, TO).dropped], ['ollama.keep_alive']);
    const quirks = { lacks: ['dimensions', 'encoding_format'] };
    const poor = writeOpenaiEmbedAsk(ask.value, { ...TO, quirks });
    assert.deepEqual([...poor.dropped], ['dimensions']);
  });

  it('with tokens do not cross to wires that know texts alone', () => {
    const ask = { model: 'm', inputs: ['a', [1]], base64: false };
    const texts = textsOf(ask);
    assert.equal(!texts.ok && texts.refusal.param, 'input');
    assert.deepEqual(textsOf({ ...ask, inputs: ['a'] }), { ok: true, value: ['a'] });
  });
});

describe('vectors', () => {
  it('come back from base64 bit by bit', () => {
    fc.assert(
      fc.property(fc.array(float, { maxLength: 3_000 }), (vector) => {
        assert.deepEqual(fromBase64(toBase64(vector)), vector);
      }),
      { numRuns: 30 },
    );
    assert.equal(fromBase64('AAA'), undefined);
    assert.equal(fromBase64('no base64!'), undefined);
  });

  it('are read in the order of their index, from numbers and from base64', () => {
    const data = [
      { object: 'embedding', index: 1, embedding: toBase64([0.5, -2]) },
      { object: 'embedding', index: 0, embedding: [0.25, 1e-7] },
    ];
    const answer = { object: 'list', data, model: 'm', usage: { prompt_tokens: 4 } };
    assert.deepEqual(readOpenaiEmbedded(bytesOf(answer)), {
      model: 'm',
      vectors: [
        [0.25, 1e-7],
        [0.5, -2],
      ],
      inputTokens: 4,
    });
    assert.equal(readOpenaiEmbedded(bytesOf({ error: {} })), undefined);
    assert.equal(readOpenaiEmbedded(bytesOf({ data: [{ embedding: ['x'] }] })), undefined);
    assert.equal(readOpenaiEmbedded(new TextEncoder().encode('<html>')), undefined);
  });

  it('reach the official client, which asks for base64 by itself', async () => {
    const vectors = [
      [0.5, 0.25],
      [-1, 3],
    ];
    const client = new OpenAI({
      apiKey: 'none',
      maxRetries: 0,
      fetch: async (_url, init) => {
        const ask = readOpenaiEmbedAsk(parseExact(String(init?.body)));
        assert.ok(ask.ok);
        const { base64, model } = ask.value;
        const body = writeOpenaiEmbedded(
          { model, vectors, inputTokens: undefined },
          { model, base64 },
        );
        return new Response(body.slice(), { headers: { 'content-type': 'application/json' } });
      },
    });
    for (const format of [undefined, 'float', 'base64'] as const) {
      const asked = format === undefined ? {} : { encoding_format: format };
      const answer = await client.embeddings.create({ model: 'm', input: ['a', 'b'], ...asked });
      const got = answer.data.map(({ embedding }) =>
        typeof embedding === 'string' ? fromBase64(embedding) : [...embedding],
      );
      assert.deepEqual(got, vectors);
      assert.equal(answer.usage.total_tokens, 0);
    }
  });
});
