import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnswerEvent } from '../canon/canon.ts';
import { fold } from '../canon/fold.ts';
import { CONTEXT, textOf } from './gemini.fixture.ts';
import { gemini, geminiArray } from './gemini.ts';

const START: AnswerEvent = { kind: 'start', id: 'r1', model: 'm-1', created: undefined };
const END: AnswerEvent = { kind: 'end' };
const STOP: AnswerEvent = { kind: 'stop', answer: 0, reason: 'end' };
const place = (part: number): { answer: 0; part: number } => ({ answer: 0, part });
const said = (text: string, part = 0): AnswerEvent => ({ kind: 'text', ...place(part), text });

function written(events: readonly AnswerEvent[], codec = gemini): string[] {
  const encoder = codec.encoder(CONTEXT);
  return events.map((event) => textOf(encoder.push(event)));
}

/** The chunk that each event makes; undefined where it makes none. */
const chunks = (events: readonly AnswerEvent[]) =>
  written(events).map((text) => {
    if (text === '') return undefined;
    assert.match(text, /^data: [^\n\r]*\r\n\r\n$/);
    return JSON.parse(text.slice('data: '.length));
  });

describe('a stream for a caller', () => {
  it('has one chunk for each text, and the reason and usage in the last one', () => {
    const usage: AnswerEvent = {
      kind: 'usage',
      usage: {
        inputTokens: 5,
        outputTokens: 9,
        cachedInputTokens: undefined,
        reasoningTokens: 4,
        source: 'measured',
      },
    };
    const [first, one, stop, told, last] = chunks([START, said('Hi'), STOP, usage, END]);
    assert.deepEqual([first, stop, told], [undefined, undefined, undefined]);
    const head = { modelVersion: 'm-1', responseId: 'r1' };
    const content = (text: string) => ({ parts: [{ text }], role: 'model' });
    assert.deepEqual(one, { candidates: [{ content: content('Hi'), index: 0 }], ...head });
    assert.deepEqual(last, {
      candidates: [{ content: content(''), finishReason: 'STOP', index: 0 }],
      usageMetadata: {
        promptTokenCount: 5,
        candidatesTokenCount: 5,
        totalTokenCount: 14,
        thoughtsTokenCount: 4,
      },
      ...head,
    });
  });

  it('names the model and the id of the call where the upstream told none', () => {
    const start: AnswerEvent = { kind: 'start', id: undefined, model: undefined, created: 0 };
    const [, chunk] = chunks([start, said('a')]);
    assert.equal(chunk.modelVersion, 'asked');
    assert.equal(chunk.responseId, 'own');
    assert.equal(chunk.createTime, '1970-01-01T00:00:00.000Z');
  });

  it('holds a call until another part begins, and an unfinished one until the end', () => {
    const call = (part: number, id: string): AnswerEvent => ({
      ...{ kind: 'call', ...place(part), id, name: 'f' },
    });
    const more = (part: number, text: string): AnswerEvent => ({
      ...{ kind: 'arguments', ...place(part), text },
    });
    const made = chunks([
      START,
      call(0, 'a'),
      more(0, '{"x":'),
      more(0, '1}'),
      { kind: 'signature', ...place(0), signature: 'YQ==' },
      call(1, 'b'),
      call(2, 'c'),
      more(2, '{}'),
      said('after', 3),
      more(1, '{"late":true}'),
      { kind: 'stop', answer: 0, reason: 'tools' },
      END,
    ]);
    const parts = made.map((chunk) => chunk?.candidates[0].content.parts);
    assert.deepEqual(parts[5], [
      { functionCall: { id: 'a', name: 'f', args: { x: 1 } }, thoughtSignature: 'YQ==' },
    ]);
    assert.deepEqual(parts.slice(6, 11), Array(5).fill(undefined));
    assert.deepEqual(parts[11], [
      { functionCall: { id: 'b', name: 'f', args: { late: true } } },
      { functionCall: { id: 'c', name: 'f', args: {} } },
      { text: 'after' },
    ]);
    assert.equal(made[11].candidates[0].finishReason, 'STOP');
  });

  it('gives arguments that were cut off as what no tool takes', () => {
    const made = chunks([
      START,
      { kind: 'call', ...place(0), id: 'a', name: 'f' },
      { kind: 'arguments', ...place(0), text: '{"x": "y' },
      { kind: 'stop', answer: 0, reason: 'length' },
      END,
    ]);
    const [part] = made[4].candidates[0].content.parts;
    assert.deepEqual(part.functionCall.args, { $arguments: '{"x": "y' });
    const [read] = fold(gemini.readWhole(made[4])).answers[0]?.parts ?? [];
    assert.equal(read?.kind === 'call' && read.arguments, '{"x": "y');
  });

  it('joins the pieces of a signature', () => {
    const sign = (signature: string): AnswerEvent => ({
      ...{ kind: 'signature', ...place(0), signature },
    });
    const thought: AnswerEvent = { kind: 'thought', ...place(0), text: 'Hm' };
    const made = chunks([START, thought, sign('YW'), sign('Jj'), said('x', 1)]);
    assert.deepEqual(made.slice(2, 4), [undefined, undefined]);
    assert.deepEqual(made[4].candidates[0].content.parts, [
      { text: '', thought: true, thoughtSignature: 'YWJj' },
      { text: 'x' },
    ]);
  });

  it('carries reasons that Google has no word for beside its nearest word', () => {
    for (const reason of ['stop_sequence', 'refusal', 'pause', 'context', 'tools'] as const) {
      const stop: AnswerEvent = { kind: 'stop', answer: 0, reason };
      const [, , , last] = chunks([START, said('a'), stop, END]);
      assert.equal(last.candidates[0].stopDetails.reason, reason);
      assert.equal(fold(gemini.readWhole(last)).answers[0]?.stop, reason);
    }
  });

  it('ends with an error and nothing else', () => {
    const error: AnswerEvent = {
      kind: 'error',
      error: { kind: 'rate_limited', message: 'Slow down.', retryAfterMs: 1_500 },
    };
    const [, , last] = chunks([START, said('a'), error]);
    assert.equal(last.error.code, 429);
    assert.equal(last.error.status, 'RESOURCE_EXHAUSTED');
    assert.deepEqual(fold(gemini.readWhole(last)).error, {
      ...{ kind: 'rate_limited', message: 'Slow down.', type: 'RESOURCE_EXHAUSTED' },
      retryAfterMs: 1_500,
    });
    const encoder = gemini.encoder(CONTEXT);
    encoder.push(error);
    assert.throws(() => encoder.push(END));
  });

  it('is one array without `alt=sse`, also when it ends with an error', () => {
    const error: AnswerEvent = { kind: 'error', error: { kind: 'internal', message: 'x' } };
    for (const last of [END, error]) {
      for (const events of [
        [START, said('a'), said('b'), last],
        [START, last],
      ]) {
        const all = JSON.parse(written(events, geminiArray).join(''));
        assert.ok(Array.isArray(all));
        assert.equal(all.at(-1).error?.message, last === error ? 'x' : undefined);
      }
    }
  });

  it('names what it cannot say', () => {
    const encoder = gemini.encoder(CONTEXT);
    encoder.push({ ...START, extra: { openai: { system_fingerprint: 'fp' } } });
    encoder.push({ kind: 'opaque', ...place(0), wire: 'anthropic', value: {} });
    encoder.push({ kind: 'refusal', ...place(1), text: 'No.' });
    assert.deepEqual([...encoder.dropped].sort(), [
      'openai.system_fingerprint',
      'part.opaque',
      'part.refusal',
    ]);
  });
});
