// Replays recorded responses of several providers, where a folder of them is at hand: one JSON
// event a line (`*.chunks.txt`), whole responses (`*.json`), HTTP answers (`*.http`).
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { inChunks, withReturns } from '../canon/arbitrary.fixture.ts';
import type { Answer, AnswerEvent } from '../canon/canon.ts';
import type { AnswerContext } from '../canon/codec.ts';
import { parseExact, textIn, tryParse } from '../canon/exact.ts';
import { fold } from '../canon/fold.ts';
import { Order } from '../canon/order.ts';
import { responses } from './responses.ts';

const folder = process.env['SIGNALBOX_FIXTURES'];
const skip = folder === undefined ? 'set SIGNALBOX_FIXTURES to a folder of recordings' : false;

type Recorded = { readonly name: string; readonly bytes: Uint8Array };

const framed = (lines: readonly string[]): Uint8Array =>
  new TextEncoder().encode(lines.map((line) => `data: ${line}\n\n`).join(''));

/** One file may hold several streams, one after the other. */
function streamsOf(root: string): readonly Recorded[] {
  const chunks = globSync(`${root}/**/*.chunks.txt`).flatMap((name) => {
    const lines = readFileSync(name, 'utf8').split('\n').filter(Boolean);
    if (!lines.some((line) => line.includes('"type":"response.'))) return [];
    const starts = lines.flatMap((line, at) => (/"response\.created"/.test(line) ? [at] : []));
    return starts.map((start, at) => ({
      name: `${name} ${at}`,
      bytes: framed(lines.slice(start, starts[at + 1])),
    }));
  });
  const answers = globSync(`${root}/**/*.http`).flatMap((name) => {
    const text = readFileSync(name, 'utf8');
    const at = text.indexOf('event: response.');
    return at < 0 ? [] : [{ name, bytes: new TextEncoder().encode(text.slice(at)) }];
  });
  return [...chunks, ...answers];
}

function wholesOf(root: string): readonly Recorded[] {
  return globSync(`${root}/**/*.{json,http}`).flatMap((name) => {
    const text = readFileSync(name, 'utf8');
    const body = name.endsWith('.http') ? (text.split(/\r?\n\r?\n/)[1] ?? '') : text;
    const isResponse = textIn(tryParse(body), 'object') === 'response';
    return isResponse ? [{ name, bytes: new TextEncoder().encode(body) }] : [];
  });
}

function decoded(bytes: Uint8Array, seed: number): readonly AnswerEvent[] {
  const decoder = responses.decoder();
  const order = new Order();
  const events = inChunks(bytes, seed).flatMap((chunk) => decoder.push(chunk));
  events.push(...decoder.end());
  for (const event of events) order.check(event);
  return events;
}

/** With the tools that the recorded response repeats of its request. */
function contextOf(answer: Answer, bytes: Uint8Array): AnswerContext {
  const text = new TextDecoder().decode(bytes);
  const tools = /"tools":\s*(\[[^\n]*)/.exec(text)?.[1] ?? '';
  const one = /\{\s*"type":\s*"x_search"/.test(tools) ? [{ type: 'x_search' }] : [];
  const ask = responses.readAsk({ model: 'asked', input: '', tools: one });
  return {
    model: answer.model ?? 'asked',
    id: answer.id ?? 'resp_1',
    created: answer.created ?? 1,
    usageWanted: true,
    ...(ask.ok ? { ask: ask.value } : {}),
  };
}

/** What this wire tells whether it is known or not. */
function told(answer: Answer, bytes: Uint8Array): Answer {
  const { model, id, created } = contextOf(answer, bytes);
  const { usage } = answer;
  if (usage === undefined) return { ...answer, model, id, created };
  const { cachedInputTokens = 0, reasoningTokens = 0 } = usage;
  return { ...answer, model, id, created, usage: { ...usage, cachedInputTokens, reasoningTokens } };
}

function backFromWhole(answer: Answer, bytes: Uint8Array): Answer {
  const { body } = responses.writeWhole(answer, contextOf(answer, bytes));
  return fold(responses.readWhole(parseExact(body)));
}

function backFromStream(events: readonly AnswerEvent[], bytes: Uint8Array): Answer {
  const encoder = responses.encoder(contextOf(fold(events), bytes));
  const pieces = events.map((event) => encoder.push(event));
  return fold(decoded(withReturns(Buffer.concat(pieces)), 5));
}

describe('recorded responses', { skip }, () => {
  for (const { name, bytes } of folder === undefined ? [] : streamsOf(folder)) {
    it(`fold, are written again and fold to the same: ${name}`, () => {
      const events = decoded(bytes, 7);
      const answer = fold(events);
      assert.deepEqual(fold(decoded(bytes, 0)), answer);
      assert.deepEqual(fold(decoded(withReturns(bytes), 11)), answer);
      assert.ok(answer.ended || answer.error !== undefined);
      if (answer.id === undefined && answer.error !== undefined) return;
      if (answer.error === undefined)
        assert.deepEqual(backFromWhole(answer, bytes), told(answer, bytes));
      const back = backFromStream(events, bytes);
      if (answer.error === undefined) assert.deepEqual(back, told(answer, bytes));
      else assert.equal(back.error?.kind, answer.error.kind);
    });
  }
  for (const { name, bytes } of folder === undefined ? [] : wholesOf(folder)) {
    it(`are read whole and written again: ${name}`, () => {
      const events = responses.readWhole(parseExact(bytes));
      const order = new Order();
      for (const event of events) order.check(event);
      const answer = fold(events);
      assert.ok(answer.ended);
      assert.deepEqual(backFromWhole(answer, bytes), told(answer, bytes));
    });
  }
});
