import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Ask, Json } from '../canon/canon.ts';
import { generate } from './generate.ts';
import { encoded, folded, HEAD, only, textOf } from './ollama.fixture.ts';
import { ollama } from './ollama.ts';

function readOf(body: Json): Ask {
  const read = generate.readAsk(body);
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}
function written(ask: Ask, codec = generate) {
  const { body, dropped } = codec.writeAsk(ask, { model: 'up', quirks: {}, askUsage: false });
  return { body: JSON.parse(textOf(body)), dropped: [...dropped].sort() };
}

describe('a prompt', () => {
  const body = {
    model: 'm',
    prompt: 'What is it?',
    system: 'Be brief.',
    images: ['iVBORw0KGgo'],
    suffix: '}',
    raw: true,
    context: [1, 2],
    options: { temperature: 0, num_ctx: 4096 },
    format: { type: 'object' },
  };

  it('is the turn of a user, and comes back as it was', () => {
    const ask = readOf(body);
    assert.deepEqual(
      ask.turns.map(({ role, parts }) => [role, parts.map(({ kind }) => kind)]),
      [['user', ['media', 'text']]],
    );
    assert.deepEqual(written(ask), { body: { ...body, model: 'up', stream: true }, dropped: [] });
  });

  it('crosses to a chat without what only prompts have, which is named', () => {
    const { body: chat, dropped } = written(readOf(body), ollama);
    assert.deepEqual(chat.messages, [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'What is it?', images: ['iVBORw0KGgo'] },
    ]);
    assert.deepEqual(dropped, ['ollama.context', 'ollama.raw', 'ollama.suffix']);
    assert.deepEqual(chat.options, { temperature: 0, num_ctx: 4096 });
  });

  it('may be missing: that loads the model', () => {
    assert.deepEqual(readOf({ model: 'm', prompt: '' }).turns, []);
    assert.equal(readOf({ model: 'm' }).stream, true);
  });

  it('is refused at the field that has the wrong type', () => {
    for (const [wrong, param] of [
      [{ model: 'm', prompt: ['a'] }, 'prompt'],
      [{ model: 'm', system: 1 }, 'system'],
      [{ model: 'm', images: 'a' }, 'images'],
      ['text', 'body'],
    ] as const) {
      const read = generate.readAsk(wrong);
      assert.equal(!read.ok && read.refusal.param, param);
    }
  });

  it('is the last turn of a conversation, and the rest is named', () => {
    const text = (said: string) => [{ kind: 'text', text: said }] as const;
    const { body: out, dropped } = written({
      ...readOf(body),
      turns: [
        { role: 'user', parts: text('one') },
        { role: 'assistant', parts: text('two') },
        { role: 'user', parts: text('three') },
      ],
      tools: [{ kind: 'function', name: 'a' }],
    });
    assert.equal(out.prompt, 'three');
    assert.deepEqual(dropped, ['tools', 'turns']);
  });
});

describe('an answer to a prompt', () => {
  const lines = [
    { ...HEAD, response: '', thinking: 'hm', done: false },
    { ...HEAD, response: 'A ', done: false },
    { ...HEAD, response: 'cat', done: false },
    { ...HEAD, response: '', done: true, done_reason: 'stop', context: [7, 8], eval_count: 3 },
  ];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');

  it('is read as that of a chat', () => {
    const answer = folded(generate, text);
    assert.deepEqual(only(answer).parts, [
      { kind: 'thought', text: 'hm' },
      { kind: 'text', text: 'A cat' },
    ]);
    assert.deepEqual(answer, folded(ollama, text));
  });

  it('is written with its text beside the rest', () => {
    const decoder = generate.decoder();
    const events = [...decoder.push(new TextEncoder().encode(text)), ...decoder.end()];
    const first = JSON.parse(encoded(generate, events).split('\n')[1] ?? '');
    assert.equal(first.response, 'A ');
    assert.equal(first.message, undefined);
  });
});
