// What the tests of this folder share: lines of a stream, and how an answer is read and written.
import assert from 'node:assert/strict';
import { inChunks } from '../canon/arbitrary.fixture.ts';
import type { Answer, AnswerEvent, Json } from '../canon/canon.ts';
import type { AnswerContext, Codec } from '../canon/codec.ts';
import { parseExact } from '../canon/exact.ts';
import { fold } from '../canon/fold.ts';
import { Order } from '../canon/order.ts';

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
export const CONTEXT: AnswerContext = {
  model: 'named-by-the-caller',
  id: 'unused',
  created: 1_700_000_000,
  usageWanted: true,
};
export const HEAD = { model: 'small', created_at: '2026-02-03T04:05:06.123456789Z' };

/** A stream of a chat: messages, then the last line. */
export function stream(messages: readonly Json[], last: { readonly [key: string]: Json }): string {
  const lines = messages.map((message) => ({ ...HEAD, message, done: false }));
  const end = { ...HEAD, message: { role: 'assistant', content: '' }, done: true, ...last };
  return [...lines, end].map((one) => `${JSON.stringify(one)}\n`).join('');
}

/** The events of a stream in chunks cut by `seed` (0: one byte each), their order checked. */
export function decoded(codec: Codec, bytes: Uint8Array, seed = 7): readonly AnswerEvent[] {
  const decoder = codec.decoder();
  const events = inChunks(bytes, seed).flatMap((chunk) => decoder.push(chunk));
  return checked([...events, ...decoder.end()]);
}

export function checked(events: readonly AnswerEvent[]): readonly AnswerEvent[] {
  const order = new Order();
  for (const event of events) order.check(event);
  return events;
}

export const folded = (codec: Codec, text: string, seed = 7): Answer =>
  fold(decoded(codec, bytesOf(text), seed));

export function encoded(
  codec: Codec,
  events: readonly AnswerEvent[],
  context: AnswerContext = CONTEXT,
): string {
  const encoder = codec.encoder(context);
  return events.map((event) => textOf(encoder.push(event))).join('');
}

export function whole(codec: Codec, answer: Answer, context: AnswerContext = CONTEXT): Answer {
  const { body } = codec.writeWhole(answer, context);
  return fold(checked(codec.readWhole(parseExact(body))));
}

export function only(answer: Answer): Answer['answers'][number] {
  const [first, ...rest] = answer.answers;
  assert.ok(first !== undefined && rest.length === 0);
  return first;
}
