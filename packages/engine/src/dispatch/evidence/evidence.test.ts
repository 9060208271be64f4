import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askOf, type Json, readAnswerOf } from '@signalbox/dialect';
import { confidenceOf, gateOf } from './confidence.ts';
import { type Evidence, evidenceOf } from './evidence.ts';
import { judgedSure } from './judged.ts';

type Said = {
  readonly text: string;
  readonly asked?: string;
  readonly logprobs?: readonly (readonly [token: string, logprob: number])[];
  readonly finish?: string;
  readonly bound?: number;
};

const utf8 = new TextEncoder();
const LANE = { upstream: 'openai', caller: 'openai', operation: 'chat', carried: false } as const;

/** As an endpoint of OpenAI's dialect answers a question. */
function evidence({ text, asked = 'q', logprobs, finish = 'stop', bound }: Said): Evidence {
  const content = logprobs?.map(([token, logprob]) => ({ token, logprob, top_logprobs: [] }));
  const told = content === undefined ? {} : { logprobs: { content } };
  const message = { role: 'assistant', content: text };
  const choices = [{ index: 0, message, finish_reason: finish, ...told }];
  const body = (value: Json): Uint8Array => utf8.encode(JSON.stringify(value));
  const answer = readAnswerOf(LANE as never, body({ choices } as Json), false);
  const bounded = bound === undefined ? {} : { max_tokens: bound };
  const messages = [{ role: 'user', content: asked }];
  const question = { bytes: body({ model: 'm', messages, ...bounded }) };
  const ask = askOf(question as never, LANE);
  assert.ok(answer !== undefined && ask.ok);
  const [first] = evidenceOf(answer, ask.value);
  assert.ok(first !== undefined);
  return first;
}

const sureOf = (said: Said, isGrounded = false): number => confidenceOf(evidence(said), isGrounded);

test('likely tokens make an answer sure, unlikely ones unsure, those of the format nothing', () => {
  const words = ['Paris', ' is', ' it'];
  const at = (logprob: number) => words.map((word) => [word, logprob] as const);
  assert.ok(sureOf({ text: 'Paris is it', logprobs: at(-0.15) }) >= 0.85);
  assert.ok(sureOf({ text: 'Paris is it', logprobs: at(-2) }) < 0.15);
  const format = [
    ['{"', -9],
    ['":', -9],
    ['\n', -9],
  ] as const;
  const told = evidence({ text: '{"a": "b"}', logprobs: [...format, ['b', -0.1]] }).logprobs;
  assert.deepEqual(told, { tokens: 1, mean: -0.1, lowest: -0.1, tenth: -0.1, margin: undefined });
});

test('words of doubt lower it, in several languages, and a sober answer has none', () => {
  for (const text of [
    "I'm not sure, but it might be 1912.",
    'Ich bin mir nicht sicher, vielleicht 1912.',
    'Je pense que c’est peut-être 1912.',
    'No estoy segura, quizás en 1912.',
  ]) {
    assert.ok(sureOf({ text }) < 0.85, text);
  }
  assert.equal(sureOf({ text: 'The ship sank in April 1912 after it struck an iceberg.' }), 0.9);
});

test('gates hold back what is plainly wrong, whatever the tokens say', () => {
  const gate = (said: Said, isGrounded = false) => gateOf(evidence(said), isGrounded);
  assert.equal(gate({ text: 'So 12 * 12 = 146 apples.' }), 'arithmetic');
  assert.equal(gate({ text: 'So 1,200 * 12 = 14,400, and 1 / 3 = 0.33.' }), undefined);
  assert.equal(gate({ text: "I'm sorry, but I can't help with that." }), 'declines');
  assert.equal(gate({ text: 'the cat sat on the mat '.repeat(20) }), 'repetition');
  assert.equal(gate({ text: 'and then', finish: 'length' }), 'length');
  assert.equal(gate({ text: 'and then', finish: 'length', bound: 2 }), undefined);
  assert.equal(sureOf({ text: '12 * 12 = 146', logprobs: [['146', -0.001]] }), 0.1);
});

test('an answer that holds nothing is not sure; one that calls or declines holds something', () => {
  const judged = (choices: Json): string | undefined => {
    const answer = readAnswerOf(LANE as never, utf8.encode(JSON.stringify({ choices })), false);
    assert.ok(answer !== undefined);
    const asked = { answer, ask: undefined, step: undefined, least: () => 0.85 };
    return judgedSure(asked).rejected;
  };
  const choice = (message: { [key: string]: Json }): Json => [{ index: 0, message }];
  const call = { id: 'a', type: 'function', function: { name: 'find', arguments: '{}' } };
  const empty = 'confidence_min: 0.1 (empty)';
  assert.equal(judged([]), empty);
  assert.equal(judged(choice({ content: ' \n' })), empty);
  assert.equal(judged(choice({ content: null, reasoning_content: 'Hm.' })), empty);
  assert.equal(judged(choice({ content: 'yes' })), undefined);
  assert.equal(judged(choice({ content: null, tool_calls: [call] })), undefined);
  assert.equal(judged(choice({ content: null, refusal: 'No.' })), undefined);
});

test('numbers that a source does not hold are held against what is extracted from it alone', () => {
  const invoice = 'The invoice lists parts and hours. '.repeat(15);
  const asked = `${invoice} Total: 1,930 EUR, due in 30 days.`;
  assert.equal(gateOf(evidence({ asked, text: '1930 EUR within 30 days' }), true), undefined);
  assert.equal(gateOf(evidence({ asked, text: '1742 EUR within 14 days' }), true), 'grounding');
  assert.equal(gateOf(evidence({ asked, text: '1742 EUR within 14 days' }), false), undefined);
});

test('what a model states of itself lowers, and never raises', () => {
  const unsure = '{"label":"refund","confidence":0.2}';
  const boasting = '{"label":"refund","confidence":1}';
  assert.ok(sureOf({ text: unsure }) < 0.6);
  assert.equal(sureOf({ text: boasting }), 0.9);
  assert.ok(sureOf({ text: boasting, logprobs: [['refund', -2]] }) < 0.15);
});
