import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AnswerEvent, Ask, Turn } from '../canon/canon.ts';
import { fold } from '../canon/fold.ts';
import { Order } from '../canon/order.ts';
import { type Lane, laneTo, toldLane } from '../crossing/lane.ts';
import { questionIn } from '../crossing/question.ts';
import { readAnswerOf } from '../crossing/read.ts';
import { render } from '../crossing/render.ts';
import { kindOf } from '../kinds/kinds.ts';
import { type Manners, mannered } from './manners.ts';
import { ToldCalls } from './told-calls.ts';
import { trimmed } from './trim.ts';

fc.configureGlobal({ seed: 4141 });

const NATIVE: Manners = { system: 'native', tools: 'native', format: 'native', trim: false };
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const says = (role: Turn['role'], text: string): Turn => ({
  role,
  parts: [{ kind: 'text', text }],
});
const calls = (id: string): Turn => ({
  role: 'assistant',
  parts: [{ kind: 'call', id, name: 'find', arguments: '{"n":1}' }],
});
const tells = (id: string, text: string): Turn => ({
  role: 'tool',
  parts: [{ kind: 'result', id, parts: [{ kind: 'text', text }] }],
});
const asking = (turns: readonly Turn[], more: Partial<Ask> = {}): Ask => ({
  model: 'm',
  stream: false,
  usageWanted: false,
  system: [],
  turns,
  tools: [],
  ...more,
});
const words = ({ parts }: Turn): string =>
  parts.map((part) => ('text' in part ? part.text : part.kind)).join('|');
const SYSTEM = [{ kind: 'text' as const, text: 'Be brief.' }];

function laneOf(): Lane {
  const kind = kindOf('openai-compatible');
  assert.ok(kind !== undefined);
  const lane = laneTo(kind, '/v1', 'openai', 'chat');
  assert.ok(lane !== undefined);
  return lane;
}

/** What goes over the wire to a model of these manners. */
function sent(body: object, manners: Manners | undefined, storeNothing = false): string {
  const bytes = encoder.encode(JSON.stringify(body));
  const question = questionIn('openai', 'chat', bytes, { model: '', stream: false });
  assert.ok(question.ok);
  const lane = manners?.tools === 'prompted' ? toldLane(laneOf()) : laneOf();
  const how = { model: 'm', askUsage: false, storeNothing, manners, contextTokensMax: undefined };
  const rendered = render(question.value, lane, how);
  assert.ok(rendered.ok);
  return decoder.decode(rendered.value.body);
}

describe('the manner of a model', () => {
  const chat = {
    model: 'm',
    top_k: 3,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'hello' },
    ],
  };

  it('touches no byte of a request that is so already', () => {
    const plain = { ...chat, messages: chat.messages.slice(1), unknown: { a: [1, 2] } };
    for (const manners of [undefined, NATIVE, { ...NATIVE, system: 'user' as const }]) {
      assert.equal(sent(plain, manners), JSON.stringify(plain));
    }
  });

  it('says instructions where the model hears them, and keeps what no word of ours is for', () => {
    const user = JSON.parse(sent({ ...chat, unknown: 7 }, { ...NATIVE, system: 'user' }));
    assert.deepEqual(user.messages, [{ role: 'user', content: 'Be brief.\n\nhello' }]);
    assert.deepEqual([user.unknown, user.top_k], [7, 3]);
    const developer = JSON.parse(sent(chat, { ...NATIVE, system: 'developer' }));
    assert.equal(developer.messages[0].role, 'developer');
  });

  it('keeps the word of zero retention in what is written anew', () => {
    const tools = [{ type: 'function', function: { name: 'find' } }];
    for (const manners of [
      { ...NATIVE, system: 'user' as const },
      { ...NATIVE, tools: 'prompted' as const },
    ]) {
      assert.equal(JSON.parse(sent({ ...chat, tools, store: true }, manners, true)).store, false);
    }
  });

  it('puts a schema into words, beside the field or instead of it', () => {
    const schema = { type: 'object', properties: { n: { type: 'number' } } };
    const format = { kind: 'schema' as const, schema, name: 'answer' };
    for (const way of ['hinted', 'prompted'] as const) {
      const asked = asking([says('user', 'x')], { format });
      const { ask, changed } = mannered(asked, { ...NATIVE, format: way }, undefined);
      assert.deepEqual(changed, [`format=${way}`]);
      assert.ok(words({ role: 'system', parts: ask.system }).includes(JSON.stringify(schema)));
      assert.deepEqual(ask.format, way === 'hinted' ? format : undefined);
    }
  });

  it('tells of tools, calls and results in words', () => {
    const turns = [says('user', 'Where is 7?'), calls('c1'), tells('c1', 'On its way.')];
    const tools = [{ kind: 'function' as const, name: 'find', parameters: { type: 'object' } }];
    const choice = { kind: 'any' as const };
    const { ask } = mannered(
      asking(turns, { tools, toolChoice: choice, system: SYSTEM }),
      { ...NATIVE, tools: 'prompted', system: 'user' },
      undefined,
    );
    assert.deepEqual([ask.tools, ask.toolChoice, ask.system], [[], undefined, []]);
    assert.deepEqual(
      ask.turns.map(({ role }) => role),
      ['user', 'assistant', 'user'],
    );
    const [first, second, third] = ask.turns.map(words);
    assert.match(first ?? '', /^Be brief\..*<tools>\n\{.*"name":"find".*Call at least one.*7\?$/s);
    assert.equal(second, '<tool_call>\n{"name": "find", "arguments": {"n":1}}\n</tool_call>');
    assert.equal(third, '<tool_response>\nOn its way.\n</tool_response>');
  });
});

