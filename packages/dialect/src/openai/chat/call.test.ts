// Calls and thoughts, as servers tell them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../canon/canon.ts';
import { call, DONE, delta, finish, parts, read, readWhole, tool } from './chunks.fixture.ts';

describe('calls of tools in a stream', () => {
  const called = (...items: readonly object[]) =>
    read(...items.map((item) => delta(tool(item))), finish('tool_calls'), DONE);
  const begin = { id: 'c1', type: 'function', function: { name: 'look', arguments: '' } };

  it('may share an index, or have none', () => {
    const other = { id: 'c2', type: 'function', function: { name: 'find', arguments: '{}' } };
    for (const index of [{ index: 0 }, {}]) {
      const answer = called(
        { ...begin, ...index, function: { name: 'look', arguments: '{}' } },
        { ...other, ...index },
      );
      assert.deepEqual(parts(answer), [call('c1', 'look', '{}'), call('c2', 'find', '{}')]);
    }
  });

  it('come at once, in pieces that repeat their name or id, and between each other', () => {
    const answer = called(
      { ...begin, index: 0 },
      { index: 1, id: 'c2', function: { name: 'find', arguments: '{"b"' } },
      { index: 0, id: '', function: { name: '', arguments: '{"a"' } },
      { index: 1, id: 'c2', function: { arguments: ':2}' } },
      { index: 0, type: 'function', function: { name: null, arguments: ':1}' } },
    );
    assert.deepEqual(parts(answer), [call('c1', 'look', '{"a":1}'), call('c2', 'find', '{"b":2}')]);
  });

  it('tell their arguments twice, late, as an object, or not at all', () => {
    const text = '{"a": {"a": 1}}';
    const piece = (value: Json) => ({ index: 0, function: { arguments: value } });
    const first = { ...begin, index: 0 };
    assert.deepEqual(parts(called(first, piece(text), piece(text))), [call('c1', 'look', text)]);
    assert.deepEqual(parts(called(first, piece(text), piece({ a: { a: 1 } }))), [
      call('c1', 'look', text),
    ]);
    assert.deepEqual(parts(called(first, piece({ a: 1 }))), [call('c1', 'look', '{"a":1}')]);
    assert.deepEqual(parts(called(first, piece(null))), [call('c1', 'look', '{}')]);
    // No repetition: the second half only looks like the first.
    assert.deepEqual(parts(called(first, piece('{"a":'), piece('{"a":'), piece('1}}'))), [
      call('c1', 'look', '{"a":{"a":1}}'),
    ]);
  });

  it('are left without arguments where the model was cut off before them', () => {
    const answer = read(delta(tool({ ...begin, index: 0 })), finish('length'), DONE);
    assert.deepEqual(parts(answer), [call('c1', 'look', '')]);
  });

  it('wait for an id that comes after the name', () => {
    const named = { index: 0, function: { name: 'look', arguments: '' } };
    const late = { index: 0, id: 'c1', function: { arguments: '{}' } };
    const again = { ...late, function: { name: 'look', arguments: '{}' } };
    for (const last of [late, again]) {
      assert.deepEqual(parts(called(named, last)), [call('c1', 'look', '{}')]);
    }
    const other = { function: { name: 'find', arguments: '{}' } };
    const names = parts(called({ function: named.function }, other));
    assert.deepEqual(
      names?.map((part) => part.kind === 'call' && part.name),
      ['look', 'find'],
    );
  });

  it('get an id of their own where the server gives none, the same each time', () => {
    const nameless = () => called({ index: 0, function: { name: 'look', arguments: '{}' } });
    const [first] = parts(nameless()) ?? [];
    assert.ok(first?.kind === 'call' && /^call_[a-z0-9_]+$/.test(first.id));
    assert.deepEqual(parts(nameless()), [first]);
  });

  it('stop for the tools, whatever word is said', () => {
    const answer = read(delta(tool({ ...begin, index: 0 })), finish('stop'), DONE);
    assert.equal(answer.answers[0]?.stop, 'tools');
  });

  it('carry their signature, and may be of the old kind', () => {
    const signed = { ...begin, index: 0, extra_content: { google: { thought_signature: 's' } } };
    assert.deepEqual(parts(called(signed)), [{ ...call('c1', 'look', '{}'), signature: 's' }]);
    const old = read(
      delta({ function_call: { name: 'look', arguments: '' } }),
      delta({ function_call: { arguments: '{}' } }),
      finish('function_call'),
      DONE,
    );
    assert.deepEqual(
      parts(old)?.map((part) => part.kind === 'call' && part.arguments),
      ['{}'],
    );
    assert.equal(old.answers[0]?.stop, 'tools');
  });

  it('are the answer where the format was asked for through one', () => {
    const answer = read(
      delta(tool({ index: 0, id: 'c', function: { name: 'signalbox_answer', arguments: '{"a"' } })),
      delta(tool({ index: 0, function: { arguments: ':1}' } })),
      finish('tool_calls'),
      DONE,
    );
    assert.deepEqual(parts(answer), [{ kind: 'text', text: '{"a":1}' }]);
    assert.equal(answer.answers[0]?.stop, 'end');
  });
});

