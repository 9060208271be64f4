// Events into a stream of Google's chunks. Texts go on as they come. Google writes a call as one
// object and a signature in one piece, so that both wait until nothing can be added; what came
// after them waits behind them. The last chunk says why the answer stopped and what it used, and
// is written only when the upstream ended cleanly.
import { assert, unreachable } from '@signalbox/contract';
import { encode } from '../bytes.ts';
import type { AnswerEvent, Dropped, JsonObject } from '../canon/canon.ts';
import type { AnswerContext, StreamEncoder } from '../canon/codec.ts';
import { ChoiceWriter } from './choice-write.ts';
import { writeError } from './errors.ts';
import { candidateOf, headOf } from './head.ts';
import { writeUsage } from './usage.ts';

/** How chunks stand in the stream. */
export type Frame = {
  chunk(json: string, first: boolean): string;
  /** After the last chunk; `first`: there was none. */
  close(first: boolean): string;
};

/** Server-sent events: `alt=sse`. */
const eventFrame: Frame = {
  chunk: eventOf,
  close: nothing,
};
function eventOf(json: string): string {
  return `data: ${json}\r\n\r\n`;
}
function nothing(): string {
  return '';
}

/** Elements of one array. */
const arrayFrame: Frame = {
  chunk: elementOf,
  close: closeArray,
};
function elementOf(json: string, first: boolean): string {
  return `${first ? '[' : ',\r\n'}${json}`;
}
function closeArray(first: boolean): string {
  return first ? '[]' : ']';
}

class Encoder implements StreamEncoder {
  readonly dropped: Dropped = new Set();
  readonly #context: AnswerContext;
  readonly #frame: Frame;
  readonly #choices = new Map<number, ChoiceWriter>();
  #head: JsonObject | undefined = undefined;
  #usage: JsonObject | undefined = undefined;
  #written = false;
  #over = false;

  constructor(context: AnswerContext, frame: Frame) {
    this.#context = context;
    this.#frame = frame;
  }

  push(event: AnswerEvent): Uint8Array {
    assert(!this.#over, 'nothing comes after the end of a stream');
    switch (event.kind) {
      case 'start':
        this.#head = headOf(event, this.#context, this.dropped);
        return NOTHING;
      case 'usage':
        this.#usage = writeUsage(event.usage, event.service);
        return NOTHING;
      case 'error':
        this.#over = true;
        return encode(this.#chunk(writeError(event.error)) + this.#frame.close(false));
      case 'end':
        this.#over = true;
        return encode(this.#last());
      case 'text':
      case 'thought':
      case 'refusal':
      case 'signature':
      case 'call':
      case 'arguments':
      case 'logprobs':
      case 'media':
      case 'opaque':
      case 'stop':
        return this.#said(event);
      default:
        return unreachable(event);
    }
  }

  #said(event: Extract<AnswerEvent, { answer: number }>): Uint8Array {
    const choice = this.#choice(event.answer);
    const parts = choice.take(event);
    if (parts.length === 0) return NOTHING;
    const candidate = candidateOf({ index: event.answer, parts, ...choice.logprobs() });
    return encode(this.#chunk(this.#body([candidate])));
  }

  #choice(answer: number): ChoiceWriter {
    let choice = this.#choices.get(answer);
    if (choice === undefined) {
      choice = new ChoiceWriter(this.dropped);
      this.#choices.set(answer, choice);
    }
    return choice;
  }

  #body(candidates: readonly JsonObject[]): JsonObject {
    const usage = this.#usage === undefined ? {} : { usageMetadata: this.#usage };
    assert(this.#head !== undefined, 'a stream starts before it says anything');
    return { ...(candidates.length === 0 ? {} : { candidates }), ...usage, ...this.#head };
  }

  #chunk(body: JsonObject): string {
    const first = !this.#written;
    this.#written = true;
    return this.#frame.chunk(JSON.stringify(body), first);
  }

  #last(): string {
    const choices = [...this.#choices].sort(([a], [b]) => a - b);
    const blocked =
      this.#head?.['promptFeedback'] !== undefined && choices.every(([, one]) => one.isFiltered());
    const candidates = blocked ? [] : choices.map(([index, one]) => one.last(index));
    return this.#chunk(this.#body(candidates)) + this.#frame.close(false);
  }
}

const NOTHING = new Uint8Array(0);

export const encoder = (context: AnswerContext): StreamEncoder => new Encoder(context, eventFrame);

export const arrayEncoder = (context: AnswerContext): StreamEncoder =>
  new Encoder(context, arrayFrame);
