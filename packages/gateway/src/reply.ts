// The caller's side over one exchange, and the deferred kind: a caller that allows it is told 202
// and fetches its answer later. What a stream would have said is then kept as one answer; a stream
// that was cut holds its error event and no clean end.
import {
  type Headers,
  type Parked,
  type Refusal,
  type Reply,
  type Result,
  yes,
} from '@signalbox/contract';
import { encode } from '@signalbox/dialect';
import type { Exchange } from '@signalbox/ports';
import type { Deferred } from './queued.ts';

/** Room for an answer that is fetched later, and how long it took to find out. */
export type Deferral = { readonly place: Deferred; readonly timing: Headers[number] };

export type DeferTo = (parked: Parked) => Promise<Result<Deferral, Refusal>>;

export type CallerReply = Reply & {
  /** The call is over, and its record on its way. */
  finished(): void;
  /** The server stopped before the answer had ended. */
  cutOff(): boolean;
};

export function replyOver(exchange: Exchange, deferTo: DeferTo): CallerReply {
  return new ExchangeReply(exchange, deferTo);
}

/** Of a call that has no connection: everything is kept. */
export const replyLater = (place: Deferred): CallerReply => new DeferredReply(place);

const JSON_TYPE = ['content-type', 'application/json'] as const;

/** A deferred stream that grows beyond this is kept no further and ends without its rest. */
const KEPT_BYTES_MAX = 67_108_864;

class ExchangeReply implements CallerReply {
  readonly #exchange: Exchange;
  readonly #deferTo: DeferTo;
  readonly #leavers: ((stops: boolean) => void)[] = [];
  #begun = false;
  #gone = false;
  #stopped = false;
  #deferred: DeferredReply | undefined;

  constructor(exchange: Exchange, deferTo: DeferTo) {
    this.#exchange = exchange;
    this.#deferTo = deferTo;
    exchange.onLeave((stops) => {
      if (!stops) this.#gone = true;
      // Whoever is answered later does not leave with its connection.
      if (this.#deferred !== undefined) return;
      this.#stopped = stops;
      for (const then of this.#leavers) then(stops);
    });
  }

  whole(status: number, headers: Headers, body: Uint8Array): void {
    if (this.#deferred !== undefined) this.#deferred.whole(status, headers, body);
    else if (!this.#gone) this.#exchange.reply(status, flat(headers), body);
  }

  begin(status: number, headers: Headers): void {
    if (this.#deferred !== undefined) {
      this.#deferred.begin(status, headers);
    } else if (!this.#begun && !this.#gone) {
      this.#begun = true;
      this.#exchange.begin(status, flat(headers));
    }
  }

  write(bytes: Uint8Array): boolean {
    if (this.#deferred !== undefined) return this.#deferred.write(bytes);
    return this.#gone || this.#exchange.write(bytes);
  }

  onDrain(then: () => void): void {
    this.#exchange.onDrain(then);
  }

  end(trailers: Headers): void {
    if (this.#deferred !== undefined) this.#deferred.end(trailers);
    else if (!this.#gone) this.#exchange.end(flat(trailers));
  }

  cut(): void {
    if (this.#deferred !== undefined) this.#deferred.cut();
    else if (!this.#gone) this.#exchange.destroy();
  }

  begun(): boolean {
    return this.#begun;
  }

  onLeave(then: (stops: boolean) => void): void {
    if (this.#gone && this.#deferred === undefined) then(false);
    else this.#leavers.push(then);
  }

  async defer(parked: Parked): Promise<Result<boolean, Refusal>> {
    if (this.#deferred !== undefined) return yes(true);
    if (this.#begun || this.#gone) return yes(false);
    const deferral = await this.#deferTo(parked);
    if (!deferral.ok) return deferral;
    const { place, timing } = deferral.value;
    if (this.#gone) {
      place.cancel();
      return yes(false);
    }
    this.#deferred = new DeferredReply(place);
    const { headers } = parked;
    const location = headers.find(([name]) => name === 'location')?.[1] ?? null;
    const body = encode(`${JSON.stringify({ object: 'queued', status: 'queued', location })}\n`);
    this.#exchange.reply(202, flat([JSON_TYPE, ...headers, timing]), body);
    return yes(true);
  }

  kept(): Promise<void> | undefined {
    return this.#deferred?.kept();
  }

  finished(): void {
    this.#deferred?.finished();
  }

  cutOff(): boolean {
    return this.#stopped;
  }
}

class DeferredReply implements CallerReply {
  readonly #place: Deferred;
  #kept: Promise<void> = Promise.resolve();
  #stream: { status: number; headers: Headers; pieces: Uint8Array[]; size: number } | undefined;

  constructor(place: Deferred) {
    this.#place = place;
  }

  whole(status: number, headers: Headers, body: Uint8Array): void {
    this.#kept = this.#place.answer(status, headers, body);
  }

  begin(status: number, headers: Headers): void {
    this.#stream ??= { status, headers, pieces: [], size: 0 };
  }

  write(bytes: Uint8Array): boolean {
    const stream = this.#stream;
    if (stream !== undefined && stream.size + bytes.length <= KEPT_BYTES_MAX) {
      stream.pieces.push(bytes.slice());
      stream.size += bytes.length;
    }
    return true;
  }

  /** Whatever comes is taken. */
  onDrain(): void {}

  end(trailers: Headers): void {
    this.#hand(trailers);
  }

  /** What came until then is the answer; it lacks a clean end. */
  cut(): void {
    if (this.#stream === undefined) this.#place.cancel();
    else this.#hand([]);
  }

  /** Nothing is on a wire. */
  begun(): boolean {
    return false;
  }

  /** Nobody leaves who is not there. */
  onLeave(): void {}

  async defer(): Promise<Result<boolean, Refusal>> {
    return yes(true);
  }

  kept(): Promise<void> {
    return this.#kept;
  }

  finished(): void {
    this.#place.over();
  }

  cutOff(): boolean {
    return false;
  }

  /** The kept stream becomes one answer; what would have been trailers are headers now. */
  #hand(trailers: Headers): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    this.#stream = undefined;
    const body = new Uint8Array(stream.size);
    let at = 0;
    for (const piece of stream.pieces) {
      body.set(piece, at);
      at += piece.length;
    }
    // What was known at the beginning gives way to what is known now.
    const late = new Set(trailers.map(([name]) => name));
    const early = stream.headers.filter(([name]) => !late.has(name));
    this.#kept = this.#place.answer(stream.status, [...early, ...trailers], body);
  }
}

export function flat(headers: Headers): string[] {
  const out: string[] = [];
  for (const [name, value] of headers) out.push(name, value);
  return out;
}
