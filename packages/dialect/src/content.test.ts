import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Dialect, SpokenOperation } from '@signalbox/contract';
import { contentOfBody } from './content.ts';
import { questionIn } from './crossing/question.ts';

const decoder = new TextDecoder();
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('where the content of a body stands', () => {
  it('is everything but what names the model, tools and formats apart', () => {
    const body = encode('{"model":"m","a":1,"tools":[{}],"messages":[],"b":"x"}');
    const texts = contentOfBody(body).map(({ start, end }) =>
      decoder.decode(body.slice(start, end)),
    );
    assert.deepEqual(texts, ['a":1', 'tools":[{}]', 'messages":[],"b":"x"']);
    assert.deepEqual(
      contentOfBody(body).map(({ described }) => described),
      [undefined, true, undefined],
    );
    assert.deepEqual(contentOfBody(encode('--form')), []);
  });

  const said = '"note":"mine","stream":false';
  const spoken: readonly (readonly [Dialect, SpokenOperation, string])[] = [
    ['openai', 'chat', `{"model":"m","messages":[{"role":"user","content":"hi"}],${said}}`],
    ['openai', 'response', `{"model":"m","input":"hi","input":"again",${said}}`],
    [
      'anthropic',
      'chat',
      `{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"hi"}],${said}}`,
    ],
    [
      'gemini',
      'chat',
      '{"contents":[{"parts":[{"text":"hi"}]}],"system_instruction":{"parts":[{"text":"be"}]}}',
    ],
    ['gemini', 'embedding', '{"content":{"parts":[{"text":"hi"}]}}'],
    [
      'ollama',
      'chat',
      `{"model":"m","messages":[{"role":"user","content":"hi"}],"\\u006eote":"mine"}`,
    ],
  ];
  for (const [dialect, operation, body] of spoken) {
    it(`is told alike by a question of ${dialect}, ${operation}: ${body.slice(0, 40)}`, () => {
      const question = questionIn(dialect, operation, encode(body), { model: 'm', stream: false });
      assert.ok(question.ok);
      const ranges = question.value.content();
      assert.ok(ranges.length > 0);
      assert.deepEqual(ranges, contentOfBody(question.value.bytes));
    });
  }
});
