// The official client reads what is written.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import OpenAI from 'openai';
import type { Answer, AnswerEvent } from '../../canon/canon.ts';
import { unfold } from '../../canon/fold.ts';
import { CONTEXT, encoded } from './chat.fixture.ts';
import { completions } from './completion.ts';
import { openai } from './openai.ts';

const ANSWER: Answer = {
  id: 'msg_1',
  model: 'claude-x',
  created: 5,
  answers: [
    {
      parts: [
        { kind: 'thought', text: 'hm', signature: 's' },
        { kind: 'text', text: 'Sunny' },
        { kind: 'call', id: 'c1', name: 'look', arguments: '{"at":1}', signature: 'g' },
        { kind: 'call', id: 'c2', name: 'find', arguments: '{}' },
      ],
      logprobs: [{ token: 'Sunny', logprob: -1, bytes: [83], top: [] }],
      stop: 'tools',
    },
  ],
  usage: {
    inputTokens: 5,
    outputTokens: 3,
    cachedInputTokens: 2,
    reasoningTokens: 1,
    source: 'measured',
  },
  service: 'default',
  error: undefined,
  ended: true,
};

const client = (body: string | Uint8Array, type: string): OpenAI =>
  new OpenAI({
    apiKey: 'none',
    maxRetries: 0,
    fetch: async () => new Response(body.slice(), { headers: { 'content-type': type } }),
  });

const ASK = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] };
const TEXT: Answer = {
  ...ANSWER,
  answers: [{ parts: [{ kind: 'text', text: 'Sunny' }], logprobs: [], stop: 'length' }],
};

describe('the official client', () => {
  it('gathers a stream into the message that was said', async () => {
    const { text } = encoded(openai, unfold(ANSWER));
    const stream = client(text, openai.streamType).chat.completions.stream({
      ...ASK,
      stream_options: { include_usage: true },
    });
    const { choices, usage, id, model } = await stream.finalChatCompletion();
    const [choice] = choices;
    assert.deepEqual([id, model, choice?.finish_reason], ['msg_1', 'claude-x', 'tool_calls']);
    assert.equal(choice?.message.content, 'Sunny');
    const calls = choice?.message.tool_calls?.map((call) =>
      call.type === 'function' ? [call.id, call.function.name, call.function.arguments] : [],
    );
    assert.deepEqual(calls, [
      ['c1', 'look', '{"at":1}'],
      ['c2', 'find', '{}'],
    ]);
    assert.equal(choice?.logprobs?.content?.[0]?.token, 'Sunny');
    assert.deepEqual(usage, {
      prompt_tokens: 5,
      completion_tokens: 3,
      total_tokens: 8,
      prompt_tokens_details: { cached_tokens: 2 },
      completion_tokens_details: { reasoning_tokens: 1 },
    });
  });

  it('reads the whole answer', async () => {
    const { body } = openai.writeWhole(ANSWER, CONTEXT);
    const answer = await client(body, 'application/json').chat.completions.create(ASK);
    assert.equal(answer.object, 'chat.completion');
    assert.deepEqual(Object.keys(answer.choices[0]?.message ?? {}).slice(0, 3), [
      'role',
      'content',
      'refusal',
    ]);
    assert.equal(answer.service_tier, 'default');
  });

  it('throws on an error within a stream', async () => {
    const events: readonly AnswerEvent[] = [
      ...unfold(TEXT).slice(0, 2),
      { kind: 'error', error: { kind: 'overloaded', message: 'too busy' } },
    ];
    const { text } = encoded(openai, events);
    assert.doesNotMatch(text, /DONE/);
    const stream = await client(text, openai.streamType).chat.completions.create({
      ...ASK,
      stream: true,
    });
    await assert.rejects(async () => {
      for await (const chunk of stream) assert.ok(chunk.choices.length < 2);
    }, /too busy/);
  });

  it('reads the older completions', async () => {
    const { text } = encoded(completions, unfold(TEXT));
    const old = { model: 'm', prompt: 'Hi' };
    const stream = await client(text, completions.streamType).completions.create({
      ...old,
      stream: true,
    });
    const said: string[] = [];
    let finish: string | undefined;
    for await (const { choices } of stream) {
      said.push(choices[0]?.text ?? '');
      finish = choices[0]?.finish_reason ?? finish;
    }
    assert.deepEqual([said.join(''), finish], ['Sunny', 'length']);
    const { body } = completions.writeWhole(TEXT, CONTEXT);
    const whole = await client(body, 'application/json').completions.create(old);
    assert.deepEqual([whole.object, whole.choices[0]?.text], ['text_completion', 'Sunny']);
  });

  it('drops from the older completions what they cannot say', () => {
    const { dropped } = encoded(completions, unfold(ANSWER));
    assert.deepEqual([...dropped].sort(), ['part.call', 'part.thought']);
    const { dropped: whole } = completions.writeWhole(ANSWER, CONTEXT);
    assert.deepEqual([...whole].sort(), ['part.call', 'part.thought']);
  });
});
