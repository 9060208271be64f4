// What is held back: answers that are checked, whole, and of all other streams the first event.
// Callers hear that they are not forgotten, and nobody makes us hold more than a bound.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Built,
  build,
  chatOf,
  type Heads,
  HOUSE,
  type Served,
  settled,
} from '../house.fixture.ts';
import { CHECKED_BYTES_MAX } from './attempt.ts';
import { ANSWER, ended, piece, usageChunk } from './dispatching.fixture.ts';
import { Gathered } from './gathered.ts';

const DONE = 'data: [DONE]\n\n';
const COMMENT = ': checking the answer\n\n';
const HEARTBEAT_MS = 15_000;
const LONG_BYTES = 262_144;

const withPolicy = (policy: string): string =>
  `${HOUSE.replace('acme: {}', 'acme: {policies: [p]}')}\npolicies: {p: {rules: [${policy}]}}\n`;
const CHECKED = withPolicy(
  '{name: all, route: {chain: [large, medium]}, output: {not_empty: true}}',
);
/** A turn that may call tools is held back whole, since one of them is denied. */
const TOOLED = withPolicy('{name: all, route: {model: large}, tools: {deny: [delete_*]}}');
const ALONE = withPolicy('{name: all, route: {model: large}, output: {not_empty: true}}');

const streamed = { stream: true, stream_options: { include_usage: true } };
const toolCall = (name: string): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'large-2025',
  choices: [
    {
      index: 0,
      delta: {
        tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name, arguments: '{}' } }],
      },
    },
  ],
});
const ending = (reason: string): object => ({
  ...piece(''),
  choices: [{ index: 0, delta: {}, finish_reason: reason }],
});
const text = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
const TOOLS = [{ type: 'function', function: { name: 'read_file', parameters: {} } }];

async function open(built: Built, body: object, head: Heads = {}): Promise<Served> {
  const served = built.serve(body, head);
  await settled();
  return served;
}

type Caller = {
  readonly name: string;
  readonly body: object;
  readonly head: Heads;
  /** Where the upstream speaks the caller's own format. */
  readonly events?: readonly object[];
};
const delta = (told: string): object => ({ type: 'response.output_text.delta', delta: told });
const RESPONSE = [
  delta('one'),
  delta(' two'),
  {
    type: 'response.completed',
    response: {
      id: 'resp_1',
      model: 'large-2025',
      status: 'completed',
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'one two' }] }],
    },
  },
];
const CHAT = [piece('one'), piece(' two'), ending('stop'), usageChunk(5, 2)];
const messages = [{ role: 'user', content: 'Sort this mail.' }];
const contents = [{ role: 'user', parts: [{ text: 'Sort this mail.' }] }];
/** Of the last two the listener makes white space of each comment, by its framing. */
const CALLERS: readonly Caller[] = [
  { name: 'chat completions', body: chatOf('large', streamed), head: {} },
  {
    name: 'completions',
    body: { model: 'large', prompt: 'Sort', stream: true },
    head: { operation: 'completion' },
  },
  {
    name: 'responses',
    body: { model: 'large', input: 'Sort', stream: true },
    head: { operation: 'response' },
    events: RESPONSE,
  },
  {
    name: 'messages',
    body: { model: 'large', max_tokens: 9, messages, stream: true },
    head: { dialect: 'anthropic' },
  },
  {
    name: 'generateContent',
    body: { contents },
    head: { dialect: 'gemini', inPath: { model: 'large', stream: true } },
  },
  { name: 'Ollama', body: { model: 'large', messages }, head: { dialect: 'ollama' } },
];

/** One answer in six pieces, one of them half an event; the caller waits `beats` heartbeats. */
async function answered({ body, head, events = CHAT }: Caller, beats: number): Promise<string> {
  const built = build(ALONE);
  const served = await open(built, body, head);
  const dialled = built.upstream.last.stream();
  const sent = events.map(text).join('');
  dialled.chunk(sent.slice(0, 20));
  for (let beat = 1; beat <= beats; beat += 1) {
    await built.clock.turn(HEARTBEAT_MS - 1);
    assert.equal(served.reply.text, COMMENT.repeat(beat - 1), 'nothing before its time');
    await built.clock.turn(1);
    assert.equal(served.reply.text, COMMENT.repeat(beat), 'one every 15 s, and nothing else');
  }
  dialled.chunk(sent.slice(20));
  if (events === CHAT) dialled.chunk(DONE);
  dialled.end();
  await ended(built, served);
  assert.equal(served.reply.ending, 'clean', served.reply.text);
  return served.reply.text;
}

