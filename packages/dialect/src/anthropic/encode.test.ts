import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnswerEvent, Json } from '../canon/canon.ts';
import { parseExact } from '../canon/exact.ts';
import { fold } from '../canon/fold.ts';
import {
  blockStart,
  blockStop,
  bytesOf,
  CONTEXT,
  decoded,
  delta,
  encoded,
  MESSAGE_STOP,
} from './anthropic.fixture.ts';
import { anthropic } from './anthropic.ts';

const START: AnswerEvent = { kind: 'start', id: 'msg_a', model: 'm', created: 1 };
const END: AnswerEvent = { kind: 'end' };
const stop = (reason: 'end' | 'tools' | 'refusal' | 'filtered' | 'error'): AnswerEvent => ({
  kind: 'stop',
  answer: 0,
  reason,
});
const text = (part: number, one: string): AnswerEvent => ({
  kind: 'text',
  answer: 0,
  part,
  text: one,
});
const call = (part: number): AnswerEvent => ({
  kind: 'call',
  answer: 0,
  part,
  id: `toolu_${part}`,
  name: 'f',
});
const args = (part: number, one: string): AnswerEvent => ({
  kind: 'arguments',
  answer: 0,
  part,
  text: one,
});
const USAGE: AnswerEvent = {
  kind: 'usage',
  usage: {
    inputTokens: 30,
    outputTokens: 4,
    cachedInputTokens: 20,
    reasoningTokens: undefined,
    source: 'measured',
  },
};

/** The events of a stream, each with the name that its line gives it. */
function written(events: readonly AnswerEvent[]): readonly Json[] {
  return encoded(events)
    .text.split('\n\n')
    .filter((one) => one !== '')
    .map((one) => {
      const [, name, data = ''] = /^event: (\S+)\ndata: (.*)$/.exec(one) ?? [];
      const value = parseExact(data);
      assert.equal(typeof value === 'object' && value !== null && Reflect.get(value, 'type'), name);
      return value;
    });
}

/** Without the start and the end of the message. */
const blocks = (events: readonly AnswerEvent[]): readonly Json[] =>
  written([START, ...events, stop('end'), END]).slice(1, -2);

const input = (index: number, json: string): Json =>
  delta(index, { type: 'input_json_delta', partial_json: json });
const use = (index: number, part = index): Json =>
  blockStart(index, { type: 'tool_use', id: `toolu_${part}`, name: 'f', input: {} });
const said = (index: number, one: string): readonly Json[] => [
  blockStart(index, { type: 'text', text: '' }),
  delta(index, { type: 'text_delta', text: one }),
  blockStop(index),
];

