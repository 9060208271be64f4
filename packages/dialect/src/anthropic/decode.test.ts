import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnswerEvent, Json } from '../canon/canon.ts';
import { fold } from '../canon/fold.ts';
import {
  blockStart,
  blockStop,
  bytesOf,
  decoded,
  delta,
  framed,
  MESSAGE_STOP,
  messageDelta,
  messageStart,
} from './anthropic.fixture.ts';
import { anthropic } from './anthropic.ts';

const read = (events: readonly Json[]): readonly AnswerEvent[] => decoded(bytesOf(framed(events)));
const last = (events: readonly AnswerEvent[]): AnswerEvent | undefined => events.at(-1);

const HELLO: readonly Json[] = [
  blockStart(0, { type: 'text', text: '' }),
  delta(0, { type: 'text_delta', text: 'Hel' }),
  { type: 'ping' },
  delta(0, { type: 'text_delta', text: 'lo' }),
  blockStop(0),
];
const END: readonly Json[] = [messageDelta('end_turn'), MESSAGE_STOP];

describe('a stream that is as it should be', () => {
  it('says start, usage, text, stop, usage and end', () => {
    const usage = (outputTokens: number) => ({
      kind: 'usage',
      usage: {
        inputTokens: 7,
        outputTokens,
        cachedInputTokens: undefined,
        reasoningTokens: undefined,
        source: 'measured',
      },
    });
    assert.deepEqual(read([messageStart(), ...HELLO, ...END]), [
      { kind: 'start', id: 'msg_a', model: 'model-a', created: undefined },
      usage(1),
      { kind: 'text', answer: 0, part: 0, text: 'Hel' },
      { kind: 'text', answer: 0, part: 0, text: 'lo' },
      usage(5),
      { kind: 'stop', answer: 0, reason: 'end' },
      { kind: 'end' },
    ]);
  });

  it('counts what the cache took and gave to the input, and later counts win', () => {
    const first = { input_tokens: 3, cache_read_input_tokens: 10, output_tokens: 1 };
    const later = {
      input_tokens: 4,
      cache_creation_input_tokens: 20,
      output_tokens: 9,
      output_tokens_details: { thinking_tokens: 6 },
      server_tool_use: { web_search_requests: 1 },
      service_tier: 'priority',
    };
    const events = [messageStart({ usage: first }), messageDelta('end_turn', later), MESSAGE_STOP];
    const { usage, service } = fold(read(events));
    assert.deepEqual(usage, {
      inputTokens: 34,
      outputTokens: 9,
      cachedInputTokens: 10,
      cacheWriteTokens: 20,
      reasoningTokens: 6,
      source: 'measured',
      extra: { anthropic: { server_tool_use: { web_search_requests: 1 } } },
    });
    assert.equal(service, 'priority');
  });

  it('signs thoughts, also those without words', () => {
    const events = read([
      messageStart(),
      blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'So be it' }),
      delta(0, { type: 'signature_delta', signature: 'c2ln' }),
      blockStop(0),
      blockStart(1, { type: 'thinking', thinking: '', signature: 'b25seQ' }),
      blockStop(1),
      blockStart(2, { type: 'redacted_thinking', data: 'c2VhbA' }),
      blockStop(2),
      ...END,
    ]);
    assert.deepEqual(fold(events).answers[0]?.parts, [
      { kind: 'thought', text: 'So be it', signature: 'c2ln' },
      { kind: 'thought', text: '', signature: 'b25seQ' },
      { kind: 'thought', text: '', sealed: 'c2VhbA' },
    ]);
  });

  it('joins the arguments of calls, and those that came at once or not at all', () => {
    const call = (id: string, input: Json): Json => ({ type: 'tool_use', id, name: 'f', input });
    const events = read([
      messageStart(),
      blockStart(0, call('toolu_1', {})),
      delta(0, { type: 'input_json_delta', partial_json: '' }),
      delta(0, { type: 'input_json_delta', partial_json: '{"a": ' }),
      delta(0, { type: 'input_json_delta', partial_json: '12345678901234567890}' }),
      blockStop(0),
      blockStart(1, call('toolu_2', { b: [1] })),
      blockStop(1),
      blockStart(2, call('toolu_3', {})),
      delta(2, { type: 'input_json_delta', partial_json: '' }),
      blockStop(2),
      blockStart(3, call('toolu_4', { early: true })),
      delta(3, { type: 'input_json_delta', partial_json: { late: true } }),
      blockStop(3),
      messageDelta('tool_use'),
      MESSAGE_STOP,
    ]);
    const calls = fold(events).answers[0]?.parts.map((part) =>
      part.kind === 'call' ? [part.id, part.arguments] : part,
    );
    assert.deepEqual(calls, [
      ['toolu_1', '{"a": 12345678901234567890}'],
      ['toolu_2', '{"b":[1]}'],
      ['toolu_3', '{}'],
      ['toolu_4', '{"late":true}'],
    ]);
  });

  it("gathers blocks of the provider's tools, citations and summaries", () => {
    const citation = { type: 'char_location', cited_text: 'x' };
    const events = read([
      messageStart(),
      blockStart(0, { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} }),
      delta(0, { type: 'input_json_delta', partial_json: '{"query":' }),
      delta(0, { type: 'input_json_delta', partial_json: '"tides"}' }),
      blockStop(0),
      blockStart(1, { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] }),
      blockStop(1),
      blockStart(2, { type: 'text', text: '', citations: [] }),
      delta(2, { type: 'citations_delta', citation }),
      delta(2, { type: 'text_delta', text: 'Twice a day.' }),
      blockStop(2),
      blockStart(3, { type: 'compaction', content: null }),
      delta(3, { type: 'compaction_delta', content: 'In short' }),
      blockStop(3),
      ...END,
    ]);
    const opaque = (value: Json) => ({ kind: 'opaque', wire: 'anthropic', value });
    assert.deepEqual(fold(events).answers[0]?.parts, [
      opaque({
        type: 'server_tool_use',
        id: 'srvtoolu_1',
        name: 'web_search',
        input: { query: 'tides' },
      }),
      opaque({ type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] }),
      { kind: 'text', text: 'Twice a day.' },
      opaque({ type: 'citations', citations: [citation] }),
      opaque({ type: 'compaction', content: 'In short' }),
    ]);
  });

  it('says why a refusal was one', () => {
    const refused = {
      type: 'message_delta',
      delta: {
        stop_reason: 'refusal',
        stop_sequence: null,
        stop_details: { type: 'refusal', category: 'bio', explanation: 'Not this.' },
      },
      usage: { output_tokens: 2 },
    };
    const [answer] = fold(read([messageStart(), refused, MESSAGE_STOP])).answers;
    assert.deepEqual(answer?.parts, [{ kind: 'refusal', text: 'Not this.' }]);
    assert.deepEqual([answer?.stop, answer?.native], ['refusal', 'bio']);
  });
});

