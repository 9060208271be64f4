import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conceal, printable } from './conceal.ts';

const SECRETS: readonly string[] = [
  'secret: hunter2',
  'secret: "hunter2"',
  "secret: 'hunter2'",
  '{ secret: hunter2, weight: 1 }',
  'api_key: hunter2',
  'apiKey: hunter2',
  'x-api-key: hunter2',
  '"authorization": "Bearer hunter2"',
  'password=hunter2',
  'url: https://me:hunter2@example.com/v1',
  'note: sk-hunter2',
  'note: sbx_live_hunter2',
  'note: Bearer hunter2',
  'note: 0123456789abcdef0123456789abcdefhunter2',
  'SIGNALBOX_KEK=hunter2',
];

for (const line of SECRETS) {
  test(`hides what is secret in: ${line}`, () => {
    const shown = conceal(line);
    assert.ok(!shown.includes('hunter2'), shown);
    assert.match(shown, /\[hidden\]/);
  });
}

test('leaves alone what only names a secret', () => {
  const plain = [
    'secret: env:OPENAI_API_KEY',
    'secret: "file:/run/secrets/key"',
    'tokens_per_minute_max: 1000',
    'model: claude-sonnet-4-20250514',
    'url: http://localhost:11434/v1',
    'did you mean `secret`?',
    'models: [meta-llama/Llama-3.3-70B-Instruct]',
  ];
  for (const line of plain) assert.equal(conceal(line), line);
});

test('what sits behind the value stays readable', () => {
  assert.equal(conceal('{ secret: abc, weight: 1 }'), '{ secret: [hidden], weight: 1 }');
});

test('nothing that steers a terminal gets through', () => {
  assert.equal(printable('a\u001b[31mb\u0007\u202ec\td'), 'a?[31mb??c d');
});
