// Events into lines, and whole answers. A line for every piece of text; calls stand as whole
// objects, so they wait until the answer stops; the last line is `done` and tells why, how much and
// how long. Without an end of the upstream there is no such line, and clients see that it is
// missing.
import { encode } from '../bytes.ts';
import type {
  Answer,
  AnswerEvent,
  Dropped,
  Json,
  JsonObject,
  Media,
  Thought,
  TokenLogprob,
  ToldUsage,
  ToolCall,
} from '../canon/canon.ts';
import type { AnswerContext, StreamEncoder, Written } from '../canon/codec.ts';
import { writeCalls } from './calls.ts';
import { MEASURES } from './decode.ts';
import { mediaName, writeImage } from './media.ts';
import { doneReasonOf, reasonOf } from './stop.table.ts';
import { SEALED, TEXT, writeThoughts } from './thoughts.ts';

export const STREAM_TYPE = 'application/x-ndjson';

/** `chat`: what is said stands in `message`; `prompt`: beside the rest, as `response`. */
export type Shape = 'chat' | 'prompt';

type Stop = Extract<AnswerEvent, { kind: 'stop' }>;
type Call = { id: string; name: string; pieces: string[]; signature: string | undefined };

const NOTHING = new Uint8Array(0);

export class LineEncoder implements StreamEncoder {
  readonly dropped: Dropped = new Set();
  readonly #shape: Shape;
  readonly #model: string;
  #created: string;
  readonly #thoughts = new Map<number, number>();
  readonly #calls = new Map<number, Call>();
  #stop: Stop | undefined;
  #usage: ToldUsage | undefined;

  constructor(shape: Shape, context: AnswerContext) {
    this.#shape = shape;
    this.#model = context.model;
    this.#created = timeOf(context.created);
  }