describe('trimming', () => {
  const old = Array.from({ length: 20 }, (_, at) => [
    says('user', `old question ${at} ${'x'.repeat(200)}`),
    says('assistant', 'y'.repeat(200)),
  ]).flat();

  it('leaves out the oldest, and neither instruction nor an open call', () => {
    const turns = [...old, says('user', 'NOW'), calls('c1'), tells('c1', 'RESULT')];
    const { ask, left } = trimmed(asking(turns, { system: SYSTEM }), 400);
    assert.ok(left > 20 && left < 40, String(left));
    assert.deepEqual(ask.turns.slice(-3), turns.slice(-3));
    assert.equal(ask.system, SYSTEM);
    assert.equal(ask.turns[0]?.role, 'user');
  });

  it('leaves out closed calls after the instruction with their results', () => {
    const loop = Array.from({ length: 30 }, (_, at) => [
      calls(`c${at}`),
      tells(`c${at}`, 'z'.repeat(300)),
    ]).flat();
    const { ask } = trimmed(asking([says('user', 'NOW'), ...loop]), 500);
    assert.equal(words(ask.turns[0] ?? says('user', '')), 'NOW');
    assert.deepEqual(ask.turns.slice(-2), loop.slice(-2));
  });

  it('never parts a call from its results, whatever was said', () => {
    const group = fc.oneof(
      fc.nat(400).map((n) => [says('user', 'u'.repeat(n))]),
      fc.nat(400).map((n) => [says('assistant', 'a'.repeat(n))]),
      fc.nat(400).map((n) => [says('system', 's'.repeat(n))]),
      fc
        .tuple(fc.nat(9_999), fc.nat(400))
        .map(([id, n]) => [calls(`c${id}`), tells(`c${id}`, 'r'.repeat(n))]),
    );
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 30 }), fc.nat(900), (all, room) => {
        const turns = all.flat();
        const { ask, left } = trimmed(asking(turns), room);
        assert.equal(ask.turns.length + left, turns.length);
        const instruction = turns.findLast(({ role }) => role === 'user');
        assert.ok(instruction === undefined || ask.turns.includes(instruction));
        assert.ok(
          turns.filter(({ role }) => role === 'system').every((one) => ask.turns.includes(one)),
        );
        assert.deepEqual(ask.turns.at(-1), turns.at(-1));
        turns.forEach((turn, at) => {
          const next = turns[at + 1];
          if (next?.role !== 'tool') return;
          assert.equal(ask.turns.includes(turn), ask.turns.includes(next));
        });
      }),
    );
  });
});

describe('calls in the text of an answer', () => {
  const CALL = '<tool_call>\n{"name": "find", "arguments": {"n": [1, "é"]}}\n</tool_call>';

  /** Told in pieces cut at these places. */
  function told(text: string, cuts: readonly number[]): ReturnType<typeof fold> {
    const reading = new ToldCalls();
    const order = new Order();
    const places = [0, ...cuts.map((at) => at % (text.length + 1)).sort((a, b) => a - b)];
    const pieces = places.map((at, index) => text.slice(at, places[index + 1] ?? text.length));
    const events: AnswerEvent[] = [
      { kind: 'start', id: 'chatcmpl-1', model: 'm', created: 1 },
      ...pieces.map((piece) => ({ kind: 'text' as const, answer: 0, part: 0, text: piece })),
      { kind: 'stop', answer: 0, reason: 'end' },
      { kind: 'end' },
    ];
    const own = events.flatMap((event) => reading.push(event));
    for (const event of own) order.check(event);
    return fold(own);
  }

  const shapes: readonly (readonly [said: string, kinds: string, stop: string])[] = [
    [CALL, 'call', 'tools'],
    [`Let me see.\n\n${CALL}`, 'text call', 'tools'],
    [`${CALL}\n${CALL}\n`, 'call call', 'tools'],
    [`${CALL} and ${CALL}`, 'call text call', 'tools'],
    [CALL.replace('</tool_call>', ''), 'call', 'tools'],
    ['a <tool_call> that is none</tool_call>', 'text', 'end'],
    ['<tool_call>{"name": "find"', 'text', 'end'],
    ['3 < 4, <tool', 'text', 'end'],
    ['no call at all', 'text', 'end'],
  ];
  for (const [said, kinds, stop] of shapes) {
    it(`reads ${JSON.stringify(said.slice(0, 40))} alike, wherever it is cut`, () => {
      const whole = told(said, []);
      const [answer] = whole.answers;
      assert.equal(answer?.stop, stop);
      fc.assert(
        fc.property(fc.array(fc.nat(), { maxLength: 8 }), (cuts) => {
          const [cut] = told(said, cuts).answers;
          const merged = cut?.parts
            .map(({ kind }) => kind)
            .filter((kind, at, all) => kind === 'call' || all[at - 1] !== kind);
          assert.equal(merged?.join(' '), kinds);
          const texts = (one: typeof answer | undefined): string =>
            one?.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('') ?? '';
          assert.equal(texts(cut), texts(answer));
          assert.deepEqual(cut?.parts.filter(isCall), answer?.parts.filter(isCall));
        }),
        { numRuns: 40 },
      );
      if (kinds === 'text')
        assert.equal(words({ role: 'assistant', parts: answer?.parts as Turn['parts'] }), said);
    });
  }

  it('is what a check of the answer sees, too', () => {
    const message = { role: 'assistant', content: CALL };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    const body = encoder.encode(JSON.stringify({ id: 'x', object: 'chat.completion', choices }));
    const [answer] = readAnswerOf(toldLane(laneOf()), body, false)?.answers ?? [];
    assert.deepEqual(
      answer?.parts.map(({ kind }) => kind),
      ['call'],
    );
  });
});

const isCall = ({ kind }: { readonly kind: string }): boolean => kind === 'call';
