// One attempt at one offer. What comes back is withheld: nothing of it has reached the caller, so
// another attempt may still follow. A whole answer is collected, of a stream only the first bytes;
// either way the verdict comes before a byte leaves.
import {
  type Branded,
  type Credential,
  type DialSink,
  type Fault,
  type Flow,
  fault,
  type Headers,
  type Upstream,
} from '@signalbox/contract';
import {
  type AnswerFacts,
  type Asked,
  contentTypeOf,
  isCarried,
  passesUnread,
  type Rendered,
  type StreamReader,
  shownStream,
  streamOf,
  unreadReader,
  wholeOf,
} from '@signalbox/dialect';
import type { EndpointLane } from '../catalog/ways.ts';
import type { Offer } from '../resolve/offer.ts';
import type { Scheduled } from '../schedule/schedule.ts';
import { rulesOf } from './check.ts';
import { Gathered } from './gathered.ts';
import { upstreamHeaders } from './headers.ts';

/** Whoever reads a stream after its release. */
export type Consumer = {
  chunk(bytes: Uint8Array): void;
  end(): void;
  fault(fault: Fault): void;
};

export type WholeAnswer = {
  readonly kind: 'whole';
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  readonly facts: AnswerFacts;
  /** What the caller's format could not say. */
  readonly dropped: readonly string[];
};

export type OpenStream = {
  readonly kind: 'stream';
  readonly status: number;
  readonly headers: Headers;
  readonly flow: Flow;
  readonly reader: StreamReader;
  /** A sound or a file: no event of ours may stand in it. */
  readonly isUnread: boolean;
  /** The upstream has ended it already: all of it is in `opening`. */
  readonly isOver: boolean;
  /** The first bytes, as they go on after the reader has seen them. */
  readonly opening: Uint8Array;
  consume(consumer: Consumer): void;
};

/** Not yet judged: may still be thrown away for another attempt. */
export type Withheld = Branded<WholeAnswer | OpenStream, 'withheld'>;
/** Judged: goes to the caller, and nothing after it may be tried. */
export type Released = Branded<WholeAnswer | OpenStream, 'released'>;

export type Tried =
  | {
      readonly kind: 'withheld';
      readonly answer: Withheld;
      /** As the upstream sent it, where the answer is checked: then also a stream is whole. */
      readonly raw: Uint8Array | undefined;
      readonly abort: () => void;
    }
  | { readonly kind: 'failed'; readonly fault: Fault };

/** A whole answer larger than this is a fault. */
export const ANSWER_BYTES_MAX = 67_108_864;
/** An answer that is checked is held back whole, a stream too. */
export const CHECKED_BYTES_MAX = 4_194_304;
/** What a stream may send between its verdict and its release; then it is held back. */
const WITHHELD_BYTES_MAX = 262_144;
/** Of a stream before its first event is whole: one that never comes is no answer. */
export const OPENING_BYTES_MAX = 4_194_304;

export type Dialling = {
  readonly offer: Offer;
  readonly credential: Credential | undefined;
  readonly lane: EndpointLane;
  readonly path: string;
  readonly rendered: Rendered;
  readonly hideUsage: boolean;
  readonly hideLogprobs: boolean;
  /** Of a list of objects at an endpoint that others share. */
  readonly isOwn: ((id: string) => boolean) | undefined;
  readonly upstream: Upstream;
  /** Hears how to abort as soon as the dial began. */
  readonly begun: (abort: () => void) => void;
  /** Hears of the first byte of the body. */
  readonly firstByte: () => void;
};

export function attempt(call: Scheduled, dialling: Dialling): Promise<Tried> {
  return new Promise((resolve) => {
    const { offer, upstream } = dialling;
    const { endpoint } = offer.offering;
    const collector = new Collector(call, dialling, resolve, () => abort());
    const abort = upstream.dial(
      {
        place: offer.place,
        clearance: call.route.clearance,
        label: call.profile.label,
        tenant: call.tenant.name,
        method: call.question.passing?.method ?? 'POST',
        path: dialling.path,
        headers: upstreamHeaders(call, endpoint, dialling.lane),
        credential: dialling.credential,
        body: hasBody(call) ? dialling.rendered.body : undefined,
        timers: call.question.stream ? endpoint.timers : endpoint.wholeTimers,
      },
      collector,
    );
    dialling.begun(abort);
  });
}

