// Every recorded interaction of this dialect in a folder: it folds, is written anew whole and as a
// stream, and reads as the same; errors have a kind; the watcher of untouched bytes tells the same
// usage as the translation.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inChunks, withReturns } from '../canon/arbitrary.fixture.ts';
import type { AnswerEvent, Json } from '../canon/canon.ts';
import { isObject, member, parseExact, tryParse } from '../canon/exact.ts';
import { fold, unfold } from '../canon/fold.ts';
import { Order } from '../canon/order.ts';
import { bytesOf, CONTEXT } from './gemini.fixture.ts';
import { gemini, geminiArray, readAnswer, streamReader } from './gemini.ts';

const FOLDER = process.env['SIGNALBOX_FIXTURES'];
const skip = FOLDER === undefined ? 'SIGNALBOX_FIXTURES names no folder of recordings' : false;

type Recording = {
  readonly path: string;
  readonly chunks: readonly Json[];
  readonly stream: boolean;
};

const isAnswer = (body: Json | undefined): boolean =>
  ['candidates', 'promptFeedback'].some((key) => member(body, key) !== undefined);
const isError = (body: Json | undefined): boolean => {
  const error = member(Array.isArray(body) ? body[0] : body, 'error');
  return typeof member(error, 'status') === 'string' && typeof member(error, 'code') === 'number';
};

/** JSON by lines, framed or not; a whole body; a stream as one array. */
function chunksOf(text: string): readonly Json[] {
  const whole = tryParse(text);
  if (Array.isArray(whole)) return whole;
  if (whole !== undefined) return [whole];
  return text.split(/\r?\n/).flatMap((line) => {
    const body = tryParse(line.replace(/^data: ?/, ''));
    return isObject(body) ? [body] : [];
  });
}

function recordings(folder: string): readonly Recording[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(json|txt|sse|http)$/.test(entry.name))
    .filter((entry) => /google|gemini|vertex/i.test(join(entry.parentPath, entry.name)))
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      const text = readFileSync(path, 'utf8');
      const chunks = chunksOf(text);
      if (!chunks.some((one) => isAnswer(one) || isError(one))) return [];
      return [{ path, chunks, stream: !entry.name.endsWith('.json') }];
    });
}

const framed = (chunks: readonly Json[]): Uint8Array =>
  bytesOf(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''));

function read(bytes: Uint8Array, cut: number): readonly AnswerEvent[] {
  const decoder = gemini.decoder();
  const events = inChunks(bytes, cut).flatMap((chunk) => decoder.push(chunk));
  events.push(...decoder.end());
  const order = new Order();
  for (const event of events) order.check(event);
  return events;
}

function holds({ path, chunks, stream }: Recording): void {
  const [first] = chunks;
  const events = stream ? read(framed(chunks), 7) : gemini.readWhole(first ?? null);
  const answer = fold(events);
  if (answer.error !== undefined) {
    assert.notEqual(answer.error.kind, 'unknown', path);
    const told = gemini.readError(500, bytesOf(JSON.stringify(first)));
    if (isError(first)) assert.deepEqual(told, answer.error, path);
    return;
  }
  assert.ok(answer.ended, path);
  const whole = gemini.writeWhole(answer, CONTEXT);
  assert.deepEqual(fold(gemini.readWhole(parseExact(whole.body))), answer, path);
  for (const codec of [gemini, geminiArray]) {
    const encoder = codec.encoder(CONTEXT);
    const bytes = Buffer.concat(unfold(answer).map((event) => encoder.push(event)));
    assert.deepEqual(fold(read(bytes, 11)), answer, path);
    assert.deepEqual([...encoder.dropped], [], path);
  }
  const reader = streamReader();
  if (stream) {
    for (const bytes of [framed(chunks), withReturns(framed(chunks))]) {
      for (const cut of [0, 3]) assert.deepEqual(fold(read(bytes, cut)), answer, path);
    }
    for (const chunk of inChunks(framed(chunks), 5)) assert.equal(reader.push(chunk), chunk);
    reader.rest();
  }
  const facts = stream ? reader.facts() : readAnswer(bytesOf(JSON.stringify(first)));
  assert.deepEqual(facts.usage, answer.usage, path);
  assert.equal(facts.model, answer.model, path);
}

describe('recorded answers of this dialect', { skip }, () => {
  it('read, write and read the same', (test) => {
    const all = recordings(FOLDER ?? '');
    assert.ok(all.length > 0, 'the folder holds no recording of this dialect');
    for (const one of all) holds(one);
    const streams = all.filter(({ stream }) => stream).length;
    test.diagnostic(`${all.length} recordings, ${streams} of them streams`);
  });
});
