// Every habit of a server that was seen, in a stream of its own.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fold } from '../canon/fold.ts';
import { responses } from './responses.ts';
import {
  COMPLETED,
  CREATED,
  decoded,
  foldedOf,
  framed,
  partsOf,
  type Typed,
} from './stream.fixture.ts';

const ITEM = {
  id: 'fc_1',
  type: 'function_call',
  call_id: 'call_1',
  name: 'look_up',
  arguments: '',
};
const ARGUMENTS = '{"city": "Berlin"}';
const added = (item: object, index?: number): Typed => ({
  type: 'response.output_item.added',
  ...(index === undefined ? {} : { output_index: index }),
  item,
});
const done = (item: object, index?: number): Typed => ({
  ...added(item, index),
  type: 'response.output_item.done',
});
const fragment = (delta: string): Typed => ({
  type: 'response.function_call_arguments.delta',
  item_id: 'fc_1',
  output_index: 0,
  delta,
});
const whole = (said: unknown): Typed => ({
  type: 'response.function_call_arguments.done',
  item_id: 'fc_1',
  output_index: 0,
  arguments: said,
});
const CALL = { kind: 'call', id: 'call_1', name: 'look_up', arguments: ARGUMENTS };

describe('arguments of calls', () => {
  const ways: Readonly<Record<string, readonly Typed[]>> = {
    'in fragments and again as a whole, twice': [
      added(ITEM, 0),
      fragment('{"city": '),
      fragment('"Berlin"}'),
      whole(ARGUMENTS),
      done({ ...ITEM, arguments: ARGUMENTS }, 0),
    ],
    'a beginning in fragments, and then as a whole': [
      added(ITEM, 0),
      fragment('{"city": '),
      whole(ARGUMENTS),
      done({ ...ITEM, arguments: ARGUMENTS }, 0),
    ],
    'only in the event that ends them': [added(ITEM, 0), whole(ARGUMENTS), done(ITEM, 0)],
    'only in the item as it ends': [added(ITEM, 0), done({ ...ITEM, arguments: ARGUMENTS }, 0)],
    'after the item has ended': [added(ITEM, 0), done(ITEM, 0), whole(ARGUMENTS)],
    'as a whole, and then in fragments': [
      added(ITEM, 0),
      whole(ARGUMENTS),
      fragment(ARGUMENTS),
      done({ ...ITEM, arguments: ARGUMENTS }, 0),
    ],
    'only in the item as it begins': [added({ ...ITEM, arguments: ARGUMENTS }, 0)],
    'in an item that nobody announced': [done({ ...ITEM, arguments: ARGUMENTS }, 0)],
    'before the name': [
      added({ ...ITEM, name: '' }, 0),
      fragment(ARGUMENTS),
      done({ ...ITEM, arguments: ARGUMENTS }, 0),
    ],
    'without an index': [
      added(ITEM),
      { type: 'response.function_call_arguments.delta', item_id: 'fc_1', delta: ARGUMENTS },
      done({ ...ITEM, arguments: ARGUMENTS }),
    ],
    'under ids that change': [
      added(ITEM, 0),
      { ...fragment(ARGUMENTS), item_id: 'other' },
      done({ ...ITEM, id: 'third', arguments: ARGUMENTS }, 0),
    ],
  };
  for (const [how, events] of Object.entries(ways)) {
    it(`are said once when they come ${how}`, () => {
      const answer = foldedOf([CREATED, ...events, COMPLETED]);
      assert.deepEqual(partsOf(answer), [CALL]);
      assert.equal(answer.answers[0]?.stop, 'tools');
      assert.equal(answer.ended, true);
    });
  }

  it('are an empty object where none came, unless the model was cut off', () => {
    const events = [CREATED, added(ITEM, 0), done(ITEM, 0)];
    assert.deepEqual(partsOf(foldedOf([...events, COMPLETED])), [{ ...CALL, arguments: '{}' }]);
    const cut = { type: 'response.incomplete', response: { status: 'incomplete', output: [] } };
    assert.deepEqual(partsOf(foldedOf([...events, cut])), [{ ...CALL, arguments: '' }]);
    const late = {
      type: 'response.completed',
      response: { output: [{ ...ITEM, arguments: ARGUMENTS }] },
    };
    assert.deepEqual(partsOf(foldedOf([...events, late])), [CALL]);
    const response = { status: 'completed', output: [{ ...ITEM, arguments: null }] };
    const [call] = partsOf(fold(responses.readWhole(response)));
    assert.deepEqual(call, { ...CALL, arguments: '{}' });
  });

  it('are taken as an object too, with all their digits', () => {
    const text = JSON.stringify(done({ ...ITEM, arguments: 'HERE' }, 0));
    const line = `data: ${text.replace('"HERE"', '{"n":12345678901234567890}')}\n\n`;
    const bytes = Buffer.concat([framed([CREATED]), Buffer.from(line), framed([COMPLETED])]);
    const [call] = partsOf(fold(decoded(bytes)));
    assert.equal(call?.kind === 'call' && call.arguments, '{"n":12345678901234567890}');
  });

  it('of two calls by turns stay apart', () => {
    const second = { ...ITEM, id: 'fc_2', call_id: 'call_2' };
    const answer = foldedOf([
      CREATED,
      added(ITEM, 0),
      added(second, 1),
      fragment('{"city": '),
      { ...fragment('{}'), item_id: 'fc_2', output_index: 1 },
      fragment('"Berlin"}'),
      COMPLETED,
    ]);
    assert.deepEqual(partsOf(answer), [CALL, { ...CALL, id: 'call_2', arguments: '{}' }]);
  });

  it('of a custom tool are its text in a field', () => {
    const item = { id: 'c', type: 'custom_tool_call', call_id: 'call_1', name: 'sql', input: '' };
    const delta = (text: string): Typed => ({
      type: 'response.custom_tool_call_input.delta',
      item_id: 'c',
      output_index: 0,
      delta: text,
    });
    const last = { ...item, input: 'SELECT "a"\n😀' };
    const events = [added(item, 0), delta('SELECT "a"'), delta('\n\ud83d'), delta('\ude00')];
    const answer = foldedOf([CREATED, ...events, done(last, 0), COMPLETED]);
    const [call] = partsOf(answer);
    assert.equal(call?.kind === 'call' && JSON.parse(call.arguments).input, last.input);
    const [late] = partsOf(foldedOf([CREATED, done(last, 0), COMPLETED]));
    assert.equal(late?.kind === 'call' && JSON.parse(late.arguments).input, last.input);
  });

  it('of a custom tool that the provider runs are for its own dialect', () => {
    const tools = [{ type: 'x_search' }];
    const item = { id: 'c', type: 'custom_tool_call', call_id: 'x', name: 'x_find', input: 'a' };
    const created = { ...CREATED, response: { ...(CREATED['response'] as object), tools } };
    const answer = foldedOf([created, added(item, 0), done(item, 0), COMPLETED]);
    assert.deepEqual(partsOf(answer), [{ kind: 'opaque', wire: 'responses', value: item }]);
    assert.equal(answer.answers[0]?.stop, 'end');
  });
});

