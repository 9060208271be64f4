import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Question, SpokenOperation } from '@signalbox/contract';
import { readQuestion } from './question.ts';

function questionOf(operation: SpokenOperation, body: object): Question {
  const read = readQuestion(operation, new TextEncoder().encode(JSON.stringify(body)));
  assert.ok(read.ok);
  return read.value;
}

const chat = (...messages: unknown[]): Question => questionOf('chat', { model: 'm', messages });
const response = (input: unknown, more: object = {}): Question =>
  questionOf('response', { model: 'm', input, ...more });
const user = (content: unknown): object => ({ role: 'user', content });
const sessionText = (question: Question): string =>
  new TextDecoder().decode(question.sessionBytes('t\n'));

describe('parts that no text scanner can read', () => {
  const readable: readonly (readonly [name: string, question: Question])[] = [
    ['texts', chat(user('hello'))],
    ['text parts', chat(user([{ type: 'text', text: 'hello' }]))],
    ['bare strings among parts', chat(user(['hello']))],
    ['a refusal', chat({ role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] })],
    ['tool calls', chat({ role: 'assistant', content: null, tool_calls: [{ type: 'function' }] })],
    ['a tool result', chat({ role: 'tool', tool_call_id: 'c', content: 'ok' })],
    [
      'thoughts in words',
      chat({
        ...user('x'),
        images: [],
        reasoning_details: [{ type: 'reasoning.text', text: 'so', signature: 'x' }],
        thinking_blocks: null,
      }),
    ],
    ['no audio', chat({ role: 'assistant', content: 'a', audio: null })],
    ['an input text', response('hello')],
    ['input messages', response([user([{ type: 'input_text', text: 'hello' }])])],
    ['a function call', response([{ type: 'function_call', name: 'f', arguments: '{}' }])],
    ['its output', response([{ type: 'function_call_output', call_id: 'c', output: 'ok' }])],
    ['a prompt', questionOf('completion', { model: 'm', prompt: 'p' })],
    ['several prompts', questionOf('completion', { model: 'm', prompt: ['p', 'q'] })],
    ['texts to embed', questionOf('embedding', { model: 'm', input: ['p', 'q'] })],
  ];
  for (const [name, question] of readable) {
    it(`are not: ${name}`, () => assert.equal(question.unreadableParts, false));
  }

  const image = { type: 'image_url', image_url: { url: 'https://example.org/x.png' } };
  const unreadable: readonly (readonly [name: string, question: Question])[] = [
    ['an image', chat(user([{ type: 'text', text: 'see' }, image]))],
    ['an image in an earlier message', chat(user([image]), user('and now?'))],
    ['audio', chat(user([{ type: 'input_audio', input_audio: { data: 'AA==' } }]))],
    ['a file', chat(user([{ type: 'file', file: { file_id: 'f' } }]))],
    [
      'an image in a part that says it is text',
      chat(user([{ type: 'text', text: 'x', image_url: { url: 'x' } }])),
    ],
    ['an image beside the content', chat({ ...user('see'), images: ['AA=='] })],
    [
      'a sealed thought',
      chat({ ...user('x'), reasoning_details: [{ type: 'reasoning.encrypted' }] }),
    ],
    [
      'a redacted thought',
      chat({ ...user('x'), thinking_blocks: [{ type: 'redacted_thinking' }] }),
    ],
    [
      'a thought with a signature instead of words',
      chat({ ...user('x'), thinking_blocks: [{ type: 'thinking', thinking: '', signature: 'x' }] }),
    ],
    ['audio held upstream', chat({ role: 'assistant', content: 'a', audio: { id: 'a' } })],
    ['a part without a type', chat(user([{ image_url: { url: 'x' } }]))],
    ['a part of unknown type', chat(user([{ type: 'hologram' }]))],
    ['a part whose type is no text', chat(user([{ type: 1, text: 'x' }]))],
    ['content that is one object', chat(user(image))],
    ['a message that is no object', chat(17)],
    ['an item of unknown type', response([{ type: 'item_reference', id: 'x' }])],
    ['the same with a role', response([{ type: 'item_reference', id: 'x', role: 'user' }])],
    ['reasoning', response([{ type: 'reasoning', encrypted_content: 'x', summary: [] }])],
    ['encrypted content anywhere', response([{ ...user('x'), encrypted_content: 'x' }])],
    ['an image in a result', response([{ type: 'function_call_output', output: [image] }])],
    [
      'an image beside an output',
      response([{ type: 'message', role: 'user', content: [image], output: 'x' }]),
    ],
    ['a stored prompt', response('x', { prompt: { id: 'pmpt_1', variables: {} } })],
    ['tokens', questionOf('completion', { model: 'm', prompt: [1, 2, 3] })],
    ['tokens to embed', questionOf('embedding', { model: 'm', input: [[1], [2]] })],
  ];
  for (const [name, question] of unreadable) {
    it(`are: ${name}`, () => assert.equal(question.unreadableParts, true));
  }

  const written: readonly (readonly [name: string, messages: string])[] = [
    ['a type that stands twice', '{"role":"user","content":[{"type":"text","type":"image_url"}]}'],
    ['a content that stands twice', '{"role":"user","content":[{"type":"file"}],"content":"x"}'],
    ['a key with a broken escape', '{"role":"user","con\\u12":"x","content":"x"}'],
    ['such a key inside a part', '{"role":"user","content":[{"type":"text","\\u12":1}]}'],
    ['more messages than are looked at', `${'{},'.repeat(65_536)}{"role":"user"}`],
  ];
  for (const [name, messages] of written) {
    it(`are, to be safe: ${name}`, () => {
      const body = `{"model":"m","messages":[${messages}]}`;
      const read = readQuestion('chat', new TextEncoder().encode(body));
      assert.ok(read.ok);
      assert.equal(read.value.unreadableParts, true);
    });
  }
});

