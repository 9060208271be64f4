// An answer that says how long it took, for whatever does not come down the line: pages, and
// refusals of a head. What comes from the line says it itself.
import type { Clock } from '@signalbox/contract';
import { timingHeader } from '@signalbox/engine';
import type { Exchange } from '@signalbox/ports';
import { ExchangeOver } from './exchange-over.ts';

/** All but what the body took went into deciding: nobody waited, and nobody else was asked. */
export function timingSince(arrived: number, clock: Clock, bodyMs = 0): readonly [string, string] {
  const totalMs = clock.monotonic() - arrived;
  return timingHeader({ bodyMs, queueMs: 0, decideMs: totalMs - bodyMs, upstreamMs: 0, totalMs });
}

/** @param arrived on the monotonic clock, milliseconds. */
export function timed(exchange: Exchange, arrived: number, clock: Clock): Exchange {
  return new TimedExchange(exchange, arrived, clock);
}

class TimedExchange extends ExchangeOver {
  readonly #arrived: number;
  readonly #clock: Clock;
  #bodyMs = 0;

  constructor(exchange: Exchange, arrived: number, clock: Clock) {
    super(exchange);
    this.#arrived = arrived;
    this.#clock = clock;
  }

  override async readBody(bytesMax: number, ms: number): ReturnType<Exchange['readBody']> {
    const asked = this.#clock.monotonic();
    const body = await super.readBody(bytesMax, ms);
    this.#bodyMs = this.#clock.monotonic() - asked;
    return body;
  }

  /** An answer that was kept for later says already how long it took. */
  override reply(status: number, headers: readonly string[], bytes: Uint8Array): void {
    const [name, value] = timingSince(this.#arrived, this.#clock, this.#bodyMs);
    const all = headers.includes(name) ? headers : [...headers, name, value];
    this.exchange.reply(status, all, bytes);
  }
}
