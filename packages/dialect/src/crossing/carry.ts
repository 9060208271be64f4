// An answer carried from the upstream's wire format into the caller's. For the rest of the house it
// looks like the watching of a stream that passes untouched: bytes in, bytes out, facts beside. It
// never invents an end: a stream that stops without one ends uncleanly here too.

import { concat } from '../bytes.ts';
import type { AnswerEvent, StopReason } from '../canon/canon.ts';
import type { AnswerContext, ServerCodec, StreamDecoder, StreamEncoder } from '../canon/codec.ts';
import { tryParse } from '../canon/exact.ts';
import { Folding } from '../canon/fold.ts';
import { Order } from '../canon/order.ts';
import { ToldCalls } from '../manners/told-calls.ts';
import type { AnswerFacts } from '../openai/answer.ts';
import type { StreamFacts, StreamReader } from '../openai/stream.ts';
import { type CallerCodec, callerCodec, SERVER_CODECS } from './codecs.ts';
import type { Lane } from './lane.ts';
import { Signing } from './signed.ts';

const NOTHING = new Uint8Array(0);

/** What the caller did not ask for is left out. */
export type CarryContext = AnswerContext & { readonly hideLogprobs: boolean };

/** A stream; `dropped` grows with it. */
export interface CarriedStream extends StreamReader {
  readonly dropped: ReadonlySet<string>;
}

export function carryStream(lane: Lane, context: CarryContext): CarriedStream {
  const to = callerCodec(lane.caller, lane.operation);
  return new Carrying(SERVER_CODECS[lane.upstream], to, lane, context);
}

type Facts = { -readonly [K in keyof StreamFacts]: StreamFacts[K] };

class Carrying implements CarriedStream {
  readonly #decoder: StreamDecoder;
  readonly #encoder: StreamEncoder;
  readonly #missingEnd: boolean;
  readonly #hideLogprobs: boolean;
  readonly #order = new Order();
  readonly #signing: Signing;
  readonly #told: ToldCalls | undefined;
  readonly #facts: Facts = {
    model: undefined,
    usage: undefined,
    service: undefined,
    signed: undefined,
    error: false,
    done: false,
    finished: false,
    events: 0,
  };
  #isRead = false;
  #stopped: StopReason | undefined;

  constructor(from: ServerCodec, to: CallerCodec, lane: Lane, context: CarryContext) {
    this.#decoder = from.decoder();
    this.#encoder = to.encoder(context);
    this.#missingEnd = lane.missingEnd;
    this.#hideLogprobs = context.hideLogprobs;
    this.#signing = new Signing(lane);
    this.#told = lane.callsInText === true ? new ToldCalls() : undefined;
  }

  get dropped(): ReadonlySet<string> {
    return this.#encoder.dropped;
  }

  push(chunk: Uint8Array): Uint8Array {
    return this.#write(this.#decoder.push(chunk));
  }

  rest(): Uint8Array {
    if (this.#isRead) return NOTHING;
    this.#isRead = true;
    const events = this.#decoder.end();
    const ended = events.some(({ kind }) => kind === 'end' || kind === 'error');
    const isOver = ended || this.#facts.done || this.#facts.error;
    const last = this.#write(events);
    if (isOver || !this.#missingEnd || this.#stopped === undefined) return last;
    return concat([last, this.#write([{ kind: 'end' }])]);
  }

  closing(): Uint8Array {
    return NOTHING;
  }

  facts(): StreamFacts {
    return this.#facts;
  }

  #write(events: readonly AnswerEvent[]): Uint8Array {
    if (events.length === 0) return NOTHING;
    const out: Uint8Array[] = [];
    const told = this.#told;
    for (const event of told === undefined ? events : events.flatMap((one) => told.push(one))) {
      if (event.kind === 'logprobs' && this.#hideLogprobs) continue;
      this.#order.check(event);
      this.#note(event);
      const bytes = this.#encoder.push(this.#signing.push(event));
      if (bytes.length > 0) out.push(bytes);
    }
    return concat(out);
  }

  #note(event: AnswerEvent): void {
    const facts = this.#facts;
    switch (event.kind) {
      case 'start':
        facts.model = event.model;
        return;
      case 'usage':
        facts.usage = event.usage;
        facts.service = event.service ?? facts.service;
        return;
      case 'stop':
        this.#stopped = event.reason;
        return;
      case 'error':
        facts.error = true;
        return;
      case 'end':
        facts.done = true;
        facts.finished = true;
        facts.signed = this.#signing.signed();
        return;
      default:
        // About a token each.
        facts.events += 1;
    }
  }
}

export type Carried = {
  readonly body: Uint8Array;
  readonly facts: AnswerFacts;
  readonly dropped: readonly string[];
};

const NOT_JSON: AnswerFacts = {
  model: undefined,
  usage: undefined,
  service: undefined,
  error: false,
  malformed: true,
};

/** A whole answer of a good status. @param stream the caller wants it as a stream all the same. */
export function carryWhole(
  body: Uint8Array,
  lane: Lane,
  context: CarryContext & { readonly stream: boolean },
): Carried {
  const parsed = tryParse(body);
  if (parsed === undefined) return { body, facts: NOT_JSON, dropped: [] };
  const events = toldEvents(lane, SERVER_CODECS[lane.upstream].readWhole(parsed));
  const folding = new Folding();
  const order = new Order();
  const signing = new Signing(lane);
  const told: AnswerEvent[] = [];
  for (const event of events) {
    if (event.kind === 'logprobs' && context.hideLogprobs) continue;
    order.check(event);
    const own = signing.push(event);
    told.push(own);
    folding.push(own);
  }
  const answer = folding.answer();
  const { model, usage, service, error } = answer;
  const signed = signing.signed();
  const facts = { model, usage, service, signed, error: error !== undefined, malformed: false };
  const to = callerCodec(lane.caller, lane.operation);
  if (!context.stream) {
    const written = to.writeWhole(answer, context);
    return { body: written.body, facts, dropped: [...written.dropped].sort() };
  }
  const encoder = to.encoder(context);
  const bytes = concat(told.map((event) => encoder.push(event)));
  return { body: bytes, facts, dropped: [...encoder.dropped].sort() };
}

/** Of a whole answer, with the calls that stand in its text. */
export function toldEvents(
  lane: Pick<Lane, 'callsInText'>,
  events: readonly AnswerEvent[],
): readonly AnswerEvent[] {
  if (lane.callsInText !== true) return events;
  const told = new ToldCalls();
  return events.flatMap((event) => told.push(event));
}
