// Recorded traffic of real servers, where a folder of it is at hand.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withReturns } from '../../canon/arbitrary.fixture.ts';
import type { Answer, AnswerEvent, Json } from '../../canon/canon.ts';
import { listIn, member, numberIn, parseExact, tryParse } from '../../canon/exact.ts';
import { fold, unfold } from '../../canon/fold.ts';
import { bytesOf, CONTEXT, checked, decoded, encoded, whole } from './chat.fixture.ts';
import { completions } from './completion.ts';
import { openai } from './openai.ts';
import { type Recorded, recorded } from './recorded.fixture.ts';

const folder = process.env['SIGNALBOX_FIXTURES'];
const skip = folder === undefined ? 'set SIGNALBOX_FIXTURES to a folder of recordings' : false;
const all = folder === undefined ? [] : recorded(folder);
const found = all.filter(({ status }) => status === 200);
const refused = all.filter(({ status }) => status >= 400);

function eventsOf({ kind, text }: Recorded): readonly AnswerEvent[] {
  return kind === 'stream' ? decoded(bytesOf(text)) : checked(openai.readWhole(parseExact(text)));
}

/** The provider's own total, read without our code. */
function total({ text }: Recorded): number | undefined {
  const bodies = /^\s*\{/.test(text) ? [text] : text.split('\n').map((line) => line.slice(6));
  const totals = bodies.flatMap((one): Json[] => {
    const body = one.trim().startsWith('{') ? tryParse(one) : undefined;
    const usage = member(body, 'usage') ?? member(member(body, 'x_groq'), 'usage');
    return usage === undefined ? [] : [usage];
  });
  return totals.map((usage) => numberIn(usage, 'total_tokens')).findLast(Boolean);
}

/** What a server left out is filled in by what the call knows. */
const filled = (answer: Answer): Answer => ({
  ...answer,
  id: answer.id ?? CONTEXT.id,
  model: answer.model ?? CONTEXT.model,
  created: answer.created ?? CONTEXT.created,
});

function comesBack(read: Answer, events: readonly AnswerEvent[]): void {
  const answer = filled(read);
  const codec = isOld(answer) ? completions : openai;
  assert.deepEqual(fold(whole(codec, answer)), answer);
  for (const way of [events, unfold(answer)]) {
    const { text, dropped } = encoded(codec, way);
    assert.deepEqual(fold(decoded(bytesOf(text), 7)), answer);
    assert.deepEqual(dropped, []);
  }
}

const isOld = ({ id }: Answer): boolean => id?.startsWith('cmpl-') ?? false;

describe('recorded answers of this dialect', { skip }, () => {
  it('are there', () => assert.ok(found.length > 0));

  for (const one of found) {
    it(`fold and come back: ${one.name}`, () => {
      const events = eventsOf(one);
      const answer = fold(events);
      assert.equal(answer.error, undefined);
      assert.equal(answer.ended, true);
      assert.ok(answer.answers.every(({ stop }) => stop !== undefined));
      const { inputTokens = 0, outputTokens = 0 } = answer.usage ?? {};
      const told = total(one);
      if (told !== undefined) assert.equal(inputTokens + outputTokens, told);
      comesBack(answer, events);
    });
  }

  for (const one of found.filter(({ kind }) => kind === 'stream')) {
    it(`are the same in any chunks: ${one.name}`, () => {
      const expected = decoded(bytesOf(one.text), 1);
      for (const seed of [0, 2, 3]) assert.deepEqual(decoded(bytesOf(one.text), seed), expected);
      assert.deepEqual(decoded(withReturns(bytesOf(one.text)), 5), expected);
    });
  }

  for (const one of refused) {
    it(`are errors that are known: ${one.name}`, () => {
      const { kind, message } = openai.readError(one.status, bytesOf(one.text));
      assert.notEqual(kind, 'unknown');
      assert.notEqual(message, '');
    });
  }
});

describe('recorded requests of this dialect', { skip }, () => {
  for (const one of found.filter(({ asked }) => tryParse(asked) !== undefined)) {
    it(`come back: ${one.name}`, () => {
      const body = parseExact(one.asked);
      const isChat = listIn(body, 'messages') !== undefined;
      const read = (isChat ? openai : completions).readAsk(body);
      if (!isChat && !read.ok) return;
      assert.ok(read.ok, read.ok ? '' : read.refusal.message);
      const to = { model: read.value.model, quirks: {}, askUsage: false };
      const { body: written, dropped } = openai.writeAsk(read.value, to);
      assert.deepEqual(openai.readAsk(parseExact(written)), read);
      assert.deepEqual([...dropped], []);
    });
  }
});
