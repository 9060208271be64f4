import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ask } from '../ask.ts';
import { drawsFrom } from '../hash.ts';
import { simModels } from '../models.ts';
import { tokensOf } from '../tokens.ts';
import { numberText, sumIn } from './arithmetic.ts';
import { compose } from './compose.ts';
import { gradeOf, skillFor } from './difficulty.ts';
import { extraction, factsIn, isoDate } from './facts.ts';
import { fillerTokens } from './filler.ts';

const [small, medium, frontier] = simModels;
assert.ok(small && medium && frontier);
const good = { sure: true, right: true };
const bad = { sure: false, right: false };

function askOf(text: string, system?: string): Ask {
  const user = { role: 'user', text, called: [] } as const;
  const turns =
    system === undefined ? [user] : [{ ...user, role: 'system', text: system } as const, user];
  return {
    model: 'sim-small',
    turns,
    tools: [],
    toolChoice: { kind: 'auto' },
    parallel: true,
    format: { kind: 'text' },
    tokensMax: undefined,
    stop: [],
    choices: 1,
    seed: undefined,
    logprobs: undefined,
  };
}

function said(text: string, skill = good, system?: string): string {
  return compose(askOf(text, system), skill, drawsFrom(7));
}

test('sums are worked out with precedence, brackets, decimals and words', () => {
  const sums: [string, number][] = [
    ['what is 12*7', 84],
    ['What is 2 + 3 * 4?', 14],
    ['calculate (2 + 3) * 4 - 1', 19],
    ['compute 17 times 23', 391],
    ['how much is 1,200.50 + 0.5', 1201],
    ['what is 10 divided by 4?', 2.5],
    ['what is -3 - -4?', 1],
    ['7 x 6 =', 42],
  ];
  for (const [prompt, value] of sums) assert.equal(sumIn(prompt)?.value, value, prompt);
  assert.equal(said('what is 12*7?'), '84');
  assert.equal(numberText(1 / 3), '0.333333');
});

test('what only looks like a sum is none', () => {
  for (const prompt of [
    'what happened on 2024-05-06?',
    'what is 5?',
    'call me at 12-34 tomorrow',
    'what is 1/0',
    'what is (2 + 3',
    'what is love + peace',
  ]) {
    assert.equal(sumIn(prompt), undefined, prompt);
  }
});

test('the small model fails at long numbers, and says that it is unsure', () => {
  const prompt = 'what is 1234 * 5678';
  assert.deepEqual(skillFor(small, prompt, {}), { sure: false, right: false });
  assert.deepEqual(skillFor(medium, prompt, {}), { sure: false, right: true });
  assert.deepEqual(skillFor(frontier, prompt, {}), good);
  assert.match(said(prompt, bad), /not sure/);
  assert.ok(!said(prompt, bad).includes('7006652'));
});

test('proofs, contracts and very long prompts are hard; labels and greetings are not', () => {
  assert.equal(gradeOf('classify: refund please'), 0);
  assert.equal(gradeOf('hello'), 0);
  assert.equal(gradeOf('Explain step by step how to boil an egg'), 1);
  assert.equal(gradeOf('What is the root cause of this deadlock?'), 2);
  assert.equal(gradeOf('Prove the theorem of Pythagoras'), 3);
  assert.equal(gradeOf('Analyse the contract below'), 3);
  assert.equal(gradeOf('sea '.repeat(7_000)), 2);
});

test('a script overrules what a model masters', () => {
  assert.deepEqual(skillFor(frontier, 'hello', { sure: false }), { sure: false, right: true });
  assert.deepEqual(skillFor(frontier, 'hello', { right: false }), bad);
  assert.deepEqual(skillFor(small, 'prove it', { sure: true, right: true }), good);
});

test('a classification answers with one of the labels it was given', () => {
  assert.equal(said('classify: refund please'), 'refund');
  const prompt = 'Classify as billing, technical or sales: the app crashes with an error';
  assert.equal(said(prompt), 'technical');
  assert.match(said(prompt, bad), /^(billing|sales)$/);
  assert.equal(said('What is the sentiment of: I love it'), 'positive');
});

test('an instruction in the system prompt counts when the user gives none', () => {
  const system = 'Classify each message into one of: spam, ham.';
  assert.equal(said('You are a winner, click here for your prize', good, system), 'spam');
});

test('an extraction finds e-mails, dates, amounts and names', () => {
  const text = 'Anna Schmidt (anna@x.org) paid €1,200.50 on 12 March 2026; Bob Ray 2026-04-01';
  assert.deepEqual(JSON.parse(said(`Extract everything: ${text}`)), {
    emails: ['anna@x.org'],
    dates: ['12 March 2026', '2026-04-01'],
    amounts: ['€1,200.50'],
    names: ['Anna Schmidt', 'Bob Ray'],
  });
  assert.notEqual(extraction(text, true), extraction(text, false));
  assert.equal(isoDate('12 March 2026'), '2026-03-12');
  assert.equal(isoDate('March 12, 2026'), '2026-03-12');
  assert.equal(isoDate('01.02.2026'), '2026-02-01');
});

test('a summary is the first sentence', () => {
  const text = 'Summarise: The river rose over night. The town was evacuated. No one was hurt.';
  assert.equal(said(text), 'The river rose over night.');
  assert.match(said(text, bad), /No one was hurt/);
});

test('code comes in a block of the language asked for', () => {
  assert.match(said('Write a python function for fibonacci'), /^```python\ndef fibonacci\(n\):/);
  assert.match(said('Write a SQL query that counts orders per customer'), /FROM orders/);
});

test('anything else is answered about the words of the prompt', () => {
  assert.equal(said('hello'), 'Hello! How can I help you today?');
  assert.match(said('Explain tides near Brittany'), /tides/i);
  assert.ok(said('').length > 20);
});

test('results of tools are told back', () => {
  const ask = askOf('What is the weather in Paris?');
  const turns = [
    ...ask.turns,
    { role: 'assistant', text: '', called: ['get_weather'] } as const,
    { role: 'tool', text: '{"temperature":21,"unit":"celsius"}', called: [] } as const,
  ];
  const text = compose({ ...ask, turns }, good, drawsFrom(1));
  assert.equal(text, 'Here is what I found: temperature is 21, unit is celsius.');
});

test('filler has exactly as many tokens as asked, and the tokenizer agrees', () => {
  const tokens = fillerTokens(500, drawsFrom(3));
  assert.equal(tokens.length, 500);
  assert.deepEqual(tokensOf(tokens.join('')), tokens);
});

test('long runs of anything are read in linear time', () => {
  for (const unit of [
    'a',
    '1',
    ' ',
    '@',
    '"',
    '(',
    '-1',
    'A b ',
    '1*',
    'a@',
    '€1,',
    '#1',
    'first ',
    'then ',
  ]) {
    const text = unit.repeat(100_000 / unit.length);
    factsIn(text);
    sumIn(text);
    said(`classify ${text}`);
    said(`${text}`);
  }
});
