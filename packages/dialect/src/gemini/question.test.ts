import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Question } from '@signalbox/contract';
import { bytesOf, textOf } from './gemini.fixture.ts';
import { readQuestion } from './gemini.ts';

function questionOf(body: unknown, stream = false): Question {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const read = readQuestion(bytesOf(text), 'm', stream);
  assert.ok(read.ok, text);
  return read.value;
}
const user = (...parts: unknown[]) => ({ role: 'user', parts });
const said = (text: string) => user({ text });

describe('a question of this dialect', () => {
  it('tells what deciding needs, in either spelling', () => {
    const spellings = [
      ['generationConfig', 'maxOutputTokens', 'candidateCount', 'cachedContent'],
      ['generation_config', 'max_output_tokens', 'candidate_count', 'cached_content'],
    ] as const;
    for (const [config, max, count, cached] of spellings) {
      const question = questionOf(
        {
          contents: [said('Hello')],
          tools: [{ googleSearch: {} }],
          [config]: { [max]: 7, [count]: 3 },
          [cached]: 'cachedContents/1',
          labels: { session_id: 's1' },
        },
        true,
      );
      assert.equal(question.model, 'm');
      assert.equal(question.stream, true);
      assert.equal(question.usageWanted, true);
      assert.equal(question.outputTokensMax, 7);
      assert.equal(question.answersWanted, 3);
      assert.equal(question.toolsOffered, true);
      assert.equal(question.statefulReference, 'cachedContents/1');
      assert.equal(question.sessionHint, 's1');
      assert.equal(question.lastInstruction(), 'Hello');
    }
  });

  it('is the very same bytes for an upstream', () => {
    const body = bytesOf('{ "contents":[{"parts":{"text":"a"}}], "x" : 1e400 }');
    const read = readQuestion(body, 'm', false);
    assert.ok(read.ok);
    assert.equal(read.value.render('other', true, true), body);
  });

  it('changes a model in the body, and storing, and nothing else', () => {
    const text = '{"store":true, "model": "models/m","contents":[]}';
    const rendered = textOf(questionOf(text).render('n', false, true));
    assert.equal(rendered, '{"store":false, "model": "models/n","contents":[]}');
    assert.equal(textOf(questionOf(text).render('m', false)), text);
  });

  it('is made plain where a key stands twice, in one spelling or in both', () => {
    const text =
      '{"contents":[],"cached_content":"a","cachedContent" : "b","\\u0063ontents":[{"parts":[]}]}';
    const { bytes } = questionOf(text);
    assert.equal(textOf(bytes), '{"contents":[{"parts":[]}],"cachedContent":"b"}');
  });

  it('is refused with the field at fault', () => {
    const param = (text: string, model = 'm') => {
      const read = readQuestion(bytesOf(text), model, false);
      assert.ok(!read.ok, text);
      assert.equal(read.refusal.code, 'body_invalid');
      return read.refusal.param;
    };
    assert.equal(param('{}'), 'contents');
    assert.equal(param('{"contents":"a"}'), 'contents');
    assert.equal(param('{"contents":[]}', ''), 'model');
    assert.equal(param('{"contents":['), undefined);
  });
});

describe('the outline of a question', () => {
  const media = { inlineData: { mimeType: 'image/png', data: 'AAAA' } };
  const call = { functionCall: { name: 'f', args: { a: 1 } } };
  const signed = { thoughtSignature: 'YQ==' };
  const readable: readonly (readonly [string, unknown, boolean])[] = [
    ['texts', said('a'), true],
    ['one part that is no list', { parts: { text: 'a' } }, true],
    [
      'calls and their results',
      user(call, { functionResponse: { name: 'f', response: {} } }),
      true,
    ],
    ['a picture', user({ text: 'a' }, media), false],
    ['a file', user({ file_data: { file_uri: 'gs://a/b' } }), false],
    ['a result with a picture', user({ functionResponse: { name: 'f', parts: [media] } }), false],
    ['a signature beside words', user({ text: 'a', ...signed }), true],
    ['a signature after words', user({ text: 'a' }, { text: '', ...signed }), true],
    ['a signature alone', user({ text: '', ...signed }), false],
    ['a sealed thought', user({ text: 'a' }, { thought: true, ...signed }), false],
    ['what nobody knows', user({ hologram: 1 }), false],
  ];
  for (const [name, content, expected] of readable) {
    it(`${expected ? 'reads' : 'cannot read'} ${name}`, () => {
      const question = questionOf({ contents: [content] });
      assert.equal(question.unreadableParts, !expected);
    });
  }

  it('looks into the instructions too', () => {
    const body = { contents: [said('a')], system_instruction: { parts: [media] } };
    assert.equal(questionOf(body).unreadableParts, true);
  });

  it('has the last words of the user, not the results of functions', () => {
    const result = { role: 'user', parts: [{ functionResponse: { name: 'f', response: {} } }] };
    const contents = [said('first'), { role: 'model', parts: [call] }, result];
    assert.equal(questionOf({ contents }).lastInstruction(), 'first');
    const more = [...contents, user({ text: 'a' }, media, { text: 'b' })];
    assert.equal(questionOf({ contents: more }).lastInstruction(), 'a\nb');
    const long = questionOf({ contents: [said('x'.repeat(10_000))] });
    assert.ok(long.lastInstruction().length <= 4_096);
  });

  it('names a session by instructions, tools and the first words', () => {
    const bytes = (body: object): string =>
      Buffer.from(questionOf(body).sessionBytes('p')).toString('latin1');
    const body = { contents: [said('a')], system_instruction: said('s'), tools: [] };
    const more = { ...body, contents: [said('a'), { role: 'model', parts: [] }, said('b')] };
    assert.equal(bytes(body), bytes(more));
    assert.ok(bytes(body).startsWith('p'));
    assert.notEqual(bytes(body), bytes({ ...body, contents: [said('b')] }));
    assert.notEqual(bytes(body), bytes({ ...body, system_instruction: said('t') }));
  });
});