describe('a stream that is written', () => {
  it('has the events that clients expect, in their order', () => {
    assert.deepEqual(written([START, text(0, 'Hi'), USAGE, stop('end'), END]), [
      {
        type: 'message_start',
        message: {
          id: 'msg_a',
          type: 'message',
          role: 'assistant',
          model: 'm',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 0, output_tokens: 0 },
        },
      },
      ...said(0, 'Hi'),
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { input_tokens: 10, cache_read_input_tokens: 20, output_tokens: 4 },
      },
      MESSAGE_STOP,
    ]);
  });

  it('tells usage at its start where that is known, and what the context knows', () => {
    const [first] = written([{ ...START, id: undefined, model: undefined }, USAGE, END]);
    const message = Reflect.get(Object(first), 'message');
    assert.deepEqual(
      [message.id, message.model, message.usage.input_tokens],
      [CONTEXT.id, CONTEXT.model, 10],
    );
  });

  it('writes a signature in one piece, since clients keep the last', () => {
    const sign = (one: string): AnswerEvent => ({
      kind: 'signature',
      answer: 0,
      part: 0,
      signature: one,
    });
    const thought: AnswerEvent = { kind: 'thought', answer: 0, part: 0, text: 'Hm' };
    assert.deepEqual(blocks([thought, sign('c2'), sign('ln'), text(1, 'Yes')]), [
      blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'Hm' }),
      delta(0, { type: 'signature_delta', signature: 'c2ln' }),
      blockStop(0),
      ...said(1, 'Yes'),
    ]);
  });

  it('keeps what is sealed: alone as a redacted thought, with words in the signature', () => {
    const seal = (part: number): AnswerEvent => ({
      kind: 'signature',
      answer: 0,
      part,
      signature: 'c2VhbA',
      sealed: true,
    });
    const thought: AnswerEvent = { kind: 'thought', answer: 0, part: 1, text: 'Hm' };
    const events = [START, seal(0), thought, seal(1), stop('end'), END];
    assert.deepEqual(
      written(events)[1],
      blockStart(0, { type: 'redacted_thinking', data: 'c2VhbA' }),
    );
    assert.deepEqual(fold(decoded(bytesOf(encoded(events).text))).answers, fold(events).answers);
  });

  it('puts the signature of a call into its start where it is known by then', () => {
    const sign: AnswerEvent = { kind: 'signature', answer: 0, part: 0, signature: 'c2ln' };
    const extra = { extra_content: { google: { thought_signature: 'c2ln' } } };
    const block = { type: 'tool_use', id: 'toolu_0', name: 'f', input: {}, ...extra };
    assert.deepEqual(blocks([call(0), sign, args(0, '{}')])[0], blockStart(0, block));
    assert.deepEqual(blocks([call(0), args(0, '{}'), sign]), [
      use(0),
      input(0, '{}'),
      delta(0, { type: 'signature_delta', signature: 'c2ln' }),
      blockStop(0),
    ]);
  });

  it('has one block open at a time, whatever order calls are written in', () => {
    const events = [call(0), args(0, '{"a":'), call(1), args(1, '{"b'), text(2, 'so')];
    const later = [args(0, '1}'), args(1, '":2}'), text(2, '!')];
    assert.deepEqual(blocks([...events, ...later]), [
      use(0),
      input(0, '{"a":'),
      input(0, '1}'),
      blockStop(0),
      use(1),
      input(1, '{"b'),
      input(1, '":2}'),
      blockStop(1),
      blockStart(2, { type: 'text', text: '' }),
      delta(2, { type: 'text_delta', text: 'so' }),
      delta(2, { type: 'text_delta', text: '!' }),
      blockStop(2),
    ]);
  });

  it('does not let a call wait that follows a whole one', () => {
    const encoder = anthropic.encoder(CONTEXT);
    for (const event of [START, call(0), args(0, '{"a":"}"}'), call(1)]) encoder.push(event);
    assert.notEqual(encoder.push(args(1, '{')).length, 0);
  });

  it('writes calls that were never whole at the stop, each with all it has', () => {
    assert.deepEqual(blocks([call(0), call(1), args(1, '{"b":1}'), call(2)]), [
      use(0),
      blockStop(0),
      use(1),
      input(1, '{"b":1}'),
      blockStop(1),
      use(2),
      blockStop(2),
    ]);
  });

  it('begins a new block for what comes later of a text', () => {
    const events = [text(0, 'a'), call(1), args(1, '{}'), text(0, 'b')];
    assert.deepEqual(blocks(events), [
      ...said(0, 'a'),
      use(1),
      input(1, '{}'),
      blockStop(1),
      ...said(2, 'b'),
    ]);
  });

  it("puts citations to their text, and writes the provider's blocks as it does", () => {
    const opaque = (part: number, value: Json): AnswerEvent => ({
      kind: 'opaque',
      answer: 0,
      part,
      wire: 'anthropic',
      value,
    });
    const citation = { type: 'char_location', cited_text: 'x' };
    const search = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } };
    const events = [
      text(0, 'So.'),
      opaque(1, { type: 'citations', citations: [citation] }),
      opaque(2, search),
      opaque(3, { type: 'compaction', content: 'In short' }),
    ];
    assert.deepEqual(blocks(events), [
      ...said(0, 'So.').slice(0, 2),
      delta(0, { type: 'citations_delta', citation }),
      blockStop(0),
      blockStart(1, { ...search, input: {} }),
      input(1, '{"query":"q"}'),
      blockStop(1),
      blockStart(2, { type: 'compaction', content: null }),
      delta(2, { type: 'compaction_delta', content: 'In short' }),
      blockStop(2),
    ]);
  });

  it('says why it ended, also in words that the wire has not', () => {
    const refusal: AnswerEvent = { kind: 'refusal', answer: 0, part: 0, text: 'No.' };
    const endOf = (...events: readonly AnswerEvent[]): Json =>
      Reflect.get(Object(written([START, ...events, END]).at(-2)), 'delta');
    const details = (category: string | null, explanation: string | null) => ({
      stop_sequence: null,
      stop_details: { type: 'refusal', category, explanation },
    });
    assert.deepEqual(endOf(refusal, stop('end')), {
      stop_reason: 'refusal',
      ...details(null, 'No.'),
      // So that the other side's word comes back.
      native_stop_reason: 'end_turn',
    });
    assert.deepEqual(endOf({ ...stop('filtered'), native: 'SAFETY' } as AnswerEvent), {
      stop_reason: 'refusal',
      ...details('content_filter', null),
      native_stop_reason: 'SAFETY',
    });
    assert.deepEqual(endOf(stop('error')), { stop_reason: 'error', stop_sequence: null });
    assert.deepEqual(endOf(), { stop_reason: null, stop_sequence: null });
  });

  it('names what it cannot say', () => {
    const media = { kind: 'media', medium: 'image', source: { kind: 'url', url: 'u' } } as const;
    const events: readonly AnswerEvent[] = [
      START,
      { kind: 'media', answer: 0, part: 0, media },
      { kind: 'opaque', answer: 0, part: 1, wire: 'gemini', value: {} },
      { kind: 'logprobs', answer: 0, tokens: [] },
      { ...text(0, 'other'), answer: 1 } as AnswerEvent,
      stop('end'),
      END,
    ];
    const { dropped, text: bytes } = encoded(events);
    assert.deepEqual(dropped, ['answers', 'logprobs', 'part.image', 'part.opaque']);
    assert.deepEqual(fold(decoded(bytesOf(bytes))).answers[0]?.parts, []);
  });

  it('ends with an error as an event, and never with its end', () => {
    const error = { kind: 'rate_limited', message: 'Slow' } as const;
    const { text: bytes } = encoded([START, text(0, 'Hi'), { kind: 'error', error }]);
    assert.equal(bytes.includes('message_stop'), false);
    const body = '{"type":"error","error":{"type":"rate_limit_error","message":"Slow"}}';
    assert.ok(bytes.endsWith(`\n\nevent: error\ndata: ${body}\n\n`));
  });

  it('is a bug of ours where nothing was begun, or all is over', () => {
    const early = anthropic.encoder(CONTEXT);
    assert.throws(() => early.push(text(0, 'x')), { name: 'BrokenAssertion' });
    const late = anthropic.encoder(CONTEXT);
    for (const event of [START, END]) late.push(event);
    assert.throws(() => late.push(text(0, 'x')), { name: 'BrokenAssertion' });
  });
});
