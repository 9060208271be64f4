import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../canon/canon.ts';
import { fold } from '../canon/fold.ts';
import {
  answerOf,
  asEvents,
  bytesOf,
  CONTEXT,
  chunkOf,
  eventsOf,
  partsOf,
} from './gemini.fixture.ts';
import { gemini } from './gemini.ts';

const STOP = { finishReason: 'STOP' };
const wholeOf = (body: Json) => fold(gemini.readWhole(body));
const call = (functionCall: Json, more = {}): Json => ({ functionCall, ...more });

describe('texts and thoughts', () => {
  it('of one kind in a row are one part, in a stream and whole', () => {
    const thought = (text: string): Json => ({ text, thought: true });
    const stream = partsOf([
      chunkOf([thought('First '), thought('this.')]),
      chunkOf([{ text: 'Now ' }]),
      chunkOf([{ text: 'that.' }], STOP),
    ]);
    const parts = [thought('First '), thought('this.'), { text: 'Now that.' }];
    const whole = wholeOf(chunkOf(parts, STOP)).answers[0]?.parts;
    assert.deepEqual(stream, [
      { kind: 'thought', text: 'First this.' },
      { kind: 'text', text: 'Now that.' },
    ]);
    assert.deepEqual(whole, stream);
  });

  it('keep the signature of a text, which streams alone and stands beside the text else', () => {
    const stream = partsOf([
      chunkOf([{ text: 'Ten.' }]),
      chunkOf([{ text: '', thoughtSignature: 'c2ln' }], STOP),
    ]);
    const whole = wholeOf(chunkOf([{ text: 'Ten.', thoughtSignature: 'c2ln' }], STOP));
    assert.deepEqual(stream, [
      { kind: 'text', text: 'Ten.' },
      { kind: 'thought', text: '', signature: 'c2ln' },
    ]);
    assert.deepEqual(whole.answers[0]?.parts, stream);
  });

  it('end with the signature of a thought, also when it comes later', () => {
    const parts = partsOf([
      chunkOf([{ text: 'Hm.', thought: true }]),
      chunkOf([{ text: '', thought: true, thoughtSignature: 'YQ==' }]),
      chunkOf([{ text: 'Ah.', thought: true, thoughtSignature: 'Yg==' }], STOP),
    ]);
    assert.deepEqual(parts, [
      { kind: 'thought', text: 'Hm.', signature: 'YQ==' },
      { kind: 'thought', text: 'Ah.', signature: 'Yg==' },
    ]);
  });

  it('seal a thought that has a signature and no text at all', () => {
    const parts = partsOf([chunkOf([{ thought: true, thoughtSignature: 'YQ==' }], STOP)]);
    assert.deepEqual(parts, [{ kind: 'thought', text: '', sealed: 'YQ==' }]);
  });
});