describe('texts and thoughts', () => {
  const message = { id: 'msg_1', type: 'message', role: 'assistant', content: [] };
  const delta = (text: string): Typed => ({
    type: 'response.output_text.delta',
    item_id: 'msg_1',
    delta: text,
  });

  it('come from a server that sends no places and names itself at the end', () => {
    const created = { type: 'response.created', response: { id: 'resp_7', object: 'response' } };
    const last = { ...message, content: [{ type: 'output_text', text: 'Hello.' }] };
    const thought = { id: 'rs_1', type: 'reasoning', summary: [], content: [] };
    const answer = foldedOf([
      created,
      added(thought),
      { type: 'response.reasoning_text.delta', item_id: 'rs_1', delta: 'Hm.' },
      added(message),
      { type: 'response.content_part.added', item_id: 'msg_1', part: { type: 'output_text' } },
      delta('Hel'),
      delta('lo.'),
      { type: 'response.output_text.done', item_id: 'msg_1', text: 'Hello.' },
      done({ ...thought, content: [{ type: 'reasoning_text', text: 'Hm.' }] }),
      done(last),
      { ...COMPLETED, response: { ...(COMPLETED['response'] as object), output: [last] } },
    ]);
    assert.equal(answer.model, undefined);
    assert.deepEqual(partsOf(answer), [
      { kind: 'thought', text: 'Hm.' },
      { kind: 'text', text: 'Hello.' },
    ]);
  });

  it('without an item around them are taken', () => {
    assert.deepEqual(partsOf(foldedOf([CREATED, delta('Hi'), delta('!'), COMPLETED])), [
      { kind: 'text', text: 'Hi!' },
    ]);
  });

  it('that stand only in the last response are taken', () => {
    const output = [{ ...message, content: [{ type: 'output_text', text: 'Late.' }] }];
    const last = { ...COMPLETED, response: { ...(COMPLETED['response'] as object), output } };
    assert.deepEqual(partsOf(foldedOf([CREATED, last])), [{ kind: 'text', text: 'Late.' }]);
  });

  it('keep what was sealed as it was at the end, and the paragraphs of a summary', () => {
    const thought = { id: 'rs_1', type: 'reasoning', encrypted_content: 'early', summary: [] };
    const summary = [1, 2].map((n) => ({ type: 'summary_text', text: `Part ${n}.` }));
    const piece = (n: number): Typed => ({
      type: 'response.reasoning_summary_text.delta',
      output_index: 0,
      summary_index: n - 1,
      delta: `Part ${n}.`,
    });
    const last = { ...thought, encrypted_content: 'late', summary };
    const expected = [{ kind: 'thought', text: 'Part 1.\n\nPart 2.', signature: 'late' }];
    const streamed = [CREATED, added(thought, 0), piece(1), piece(2), done(last, 0), COMPLETED];
    assert.deepEqual(partsOf(foldedOf(streamed)), expected);
    assert.deepEqual(partsOf(foldedOf([CREATED, done(last, 0), COMPLETED])), expected);
    const bare = { ...last, summary: [] };
    assert.deepEqual(partsOf(foldedOf([CREATED, added(thought, 0), done(bare, 0), COMPLETED])), [
      { kind: 'thought', text: '', sealed: 'late' },
    ]);
  });

  it('tell annotations and log-probabilities once', () => {
    const annotation = { type: 'url_citation', url: 'https://a.example', title: 'A' };
    const logprobs = [{ token: 'Hi', logprob: -0.5, top_logprobs: [] }];
    const content = [{ type: 'output_text', text: 'Hi', annotations: [annotation], logprobs }];
    const told = { type: 'response.output_text.annotation.added', item_id: 'msg_1', annotation };
    const first = [CREATED, added(message, 0), { ...delta('Hi'), logprobs }, told];
    const last = [done({ ...message, content }, 0), COMPLETED];
    const answer = foldedOf([...first, ...last]);
    assert.deepEqual(partsOf(answer), [
      { kind: 'text', text: 'Hi' },
      { kind: 'opaque', wire: 'responses', value: { annotation } },
    ]);
    assert.deepEqual(answer.answers[0]?.logprobs, [{ token: 'Hi', logprob: -0.5, top: [] }]);
    assert.deepEqual(foldedOf([CREATED, ...last]).answers, answer.answers);
  });

  it('refuse with a reason of their own', () => {
    const answer = foldedOf([
      CREATED,
      added(message, 0),
      { type: 'response.refusal.delta', output_index: 0, content_index: 0, delta: 'No.' },
      { type: 'response.refusal.done', output_index: 0, content_index: 0, refusal: 'No.' },
      COMPLETED,
    ]);
    assert.deepEqual(partsOf(answer), [{ kind: 'refusal', text: 'No.' }]);
    assert.equal(answer.answers[0]?.stop, 'refusal');
  });
});

