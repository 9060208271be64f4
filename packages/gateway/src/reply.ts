// The caller's side over one exchange, and the deferred kind: a caller that allows it is told 202
// and fetches its answer later. What a stream would have said is then kept as one answer; a stream
// that was cut holds its error event and no clean end.
import type { Headers, Reply } from '@signalbox/contract';
import { encode } from '@signalbox/dialect';
import type { Exchange } from '@signalbox/ports';

export type Deferred = {
  /** Keeps an answer for the caller to fetch. */
  answer(status: number, headers: Headers, body: Uint8Array): void;
};

/** Room for an answer that is fetched later, and how long it took to find out. */
export type Deferral = { readonly place: Deferred; readonly timing: Headers[number] };

/** Undefined: there is no room. */
export type DeferTo = () => Deferral | undefined;

export function replyOver(exchange: Exchange, deferTo: DeferTo): Reply {
  return new ExchangeReply(exchange, deferTo);
}

const JSON_TYPE = ['content-type', 'application/json'] as const;

/** A deferred stream that grows beyond this is kept no further and ends without its rest. */
const KEPT_BYTES_MAX = 67_108_864;

class ExchangeReply implements Reply {
  readonly #exchange: Exchange;
  readonly #deferTo: DeferTo;
  readonly #leavers: (() => void)[] = [];
  #begun = false;
  #gone = false;
  #deferred: Deferred | undefined;
  #kept: { status: number; headers: Headers; pieces: Uint8Array[]; size: number } | undefined;

  constructor(exchange: Exchange, deferTo: DeferTo) {
    this.#exchange = exchange;
    this.#deferTo = deferTo;
    exchange.onLeave(() => {
      this.#gone = true;
      // Whoever is answered later does not leave with its connection.
      if (this.#deferred === undefined) for (const then of this.#leavers) then();
    });
  }

  whole(status: number, headers: Headers, body: Uint8Array): void {
    if (this.#deferred !== undefined) this.#deferred.answer(status, headers, body);
    else if (!this.#gone) this.#exchange.reply(status, flat(headers), body);
  }

  begin(status: number, headers: Headers): void {
    if (this.#deferred !== undefined) {
      this.#kept ??= { status, headers, pieces: [], size: 0 };
    } else if (!this.#begun && !this.#gone) {
      this.#begun = true;
      this.#exchange.begin(status, flat(headers));
    }
  }

  write(bytes: Uint8Array): boolean {
    if (this.#deferred === undefined) return this.#gone || this.#exchange.write(bytes);
    const kept = this.#kept;
    if (kept !== undefined && kept.size + bytes.length <= KEPT_BYTES_MAX) {
      kept.pieces.push(bytes.slice());
      kept.size += bytes.length;
    }
    return true;
  }

  onDrain(then: () => void): void {
    this.#exchange.onDrain(then);
  }

  end(trailers: Headers): void {
    if (this.#deferred !== undefined) this.#hand(trailers);
    else if (!this.#gone) this.#exchange.end(flat(trailers));
  }

  cut(): void {
    if (this.#deferred !== undefined) this.#hand([]);
    else if (!this.#gone) this.#exchange.destroy();
  }

  begun(): boolean {
    return this.#begun;
  }

  onLeave(then: () => void): void {
    if (this.#gone && this.#deferred === undefined) then();
    else this.#leavers.push(then);
  }

  defer(headers: Headers): boolean {
    if (this.#deferred !== undefined) return true;
    if (this.#begun || this.#gone) return false;
    const deferral = this.#deferTo();
    if (deferral === undefined) return false;
    this.#deferred = deferral.place;
    const location = headers.find(([name]) => name === 'location')?.[1] ?? null;
    const body = encode(`${JSON.stringify({ object: 'queued', status: 'queued', location })}\n`);
    const told = flat([JSON_TYPE, ...headers, deferral.timing]);
    this.#exchange.reply(202, told, body);
    return true;
  }

  /** The kept stream becomes one answer; what would have been trailers are headers now. */
  #hand(trailers: Headers): void {
    const kept = this.#kept;
    if (kept === undefined) return;
    this.#kept = undefined;
    const body = new Uint8Array(kept.size);
    let at = 0;
    for (const piece of kept.pieces) {
      body.set(piece, at);
      at += piece.length;
    }
    // What was known at the beginning gives way to what is known now.
    const late = new Set(trailers.map(([name]) => name));
    const early = kept.headers.filter(([name]) => !late.has(name));
    this.#deferred?.answer(kept.status, [...early, ...trailers], body);
  }
}

export function flat(headers: Headers): string[] {
  const out: string[] = [];
  for (const [name, value] of headers) out.push(name, value);
  return out;
}
