import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chunkWord } from '../mock/answers.ts';
import type { AnswerSink } from './answer-reader.ts';
import { checkStream, checkUnary, type Verdict } from './checks.ts';

const marker = '00000042';
const chunk = (content: string): string =>
  `data: {"choices":[{"delta":{"content":"${content}"}}]}\n\n`;
const finish = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n';
const usage = 'data: {"choices":[],"usage":{"total_tokens":9}}\n\n';
const done = 'data: [DONE]\n\n';

function judge(
  make: (settle: (verdict: Verdict) => void) => AnswerSink,
  pieces: readonly string[],
  status = 200,
): string {
  let said = 'nothing';
  const sink = make((verdict) => {
    said = verdict.ok ? 'good' : verdict.reason;
  });
  sink.head(status);
  for (const piece of pieces) sink.piece(Buffer.from(piece));
  sink.end();
  return said;
}

const unary = (pieces: readonly string[], status = 200): string =>
  judge((settle) => checkUnary({ marker, bodyBytes: 20 }, settle), pieces, status);

const stream = (pieces: readonly string[], usageAsked = true): string =>
  judge(
    (settle) => checkStream({ marker, chunks: 3, usageAsked }, { first: () => {}, done: settle }),
    pieces,
  );

test('a unary answer is right with its status, length and marker, however it is cut', () => {
  assert.equal(unary(['echo 00000042 ......']), 'good');
  assert.equal(unary(['echo 000', '00042 ......']), 'good');
  assert.equal(unary([...'echo 00000042 ......']), 'good');
});

test('a unary answer with another status, length or marker is wrong', () => {
  assert.equal(unary(['echo 00000042 ......'], 500), 'status 500');
  assert.equal(unary(['echo 00000042 .']), '15 bytes instead of 20');
  assert.match(unary(['echo 00000043 ......']), /marker/);
});

const body = [chunk(`echo ${marker} `), chunk(chunkWord(1)), chunk(chunkWord(2)), finish];

test('a stream is right with every chunk in order, usage as asked, and its end', () => {
  assert.equal(stream([...body, usage, done]), 'good');
  assert.equal(stream([...body, done], false), 'good');
  assert.equal(stream([...[...body, usage, done].join('')]), 'good');
});

test('a stream with a chunk lost, doubled or of another request is wrong', () => {
  const [first = '', second = '', third = ''] = body;
  assert.match(stream([first, third, finish, usage, done]), /chunk 1 is not/);
  assert.match(stream([first, second, second, third, finish, usage, done]), /chunk 2 is not/);
  assert.match(stream([chunk('echo 1'), second, third, finish, usage, done]), /chunk 0 is not/);
  assert.equal(stream([first, second, finish, usage, done]), '2 chunks instead of 3');
});

test('a stream that is cut, or lacks its usage, or has more than was asked, is wrong', () => {
  assert.equal(stream([...body, usage]), 'a stream without its end');
  assert.equal(stream([...body, done]), 'usage is missing');
  assert.equal(stream([...body, usage, done], false), 'usage that nobody asked for');
});

test('the first chunk with content is told once', () => {
  let told = 0;
  const expected = { marker, chunks: 3, usageAsked: false };
  const sink = checkStream(expected, { first: () => (told += 1), done: () => {} });
  sink.head(200);
  sink.piece(Buffer.from(': a comment\n\n'));
  assert.equal(told, 0);
  for (const piece of body) sink.piece(Buffer.from(piece));
  assert.equal(told, 1);
});
