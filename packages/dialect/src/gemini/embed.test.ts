import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readEmbedAsk, readEmbedded, writeEmbedAsk, writeEmbedded } from './embed.ts';
import { bytesOf, textOf } from './gemini.fixture.ts';

const content = (text: string) => ({ parts: [{ text }] });

describe('embeddings of this dialect', () => {
  it('are asked for one by one', () => {
    const read = readEmbedAsk(
      { content: content('a'), taskType: 'RETRIEVAL_QUERY', output_dimensionality: 8 },
      'e-1',
    );
    assert.ok(read.ok);
    assert.deepEqual(read.value, {
      model: 'e-1',
      inputs: ['a'],
      base64: false,
      dimensions: 8,
      extra: { gemini: { taskType: 'RETRIEVAL_QUERY' } },
    });
    const written = writeEmbedAsk(read.value, 'models/e-2');
    assert.ok(written.ok);
    const { method, body, dropped } = written.value;
    assert.equal(method, 'embedContent');
    assert.deepEqual(JSON.parse(textOf(body)), {
      model: 'models/e-2',
      content: content('a'),
      taskType: 'RETRIEVAL_QUERY',
      outputDimensionality: 8,
    });
    assert.deepEqual([...dropped], []);
  });

  it('are asked for many at once', () => {
    const requests = ['a', 'b'].map((text) => ({ model: 'models/e-1', content: content(text) }));
    const read = readEmbedAsk({ requests }, 'e-1');
    assert.ok(read.ok);
    assert.deepEqual(read.value.inputs, ['a', 'b']);
    const ask = { ...read.value, user: 'u', extra: { ollama: { keep_alive: 1 } } };
    const written = writeEmbedAsk(ask, 'e-1');
    assert.ok(written.ok);
    const { method, body, dropped } = written.value;
    assert.equal(method, 'batchEmbedContents');
    assert.deepEqual(JSON.parse(textOf(body)), { requests });
    assert.deepEqual([...dropped], ['user', 'ollama.keep_alive']);
  });

  it('say which field is wrong', () => {
    const read = readEmbedAsk({ requests: [{ content: { parts: [{ inlineData: {} }] } }] }, 'e');
    assert.ok(!read.ok);
    assert.equal(read.refusal.param, 'requests[0].content.parts[0]');
    const none = readEmbedAsk({}, 'e');
    assert.equal(!none.ok && none.refusal.param, 'content');
    assert.ok(!writeEmbedAsk({ model: 'e', inputs: [[1, 2]], base64: false }, 'e').ok);
  });

  it('come back from either endpoint, and from predictions', () => {
    const shapes = [
      { embedding: { values: [0.5, -1] } },
      { embeddings: [{ values: [0.5, -1] }], usageMetadata: { promptTokenCount: 3 } },
      {
        predictions: [{ embeddings: { values: [0.5, -1], statistics: { token_count: 3 } } }],
      },
    ];
    const tokens = [undefined, 3, 3];
    shapes.forEach((shape, at) => {
      const read = readEmbedded(bytesOf(JSON.stringify(shape)));
      assert.deepEqual(read, {
        model: undefined,
        vectors: [[0.5, -1]],
        inputTokens: tokens[at],
      });
    });
    assert.equal(readEmbedded(bytesOf('{"embeddings":[{"values":["a"]}]}')), undefined);
    assert.equal(readEmbedded(bytesOf('no')), undefined);
  });

  it('are given as they were asked for', () => {
    const embedded = { model: undefined, vectors: [[1], [2]], inputTokens: undefined };
    const of = (single: boolean) => JSON.parse(textOf(writeEmbedded(embedded, { single })));
    assert.deepEqual(of(false), { embeddings: [{ values: [1] }, { values: [2] }] });
    assert.deepEqual(of(true), { embedding: { values: [1] } });
  });
});
