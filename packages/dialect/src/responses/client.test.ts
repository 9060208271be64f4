// The official client reads what we write: it is strict about order, places and identities.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import OpenAI from 'openai';
import { inPieces } from '../canon/arbitrary.fixture.ts';
import type { Answer, AnswerEvent } from '../canon/canon.ts';
import { responses } from './responses.ts';
import { CONTEXT } from './stream.fixture.ts';

const ANSWER: Answer = {
  id: 'resp_1',
  model: 'm-1',
  created: 1_700_000_000,
  answers: [
    {
      parts: [
        { kind: 'thought', text: 'First this, then that.', signature: 'sealed-1' },
        { kind: 'text', text: 'Here is "one" thing: ' },
        { kind: 'opaque', wire: 'responses', value: { annotation: { type: 'url_citation' } } },
        { kind: 'text', text: 'and another.' },
        { kind: 'thought', text: '', sealed: 'sealed-2' },
        { kind: 'opaque', wire: 'responses', value: { id: 'ws_1', type: 'web_search_call' } },
        { kind: 'call', id: 'call_a', name: 'look_up', arguments: '{"city":"Berlin"}' },
        { kind: 'call', id: 'call_b', name: 'look_up', arguments: '{}' },
        { kind: 'text', text: 'Done.' },
      ],
      logprobs: [],
      stop: 'tools',
    },
  ],
  usage: {
    inputTokens: 10,
    outputTokens: 5,
    cachedInputTokens: 2,
    reasoningTokens: 3,
    source: 'measured',
  },
  service: 'default',
  error: undefined,
  ended: true,
};

const encoded = (events: readonly AnswerEvent[]): Uint8Array => {
  const encoder = responses.encoder(CONTEXT);
  return Buffer.concat(events.map((event) => encoder.push(event)));
};

/** A client whose every call is answered with these bytes. */
const clientOf = (bytes: Uint8Array, type: string): OpenAI =>
  new OpenAI({
    apiKey: 'none',
    maxRetries: 0,
    fetch: async () => new Response(bytes.slice(), { headers: { 'content-type': type } }),
  });

const streamed = (events: readonly AnswerEvent[]): ReturnType<OpenAI['responses']['stream']> =>
  clientOf(encoded(events), responses.streamType).responses.stream({ model: 'm', input: 'Hi' });

describe('the official client', () => {
  it('reads a stream to the response that it repeats', async () => {
    const stream = streamed(inPieces(ANSWER, 7));
    const types: string[] = [];
    const numbers: number[] = [];
    for await (const event of stream) {
      types.push(event.type);
      if ('sequence_number' in event) numbers.push(event.sequence_number);
    }
    const final = await stream.finalResponse();
    assert.deepEqual(
      numbers,
      numbers.map((_, at) => at),
    );
    assert.equal(types[0], 'response.created');
    assert.equal(types.at(-1), 'response.completed');
    assert.equal(final.output_text, 'Here is "one" thing: and another.Done.');
    assert.equal(final.usage?.total_tokens, 15);
    const kinds = final.output.map(({ type }) => type);
    assert.deepEqual(kinds, [
      ...['reasoning', 'message', 'reasoning', 'web_search_call'],
      ...['function_call', 'function_call', 'message'],
    ]);
    const call = final.output[4];
    assert.equal(call?.type === 'function_call' && call.arguments, '{"city":"Berlin"}');
  });

  it('reads fragments of two calls by turns', async () => {
    const place = { answer: 0, kind: 'arguments' } as const;
    const stream = streamed([
      { kind: 'start', id: 'resp_1', model: 'm', created: 1 },
      { kind: 'call', answer: 0, part: 0, id: 'a', name: 'one' },
      { kind: 'call', answer: 0, part: 1, id: 'b', name: 'two' },
      { ...place, part: 0, text: '{"x"' },
      { ...place, part: 1, text: '{"y"' },
      { ...place, part: 0, text: ':1}' },
      { ...place, part: 1, text: ':2}' },
      { kind: 'stop', answer: 0, reason: 'tools' },
      { kind: 'end' },
    ]);
    const { output } = await stream.finalResponse();
    const said = output.map((item) => item.type === 'function_call' && item.arguments);
    assert.deepEqual(said, ['{"x":1}', '{"y":2}']);
  });

  it('reads a refusal, log-probabilities and an answer that was cut off', async () => {
    const tokens = [{ token: 'Hi', logprob: -0.1, bytes: [72, 105], top: [] }];
    const stream = streamed([
      { kind: 'start', id: 'resp_1', model: 'm', created: 1 },
      { kind: 'text', answer: 0, part: 0, text: 'Hi' },
      { kind: 'logprobs', answer: 0, tokens },
      { kind: 'refusal', answer: 0, part: 1, text: 'No more.' },
      { kind: 'stop', answer: 0, reason: 'length' },
      { kind: 'end' },
    ]);
    const final = await stream.finalResponse();
    assert.equal(final.status, 'incomplete');
    assert.equal(final.incomplete_details?.reason, 'max_output_tokens');
    const [message] = final.output;
    assert.ok(message?.type === 'message');
    const [text, refusal] = message.content;
    assert.equal(text?.type === 'output_text' && text.logprobs?.[0]?.token, 'Hi');
    assert.equal(refusal?.type === 'refusal' && refusal.refusal, 'No more.');
  });

  it('hears an error within a stream', async () => {
    const stream = streamed([
      { kind: 'start', id: 'resp_1', model: 'm', created: 1 },
      { kind: 'text', answer: 0, part: 0, text: 'Hi' },
      { kind: 'error', error: { kind: 'overloaded', message: 'Too busy.' } },
    ]);
    await assert.rejects(stream.finalResponse(), (error) => {
      assert.ok(error instanceof OpenAI.APIError);
      assert.match(error.message, /Too busy/);
      assert.equal(error.code, 'server_is_overloaded');
      return true;
    });
  });

  it('reads a whole response', async () => {
    const { body } = responses.writeWhole(ANSWER, CONTEXT);
    const client = clientOf(body, 'application/json');
    const response = await client.responses.create({ model: 'm', input: 'Hi' });
    assert.equal(response.output_text, 'Here is "one" thing: and another.Done.');
    assert.equal(response.status, 'completed');
    assert.equal(response.tool_choice, 'auto');
  });

  it('gets the calls of its custom tools as such', async () => {
    const tools = [{ type: 'custom', name: 'sql', description: 'Asks the database.' }];
    const ask = responses.readAsk({ model: 'm', input: 'Hi', tools });
    assert.ok(ask.ok);
    const encoder = responses.encoder({ ...CONTEXT, ask: ask.value });
    const events: readonly AnswerEvent[] = [
      { kind: 'start', id: 'resp_1', model: 'm', created: 1 },
      { kind: 'call', answer: 0, part: 0, id: 'call_1', name: 'sql' },
      { kind: 'arguments', answer: 0, part: 0, text: '{"input":"SELECT' },
      { kind: 'arguments', answer: 0, part: 0, text: ' 1"}' },
      { kind: 'stop', answer: 0, reason: 'tools' },
      { kind: 'end' },
    ];
    const bytes = Buffer.concat(events.map((event) => encoder.push(event)));
    const client = clientOf(bytes, responses.streamType);
    const stream = client.responses.stream({ model: 'm', input: 'Hi' });
    const [call] = (await stream.finalResponse()).output;
    assert.equal(call?.type === 'custom_tool_call' && call.input, 'SELECT 1');
  });
});
