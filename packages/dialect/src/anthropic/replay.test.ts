// Recorded traffic of real servers, where a folder of it is at hand.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inChunks, withReturns } from '../canon/arbitrary.fixture.ts';
import type { Answer, AnswerEvent } from '../canon/canon.ts';
import { parseExact } from '../canon/exact.ts';
import { fold, unfold } from '../canon/fold.ts';
import { bytesOf, checked, decoded, encoded, plain, whole } from './anthropic.fixture.ts';
import { anthropic, readAnswer, streamReader } from './anthropic.ts';
import { type Recorded, recorded } from './recorded.fixture.ts';

const folder = process.env['SIGNALBOX_FIXTURES'];
const skip = folder === undefined ? 'set SIGNALBOX_FIXTURES to a folder of recordings' : false;
const all = folder === undefined ? [] : recorded(folder);
const found = all.filter(({ status }) => status === 200);
const refused = all.filter(({ status }) => status !== 200);

/** Two messages in one answer, the first one open: nothing may come of it but an error. */
const SPLICED = 'spliced-message-start';

function eventsOf({ kind, text }: Recorded): readonly AnswerEvent[] {
  return kind === 'stream'
    ? decoded(bytesOf(text))
    : checked(anthropic.readWhole(parseExact(text)));
}

type Told = { readonly input: number; readonly output: number };

/** The provider's own counts, added up without our code. */
function told(text: string): Told {
  const usages = text
    .split('\n')
    .filter((line) => /^(?:data: ?)?\{/.test(line))
    .flatMap((line) => {
      const value = JSON.parse(line.replace(/^data: ?/, ''));
      return [value.usage ?? value.message?.usage].filter((one) => one !== undefined);
    });
  const last = Object.assign({}, ...usages.map((one) => JSON.parse(JSON.stringify(one))));
  const { input_tokens: input = 0, output_tokens: output = 0 } = last;
  const { cache_creation_input_tokens: wrote, cache_read_input_tokens: read } = last;
  return { input: input + (wrote ?? 0) + (read ?? 0), output };
}

function comesBack(answer: Answer, events: readonly AnswerEvent[]): void {
  assert.deepEqual(plain(fold(whole(answer))), plain(answer));
  for (const way of [events, unfold(answer)]) {
    const { text, dropped } = encoded(way);
    assert.deepEqual(fold(decoded(bytesOf(text), 7)), answer);
    assert.deepEqual(dropped, []);
  }
}

describe('recorded answers of this dialect', { skip }, () => {
  it('are there', () => assert.ok(found.length > 0));

  for (const one of found) {
    it(`fold and come back: ${one.name}`, () => {
      const events = eventsOf(one);
      const answer = fold(events);
      if (one.name.includes(SPLICED)) {
        assert.equal(answer.error?.kind, 'internal');
        assert.equal(answer.ended, false);
        return;
      }
      assert.equal(answer.error, undefined);
      assert.equal(answer.ended, true);
      assert.notEqual(answer.answers[0]?.stop, undefined);
      const text = one.kind === 'stream' ? one.text : JSON.stringify(JSON.parse(one.text));
      const { input, output } = told(text);
      assert.deepEqual([answer.usage?.inputTokens, answer.usage?.outputTokens], [input, output]);
      comesBack(answer, events);
    });
  }

  for (const one of found.filter(({ kind }) => kind === 'stream')) {
    it(`are the same in any chunks: ${one.name}`, () => {
      const expected = decoded(bytesOf(one.text), 1);
      for (const seed of [0, 2, 3]) assert.deepEqual(decoded(bytesOf(one.text), seed), expected);
      assert.deepEqual(decoded(withReturns(bytesOf(one.text)), 5), expected);
    });

    it(`pass as bytes and are understood: ${one.name}`, () => {
      const answer = fold(decoded(bytesOf(one.text)));
      for (const bytes of [bytesOf(one.text), withReturns(bytesOf(one.text))]) {
        for (const seed of [0, 9]) {
          const reader = streamReader();
          const pieces = inChunks(bytes, seed).map((chunk) => reader.push(chunk).slice());
          assert.ok(Buffer.concat(pieces).equals(bytes));
          assert.equal(reader.rest().length, 0);
          const facts = reader.facts();
          assert.equal(facts.model, answer.model);
          assert.equal(facts.error, one.name.includes(SPLICED));
          if (one.name.includes(SPLICED)) continue;
          assert.deepEqual(facts.usage, answer.usage);
          assert.equal(facts.service, answer.service);
          assert.equal(facts.done, true);
        }
      }
    });
  }

  for (const one of found.filter(({ kind }) => kind === 'whole')) {
    it(`are understood as bytes: ${one.name}`, () => {
      const answer = fold(eventsOf(one));
      const { model, usage, service, error, malformed } = readAnswer(bytesOf(one.text));
      assert.deepEqual(
        { model, usage, service },
        {
          model: answer.model,
          usage: answer.usage,
          service: answer.service,
        },
      );
      assert.deepEqual([error, malformed], [false, false]);
    });
  }

  for (const one of refused) {
    it(`are errors that are known: ${one.name}`, () => {
      const { kind, message } = anthropic.readError(one.status, bytesOf(one.text));
      assert.notEqual(kind, 'unknown');
      assert.notEqual(message, '');
    });
  }
});
