import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnswerPart, AnswerPlan, Calls } from './answer-plan.ts';
import type { LoadedModel } from './loaded-model.ts';
import { Speaker } from './speaker.ts';

const STATE = { of: 'grammar' };
// Only what a speaker touches: no engine is needed to decide what a text means.
const LOADED = {
  grammarState: () => STATE,
  model: { tokenize: (text: string) => [text === '<tool_call>' ? 1 : 2] },
} as unknown as LoadedModel;

const CALLS: Calls = { grammar: {}, required: false, several: true };
const CALL = '<tool_call>{"name": "find", "arguments": {"q": 1}}</tool_call>';

function plan(more: Partial<AnswerPlan>): AnswerPlan {
  const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, seed: 1 };
  return {
    prompt: [],
    sampling: { ...sampling, frequencyPenalty: 0, presencePenalty: 0 },
    tokensMax: 100,
    notesTop: undefined,
    stops: [],
    shape: undefined,
    calls: undefined,
    ...more,
  };
}

/** Says the words one by one, then ends; as strings, for reading. */
function say(
  words: readonly string[],
  more: Partial<AnswerPlan>,
  reason: 'stop' | 'length' = 'stop',
): readonly string[] {
  const speaker = new Speaker(LOADED, plan(more));
  const parts: AnswerPart[] = [];
  for (const text of words) {
    if (!speaker.ended()) parts.push(...speaker.parts({ kind: 'token', text, note: undefined }));
  }
  if (!speaker.ended()) parts.push(...speaker.parts({ kind: 'end', reason, text: '' }));
  return parts.map((part) => {
    if (part.kind === 'text') return part.text;
    if (part.kind === 'call') return `call ${part.index} ${part.name}`;
    if (part.kind === 'arguments') return `arguments ${part.index} ${part.text}`;
    return `end ${part.reason} ${part.tokensSaid}`;
  });
}

test('text passes as it is said, and its end says how much that was', () => {
  assert.deepEqual(say(['so ', 'it is'], {}), ['so ', 'it is', 'end stop 2']);
});

test('without offered tools the mark of a call is text', () => {
  assert.deepEqual(say([CALL], {}), [CALL, 'end stop 1']);
});

test('two calls with white space between are two calls and no text', () => {
  assert.deepEqual(say([CALL, '\n', CALL], { calls: CALLS }), [
    'call 0 find',
    'arguments 0 {"q": 1}',
    'call 1 find',
    'arguments 1 {"q": 1}',
    'end tool_calls 3',
  ]);
});

test('when one call is allowed the answer ends with it', () => {
  const calls = { ...CALLS, several: false };
  assert.deepEqual(say([`${CALL} and`, ' more'], { calls }), [
    'call 0 find',
    'arguments 0 {"q": 1}',
    'end tool_calls 1',
  ]);
});

test('a near miss of a call is shown as text', () => {
  const miss = '<tool_call>{"arguments": {}, "name": "find"}</tool_call>';
  assert.deepEqual(say([miss], { calls: CALLS }), [miss, 'end stop 1']);
  assert.deepEqual(say(['<tool_call>', '{"na'], { calls: CALLS }, 'length'), [
    '<tool_call>{"na',
    'end length 2',
  ]);
});

test('a stop sequence ends the answer, in arguments it does not', () => {
  assert.deepEqual(say(['a ', 'ST', 'OP b'], { stops: ['STOP'] }), ['a ', 'end stop 3']);
  assert.deepEqual(say([CALL], { stops: ['"q"'], calls: CALLS }).at(-1), 'end tool_calls 1');
});

test('the grammar of a call holds from mark to mark, that of a shape throughout', () => {
  const speaker = new Speaker(LOADED, plan({ calls: CALLS }));
  const hear = (text: string): unknown => [
    ...speaker.parts({ kind: 'token', text, note: undefined }),
  ];
  assert.equal(speaker.grammar(), undefined);
  hear('<tool_call>');
  assert.equal(speaker.grammar(), STATE);
  hear('{"name": "find", "arguments": {}}</tool_call>');
  assert.equal(speaker.grammar(), undefined);
  assert.equal(new Speaker(LOADED, plan({ shape: {} })).grammar(), STATE);
});

test('a call whose beginning came with the mark has no grammar, which would begin anew', () => {
  const speaker = new Speaker(LOADED, plan({ calls: CALLS }));
  const parts = [...speaker.parts({ kind: 'token', text: '<tool_call>{"', note: undefined })];
  assert.deepEqual(parts, []);
  assert.equal(speaker.grammar(), undefined);
});

test('the notes of a call are not lost', () => {
  const note = { token: 'x', logprob: -1, bytes: [120], top: [] };
  const speaker = new Speaker(LOADED, plan({ calls: { ...CALLS, several: false } }));
  const parts = [...speaker.parts({ kind: 'token', text: CALL, note })];
  const notes = parts.flatMap((part) => (part.kind === 'text' ? part.notes : []));
  assert.deepEqual(notes, [note]);
});
