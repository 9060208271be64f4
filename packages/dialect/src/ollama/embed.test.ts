import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../canon/canon.ts';
import {
  type EmbedAsk,
  readOpenaiEmbedAsk,
  readOpenaiEmbedded,
  writeOpenaiEmbedAsk,
  writeOpenaiEmbedded,
} from '../canon/embedding.ts';
import { parseExact } from '../canon/exact.ts';
import { cassettes } from './cassette.fixture.ts';
import { readEmbedAsk, readEmbedded, writeEmbedAsk, writeEmbedded } from './embed.ts';
import { bytesOf, textOf } from './ollama.fixture.ts';

fc.configureGlobal({ seed: 4141 });

type Read = typeof readEmbedAsk;
function askOf(read: Read, body: Json): EmbedAsk {
  const found = read(body);
  assert.ok(found.ok, JSON.stringify(found));
  return found.value;
}
const wrongOf = (read: Read, body: Json): string | undefined => {
  const found = read(body);
  return found.ok ? 'nothing' : found.refusal.param;
};
const TO = { model: 'up', quirks: {}, askUsage: false };
const sent = (written: { readonly body: Uint8Array }) => JSON.parse(textOf(written.body));
function writtenOf(ask: EmbedAsk) {
  const written = writeEmbedAsk(ask, TO);
  assert.ok(written.ok);
  return written.value;
}

describe('a request for embeddings', () => {
  it('crosses from this dialect to the other, and names what it leaves behind', () => {
    const own = { truncate: true, options: { num_ctx: 512 } };
    const body = { model: 'm', input: ['a', 'b'], dimensions: 64, keep_alive: null, ...own };
    const ask = askOf(readEmbedAsk, body);
    const there = writeOpenaiEmbedAsk(ask, TO);
    const shared = { model: 'up', input: ['a', 'b'], dimensions: 64 };
    assert.deepEqual(sent(there), { ...shared, encoding_format: 'float' });
    assert.deepEqual([...there.dropped].sort(), ['ollama.options', 'ollama.truncate']);
    assert.deepEqual(sent(writtenOf(ask)), { ...shared, ...own });
  });

  it('crosses back', () => {
    const body = { model: 'm', input: 'a', user: 'u', encoding_format: 'base64', odd: 1 };
    const there = writtenOf(askOf(readOpenaiEmbedAsk, body));
    assert.deepEqual(sent(there), { model: 'up', input: ['a'], truncate: false });
    assert.deepEqual([...there.dropped].sort(), ['openai.odd', 'user']);
  });

  it('may be one prompt, as older clients send it', () => {
    assert.deepEqual(askOf(readEmbedAsk, { model: 'm', prompt: 'a' }).inputs, ['a']);
  });

  it('is refused at the field that has the wrong type, and where it holds tokens', () => {
    assert.equal(wrongOf(readEmbedAsk, { input: 'a' }), 'model');
    assert.equal(wrongOf(readEmbedAsk, { model: 'm' }), 'input');
    assert.equal(wrongOf(readEmbedAsk, { model: 'm', input: 'a', truncate: 1 }), 'truncate');
    assert.equal(wrongOf(readEmbedAsk, { model: 'm', input: [[1]] }), 'input[0]');
    const tokens = writeEmbedAsk(askOf(readOpenaiEmbedAsk, { model: 'm', input: [1, 2] }), TO);
    assert.equal(!tokens.ok && tokens.refusal.param, 'input');
  });

  it('leaves out what a server lacks', () => {
    const ask = askOf(readOpenaiEmbedAsk, { model: 'm', input: 'a', dimensions: 3 });
    const written = writeEmbedAsk(ask, { ...TO, quirks: { lacks: ['dimensions'] } });
    assert.ok(written.ok);
    assert.deepEqual(sent(written.value), { model: 'up', input: ['a'], truncate: false });
    assert.deepEqual([...written.value.dropped], ['dimensions']);
  });
});

describe('vectors', () => {
  const vectors = fc.array(
    fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }).map((one) => one + 0)),
    { minLength: 1 },
  );
  const context = { model: 'm' };

  it('are the same on every side, in numbers and in base64', () => {
    const run = (drawn: readonly (readonly number[])[]): void => {
      const told = { model: 'm', vectors: drawn, inputTokens: 7 };
      assert.deepEqual(readEmbedded(writeEmbedded(told, { ...context, single: false })), told);
      for (const base64 of [true, false]) {
        const there = writeOpenaiEmbedded(told, { ...context, base64 });
        assert.deepEqual(readOpenaiEmbedded(there), told);
      }
      const single = readEmbedded(writeEmbedded(told, { ...context, single: true }));
      assert.deepEqual(single?.vectors, drawn.slice(0, 1));
    };
    fc.assert(fc.property(vectors, run));
  });

  it('come in the order of the inputs', () => {
    const data = [
      { index: 1, embedding: [2] },
      { index: 0, embedding: [1] },
    ];
    const read = readOpenaiEmbedded(bytesOf(JSON.stringify({ data })));
    assert.deepEqual(read, { model: undefined, vectors: [[1], [2]], inputTokens: undefined });
    const there = JSON.parse(textOf(writeOpenaiEmbedded(read, { ...context, base64: false })));
    assert.deepEqual(there.usage, { prompt_tokens: 0, total_tokens: 0 });
  });

  it('are none where the answer holds something else', () => {
    for (const text of [
      '{',
      '[]',
      '{"embeddings":[["a"]]}',
      '{"embeddings":[1]}',
      '{"embedding":"#"}',
    ]) {
      assert.equal(readEmbedded(bytesOf(text)), undefined);
    }
    for (const text of ['{}', '{"data":[{}]}', '{"data":[{"embedding":"AAA="}]}']) {
      assert.equal(readOpenaiEmbedded(bytesOf(text)), undefined);
    }
  });

  const folder = process.env['SIGNALBOX_FIXTURES'];
  const skip = folder === undefined ? 'set SIGNALBOX_FIXTURES to a folder of recordings' : false;
  it('of recorded servers are read and written again', { skip }, () => {
    const found = cassettes(folder ?? '', /\/api\/embed(dings)?$/);
    assert.ok(found.length > 0);
    for (const { asked, answered } of found) {
      assert.ok(askOf(readEmbedAsk, parseExact(asked)).inputs.length > 0);
      const read = readEmbedded(bytesOf(answered));
      assert.ok((read?.vectors[0]?.length ?? 0) > 100);
      const single = 'embedding' in JSON.parse(answered);
      assert.ok(read !== undefined);
      const again = readEmbedded(writeEmbedded(read, { model: read.model ?? '', single }));
      assert.deepEqual(again?.vectors, read.vectors);
    }
  });
});