describe('while an answer is held back', () => {
  for (const caller of CALLERS) {
    it(`a caller of ${caller.name} hears a comment every 15 s, then the same stream`, async () => {
      const at = await answered(caller, 0);
      assert.match(at, /one.* two/s);
      const waited = await answered(caller, 3);
      assert.ok(waited.startsWith(COMMENT.repeat(3)));
      const rest = waited.slice(3 * COMMENT.length);
      assert.equal(rest.replaceAll(/\d{2,}/g, '#'), at.replaceAll(/\d{2,}/g, '#'));
    });
  }

  it('a turn that may call tools is one of them; its comments stop with the release', async () => {
    const built = build(TOOLED);
    const served = await open(built, chatOf('large', { ...streamed, tools: TOOLS }));
    const dialled = built.upstream.last.stream().event(toolCall('read_file'));
    await built.clock.turn(HEARTBEAT_MS);
    assert.equal(served.reply.text, COMMENT);
    served.reply.full = true;
    dialled.event(ending('tool_calls')).event(usageChunk(5, 2)).chunk(DONE).end();
    await settled();
    assert.equal(built.clock.pending, 0, 'no comment is due any more');
    await ended(built, served);
    assert.match(served.reply.text, /^: checking the answer\n\ndata: .*read_file/);
    assert.equal(served.reply.text.split(COMMENT).length, 2);
  });

  it('a denied call is an error event after comments, and nothing of it goes out', async () => {
    const built = build(TOOLED);
    const served = await open(built, chatOf('large', { ...streamed, tools: TOOLS }));
    const dialled = built.upstream.last.stream().event(toolCall('delete_all'));
    await built.clock.turn(HEARTBEAT_MS);
    dialled.event(ending('tool_calls')).event(usageChunk(5, 2)).chunk(DONE).end();
    await ended(built, served);
    assert.match(
      served.reply.text,
      /^: checking the answer\n\nevent: error\ndata: .*output_rejected/,
    );
    assert.doesNotMatch(served.reply.text, /"tool_calls"|\[DONE\]/);
    assert.equal(served.reply.ending, 'cut');
  });

  it('who leaves hears no more, and who may be answered later hears nothing', async () => {
    const left = build(ALONE);
    const served = await open(left, chatOf('large', streamed));
    await left.clock.turn(HEARTBEAT_MS);
    served.reply.leave();
    await ended(left, served);
    assert.equal(served.reply.text, COMMENT);
    const built = build(ALONE);
    const later = await open(built, chatOf('large', streamed), { queueAllowed: true });
    await built.clock.turn(10 * HEARTBEAT_MS);
    assert.equal(later.reply.begins, 0);
    built.upstream.last.stream().event(piece('x')).event(ending('stop')).chunk(DONE).end();
    await ended(built, later);
  });
});

describe('an answer that is too large to hold back', () => {
  const KEPT = JSON.stringify(ANSWER);
  const upTo = (bytes: number): string => `${KEPT}${' '.repeat(bytes - KEPT.length)}`;

  it('passes at the bound, and is a failed attempt above it: another place is asked', async () => {
    const built = build(CHECKED);
    const fits = await open(built, chatOf('x'));
    built.upstream.last.head().chunk(upTo(CHECKED_BYTES_MAX)).end();
    assert.equal((await ended(built, fits)).ending, 'answered');
    const served = await open(built, chatOf('x'));
    const first = built.upstream.last.head().chunk(upTo(CHECKED_BYTES_MAX)).chunk(' ');
    await settled();
    assert.equal(first.aborted, true);
    assert.equal(built.upstream.last.endpoint, 'middle');
    built.upstream.last.answer(ANSWER);
    const record = await ended(built, served);
    const told = record.attempts.map((one) => [one.endpoint, one.outcome, one.fault]);
    assert.deepEqual(told, [
      ['far', 'failed', 'too_large'],
      ['middle', 'answered', undefined],
    ]);
  });

  it('is an error where nobody else may be asked, as a stream and after comments too', async () => {
    const built = build(ALONE);
    for (const isLate of [false, true]) {
      const served = await open(built, chatOf('large', streamed));
      const dialled = built.upstream.last.stream();
      if (isLate) await built.clock.turn(HEARTBEAT_MS);
      for (let sent = 0; sent <= CHECKED_BYTES_MAX; sent += 65_536) {
        dialled.event(piece('x'.repeat(65_536)));
      }
      const record = await ended(built, served);
      assert.equal(dialled.aborted, true);
      assert.equal(record.code, 'upstream_failed');
      assert.match(served.reply.text, /`far`, too_large/);
      assert.equal(served.reply.text.includes('xxx'), false);
      assert.equal(served.reply.ending, isLate ? 'cut' : 'whole');
    }
  });

  it('of a stream that is not checked goes on when its first event is whole', async () => {
    for (const size of [1, 4_096]) {
      const built = build();
      const served = await open(built, chatOf('large', streamed));
      const dialled = built.upstream.last.stream();
      const filling = 'x'.repeat(size);
      dialled.chunk(': ');
      for (let sent = 0; sent < LONG_BYTES; sent += size) dialled.chunk(filling);
      await settled();
      assert.equal(served.reply.begins, 0);
      dialled.chunk('\n\n');
      await settled();
      assert.equal(served.reply.begins, 1);
      dialled.chunk(`${text(piece('one'))}${text(ending('stop'))}${DONE}`).end();
      await ended(built, served);
      assert.equal(served.reply.ending, 'clean');
    }
  });
});

describe('bytes that are gathered', () => {
  it('are those that came, whatever was done to them afterwards', () => {
    const gathered = new Gathered();
    const lent = new Uint8Array([1, 2, 3]);
    for (const piece of [lent, lent.subarray(0, 0), lent.subarray(1)]) gathered.add(piece);
    lent.fill(9);
    assert.deepEqual([...gathered.view()], [1, 2, 3, 2, 3]);
    assert.deepEqual([...gathered.take()], [1, 2, 3, 2, 3]);
    assert.equal(gathered.length, 0);
    gathered.add(lent);
    assert.deepEqual([...gathered.take()], [9, 9, 9]);
  });

  it('are copied a few times only, a byte at a time, in at most twice their room', () => {
    const gathered = new Gathered();
    const rooms = new Set<ArrayBufferLike>();
    const one = new Uint8Array([7]);
    for (let count = 0; count < LONG_BYTES; count += 1) {
      gathered.add(one);
      rooms.add(gathered.view().buffer);
    }
    assert.ok(rooms.size <= 12, `${rooms.size} copies`);
    assert.ok(gathered.view().buffer.byteLength <= 2 * LONG_BYTES);
  });
});
