import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type AnswerTraits, answers, inPieces, withReturns } from '../canon/arbitrary.fixture.ts';
import type { Answer, AnswerEvent, Json, StopReason } from '../canon/canon.ts';
import type { Codec } from '../canon/codec.ts';
import { fold, unfold } from '../canon/fold.ts';
import { generate } from './generate.ts';
import {
  bytesOf,
  CONTEXT,
  decoded,
  encoded,
  folded,
  only,
  textOf,
  whole,
} from './ollama.fixture.ts';
import { ollama } from './ollama.ts';

fc.configureGlobal({ seed: 4141 });

/** What the wire carries: thoughts first, one text, then calls. */
const CARRIED: AnswerTraits = {
  parts: ['thought', 'sealed', 'text', 'call'],
  grouped: true,
  single: ['text'],
  thoughtSignature: 'some',
  callSignature: 'some',
  arguments: 'object',
  logprobs: true,
  stops: ['end', 'length', 'stop_sequence', 'filtered', 'refusal', 'pause', 'context', 'error'],
  sequence: true,
  usage: 'bare',
  id: fc.constant(undefined),
};
const SHAPES: readonly (readonly [string, Codec])[] = [
  ['chat', ollama],
  ['prompt', generate],
];
const named = (answer: Answer) => ({ ...CONTEXT, model: answer.model ?? '' });

for (const [name, codec] of SHAPES) {
  describe(`an answer to a ${name}`, () => {
    it('comes back from a stream as it was, in any chunks', () => {
      const run = (answer: Answer, seed: number): void => {
        const text = encoded(codec, inPieces(answer, seed), named(answer));
        for (const cut of [0, seed]) {
          assert.deepEqual(fold(decoded(codec, bytesOf(text), cut)), answer);
          assert.deepEqual(fold(decoded(codec, withReturns(bytesOf(text)), cut)), answer);
        }
      };
      fc.assert(fc.property(answers(CARRIED), fc.nat(), run), { numRuns: 200 });
    });

    it('comes back as it was when it is whole', () => {
      const run = (answer: Answer): void =>
        assert.deepEqual(whole(codec, answer, named(answer)), answer);
      fc.assert(fc.property(answers(CARRIED), run), { numRuns: 200 });
    });

    it('keeps text, calls and reasons of anything, by lines and as a whole', () => {
      const any = answers({
        parts: ['thought', 'text', 'refusal', 'call', 'media', 'sealed'],
        callSignature: 'some',
        arguments: 'object',
        answersMax: 2,
        logprobs: true,
      });
      const run = (answer: Answer, seed: number): void => {
        const lines = folded(codec, encoded(codec, inPieces(answer, seed)));
        assert.deepEqual(texts(lines), texts(answer));
        assert.deepEqual(callsOf(lines), callsOf(answer));
        assert.equal(lines.answers[0]?.stop, answer.answers[0]?.stop);
        assert.deepEqual(lines.usage, whole(codec, answer).usage);
        assert.deepEqual(callsOf(whole(codec, answer)), callsOf(answer));
      };
      fc.assert(fc.property(any, fc.nat(), run), { numRuns: 200 });
    });
  });
}

const texts = ({ answers: [first] }: Answer): string =>
  (first?.parts ?? [])
    .map((part) => (part.kind === 'text' || part.kind === 'refusal' ? part.text : ''))
    .join('');
const callsOf = ({ answers: [first] }: Answer) =>
  (first?.parts ?? []).filter((part) => part.kind === 'call');

