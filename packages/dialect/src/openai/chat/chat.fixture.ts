// Streams and whole answers of this dialect, to and fro, for its tests.
import { concat } from '../../bytes.ts';
import { inChunks } from '../../canon/arbitrary.fixture.ts';
import type { Answer, AnswerEvent } from '../../canon/canon.ts';
import type { AnswerContext, Codec } from '../../canon/codec.ts';
import { parseExact } from '../../canon/exact.ts';
import { Order } from '../../canon/order.ts';
import { openai } from './openai.ts';

export const CONTEXT: AnswerContext = {
  model: 'm',
  id: 'chatcmpl-0',
  created: 1,
  usageWanted: true,
};

type Writer = Pick<Codec, 'encoder' | 'writeWhole' | 'readWhole'>;

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** In an order that holds, or it throws. */
export function checked(events: readonly AnswerEvent[]): readonly AnswerEvent[] {
  const order = new Order();
  for (const event of events) order.check(event);
  return events;
}

/** The events of a stream in chunks that `seed` cuts; of one byte for 0. */
export function decoded(bytes: Uint8Array, seed = 1): readonly AnswerEvent[] {
  const decoder = openai.decoder();
  const events = inChunks(bytes, seed).flatMap((chunk) => decoder.push(chunk));
  return checked([...events, ...decoder.end()]);
}

export function encoded(
  codec: Writer,
  events: readonly AnswerEvent[],
  context: AnswerContext = CONTEXT,
): { readonly text: string; readonly dropped: readonly string[] } {
  const encoder = codec.encoder(context);
  const bytes = concat(events.map((event) => encoder.push(event)));
  return { text: new TextDecoder().decode(bytes), dropped: [...encoder.dropped] };
}

/** The events of the whole answer as it is written. */
export function whole(codec: Writer, answer: Answer): readonly AnswerEvent[] {
  return checked(codec.readWhole(parseExact(codec.writeWhole(answer, CONTEXT).body)));
}