describe('the end of a stream', () => {
  const ending = (type: string, fields: object): Typed => ({
    type: `response.${type}`,
    response: { ...(COMPLETED['response'] as object), status: type, ...fields },
  });

  it('is not made up when the connection ends without one', () => {
    const events = decoded(framed([CREATED, { type: 'response.output_text.delta', delta: 'Hal' }]));
    assert.equal(fold(events).ended, false);
    assert.equal(fold(events).answers[0]?.stop, undefined);
  });

  it('says why an answer is incomplete', () => {
    const cases = [
      ['max_output_tokens', 'length', undefined],
      ['content_filter', 'filtered', undefined],
      ['max_prompt_tokens', 'context', undefined],
      ['bored', 'length', 'bored'],
    ] as const;
    for (const [reason, stop, native] of cases) {
      const answer = foldedOf([CREATED, ending('incomplete', { incomplete_details: { reason } })]);
      assert.equal(answer.answers[0]?.stop, stop);
      assert.equal(answer.answers[0]?.native, native);
      assert.equal(answer.ended, true);
    }
  });

  it('is an error once, whichever way it comes, and nothing follows', () => {
    const nested = { type: 'error', error: { code: 'insufficient_quota', message: 'Pay.' } };
    const flat = { type: 'error', code: 'insufficient_quota', message: 'Pay.', param: null };
    const error = { code: 'insufficient_quota', message: 'Pay.' };
    const failed = ending('failed', { error });
    const expected = { kind: 'quota', message: 'Pay.', type: 'insufficient_quota' };
    for (const events of [[nested, failed], [flat, failed], [failed], [flat, COMPLETED]]) {
      const answer = foldedOf([CREATED, ...events]);
      assert.deepEqual(answer.error, expected);
      assert.equal(answer.ended, false);
    }
  });

  it('is an error for a line that is no JSON, in words of ours', () => {
    const bytes = Buffer.concat([framed([CREATED]), Buffer.from('data: {"secret": \n\n')]);
    const { error } = fold(decoded(bytes));
    assert.equal(error?.kind, 'internal');
    assert.doesNotMatch(error.message, /secret/);
  });

  it('passes over comments, states and types that nobody knows', () => {
    const text = `: hello\n\nevent: keepalive\ndata: {"type":"keepalive"}\n\ndata: [DONE]\n\n`;
    const odd = [{ type: 'response.brand_new.event', x: 1 }, { type: 'response.in_progress' }];
    const bytes = Buffer.concat([
      Buffer.from(text),
      framed([CREATED, ...odd, COMPLETED]),
      Buffer.from('data: [DONE]\n\n'),
    ]);
    const answer = fold(decoded(bytes));
    assert.deepEqual(partsOf(answer), []);
    assert.equal(answer.ended, true);
    assert.equal(answer.usage?.inputTokens, 4);
    assert.equal(answer.usage?.cachedInputTokens, undefined);
  });

  it('of a response that still runs is none', () => {
    const body = { id: 'resp_7', object: 'response', status: 'queued', output: [] };
    assert.equal(fold(responses.readWhole(body)).ended, false);
  });

  it('is an error for a body that is no response', () => {
    const inside = { error: { message: 'Busy.', code: 'server_is_overloaded' } };
    assert.equal(fold(responses.readWhole(inside)).error?.kind, 'overloaded');
    assert.equal(fold(responses.readWhole('<html>')).error?.kind, 'internal');
    assert.equal(fold(responses.readWhole({})).error?.kind, 'internal');
  });
});