describe('the last instruction', () => {
  const cases: readonly (readonly [name: string, question: Question, text: string])[] = [
    ['of one user', chat(user('first\nline')), 'first\nline'],
    [
      'of the last user, not of the assistant',
      chat(user('one'), user('two'), { role: 'assistant', content: 'three' }),
      'two',
    ],
    [
      'of parts, those with text',
      chat(user([{ type: 'text', text: 'a' }, { type: 'file' }, { type: 'text', text: 'b' }])),
      'a\nb',
    ],
    ['of an input text', response('do it'), 'do it'],
    ['of input messages', response([user('do that')]), 'do that'],
    ['of a prompt', questionOf('completion', { model: 'm', prompt: 'go' }), 'go'],
    ['of nothing', questionOf('response', { model: 'm' }), ''],
  ];
  for (const [name, question, text] of cases) {
    it(`is that ${name}`, () => assert.equal(question.lastInstruction(), text));
  }

  it("is nothing where no user speaks: the rest may be anybody's words", () => {
    assert.equal(chat({ role: 'system', content: 'be brief' }).lastInstruction(), '');
  });

  it('is bounded: of a long text the beginning and the end', () => {
    const long = chat(user(`begin ${'x'.repeat(100_000)} end`)).lastInstruction();
    assert.ok(long.length <= 4_096);
    assert.match(long, /^begin x+ x+ end$/);
    const parts = Array.from({ length: 50 }, () => ({ type: 'text', text: 'y'.repeat(1_000) }));
    assert.ok(chat(user(parts)).lastInstruction().length <= 4_096);
  });
});

describe('the bytes that name a session', () => {
  const system = { role: 'system', content: 'You sort mail.' };

  it('stay the same while a conversation grows', () => {
    const first = chat(system, user('hello'));
    const later = chat(system, user('hello'), { role: 'assistant', content: 'hi' }, user('next'));
    assert.equal(sessionText(first), sessionText(later));
    assert.match(sessionText(first), /^t\n.*You sort mail\..*hello/s);
  });

  it('stay the same while nobody but the system has spoken', () => {
    const other = { role: 'assistant', content: 'a' };
    assert.equal(sessionText(chat(system)), sessionText(chat(system, other)));
  });

  it('differ with the system prompt, the tools and the first message', () => {
    const tools = { tools: [{ type: 'function', function: { name: 'f' } }] };
    const texts = [
      chat(system, user('hello')),
      chat(system, user('other')),
      chat(user('hello')),
      questionOf('chat', { model: 'm', messages: [system, user('hello')], ...tools }),
      response('hello'),
      response('hello', { instructions: 'You sort mail.' }),
    ].map(sessionText);
    assert.equal(new Set(texts).size, texts.length);
  });

  it('cannot be shifted from one part into the next', () => {
    const one = chat({ role: 'system', content: 'a' }, user('b'));
    const other = chat(user(`a"},{"role":"user","content":"b`));
    assert.notEqual(sessionText(one), sessionText(other));
  });

  it('are bounded, with the full length of what was cut', () => {
    const long = chat(user('x'.repeat(1_000_000)));
    assert.ok(long.sessionBytes('').length < 20_000);
    assert.notEqual(
      sessionText(long),
      sessionText(chat(user('x'.repeat(1_000_001)))),
      'another length, another session',
    );
    const many = chat(...Array.from({ length: 500 }, () => system), user('x'));
    assert.ok(many.sessionBytes('').length < 20_000);
  });
});
