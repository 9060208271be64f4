// What the tests of this folder share: streams written by hand, and the ways through the codec.
import { inChunks } from '../canon/arbitrary.fixture.ts';
import type { Answer, AnswerEvent, Json } from '../canon/canon.ts';
import type { AnswerContext } from '../canon/codec.ts';
import { isObject, parseExact, tryParse } from '../canon/exact.ts';
import { Order } from '../canon/order.ts';
import { anthropic } from './anthropic.ts';

export const CONTEXT: AnswerContext = {
  model: 'asked-for',
  id: 'msg_context',
  created: 1_760_000_000,
  usageWanted: true,
};

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
export const jsonOf = (bytes: Uint8Array): Json => parseExact(bytes);

export function checked(events: readonly AnswerEvent[]): readonly AnswerEvent[] {
  const order = new Order();
  for (const event of events) order.check(event);
  return events;
}

/** Chunks of one byte for seed 0. */
export function decoded(bytes: Uint8Array, seed = 0): readonly AnswerEvent[] {
  const decoder = anthropic.decoder();
  const events = inChunks(bytes, seed).flatMap((chunk) => [...decoder.push(chunk)]);
  return checked([...events, ...decoder.end()]);
}

export function encoded(events: readonly AnswerEvent[]): {
  readonly text: string;
  readonly dropped: readonly string[];
} {
  const encoder = anthropic.encoder(CONTEXT);
  const pieces = events.map((event) => textOf(encoder.push(event)));
  return { text: pieces.join(''), dropped: [...encoder.dropped].sort() };
}

export const whole = (answer: Answer): readonly AnswerEvent[] =>
  checked(anthropic.readWhole(jsonOf(anthropic.writeWhole(answer, CONTEXT).body)));

/** Events as the wire has them: one data line each, named by its type. */
export const framed = (events: readonly Json[]): string =>
  events
    .map((one) => {
      const type = isObject(one) ? String(one['type']) : 'message';
      return `event: ${type}\ndata: ${JSON.stringify(one)}\n\n`;
    })
    .join('');

export const messageStart = (more: { readonly [key: string]: Json } = {}): Json => ({
  type: 'message_start',
  message: {
    id: 'msg_a',
    type: 'message',
    role: 'assistant',
    model: 'model-a',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 7, output_tokens: 1 },
    ...more,
  },
});

export const blockStart = (index: number, block: Json): Json => ({
  type: 'content_block_start',
  index,
  content_block: block,
});

export const delta = (index: number, one: Json): Json => ({
  type: 'content_block_delta',
  index,
  delta: one,
});

export const blockStop = (index: number): Json => ({ type: 'content_block_stop', index });

export const messageDelta = (reason: string, usage: Json = { output_tokens: 5 }): Json => ({
  type: 'message_delta',
  delta: { stop_reason: reason, stop_sequence: null },
  usage,
});

export const MESSAGE_STOP: Json = { type: 'message_stop' };

/** Arguments without the white space that an object does not keep. */
export const plain = (answer: Answer): Answer => ({
  ...answer,
  answers: answer.answers.map((one) => ({
    ...one,
    parts: one.parts.map((part) => {
      const value = part.kind === 'call' ? tryParse(part.arguments) : undefined;
      if (part.kind !== 'call' || !isObject(value)) return part;
      return { ...part, arguments: JSON.stringify(value) };
    }),
  })),
});
