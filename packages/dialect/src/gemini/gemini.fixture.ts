// What the tests of this folder are written with: chunks of an answer, read in any cutting.
import type { Answer, AnswerEvent, Json, JsonObject } from '../canon/canon.ts';
import { fold } from '../canon/fold.ts';
import { Order } from '../canon/order.ts';
import { gemini } from './gemini.ts';

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export const CONTEXT = { model: 'asked', id: 'own', created: 1_760_000_000, usageWanted: true };

/** As the Gemini API frames it. */
export const asEvents = (chunks: readonly Json[]): Uint8Array =>
  bytesOf(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join(''));

/** The chunk of one candidate with these parts. */
export const chunkOf = (parts: readonly Json[], more: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
  responseId: 'r1',
  modelVersion: 'm-1',
});

/** Checks the order of every event. */
export function eventsOf(bytes: Uint8Array, size: number = bytes.length): AnswerEvent[] {
  const decoder = gemini.decoder();
  const events: AnswerEvent[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    events.push(...decoder.push(bytes.subarray(at, at + size)));
  }
  events.push(...decoder.end());
  const order = new Order();
  for (const event of events) order.check(event);
  return events;
}

export const answerOf = (chunks: readonly Json[]): Answer => fold(eventsOf(asEvents(chunks)));

/** Of the first candidate. */
export const partsOf = (chunks: readonly Json[]): Answer['answers'][number]['parts'] =>
  answerOf(chunks).answers[0]?.parts ?? [];
