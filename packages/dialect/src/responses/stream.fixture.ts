// Streams of typed events for the tests: one object an event, framed as a server frames them.
import { inChunks } from '../canon/arbitrary.fixture.ts';
import type { Answer, AnswerEvent } from '../canon/canon.ts';
import type { AnswerContext } from '../canon/codec.ts';
import { fold } from '../canon/fold.ts';
import { Order } from '../canon/order.ts';
import { decoder } from './decode.ts';

export type Typed = { readonly type: string; readonly [key: string]: unknown };

export const framed = (events: readonly Typed[]): Uint8Array =>
  new TextEncoder().encode(
    events.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join(''),
  );

/** Events of bytes in chunks cut by `seed`, each in an order that holds. */
export function decoded(bytes: Uint8Array, seed = 3): readonly AnswerEvent[] {
  const decoding = decoder();
  const order = new Order();
  const events = inChunks(bytes, seed).flatMap((chunk) => decoding.push(chunk));
  events.push(...decoding.end());
  for (const event of events) order.check(event);
  return events;
}

export const foldedOf = (events: readonly Typed[]): Answer => fold(decoded(framed(events)));

export const partsOf = (answer: Answer): Answer['answers'][number]['parts'] =>
  answer.answers[0]?.parts ?? [];

export const CONTEXT: AnswerContext = {
  model: 'asked',
  id: 'resp_made',
  created: 1_700_000_000,
  usageWanted: true,
};

/** The opening event of a small server. */
export const CREATED: Typed = {
  type: 'response.created',
  response: { id: 'resp_7', object: 'response', status: 'in_progress', model: 'm', created_at: 5 },
};

/** The closing one, with an output that nobody repeats. */
export const COMPLETED: Typed = {
  type: 'response.completed',
  response: {
    id: 'resp_7',
    object: 'response',
    status: 'completed',
    model: 'm',
    created_at: 5,
    output: [],
    usage: { input_tokens: 4, output_tokens: 2, total_tokens: 6 },
  },
};