describe('calls', () => {
  it('without ids get different ones by the answer and their place', () => {
    const parts = [call({ name: 'f', args: { a: 1 } }), call({ name: 'f', args: { a: 2 } })];
    const answer = answerOf([chunkOf(parts, STOP)]);
    assert.deepEqual(answer.answers[0]?.parts, [
      { kind: 'call', id: 'call_r1_0', name: 'f', arguments: '{"a":1}' },
      { kind: 'call', id: 'call_r1_1', name: 'f', arguments: '{"a":2}' },
    ]);
    assert.equal(answer.answers[0]?.stop, 'tools');
  });

  it('have short ids of plain letters, whatever the id of the answer', () => {
    for (const responseId of ['a/b+c=='.repeat(12), undefined]) {
      const body = {
        candidates: [{ content: { parts: [call({ name: 'f' })] }, ...STOP }],
        ...(responseId === undefined ? {} : { responseId }),
      };
      const [part] = wholeOf(body).answers[0]?.parts ?? [];
      assert.match(part?.kind === 'call' ? part.id : '', /^call_[a-zA-Z0-9_-]{1,28}_0$/);
    }
  });

  it('keep their id and their signature', () => {
    const given = call({ id: 'x1', name: 'f', args: {} }, { thoughtSignature: 'YQ==' });
    assert.deepEqual(partsOf([chunkOf([given], STOP)]), [
      { kind: 'call', id: 'x1', name: 'f', arguments: '{}', signature: 'YQ==' },
    ]);
  });

  it('are told once where they come twice under one id, and read where they are a text', () => {
    const said = { kind: 'call', id: 'x1', name: 'f', arguments: '{"a":1}' };
    const whole = call({ id: 'x1', name: 'f', args: { a: 1 } });
    const begun = { jsonPath: '$.a', numberValue: 1 };
    const piece = call({ id: 'x1', name: 'f', partialArgs: [begun], willContinue: true });
    const text = call({ id: 'x1', name: 'f', args: '{"a":1}' });
    for (const chunks of [[whole, whole], [piece, whole], [piece, call({}), whole], [text]]) {
      assert.deepEqual(partsOf([...chunks.map((part) => chunkOf([part])), chunkOf([], STOP)]), [
        said,
      ]);
    }
    const other = call({ id: 'x1', name: 'f', args: { a: 2 } });
    assert.equal(partsOf([chunkOf([whole]), chunkOf([other], STOP)]).length, 2);
  });

  it('keep numbers that no double holds', () => {
    const given = '{"functionCall":{"name":"f","args":{"n":12345678901234567890}}}';
    const body = `{"candidates":[{"content":{"parts":[${given}]},"finishReason":"STOP"}]}`;
    const [read] = fold(eventsOf(bytesOf(`data: ${body}\n\n`))).answers[0]?.parts ?? [];
    assert.equal(read?.kind === 'call' && read.arguments, '{"n":12345678901234567890}');
  });

  const piece = (jsonPath: string, value: Json, goesOn = false): Json => ({
    jsonPath,
    ...(typeof value === 'string' ? { stringValue: value } : {}),
    ...(typeof value === 'number' ? { numberValue: value } : {}),
    ...(goesOn ? { willContinue: true } : {}),
  });
  const more = (partialArgs: Json): Json => call({ partialArgs, willContinue: true });

  it('are put together from pieces, one after the other', () => {
    const parts = partsOf([
      chunkOf([call({ name: 'order', willContinue: true }, { thoughtSignature: 'YQ==' })]),
      chunkOf([more([piece('$.dishes[0].name', 'So', true)])]),
      chunkOf([more([piece('$.dishes[0].name', 'up', true)])]),
      chunkOf([more([piece('$.dishes[0].name', '')])]),
      chunkOf([call({ willContinue: true })]),
      chunkOf([more([piece('$.dishes[1].price', 4.5)])]),
      chunkOf([call({})]),
      chunkOf([call({ name: 'pay' })]),
      chunkOf([call({ name: 'order', willContinue: true })]),
      chunkOf([call({ partialArgs: [piece('$.table', 7)] })]),
      chunkOf([{ text: '' }], STOP),
    ]);
    assert.deepEqual(parts, [
      {
        kind: 'call',
        id: 'call_r1_0',
        name: 'order',
        arguments: '{"dishes":[{"name":"Soup"},{"price":4.5}]}',
        signature: 'YQ==',
      },
      { kind: 'call', id: 'call_r1_1', name: 'pay', arguments: '{}' },
      { kind: 'call', id: 'call_r1_2', name: 'order', arguments: '{"table":7}' },
    ]);
  });

  it('end with the answer where their end is missing', () => {
    const parts = partsOf([
      chunkOf([call({ name: 'f', willContinue: true })]),
      chunkOf([more([piece('$.a', 'b', true)])], STOP),
    ]);
    assert.deepEqual(parts, [{ kind: 'call', id: 'call_r1_0', name: 'f', arguments: '{"a":"b"}' }]);
  });

  it('are left open where the model was cut off, so that nobody runs them', () => {
    const chunks = [
      chunkOf([call({ name: 'f', willContinue: true })]),
      chunkOf([more([piece('$.a', 'b', true)])]),
    ];
    const last = chunkOf([], { finishReason: 'MAX_TOKENS' });
    for (const all of [chunks, [...chunks, last]]) {
      const [part] = partsOf(all);
      assert.equal(part?.kind === 'call' && part.arguments, '{"a":"b"');
    }
  });

  it('end the answer with an error where a piece stands at no place', () => {
    const chunks = [
      chunkOf([call({ name: 'f', willContinue: true })]),
      chunkOf([more([piece('$.a', 'b')]), more([piece('$.a.c', 'd')])]),
      chunkOf([{ text: 'more' }], STOP),
    ];
    const answer = answerOf(chunks);
    assert.equal(answer.error?.kind, 'internal');
    assert.equal(answer.ended, false);
  });
});

