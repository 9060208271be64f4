import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Question, Refusal, Result } from '@signalbox/contract';
import { readQuestion as readAnthropic } from './anthropic/question.ts';
import { readQuestion as readGemini } from './gemini/question.ts';
import { readQuestion as readOllama } from './ollama/question.ts';
import { readQuestion as readOpenai } from './openai/question.ts';

type Body = Readonly<Record<string, unknown>>;
type Reads = (body: Uint8Array) => Result<Question, Refusal>;

const chat: Reads = (body) => readOpenai('chat', body);
const response: Reads = (body) => readOpenai('response', body);
const ollama: Reads = (body) => readOllama('chat', body);
const gemini: Reads = (body) => readGemini(body, 'auto', false);
const anthropic: Reads = (body) => readAnthropic(body);

function anatomy(reads: Reads, body: Body) {
  const read = reads(new TextEncoder().encode(JSON.stringify({ model: 'auto', ...body })));
  assert.ok(read.ok);
  const found = read.value.anatomy?.();
  assert.ok(found !== undefined);
  return found;
}

const user = { role: 'user', content: 'x' };
const choice = { type: 'object', properties: { a: { enum: ['b', 'c'] } } };
const part = (held: Body, role = 'user'): Body => ({ role, parts: [held] });

describe('the anatomy of a request', () => {
  type Case = readonly [name: string, reads: Reads, body: Body, last: string, results: number];
  const cases: readonly Case[] = [
    ['chat', chat, { messages: [user, { role: 'tool', content: 'x' }] }, 'tool', 1],
    ['chat, answered', chat, { messages: [{ role: 'tool', content: 'x' }, user] }, 'user', 1],
    [
      'response',
      response,
      { input: [user, { type: 'function_call_output', output: 'x' }] },
      'tool',
      1,
    ],
    ['response of a text', response, { input: 'x' }, 'user', 0],
    [
      ...(['anthropic', anthropic] as const),
      { messages: [user, { role: 'user', content: [{ type: 'tool_result', content: 'x' }] }] },
      ...(['tool', 1] as const),
    ],
    [
      ...(['gemini', gemini] as const),
      { contents: [part({ text: 'x' }), part({ functionResponse: { name: 'f', response: {} } })] },
      ...(['tool', 1] as const),
    ],
    ['ollama', ollama, { messages: [user, { role: 'assistant', content: 'x' }] }, 'other', 0],
  ];
  for (const [name, reads, body, last, results] of cases) {
    it(`says whose words stand last: ${name}`, () => {
      const found = anatomy(reads, body);
      assert.deepEqual([found.last, found.toolResults], [last, results]);
    });
  }

  type Format = readonly [name: string, reads: Reads, body: Body, format: string];
  const formats: readonly Format[] = [
    ['chat', chat, { messages: [user] }, 'text'],
    ['chat, JSON', chat, { messages: [user], response_format: { type: 'json_object' } }, 'json'],
    [
      ...(['chat, a choice', chat] as const),
      {
        messages: [user],
        response_format: { type: 'json_schema', json_schema: { name: 'x', schema: choice } },
      },
      'choice',
    ],
    ['response', response, { input: 'x', text: { format: { type: 'json_schema' } } }, 'schema'],
    ['gemini', gemini, { contents: [], generationConfig: { responseSchema: {} } }, 'schema'],
    ['ollama', ollama, { messages: [user], format: choice }, 'choice'],
    ['ollama, JSON', ollama, { messages: [user], format: 'json' }, 'json'],
  ];
  for (const [name, reads, body, format] of formats) {
    it(`says the form of the answer: ${name}`, () => {
      assert.equal(anatomy(reads, body).format, format);
    });
  }

  it('knows a node by its system prompt, tools and format, whatever is said', () => {
    const system = { role: 'system', content: 'An agent.' };
    const of = (...messages: readonly Body[]) => anatomy(chat, { messages }).identity;
    assert.deepEqual(of(system, user), of(system, { role: 'user', content: 'another' }, user));
    assert.notDeepEqual(of(system, user), of(user));
    const tools = [{ type: 'function', function: { name: 'find' } }];
    assert.notDeepEqual(
      anatomy(chat, { messages: [system, user], tools }).identity,
      of(system, user),
    );
  });

  it('says when a tool must be called', () => {
    const forced = (choice: unknown): boolean =>
      anatomy(chat, { messages: [user], tool_choice: choice }).toolForced;
    assert.deepEqual(
      [forced('required'), forced('auto'), forced({ type: 'function' })],
      [...[true, false, true]],
    );
  });
});

it('a conversation without a user has no instruction', () => {
  const body = { model: 'auto', messages: [{ role: 'tool', content: 'Prove it.' }] };
  const read = chat(new TextEncoder().encode(JSON.stringify(body)));
  assert.ok(read.ok);
  assert.equal(read.value.lastInstruction(), '');
});
