import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChatQuestion, readChatQuestion } from './chat-question.ts';
import { readCompletionQuestion, readEmbeddingQuestion } from './completion-question.ts';
import type { JsonObject } from './json.ts';
import type { Result } from './refusal.ts';

const USER = { role: 'user', content: 'hello' };
const TOOL = { type: 'function', function: { name: 'find', parameters: { type: 'object' } } };

function read(body: JsonObject): ChatQuestion {
  const question = readChatQuestion({ messages: [USER], ...body });
  assert.ok(question.ok, question.ok ? '' : question.refusal.message);
  return question.value;
}

function paramOf(question: Result<unknown>): string | undefined {
  assert.ok(!question.ok, 'it was read');
  assert.equal(question.refusal.status, 400);
  return question.refusal.param;
}

function refused(body: JsonObject): string | undefined {
  return paramOf(readChatQuestion({ messages: [USER], ...body }));
}

test('who asks for nothing special gets the same answer every time', () => {
  const { manner, notesTop, shape } = read({});
  assert.equal(manner.sampling.temperature, 0);
  assert.equal(manner.tokensMax, undefined);
  assert.deepEqual([notesTop, shape.kind, manner.delivery.kind], [undefined, 'free', 'whole']);
});

test('null counts as absent, as it does for the official clients', () => {
  const absent = { temperature: null, stop: null, tools: null, response_format: null, n: null };
  assert.equal(read(absent).manner.sampling.temperature, 0);
});

test('the newer name of the token limit comes first', () => {
  const limits = { max_tokens: 5, max_completion_tokens: 7 };
  assert.equal(read(limits).manner.tokensMax, 7);
});

test('text parts are joined, and a developer speaks as the system', () => {
  const parts = [
    { type: 'text', text: 'a' },
    { type: 'text', text: 'b' },
  ];
  const { turns } = read({ messages: [{ role: 'developer', content: parts }] }).conversation;
  assert.deepEqual([turns[0]?.role, turns[0]?.content], ['system', 'ab']);
});

test('arguments of earlier calls become objects, and stay text when they are none', () => {
  const call = (given: string): JsonObject => ({
    id: 'call_1',
    type: 'function',
    function: { name: 'find', arguments: given },
  });
  const assistant = { role: 'assistant', tool_calls: [call('{"q":1}'), call('{"q":')] };
  const { turns } = read({ messages: [USER, assistant] }).conversation;
  assert.deepEqual(
    turns[1]?.calls.map((made) => made.arguments),
    [{ q: 1 }, '{"q":'],
  );
});

test('a chosen tool is required and alone, and none takes the tools away', () => {
  const other = { type: 'function', function: { name: 'send' } };
  const choice = { type: 'function', function: { name: 'send' } };
  const chosen = read({ tools: [TOOL, other], tool_choice: choice });
  assert.deepEqual(
    chosen.toolChoice.tools.map(({ name }) => name),
    ['send'],
  );
  assert.equal(chosen.toolChoice.required, true);
  assert.equal(chosen.conversation.tools.length, 2);
  assert.equal(read({ tools: [TOOL], tool_choice: 'none' }).conversation.tools.length, 0);
});

test('what is wrong is refused with the name of the field', () => {
  assert.equal(refused({ messages: 'hello' }), 'messages');
  assert.equal(refused({ messages: [USER, { role: 'critic', content: 'x' }] }), 'messages.1.role');
  assert.equal(refused({ messages: [{ role: 'user', content: 7 }] }), 'messages.0.content');
  assert.equal(refused({ temperature: 'hot' }), 'temperature');
  assert.equal(refused({ temperature: 3 }), 'temperature');
  assert.equal(refused({ max_tokens: 1.5 }), 'max_tokens');
  assert.equal(refused({ stop: [''] }), 'stop');
  assert.equal(refused({ top_logprobs: 3 }), 'top_logprobs');
  assert.equal(refused({ tools: [{ type: 'web_search' }] }), 'tools');
  assert.equal(refused({ tools: [TOOL], tool_choice: 'sometimes' }), 'tool_choice');
  assert.equal(refused({ tool_choice: 'required' }), 'tool_choice');
  assert.equal(refused({ response_format: { type: 'json_schema' } }), 'response_format');
  assert.equal(refused({ logit_bias: { 5: 1 } }), 'logit_bias');
});

test('unknown fields are passed over, those of a prototype are not there', () => {
  assert.equal(read({ store: true, metadata: {} }).model, undefined);
  assert.equal(read(JSON.parse('{"__proto__": {"model": "x"}}')).model, undefined);
});

test('plain completions want one text', () => {
  assert.equal(paramOf(readCompletionQuestion({ prompt: [1, 2] })), 'prompt');
  assert.equal(paramOf(readCompletionQuestion({ prompt: 'a', echo: true })), 'echo');
  const question = readCompletionQuestion({ prompt: ['a'] });
  assert.ok(question.ok && question.value.prompt === 'a');
  assert.equal(question.value.manner.tokensMax, 16);
});

test('embeddings want texts', () => {
  assert.equal(paramOf(readEmbeddingQuestion({ input: [] })), 'input');
  assert.equal(paramOf(readEmbeddingQuestion({ input: ['a', ''] })), 'input');
  assert.equal(paramOf(readEmbeddingQuestion({ input: 'a', dimensions: 3 })), 'dimensions');
  assert.equal(
    paramOf(readEmbeddingQuestion({ input: 'a', encoding_format: 'x' })),
    'encoding_format',
  );
});