describe('why an answer ended', () => {
  for (const [word, reason, native] of [
    ['end_turn', 'end', undefined],
    ['max_tokens', 'length', undefined],
    ['stop_sequence', 'stop_sequence', undefined],
    ['tool_use', 'tools', undefined],
    ['pause_turn', 'pause', undefined],
    ['refusal', 'refusal', undefined],
    ['model_context_window_exceeded', 'context', undefined],
    ['compaction', 'pause', 'compaction'],
    ['a_new_word', 'end', 'a_new_word'],
  ] as const) {
    it(`${word} is ${reason}`, () => {
      const [answer] = fold(read([messageStart(), messageDelta(word), MESSAGE_STOP])).answers;
      assert.deepEqual([answer?.stop, answer?.native], [reason, native]);
    });
  }

  it('is told once, by the last delta', () => {
    const events = read([
      messageStart(),
      messageDelta('max_tokens', { output_tokens: 3 }),
      messageDelta('end_turn', { output_tokens: 4 }),
      MESSAGE_STOP,
    ]);
    assert.equal(events.filter(({ kind }) => kind === 'stop').length, 1);
    assert.equal(fold(events).answers[0]?.stop, 'end');
    assert.equal(fold(events).usage?.outputTokens, 4);
  });
});

describe('a stream that is not as it should be', () => {
  it('has no end without its mark, but the reason that was told', () => {
    const cut = read([messageStart(), ...HELLO, messageDelta('end_turn')]);
    assert.deepEqual(last(cut), { kind: 'stop', answer: 0, reason: 'end' });
    const cutEarlier = read([messageStart(), ...HELLO.slice(0, 2)]);
    assert.equal(
      cutEarlier.some(({ kind }) => kind === 'stop' || kind === 'end'),
      false,
    );
    assert.equal(fold(cutEarlier).ended, false);
  });

  it('tells what was begun of a call that was cut off, and invents nothing', () => {
    const events = read([
      messageStart(),
      blockStart(0, { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }),
    ]);
    assert.deepEqual(last(events), {
      kind: 'call',
      answer: 0,
      part: 0,
      id: 'toolu_1',
      name: 'f',
    });
  });

  it('ends with an error that came as an event, and says nothing after it', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Busy' } };
    for (const stream of [[messageStart(), error, ...HELLO], [error]]) {
      assert.deepEqual(last(read(stream)), {
        kind: 'error',
        error: { kind: 'overloaded', message: 'Busy', type: 'overloaded_error' },
      });
    }
  });

  it('takes errors of other shapes for errors', () => {
    for (const text of [
      'data: {"error":{"message":"Too many","type":"rate_limit_error"}}\n\n',
      'error: {"message":"Too many","type":"rate_limit_error"}\n\n',
      'event: error\ndata: {"error":{"type":"rate_limit_error","message":"Too many"}}\n\n',
    ]) {
      const [event, ...more] = decoded(bytesOf(text));
      assert.deepEqual(more, []);
      assert.ok(event?.kind === 'error');
      assert.deepEqual([event.error.kind, event.error.message], ['rate_limited', 'Too many']);
    }
  });

  it('ends with an error of ours where an event is no JSON, without its content', () => {
    const text = `${framed([messageStart()])}data: {"type":"content_block_delta","secret\n\n`;
    const event = last(decoded(bytesOf(text)));
    assert.ok(event?.kind === 'error');
    assert.equal(event.error.kind, 'internal');
    assert.equal(event.error.message.includes('secret'), false);
  });

  it('passes over a start that is said twice, and fails on one of another message', () => {
    const twice = read([messageStart(), messageStart(), ...HELLO, ...END]);
    assert.deepEqual(twice, read([messageStart(), ...HELLO, ...END]));
    const spliced = read([messageStart(), ...HELLO, messageStart({ id: 'msg_b' }), ...END]);
    assert.equal(last(spliced)?.kind, 'error');
  });

  it('is read without starts and stops of blocks, and without one of the message', () => {
    const events = read([
      delta(0, { type: 'thinking_delta', thinking: 'Hm' }),
      delta(1, { type: 'text_delta', text: 'Yes' }),
      ...END,
    ]);
    assert.deepEqual(fold(events).answers[0]?.parts, [
      { kind: 'thought', text: 'Hm' },
      { kind: 'text', text: 'Yes' },
    ]);
    const unnamed = read([
      messageStart(),
      delta(0, { type: 'input_json_delta', partial_json: '{' }),
    ]);
    assert.equal(last(unnamed)?.kind, 'error');
  });

  it('is read where it has events and marks of other dialects, and unknown ones', () => {
    const news = { type: 'news', anything: [1] };
    const odd = framed([messageStart(), news, ...HELLO, delta(0, { type: 'odd' }), ...END]);
    assert.equal(fold(decoded(bytesOf(`: note\n\n${odd}data: [DONE]\n\n`))).ended, true);
  });

  it('says nothing after its end', () => {
    const decoder = anthropic.decoder();
    decoder.push(bytesOf(framed([messageStart(), ...END])));
    assert.deepEqual(decoder.push(bytesOf(framed([messageStart(), ...HELLO]))), []);
    assert.deepEqual(decoder.end(), []);
  });

  it('is read where the message was whole from the start', () => {
    const content = [{ type: 'tool_use', id: 'toolu_9', name: 'roll', input: { sides: 6 } }];
    const events = read([messageStart({ content, stop_reason: 'tool_use' }), MESSAGE_STOP]);
    const [answer] = fold(events).answers;
    assert.equal(answer?.stop, 'tools');
    assert.deepEqual(answer?.parts, [
      { kind: 'call', id: 'toolu_9', name: 'roll', arguments: '{"sides":6}' },
    ]);
  });

  it('ends with an error where an event is longer than anybody can hold', () => {
    const decoder = anthropic.decoder();
    const chunk = bytesOf('x'.repeat(4_194_304));
    const events = [bytesOf('data: '), chunk, chunk, chunk, chunk, chunk].flatMap((one) => [
      ...decoder.push(one),
    ]);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['error'],
    );
  });
});