  push(event: AnswerEvent): Uint8Array {
    if ('answer' in event && event.answer > 0) {
      this.dropped.add('answers');
      return NOTHING;
    }
    switch (event.kind) {
      case 'start':
        if (event.created !== undefined) this.#created = timeOf(event.created);
        return NOTHING;
      case 'stop':
        this.#stop = event;
        return this.#writeCalls();
      case 'usage':
        this.#usage = event.usage;
        return NOTHING;
      case 'error':
        return line({ error: event.error.message, ...typeOf(event.error.type) });
      case 'end':
        return this.#last();
      case 'logprobs':
        return line({ ...this.#said(''), logprobs: event.tokens.map(writeLogprob) });
      default:
        return this.#part(event);
    }
  }

  #part(event: Extract<AnswerEvent, { part: number }>): Uint8Array {
    switch (event.kind) {
      case 'refusal':
        this.dropped.add('part.refusal');
        return event.text === '' ? NOTHING : line(this.#said(event.text));
      case 'text':
        return event.text === '' ? NOTHING : line(this.#said(event.text));
      case 'thought': {
        const more = this.#thought(event.part, event.text);
        return event.text === '' ? NOTHING : line(this.#said('', more));
      }
      case 'signature':
        return this.#signature(event);
      case 'media': {
        const image = imageOf(event.media, this.dropped);
        return image === undefined ? NOTHING : line(this.#said('', { images: [image] }));
      }
      case 'opaque':
        this.dropped.add('part.opaque');
        return NOTHING;
      case 'call': {
        const { id, name } = event;
        this.#calls.set(event.part, { id, name, pieces: [], signature: undefined });
        return NOTHING;
      }
      case 'arguments':
        this.#calls.get(event.part)?.pieces.push(event.text);
        return NOTHING;
    }
  }

  /** The first thought is plain; from the second on they are told apart. */
  #thought(part: number, text: string): JsonObject {
    const index = this.#thoughtIndex(part);
    if (index === 0) return { thinking: text };
    return { thinking: text, reasoning_details: [{ type: TEXT, index, text }] };
  }

  #thoughtIndex(part: number): number {
    const index = this.#thoughts.get(part) ?? this.#thoughts.size;
    this.#thoughts.set(part, index);
    return index;
  }

  #signature({ part, signature, sealed }: Extract<AnswerEvent, { kind: 'signature' }>): Uint8Array {
    const call = this.#calls.get(part);
    if (call !== undefined) {
      call.signature = (call.signature ?? '') + signature;
      return NOTHING;
    }
    const index = this.#thoughtIndex(part);
    const detail = sealed
      ? { type: SEALED, index, data: signature }
      : { type: TEXT, index, signature };
    return line(this.#said('', { reasoning_details: [detail] }));
  }

  #writeCalls(): Uint8Array {
    const calls = [...this.#calls.values()].map(({ pieces, signature, ...call }) => ({
      ...call,
      arguments: pieces.join(''),
      ...(signature === undefined ? {} : { signature }),
    }));
    return calls.length === 0 ? NOTHING : line(this.#said('', writeCalls(calls)));
  }

  #last(): Uint8Array {
    const end = endOf(this.#stop ?? { reason: 'end' }, this.#calls.size > 0);
    return line({ ...this.#said(''), ...end, done: true, ...countsOf(this.#usage, this.dropped) });
  }

  #said(text: string, more: JsonObject = {}): JsonObject {
    const head = { model: this.#model, created_at: this.#created };
    const done = { done: false };
    if (this.#shape === 'prompt') return { ...head, response: text, ...more, ...done };
    return { ...head, message: { role: 'assistant', content: text, ...more }, ...done };
  }
}

const line = (value: JsonObject): Uint8Array => encode(`${JSON.stringify(value)}\n`);

export function writeWhole(shape: Shape, answer: Answer, context: AnswerContext): Written {
  const dropped: Dropped = new Set();
  const { error, usage } = answer;
  if (error !== undefined) {
    const body = encode(JSON.stringify({ error: error.message, ...typeOf(error.type) }));
    return { body, dropped };
  }
  if (answer.answers.length > 1) dropped.add('answers');
  const first = answer.answers[0];
  const { text, more, calls } = saidOf(first?.parts ?? [], dropped);
  const logprobs = first?.logprobs ?? [];
  const value = {
    model: context.model,
    created_at: timeOf(answer.created ?? context.created),
    ...(shape === 'prompt'
      ? { response: text, ...more }
      : { message: { role: 'assistant', content: text, ...more } }),
    ...(logprobs.length === 0 ? {} : { logprobs: logprobs.map(writeLogprob) }),
    ...(first?.stop === undefined ? {} : endOf({ ...first, reason: first.stop }, calls)),
    done: answer.ended,
    ...countsOf(usage, dropped),
  };
  return { body: encode(JSON.stringify(value)), dropped };
}

type Said = { readonly text: string; readonly more: JsonObject; readonly calls: boolean };

function saidOf(parts: Answer['answers'][number]['parts'], dropped: Dropped): Said {
  const texts: string[] = [];
  const thoughts: Thought[] = [];
  const calls: ToolCall[] = [];
  const images: string[] = [];
  for (const part of parts) {
    if (part.kind === 'thought') thoughts.push(part);
    else if (part.kind === 'call') calls.push(part);
    else if (part.kind === 'text') texts.push(part.text);
    else if (part.kind === 'media') images.push(...[imageOf(part, dropped) ?? []].flat());
    else {
      dropped.add(`part.${part.kind}`);
      if (part.kind === 'refusal') texts.push(part.text);
    }
  }
  const more = {
    ...writeThoughts(thoughts),
    ...(images.length === 0 ? {} : { images }),
    ...writeCalls(calls),
  };
  return { text: texts.join(''), more, calls: calls.length > 0 };
}

function imageOf(media: Media, dropped: Dropped): string | undefined {
  const image = writeImage(media);
  if (image === undefined) dropped.add(mediaName(media));
  return image;
}

/** The reason, and what it takes to read the same reason again. */
function endOf(stop: Pick<Stop, 'reason' | 'sequence' | 'native'>, calls: boolean): JsonObject {
  const { reason, sequence, native } = stop;
  const isOwn = native === 'load' || native === 'unload';
  const word = isOwn && reason === 'end' ? native : doneReasonOf(reason);
  const read = sequence === undefined ? reasonOf(word, calls) : 'stop_sequence';
  const isPlain = read === reason;
  return {
    done_reason: word,
    ...(isPlain ? {} : { stop_reason: reason }),
    ...(sequence === undefined ? {} : { stop_sequence: sequence }),
  };
}

function countsOf(usage: ToldUsage | undefined, dropped: Dropped): JsonObject {
  if (usage === undefined) return {};
  for (const name of ['cachedInputTokens', 'reasoningTokens', 'cacheWriteTokens'] as const) {
    if ((usage[name] ?? 0) > 0) dropped.add(`usage.${name}`);
  }
  const told: JsonObject = usage.extra?.ollama ?? {};
  const measured: { [name: string]: Json } = {};
  for (const name of MEASURES) if (told[name] !== undefined) measured[name] = told[name];
  return {
    ...measured,
    prompt_eval_count: usage.inputTokens,
    eval_count: usage.outputTokens,
  };
}

const writeLogprob = ({ top, ...token }: TokenLogprob): JsonObject => ({
  ...token,
  ...(top.length === 0 ? {} : { top_logprobs: top }),
});

const typeOf = (type: string | undefined): JsonObject => (type === undefined ? {} : { type });

const SECONDS_MAX = 253_402_300_799;

/** As the server writes times: RFC 3339. */
const timeOf = (seconds: number): string =>
  new Date(Math.min(Math.max(seconds, 0), SECONDS_MAX) * 1000).toISOString();