const hasBody = ({ question: { passing } }: Scheduled): boolean =>
  passing === undefined || passing.contentType !== undefined;

/** Collects what an upstream pushes until it can be judged, then hands the rest to a consumer. */
class Collector implements DialSink {
  readonly #call: Scheduled;
  readonly #dialling: Dialling;
  readonly #resolve: (tried: Tried) => void;
  readonly #abort: () => void;
  #status = 0;
  #headers: Headers = [];
  #flow: Flow | undefined;
  #reader: StreamReader | undefined;
  #isUnread = false;
  #consumer: Consumer | undefined;
  /** An ending that came between the verdict and the consumer. */
  #late: ((consumer: Consumer) => void) | undefined;
  readonly #kept = new Gathered();
  /** What came between the verdict and the consumer: a turn's worth, then it is held back. */
  #waiting: Uint8Array[] = NONE;
  /** Of an answer that is checked: what of a stream goes on when it passes. */
  readonly #passed: Gathered | undefined;
  readonly #opening = new Gathered();
  #size = 0;
  #settled = false;

  constructor(
    call: Scheduled,
    dialling: Dialling,
    resolve: (tried: Tried) => void,
    abort: () => void,
  ) {
    this.#call = call;
    this.#dialling = dialling;
    this.#resolve = resolve;
    this.#abort = abort;
    this.#passed = rulesOf(call) === undefined ? undefined : new Gathered();
  }

  head(status: number, headers: Headers, flow: Flow): void {
    this.#status = status;
    this.#headers = headers;
    this.#flow = flow;
    if (status >= 300) return;
    const { stream, passing } = this.#call.question;
    if (stream && isEventStream(headers)) {
      const { lane, hideUsage } = this.#dialling;
      this.#reader = streamOf(lane, hideUsage, this.#asked());
    } else if (passing !== undefined && passesUnread(passing, headerOf(headers, 'content-type'))) {
      this.#reader = unreadReader();
      this.#isUnread = true;
    }
  }

