import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Script } from '../script.ts';
import { spoiled } from './faults.ts';
import type { Frame } from './frame.ts';

const frames: readonly Frame[] = [
  { kind: 'head', text: 'data: {"role":"assistant"}\n\n' },
  { kind: 'delta', text: 'data: {"content":"a"}\n\n' },
  { kind: 'delta', text: 'data: {"content":"b"}\n\n' },
  { kind: 'delta', text: 'data: {"content":"c"}\n\n' },
  { kind: 'finish', text: 'data: {"finish_reason":"stop"}\n\n' },
  { kind: 'done', text: 'data: [DONE]\n\n' },
];

function kinds(script: Script): string[] {
  return run(script).map((frame) => frame.kind);
}

function run(script: Script): Frame[] {
  return [...spoiled(frames, script, () => 'data: {"error":{}}\n\n')];
}

test('without a fault the frames are as they were', () => {
  assert.deepEqual(run({}), frames);
});

test('a fault after n tokens lets exactly n tokens pass', () => {
  assert.deepEqual(kinds({ dieAfter: 2 }), ['head', 'delta', 'delta', 'die']);
  assert.deepEqual(kinds({ silentAfter: 0 }), ['head', 'silence']);
  assert.deepEqual(kinds({ errorAfter: 1 }), ['head', 'delta', 'fault']);
});

test('a fault after more tokens than there are comes before the end', () => {
  const all = ['head', 'delta', 'delta', 'delta'];
  assert.deepEqual(kinds({ dieAfter: 99 }), [...all, 'die']);
  assert.deepEqual(kinds({ errorAfter: 99 }), [...all, 'fault']);
});

test('the end can be missing, doubled or cut', () => {
  assert.deepEqual(kinds({ noDone: true }), kinds({}).slice(0, -1));
  assert.deepEqual(kinds({ twoFinish: true }).slice(-3), ['finish', 'finish', 'done']);
  assert.match(run({ truncate: true }).at(-1)?.text ?? '', /^data: \{"finish_?$/);
});

test('one chunk, and only one, is no JSON', () => {
  const broken = run({ malformedAfter: 1 }).filter(({ text }) => {
    try {
      JSON.parse(text.replace('data: ', '').replace('[DONE]', '{}'));
      return false;
    } catch {
      return true;
    }
  });
  assert.equal(broken.length, 1);
  assert.ok(broken[0]?.text.endsWith('\n\n'));
});

test('lines may end in CRLF and comments may stand between frames', () => {
  const text = run({ crlf: true, comments: true }).map((frame) => frame.text);
  assert.ok(text.join('').startsWith(': still working\r\n\r\ndata: '));
  assert.ok(!/[^\r]\n/.test(text.join('')));
});