const START: AnswerEvent = { kind: 'start', id: 'chatcmpl-1', model: 'other', created: 0 };
const END: readonly AnswerEvent[] = [{ kind: 'stop', answer: 0, reason: 'end' }, { kind: 'end' }];
const linesOf = (text: string): readonly { readonly [key: string]: Json }[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const place = { answer: 0, part: 0 } as const;

describe('a stream for a client of this dialect', () => {
  it('is lines of the server: text, then one line that is done', () => {
    const usage = {
      inputTokens: 5,
      outputTokens: 2,
      cachedInputTokens: 3,
      reasoningTokens: undefined,
      source: 'measured',
    } as const;
    const text = encoded(ollama, [
      START,
      { kind: 'text', ...place, text: 'a\nb' },
      ...END.slice(0, 1),
      { kind: 'usage', usage },
      ...END.slice(1),
    ]);
    const head = { model: CONTEXT.model, created_at: '1970-01-01T00:00:00.000Z' };
    assert.deepEqual(linesOf(text), [
      { ...head, message: { role: 'assistant', content: 'a\nb' }, done: false },
      {
        ...head,
        message: { role: 'assistant', content: '' },
        done: true,
        done_reason: 'stop',
        prompt_eval_count: 5,
        eval_count: 2,
      },
    ]);
  });

  it('holds a call whole, once, however its arguments came', () => {
    const pieces = ['{"ci', 'ty":', '"Oslo"}'];
    const events: readonly AnswerEvent[] = [
      START,
      { kind: 'call', ...place, id: 'call_1', name: 'weather' },
      { kind: 'call', answer: 0, part: 1, id: 'call_2', name: 'time' },
      ...pieces.map((text) => ({ kind: 'arguments', ...place, text }) as const),
      { kind: 'stop', answer: 0, reason: 'tools' },
      { kind: 'end' },
    ];
    const [first, last, ...rest] = linesOf(encoded(ollama, events));
    assert.deepEqual(first?.['message'], {
      role: 'assistant',
      content: '',
      tool_calls: [
        { id: 'call_1', function: { index: 0, name: 'weather', arguments: { city: 'Oslo' } } },
        { id: 'call_2', function: { index: 1, name: 'time', arguments: {} } },
      ],
    });
    assert.equal(last?.['done_reason'], 'stop');
    assert.deepEqual(rest, []);
  });

  it('never holds a call that was cut off where clients would run it', () => {
    const events: readonly AnswerEvent[] = [
      START,
      { kind: 'call', ...place, id: 'call_1', name: 'pay' },
      { kind: 'arguments', ...place, text: '{"amount": 1' },
      { kind: 'stop', answer: 0, reason: 'length' },
      { kind: 'end' },
    ];
    const text = encoded(ollama, events);
    assert.ok(!text.includes('"tool_calls"'));
    assert.deepEqual(folded(ollama, text).answers, fold(events).answers);
    assert.ok(!textOf(ollama.writeWhole(fold(events), CONTEXT).body).includes('"tool_calls"'));
    assert.deepEqual(whole(ollama, fold(events)).answers, fold(events).answers);
  });

  it('ends with an error, and without the line that is done', () => {
    const error = { kind: 'overloaded', message: 'no slot is free', type: 'busy' } as const;
    const text = encoded(ollama, [
      START,
      { kind: 'call', ...place, id: 'call_1', name: 'weather' },
      { kind: 'error', error },
    ]);
    assert.equal(text, '{"error":"no slot is free","type":"busy"}\n');
    const answer = { ...fold([START, { kind: 'error', error }]) };
    assert.equal(textOf(ollama.writeWhole(answer, CONTEXT).body), text.trimEnd());
  });

  it('gives every reason back, and only known words to clients where it is a plain end', () => {
    const reasons: readonly StopReason[] = ['end', 'length', 'stop_sequence', 'tools', 'filtered'];
    for (const reason of [...reasons, 'refusal', 'pause', 'context', 'error'] as const) {
      const events: readonly AnswerEvent[] = [
        START,
        { kind: 'stop', answer: 0, reason },
        END[1] ?? START,
      ];
      assert.equal(only(folded(ollama, encoded(ollama, events))).stop, reason);
    }
    const loaded: readonly AnswerEvent[] = [
      START,
      { kind: 'stop', answer: 0, reason: 'end', native: 'load' },
      { kind: 'end' },
    ];
    assert.deepEqual(only(folded(ollama, encoded(ollama, loaded))), only(fold(loaded)));
  });

  it('gives the times of a server back', () => {
    const usage = {
      inputTokens: 1,
      outputTokens: 1,
      cachedInputTokens: undefined,
      reasoningTokens: undefined,
      source: 'measured',
      extra: { ollama: { total_duration: 123, eval_duration: 45 }, openai: { queue: 1 } },
    } as const;
    const [last] = linesOf(encoded(ollama, [START, { kind: 'usage', usage }, ...END]));
    assert.equal(last?.['total_duration'], 123);
    assert.equal(last['eval_duration'], 45);
    assert.ok(!('queue' in last));
  });

  it('names what it cannot say', () => {
    const encoder = ollama.encoder(CONTEXT);
    const audio = {
      kind: 'media',
      medium: 'audio',
      source: { kind: 'base64', data: 'x' },
    } as const;
    const events: readonly AnswerEvent[] = [
      START,
      { kind: 'refusal', ...place, text: 'no' },
      { kind: 'media', answer: 0, part: 1, media: audio },
      { kind: 'opaque', answer: 0, part: 2, wire: 'gemini', value: {} },
      { kind: 'text', answer: 1, part: 0, text: 'another' },
      ...END,
    ];
    for (const event of events) encoder.push(event);
    const dropped = ['answers', 'part.audio', 'part.opaque', 'part.refusal'];
    assert.deepEqual([...encoder.dropped].sort(), dropped);
    const { dropped: wholly } = ollama.writeWhole(fold(events), CONTEXT);
    assert.deepEqual([...wholly].sort(), dropped);
  });

  it('writes times of any clock', () => {
    for (const created of [-5, 0, 1e300]) {
      const text = encoded(ollama, unfold(fold([{ ...START, created }, ...END])));
      assert.ok(Number.isFinite(Date.parse(String(linesOf(text)[0]?.['created_at']))));
    }
  });
});