describe('what else a candidate holds', () => {
  it('is opaque: code, its result, what nobody knows yet', () => {
    const parts = [
      { executableCode: { language: 'PYTHON', code: 'print(1)' } },
      { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
      { newThing: {} },
    ];
    const read = partsOf([chunkOf(parts, STOP)]);
    assert.deepEqual(
      read,
      parts.map((value) => ({ kind: 'opaque', wire: 'gemini', value })),
    );
    const { body } = gemini.writeWhole(answerOf([chunkOf(parts, STOP)]), CONTEXT);
    const written = JSON.parse(new TextDecoder().decode(body));
    assert.deepEqual(written.candidates[0].content.parts, parts);
  });

  it('goes with the end: grounding and ratings, the last ones of a stream', () => {
    const ratings = { safetyRatings: [{ category: 'X', probability: 'LOW' }] };
    const grounding = { groundingMetadata: { webSearchQueries: ['q'] } };
    const chunks = [
      chunkOf([{ text: 'a' }], { groundingMetadata: {} }),
      chunkOf([{ text: 'b' }], { ...STOP, ...ratings, ...grounding }),
    ];
    assert.deepEqual(partsOf(chunks), [
      { kind: 'text', text: 'ab' },
      { kind: 'opaque', wire: 'gemini', value: { candidate: { ...grounding, ...ratings } } },
    ]);
    const written = gemini.writeWhole(answerOf(chunks), CONTEXT);
    const [candidate] = JSON.parse(new TextDecoder().decode(written.body)).candidates;
    assert.deepEqual(candidate.groundingMetadata, grounding.groundingMetadata);
    assert.deepEqual([...written.dropped], []);
  });

  it('may be a picture, with its signature', () => {
    const inlineData = { mimeType: 'image/png', data: 'AAAA' };
    assert.deepEqual(partsOf([chunkOf([{ inlineData, thoughtSignature: 'YQ==' }], STOP)]), [
      {
        kind: 'media',
        medium: 'image',
        type: 'image/png',
        source: { kind: 'base64', data: 'AAAA' },
      },
      { kind: 'thought', text: '', signature: 'YQ==' },
    ]);
  });

  it('tells chances of tokens', () => {
    const logprobsResult = {
      chosenCandidates: [{ token: 'a', tokenId: 1, logProbability: -0.5 }],
      topCandidates: [{ candidates: [{ token: 'a', logProbability: -0.5 }, { token: 'b' }] }],
    };
    const answer = answerOf([chunkOf([{ text: 'a' }], { ...STOP, logprobsResult })]);
    assert.deepEqual(answer.answers[0]?.logprobs, [
      {
        token: 'a',
        logprob: -0.5,
        top: [
          { token: 'a', logprob: -0.5 },
          { token: 'b', logprob: 0 },
        ],
      },
    ]);
  });
});

describe('the end of an answer', () => {
  const reasons: readonly (readonly [word: string, reason: string, native: string | undefined])[] =
    [
      ['STOP', 'end', undefined],
      ['MAX_TOKENS', 'length', undefined],
      ['SAFETY', 'filtered', 'SAFETY'],
      ['RECITATION', 'filtered', 'RECITATION'],
      ['PROHIBITED_CONTENT', 'filtered', 'PROHIBITED_CONTENT'],
      ['MODEL_ARMOR', 'filtered', 'MODEL_ARMOR'],
      ['MALFORMED_FUNCTION_CALL', 'error', 'MALFORMED_FUNCTION_CALL'],
      ['UNEXPECTED_TOOL_CALL', 'error', 'UNEXPECTED_TOOL_CALL'],
      ['OTHER', 'error', 'OTHER'],
      ['A_NEW_WORD', 'error', 'A_NEW_WORD'],
    ];
  for (const [finishReason, reason, native] of reasons) {
    it(`is ${reason} for ${finishReason}`, () => {
      const [one] = answerOf([chunkOf([{ text: 'a' }], { finishReason })]).answers;
      assert.equal(one?.stop, reason);
      assert.equal(one?.native, native);
    });
  }

  it('comes once where every chunk says it, and after all of them', () => {
    const events = eventsOf(
      asEvents([chunkOf([{ text: 'a' }], STOP), chunkOf([{ text: 'b' }], STOP)]),
    );
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['start', 'text', 'text', 'stop', 'end'],
    );
  });

  it('is not there where no reason was told, or an unspecified one', () => {
    for (const more of [{}, { finishReason: 'FINISH_REASON_UNSPECIFIED' }]) {
      const answer = answerOf([chunkOf([{ text: 'a' }], more)]);
      assert.equal(answer.answers[0]?.stop, undefined);
      assert.equal(answer.ended, false);
    }
  });

  it('is not there where one of several candidates was cut off', () => {
    const content = { parts: [{ text: 'a' }] };
    const answer = answerOf([
      { candidates: [{ content, ...STOP }] },
      { candidates: [{ content, index: 1 }] },
    ]);
    assert.deepEqual(
      answer.answers.map(({ stop }) => stop),
      [undefined, undefined],
    );
    assert.equal(answer.ended, false);
  });

  it('is a filter where the prompt was refused as a whole', () => {
    const body = {
      promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
      usageMetadata: { promptTokenCount: 4, totalTokenCount: 4 },
    };
    for (const answer of [wholeOf(body), answerOf([body])]) {
      assert.deepEqual(answer.answers, [
        { parts: [], logprobs: [], stop: 'filtered', native: 'PROHIBITED_CONTENT' },
      ]);
      assert.equal(answer.usage?.inputTokens, 4);
      assert.ok(answer.ended);
      const { body: written } = gemini.writeWhole(answer, CONTEXT);
      assert.equal(JSON.parse(new TextDecoder().decode(written)).candidates, undefined);
    }
  });

  it('of a whole answer without candidates is an error', () => {
    assert.equal(wholeOf({ usageMetadata: { promptTokenCount: 1 } }).error?.kind, 'internal');
  });
});

