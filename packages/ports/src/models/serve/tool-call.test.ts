import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CallEvent, callReader } from './tool-call.ts';

const CALL =
  '{"name": "find", "arguments": {"q": "a \\"}\\" b", "n": [1, {"x": 2}]}}</tool_call> more';
const ARGUMENTS = '{"q": "a \\"}\\" b", "n": [1, {"x": 2}]}';

function summary(events: readonly CallEvent[]): { name: string; text: string; closed: boolean } {
  const out = { name: '', text: '', closed: false };
  for (const event of events) {
    if (event.kind === 'call-named') out.name = event.name;
    if (event.kind === 'call-arguments') out.text += event.text;
    if (event.kind === 'call-closed') out.closed = true;
  }
  return out;
}

test('cut anywhere, the call reads the same', () => {
  for (let cut = 0; cut <= CALL.length; cut += 1) {
    const reader = callReader();
    const events = [...reader.push(CALL.slice(0, cut)), ...reader.push(CALL.slice(cut))];
    const read = summary(events);
    assert.equal(read.name, 'find', `cut at ${cut}`);
    assert.equal(read.text, ARGUMENTS, `cut at ${cut}`);
    assert.ok(read.closed, `cut at ${cut}`);
  }
});

test('arguments are passed on before the call is complete', () => {
  const reader = callReader();
  const events = reader.push('\n{"name": "find", "arguments": {"q": "a');
  assert.deepEqual(events, [
    { kind: 'call-named', name: 'find' },
    { kind: 'call-arguments', text: '{"q": "a' },
  ]);
});

test('another order of keys is given back as text', () => {
  const text = '{"arguments": {}, "name": "find"}</tool_call>';
  assert.deepEqual(callReader().push(text), [{ kind: 'call-unreadable', text }]);
});

test('text without end is given back once it cannot be a head any more', () => {
  const text = 'x'.repeat(300);
  assert.deepEqual(callReader().push(text), [{ kind: 'call-unreadable', text }]);
});

test('what comes behind the closing mark is handed on', () => {
  const events = callReader().push('{"name": "a", "arguments": {}}\n</tool_call> more');
  assert.deepEqual(events.at(-1), { kind: 'call-closed', rest: ' more' });
});
