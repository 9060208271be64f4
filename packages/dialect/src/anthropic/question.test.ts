import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Question } from '@signalbox/contract';
import { bytesOf, textOf } from './anthropic.fixture.ts';
import { readQuestion } from './anthropic.ts';

const MESSAGES = '"messages":[{"role":"user","content":"Hi"}]';

function read(text: string): Question {
  const reading = readQuestion(bytesOf(text));
  assert.ok(reading.ok);
  return reading.value;
}

const asked = (content: unknown, more: object = {}): Question =>
  read(JSON.stringify({ model: 'm', messages: [{ role: 'user', content }], ...more }));

describe('a question that passes as bytes', () => {
  it('tells what deciding needs', () => {
    const question = read(
      `{"model":"m","max_tokens":64,"stream":true,${MESSAGES},"tools":[{"name":"f"}],` +
        '"metadata":{"session_id":"s1"},"container":{"id":"c1"}}',
    );
    assert.equal(question.model, 'm');
    assert.equal(question.stream, true);
    assert.equal(question.usageWanted, true);
    assert.equal(question.outputTokensMax, 64);
    assert.equal(question.answersWanted, 1);
    assert.equal(question.toolsOffered, true);
    assert.equal(question.sessionHint, 's1');
    assert.equal(question.statefulReference, 'c1');
    const bare = read(`{"model":"m",${MESSAGES},"tools":[],"container":"c2"}`);
    assert.deepEqual(
      [bare.stream, bare.outputTokensMax, bare.toolsOffered, bare.statefulReference],
      [false, undefined, false, 'c2'],
    );
  });

  it('changes the name of the model and no other byte', () => {
    const text = `{ "max_tokens" : 1e1,\n"model":"m" , ${MESSAGES},"odd":[1.0,"\\u00e4"]}`;
    const question = read(text);
    assert.equal(textOf(question.render('m', true, true)), text);
    assert.equal(textOf(question.render('n"x', false)), text.replace('"m"', '"n\\"x"'));
  });

  it('is made plain where a key stands twice or is escaped', () => {
    const question = read(`{"model":"a","mod\\u0065l":"b",${MESSAGES}}`);
    assert.equal(question.model, 'b');
    assert.equal(textOf(question.render('b', false)), `{"model":"b",${MESSAGES}}`);
  });

  it('is refused with what is wrong', () => {
    for (const [text, param] of [
      ['{', undefined],
      ['[]', undefined],
      [`{${MESSAGES}}`, 'model'],
      [`{"model":1,${MESSAGES}}`, 'model'],
      [`{"model":"",${MESSAGES}}`, 'model'],
      ['{"model":"m"}', 'messages'],
      ['{"model":"m","messages":"Hi"}', 'messages'],
      [`{"model":"m",${MESSAGES},"stream":1}`, 'stream'],
    ] as const) {
      const reading = readQuestion(bytesOf(text));
      assert.ok(!reading.ok, text);
      assert.deepEqual([reading.refusal.code, reading.refusal.param], ['body_invalid', param]);
    }
  });
});

describe('what a scanner of text can read', () => {
  const text = { type: 'text', text: 'x' };
  const image = { type: 'image', source: { type: 'base64', data: '' } };
  const tool = (content: unknown) => ({ type: 'tool_result', tool_use_id: 't', content });
  const document = (source: object) => ({ type: 'document', source });

  for (const [name, content] of [
    ['a text', 'x'],
    ['blocks of text', [text]],
    ['a call', [{ type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }]],
    ['a result', [tool('x'), tool([text]), tool(null)]],
    ['a thought with words', [{ type: 'thinking', thinking: 'Hm', signature: 'c2ln' }]],
    ['a document in words', [document({ type: 'text', data: 'x' })]],
    ['a document of blocks', [document({ type: 'content', content: [text] })]],
    ['a search result', [{ type: 'search_result', source: 's', title: 't', content: [text] }]],
  ] as const) {
    it(`${name} is`, () => assert.equal(asked(content).unreadableParts, false));
  }

  for (const [name, content] of [
    ['an image', [text, image]],
    ['an image in a result', [tool([text, image])]],
    ['a document that is encoded', [document({ type: 'base64', data: '' })]],
    ['a document elsewhere', [document({ type: 'url', url: 'x' })]],
    ['a document with an image', [document({ type: 'content', content: [image] })]],
    ['a sealed thought', [{ type: 'redacted_thinking', data: 'c2VhbA' }]],
    ['a thought without words', [{ type: 'thinking', thinking: '', signature: 'c2ln' }]],
    ['a result of a search', [{ type: 'web_search_tool_result', content: [] }]],
    ['a block that nobody knows', [{ type: 'hologram' }]],
    ['a block without a type', [{ text: 'x' }]],
    ['a block that is none', ['x']],
    ['content that is none', 5],
  ] as const) {
    it(`${name} is not`, () => assert.equal(asked(content).unreadableParts, true));
  }

  it('is looked at in instructions too, and wherever a field stands twice', () => {
    assert.equal(asked('x', { system: [image] }).unreadableParts, true);
    assert.equal(asked('x', { system: 'Rule.' }).unreadableParts, false);
    const twice = '{"role":"user","content":[{"type":"image"}],"content":"x"}';
    assert.equal(read(`{"model":"m","messages":[${twice}]}`).unreadableParts, true);
  });
});

describe('a conversation', () => {
  const turn = (role: string, content: unknown) => ({ role, content });
  const of = (...messages: readonly unknown[]): Question =>
    read(JSON.stringify({ model: 'm', system: 'Rule.', messages }));

  it('ends with what the user said last, results of tools aside', () => {
    const result = { type: 'tool_result', tool_use_id: 't', content: 'sun' };
    const said = [result, { type: 'text', text: 'And "now"?' }];
    assert.equal(of(turn('user', 'a'), turn('assistant', 'b')).lastInstruction(), 'a');
    assert.equal(of(turn('user', 'a'), turn('user', [result])).lastInstruction(), 'a');
    assert.equal(of(turn('user', 'a'), turn('user', said)).lastInstruction(), 'And "now"?');
    assert.equal(of().lastInstruction(), '');
    const long = of(turn('user', `start ${'x'.repeat(9_000)} end`)).lastInstruction();
    assert.ok(long.length <= 4_096 && long.startsWith('start') && long.endsWith('end'));
  });

  it('has one name, whatever came after its opening', () => {
    const opening = turn('user', 'a');
    const name = (one: Question): string => textOf(one.sessionBytes('k'));
    const first = name(of(opening));
    assert.equal(name(of(opening, turn('assistant', 'b'), turn('user', 'c'))), first);
    assert.notEqual(name(of(turn('user', 'b'))), first);
    assert.notEqual(name(asked('a', { system: 'Rule!' })), first);
  });
});