describe('usage', () => {
  it('is cumulative: the last one counts, thoughts are output, tools are input', () => {
    const first = { ...chunkOf([{ text: 'a' }]), usageMetadata: { trafficType: 'ON_DEMAND' } };
    const last = {
      ...chunkOf([], STOP),
      usageMetadata: {
        promptTokenCount: 10,
        cachedContentTokenCount: 3,
        toolUsePromptTokenCount: 2,
        candidatesTokenCount: 5,
        thoughtsTokenCount: 7,
        totalTokenCount: 24,
        trafficType: 'ON_DEMAND',
      },
    };
    const answer = answerOf([first, last]);
    assert.deepEqual(answer.usage, {
      inputTokens: 12,
      outputTokens: 12,
      cachedInputTokens: 3,
      reasoningTokens: 7,
      source: 'measured',
    });
    assert.equal(answer.service, 'default');
  });

  it('is told again only when it changed', () => {
    const usageMetadata = { promptTokenCount: 1, totalTokenCount: 1 };
    const chunk = { ...chunkOf([{ text: 'a' }]), usageMetadata };
    const told = eventsOf(asEvents([chunk, chunk])).filter(({ kind }) => kind === 'usage');
    assert.equal(told.length, 1);
  });
});

describe('the frame of a stream', () => {
  const chunks = [chunkOf([{ text: 'a]{"\\' }]), chunkOf([{ text: 'é' }], STOP)];
  const expected = answerOf(chunks);

  it('may be events, one array, or bare values, cut anywhere', () => {
    const texts = chunks.map((chunk) => JSON.stringify(chunk, null, 2));
    const frames = [
      asEvents(chunks),
      bytesOf(`: note\n\ndata: ${JSON.stringify(chunks[0])}\n\ndata:${JSON.stringify(chunks[1])}`),
      bytesOf(` [${texts.join('\n,\r\n')}]\n`),
      bytesOf(texts.join('\n')),
    ];
    for (const bytes of frames) {
      for (const size of [1, 7, bytes.length]) {
        assert.deepEqual(fold(eventsOf(bytes, size)), expected);
      }
    }
  });

  it('is cut off where an array is not closed', () => {
    const bytes = bytesOf(`[${chunks.map((chunk) => JSON.stringify(chunk)).join(',')}`);
    const answer = fold(eventsOf(bytes));
    assert.equal(answer.ended, false);
    assert.equal(answer.answers[0]?.stop, undefined);
  });

  it('ends with an error at JSON that is broken, without its content', () => {
    for (const text of ['data: {"candidates": [{"sec', 'data: <html>sec</html>\n\n', '[{"sec": ']) {
      const answer = fold(eventsOf(bytesOf(text)));
      assert.equal(answer.error?.kind, 'internal');
      assert.doesNotMatch(answer.error?.message ?? '', /sec/);
    }
  });

  it('says nothing where nothing came, and takes a mark of the end that others write', () => {
    assert.deepEqual(eventsOf(bytesOf('')), []);
    assert.deepEqual(eventsOf(bytesOf('<html></html>')), []);
    const bytes = Buffer.concat([asEvents(chunks), bytesOf('data: [DONE]\n\n')]);
    assert.deepEqual(fold(eventsOf(bytes)), expected);
  });
});

describe('errors', () => {
  it('end a stream, as an event, in an array, or as an event of that name', () => {
    const error = { error: { code: 503, message: 'Busy.', status: 'UNAVAILABLE' } };
    const text = JSON.stringify(error);
    const first = chunkOf([{ text: 'a' }]);
    for (const bytes of [
      asEvents([first, error, first]),
      asEvents([first, [error]]),
      bytesOf(`[${JSON.stringify(first)},${text}]`),
      bytesOf(`event: error\ndata: ${text}\n\n`),
    ]) {
      const answer = fold(eventsOf(bytes));
      assert.deepEqual(answer.error, { kind: 'overloaded', message: 'Busy.', type: 'UNAVAILABLE' });
      assert.equal(answer.ended, false);
    }
  });

  it('may hide in a whole answer', () => {
    assert.equal(wholeOf([{ error: { code: 429, message: 'x' } }]).error?.kind, 'rate_limited');
  });
});
