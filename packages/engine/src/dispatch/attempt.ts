// One attempt at one offer. What comes back is withheld: nothing of it has reached the caller, so another attempt may still
// follow. A whole answer is collected, of a stream only the first bytes; either way the verdict comes before a byte leaves.
import {
  type Branded,
  type Credential,
  type Fault,
  type Flow,
  fault,
  type Headers,
  type Upstream,
} from '@signalbox/contract';
import { type AnswerFacts, readAnswer, type StreamReader, streamReader } from '@signalbox/dialect';
import type { Offer } from '../resolve/resolve.ts';
import type { Scheduled } from '../schedule/schedule.ts';
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
};

export type OpenStream = {
  readonly kind: 'stream';
  readonly status: number;
  readonly headers: Headers;
  readonly flow: Flow;
  readonly reader: StreamReader;
  /** The first bytes, as they go on after the reader has seen them. */
  readonly opening: Uint8Array;
  consume(consumer: Consumer): void;
};

/** Not yet judged: may still be thrown away for another attempt. */
export type Withheld = Branded<WholeAnswer | OpenStream, 'withheld'>;
/** Judged: goes to the caller, and nothing after it may be tried. */
export type Released = Branded<WholeAnswer | OpenStream, 'released'>;

export type Tried =
  | { readonly kind: 'withheld'; readonly answer: Withheld; readonly abort: () => void }
  | { readonly kind: 'failed'; readonly fault: Fault };

/** A whole answer larger than this is a fault. */
export const ANSWER_BYTES_MAX = 67_108_864;
/** What a stream may send before its release; then it is held back. */
const WITHHELD_BYTES_MAX = 262_144;

export type Dialling = {
  readonly offer: Offer;
  readonly credential: Credential | undefined;
  readonly body: Uint8Array;
  readonly hideUsage: boolean;
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
    const collector = collect(call, dialling, resolve, () => abort());
    const abort = upstream.dial(
      {
        place: offer.place,
        clearance: call.route.clearance,
        method: 'POST',
        path: endpoint.paths[call.head.operation],
        headers: upstreamHeaders(call, endpoint),
        credential: dialling.credential,
        body: dialling.body,
        timers: endpoint.timers,
      },
      collector,
    );
    dialling.begun(abort);
  });
}

type Collector = Parameters<Upstream['dial']>[1];

function collect(
  call: Scheduled,
  dialling: Dialling,
  resolve: (tried: Tried) => void,
  abort: () => void,
): Collector {
  let status = 0;
  let headers: Headers = [];
  let flow: Flow | undefined;
  let reader: StreamReader | undefined;
  let consumer: Consumer | undefined;
  let late: (() => void) | undefined;
  const kept: Uint8Array[] = [];
  let size = 0;
  let settled = false;

  const answer = (withheld: WholeAnswer | OpenStream): void => {
    settled = true;
    resolve({ kind: 'withheld', answer: withheld as Withheld, abort }); // brand: minted here
  };
  const fail = (why: Fault): void => {
    if (consumer !== undefined) consumer.fault(why);
    else if (settled) late = () => consumer?.fault(why);
    else {
      settled = true;
      resolve({ kind: 'failed', fault: why });
    }
  };
  const openStream = (first: Uint8Array, watching: StreamReader, running: Flow): OpenStream => ({
    kind: 'stream',
    status,
    headers,
    flow: running,
    reader: watching,
    opening: first,
    consume(next) {
      consumer = next;
      for (const bytes of kept) next.chunk(bytes);
      kept.length = 0;
      size = 0;
      running.resume();
      late?.();
    },
  });

  return {
    head(code, received, running) {
      status = code;
      headers = received;
      flow = running;
      if (code < 300 && call.question.stream && isEventStream(received)) {
        reader = streamReader(call.head.operation, dialling.hideUsage);
      }
    },
    chunk(bytes) {
      if (consumer !== undefined) return consumer.chunk(bytes);
      if (size === 0) dialling.firstByte();
      size += bytes.length;
      if (reader === undefined || flow === undefined) {
        kept.push(bytes.slice());
        if (size > ANSWER_BYTES_MAX) {
          abort();
          fail(
            fault('too_large', 'upstream', 'other', `answer larger than ${ANSWER_BYTES_MAX} bytes`),
          );
        }
        return undefined;
      }
      if (settled) {
        kept.push(bytes.slice());
        if (size > WITHHELD_BYTES_MAX) flow.pause();
        return undefined;
      }
      return answer(openStream(reader.push(bytes).slice(), reader, flow));
    },
    end() {
      if (consumer !== undefined) return consumer.end();
      if (settled) {
        late = () => consumer?.end();
        return undefined;
      }
      if (reader !== undefined && flow !== undefined) {
        late = () => consumer?.end();
        return answer(openStream(reader.push(new Uint8Array(0)), reader, flow));
      }
      const body = joined(kept, size);
      const facts = readAnswer(call.head.operation, body);
      return answer({ kind: 'whole', status, headers, body, facts });
    },
    fault: fail,
  };
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const only = pieces.length === 1 ? pieces[0] : undefined;
  if (only !== undefined) return only;
  const body = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    body.set(piece, at);
    at += piece.length;
  }
  return body;
}

export function headerOf(headers: Headers, name: string): string | undefined {
  for (const [key, value] of headers) if (key === name) return value;
  return undefined;
}

const isEventStream = (headers: Headers): boolean =>
  headerOf(headers, 'content-type')?.startsWith('text/event-stream') === true;

/** The passing of the door: after it there is no other attempt, and the type says so. */
export const release = (answer: Withheld): Released =>
  answer as WholeAnswer | OpenStream as Released; // brand: minted here
