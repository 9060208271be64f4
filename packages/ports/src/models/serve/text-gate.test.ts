import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textGate } from './text-gate.ts';

test('text without a mark passes whole', () => {
  const gate = textGate(['STOP']);
  assert.equal(gate.push('hello ').text, 'hello ');
  assert.equal(gate.push('world').text, 'world');
  assert.equal(gate.flush(), '');
});

test('a mark that comes in pieces is found and never shown', () => {
  const gate = textGate(['<tool_call>']);
  assert.equal(gate.push('so <tool').text, 'so ');
  assert.equal(gate.holds(), true);
  assert.deepEqual(gate.push('_call>{"a"'), { text: '', mark: '<tool_call>', rest: '{"a"' });
});

test('what only looked like a mark is shown after all', () => {
  const gate = textGate(['<tool_call>']);
  gate.push('a <tool');
  assert.equal(gate.push('s>').text, '<tools>');
});

test('at the end the held text is shown', () => {
  const gate = textGate(['###']);
  assert.equal(gate.push('a ##').text, 'a ');
  assert.equal(gate.flush(), '##');
});

test('of several marks the earliest counts', () => {
  const gate = textGate(['later', 'soon']);
  assert.deepEqual(gate.push('x soon later'), { text: 'x ', mark: 'soon', rest: ' later' });
});

test('cut anywhere, the shown text is the same', () => {
  const text = 'aab ab aabc tail';
  const whole = textGate(['aabc']).push(text);
  for (let cut = 0; cut <= text.length; cut += 1) {
    const gate = textGate(['aabc']);
    const first = gate.push(text.slice(0, cut));
    const second = first.mark === undefined ? gate.push(text.slice(cut)) : undefined;
    assert.equal(first.text + (second?.text ?? ''), whole.text, `cut at ${cut}`);
  }
});
