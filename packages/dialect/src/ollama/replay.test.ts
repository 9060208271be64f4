// Recorded traffic of real servers, where a folder of it is at hand.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withReturns } from '../canon/arbitrary.fixture.ts';
import type { Answer } from '../canon/canon.ts';
import type { Codec } from '../canon/codec.ts';
import { parseExact } from '../canon/exact.ts';
import { fold, unfold } from '../canon/fold.ts';
import { cassettes, type Interaction } from './cassette.fixture.ts';
import { generate } from './generate.ts';
import { bytesOf, CONTEXT, checked, decoded, encoded, textOf } from './ollama.fixture.ts';
import { ollama } from './ollama.ts';

const folder = process.env['SIGNALBOX_FIXTURES'];
const skip = folder === undefined ? 'set SIGNALBOX_FIXTURES to a folder of recordings' : false;
const found = folder === undefined ? [] : cassettes(folder, /\/api\/(chat|generate)$/);
const codecOf = ({ url }: Interaction): Codec => (url.endsWith('generate') ? generate : ollama);

/** What two ways of saying an answer must agree in; `model` and `created` are the context's. */
const told = ({ answers, usage, ended, error }: Answer) => ({ answers, usage, ended, error });

describe('recorded answers', { skip }, () => {
  it('are there', () => assert.ok(found.length > 0));

  for (const one of found) {
    it(`${one.file} folds, and comes back as lines and as a whole`, () => {
      const codec = codecOf(one);
      const isStream = one.answered.trim().includes('\n');
      const events = isStream
        ? decoded(codec, bytesOf(one.answered), 0)
        : checked(codec.readWhole(parseExact(one.answered)));
      const answer = fold(events);
      if (one.status !== 200) {
        assert.notEqual(codec.readError(one.status, bytesOf(one.answered)).kind, 'unknown');
        return;
      }
      assert.equal(answer.error, undefined);
      assert.equal(answer.ended, true);
      const lines = one.answered.trim().split('\n');
      const last = JSON.parse(lines.at(-1) ?? '');
      assert.equal(answer.usage?.outputTokens, last.eval_count);
      assert.equal(answer.usage?.inputTokens, last.prompt_eval_count ?? 0);
      const said = lines.map((line) => {
        const value = JSON.parse(line);
        return value.message?.content ?? value.response;
      });
      const text = answer.answers[0]?.parts.map((part) => (part.kind === 'text' ? part.text : ''));
      assert.equal(text?.join(''), said.join(''));
      if (isStream) {
        assert.deepEqual(fold(decoded(codec, withReturns(bytesOf(one.answered)), 5)), answer);
      }
      const whole = codec.writeWhole(answer, CONTEXT).body;
      assert.deepEqual(told(fold(codec.readWhole(parseExact(whole)))), told(answer));
      for (const way of [events, unfold(answer)]) {
        const again = fold(decoded(codec, bytesOf(encoded(codec, way)), 3));
        assert.deepEqual(told(again), told(answer));
      }
    });

    it(`${one.file} is asked for again in the same words`, () => {
      const codec = codecOf(one);
      const read = codec.readAsk(parseExact(one.asked));
      assert.ok(read.ok);
      const to = { model: read.value.model, quirks: {}, askUsage: false };
      const { body, dropped } = codec.writeAsk(read.value, to);
      assert.deepEqual([...dropped], []);
      const again = codec.readAsk(parseExact(textOf(body)));
      assert.ok(again.ok);
      assert.deepEqual(withoutNames(again.value), withoutNames(read.value));
    });
  }
});

/** A result that did not name its tool has the name of its call afterwards. */
const withoutNames = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, inner) => (key === 'name' ? undefined : inner)));