  chunk(bytes: Uint8Array): void {
    if (this.#consumer !== undefined) {
      this.#consumer.chunk(bytes);
      return;
    }
    if (this.#size === 0) this.#dialling.firstByte();
    this.#size += bytes.length;
    if (this.#settled) {
      this.#wait(bytes);
      return;
    }
    if (this.#reader !== undefined && this.#passed === undefined) {
      this.#open(bytes, this.#reader);
      return;
    }
    this.#kept.add(bytes);
    if (this.#passed !== undefined && this.#reader !== undefined) {
      this.#passed.add(this.#reader.push(bytes));
    }
    const most = this.#passed === undefined ? ANSWER_BYTES_MAX : CHECKED_BYTES_MAX;
    if (this.#size > most) this.#tooLarge('answer', most);
  }

  #wait(bytes: Uint8Array): void {
    if (this.#waiting === NONE) this.#waiting = [];
    this.#waiting.push(bytes.slice());
    if (this.#size > WITHHELD_BYTES_MAX) this.#flow?.pause();
  }

  end(): void {
    if (this.#consumer !== undefined) {
      this.#consumer.end();
      return;
    }
    if (this.#reader !== undefined) {
      this.#late = ended;
      if (!this.#settled) this.#endStream(this.#reader);
      return;
    }
    const body = this.#kept.take();
    const status = this.#status;
    const headers = this.#headers;
    const carried = wholeOf(this.#dialling.lane, { status, headers, body }, this.#asked());
    const whole: WholeAnswer = {
      kind: 'whole',
      status,
      headers: this.#typed(headers, false),
      body: carried.body,
      facts: carried.facts,
      dropped: carried.dropped,
    };
    this.#answer(whole, this.#passed === undefined ? undefined : body);
  }

  fault(why: Fault): void {
    if (this.#consumer !== undefined) this.#consumer.fault(why);
    else if (this.#settled) {
      const failed = (consumer: Consumer): void => consumer.fault(why);
      this.#late = failed;
    } else {
      this.#settled = true;
      this.#resolve({ kind: 'failed', fault: why });
    }
  }

  /** Before anything of it was released, so that it can be judged by how it ended, too. */
  #endStream(reader: StreamReader): void {
    const opening = this.#passed ?? this.#opening;
    opening.add(reader.rest());
    const raw = this.#passed === undefined ? undefined : this.#kept.take();
    const { lane, hideLogprobs } = this.#dialling;
    const shown = hideLogprobs ? shownStream(lane, opening.take()) : opening.take();
    this.#answer(this.#stream(reader, shown, true), raw);
  }

  /** A stream can be judged when its first event is whole: an error may come in pieces, too. */
  #open(bytes: Uint8Array, reader: StreamReader): void {
    this.#opening.add(reader.push(bytes));
    const isBlank = !isCarried(this.#dialling.lane) && endsBlank(this.#opening.view());
    const whole = this.#isUnread || reader.facts().events > 0 || isBlank;
    if (whole) this.#answer(this.#stream(reader, this.#opening.take(), false));
    else if (this.#size > OPENING_BYTES_MAX) this.#tooLarge('first event', OPENING_BYTES_MAX);
  }

  #tooLarge(what: string, most: number): void {
    this.#abort();
    this.fault(fault('too_large', 'upstream', 'other', `${what} larger than ${most} bytes`));
  }

  #answer(withheld: WholeAnswer | OpenStream, raw?: Uint8Array): void {
    if (this.#settled) return;
    this.#settled = true;
    const answer = withheld as Withheld; // brand: minted here
    this.#resolve({ kind: 'withheld', answer, raw, abort: this.#abort });
  }

  #asked(): Asked {
    const { id, at, question } = this.#call;
    const { model, stream, usageWanted, passing } = question;
    const { rendered, isOwn, hideLogprobs } = this.#dialling;
    const { ask } = rendered;
    return { request: id, at, model, stream, usageWanted, hideLogprobs, ask, passing, isOwn };
  }

  /** What is carried into another format has that format's content type. */
  #typed(headers: Headers, isStream: boolean): Headers {
    const { lane } = this.#dialling;
    if (!isCarried(lane)) return headers;
    const good = this.#status < 300;
    const type = contentTypeOf(lane, good && (isStream || this.#call.question.stream));
    const others = headers.filter(([name]) => name !== 'content-type');
    return type === undefined ? headers : [['content-type', type], ...others];
  }

  #stream(reader: StreamReader, opening: Uint8Array, isOver: boolean): OpenStream {
    const flow = this.#flow ?? NO_FLOW;
    return {
      kind: 'stream',
      status: this.#status,
      headers: this.#typed(this.#headers, true),
      flow,
      reader,
      isUnread: this.#isUnread,
      isOver,
      opening,
      consume: (consumer) => {
        this.#consumer = consumer;
        for (const bytes of this.#waiting) consumer.chunk(bytes);
        this.#waiting = NONE;
        flow.resume();
        this.#late?.(consumer);
      },
    };
  }
}

const NONE: Uint8Array[] = [];
const ended = (consumer: Consumer): void => consumer.end();

const NO_FLOW: Flow = { pause: () => undefined, resume: () => undefined };

const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** An empty line: what comes before it is whole, be it only a comment. */
function endsBlank(bytes: Uint8Array): boolean {
  const { length } = bytes;
  if (bytes[length - 1] !== LINE_FEED) return false;
  const before = bytes[length - 2] === RETURN ? bytes[length - 3] : bytes[length - 2];
  return before === LINE_FEED;
}

export function headerOf(headers: Headers, name: string): string | undefined {
  for (const [key, value] of headers) if (key === name) return value;
  return undefined;
}

const STREAMS = /^(?:text\/event-stream|application\/(?:x-ndjson|jsonl|json-seq))/;

const isEventStream = (headers: Headers): boolean =>
  STREAMS.test(headerOf(headers, 'content-type') ?? '');

/** The passing of the door: after it there is no other attempt, and the type says so. */
export const release = (answer: Withheld): Released =>
  answer as WholeAnswer | OpenStream as Released; // brand: minted here