describe('thoughts', () => {
  const thought = (text: string, more: object = {}) => ({ kind: 'thought', text, ...more });

  it('come under several names, once', () => {
    for (const key of ['reasoning', 'reasoning_content']) {
      assert.deepEqual(parts(read(delta({ [key]: 'h' }), delta({ [key]: 'm', content: '' }))), [
        thought('hm'),
      ]);
    }
    const both = { reasoning: 'hm', reasoning_content: 'hm' };
    assert.deepEqual(parts(readWhole({ content: null, ...both })), [thought('hm')]);
  });

  it('come as details beside the text, with what must be given back', () => {
    const details = (...list: readonly object[]) => ({
      reasoning_details: list as readonly Json[],
    });
    const answer = read(
      delta({ reasoning: 'h', ...details({ type: 'reasoning.text', text: 'h', index: 0 }) }),
      delta({ reasoning: 'm', ...details({ type: 'reasoning.text', text: 'm', index: 0 }) }),
      delta(details({ type: 'reasoning.text', signature: 's1', index: 0 })),
      delta({
        reasoning: 'so',
        ...details({ type: 'reasoning.summary', summary: 'so', index: 1 }),
      }),
      delta(details({ type: 'reasoning.encrypted', data: 'zz', index: 1 })),
      delta({ content: 'ok', reasoning: null, ...details() }),
    );
    const expected = [
      thought('hm', { signature: 's1' }),
      thought('so'),
      thought('', { sealed: 'zz' }),
    ];
    assert.deepEqual(parts(answer), [...expected, { kind: 'text', text: 'ok' }]);
    const whole = readWhole({
      content: 'ok',
      reasoning: 'hmso',
      ...details(
        { type: 'reasoning.text', text: 'hm', signature: 's1', index: 0 },
        { type: 'reasoning.summary', summary: 'so', index: 1 },
        { type: 'reasoning.encrypted', data: 'zz', index: 1 },
      ),
    });
    assert.deepEqual(parts(whole), parts(answer));
  });

  it('come as typed parts of the content', () => {
    const thinking = (text: string): Json => [
      { type: 'thinking', thinking: [{ type: 'text', text }] },
    ];
    const streamed = read(
      delta({ content: thinking('h') }),
      delta({ content: thinking('m') }),
      delta({ content: [{ type: 'text', text: 'ok' }] }),
    );
    assert.deepEqual(parts(streamed), [thought('hm'), { kind: 'text', text: 'ok' }]);
    const cited = readWhole({ content: [{ type: 'reference', reference_ids: [1] }] });
    assert.equal(parts(cited)?.[0]?.kind, 'opaque');
  });

  it('are counted where the vendor counts them, in the answer or beside it', () => {
    const details = { completion_tokens_details: { reasoning_tokens: 20 } };
    const usage = (output: number, total: number) =>
      readWhole(
        { content: '' },
        { usage: { prompt_tokens: 5, completion_tokens: output, total_tokens: total, ...details } },
      ).usage;
    assert.deepEqual([usage(21, 26)?.outputTokens, usage(1, 26)?.outputTokens], [21, 21]);
    assert.equal(usage(1, 26)?.reasoningTokens, 20);
  });
});
