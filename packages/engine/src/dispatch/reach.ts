// Whether an endpoint takes connections, as calls and probes find it: the one who is asked, for
// every model of it. One refused connection makes it doubtful, for a while that doubles with every
// further one: who has elsewhere to go, goes there. Several in a row, or a probe that is refused,
// shut it, until one call at a time has found it well, or a probe has. In memory; nothing here
// widens a clearance: an endpoint that is down is not replaced by one that is not allowed.
import type { FaultCode } from '@signalbox/contract';
import { Breaker, ENDPOINT_RULES, type Pass } from './breaker.ts';

export const DOUBT_MS_FIRST: number = ENDPOINT_RULES.openMsFirst;
export const DOUBT_MS_MAX: number = ENDPOINT_RULES.openMsMax;
const DOUBLINGS_MAX = 8;

/** Told when an endpoint goes down and when it takes connections again. */
export type Told = (event: 'endpoint-down' | 'endpoint-up') => void;

/** Times are on the monotonic clock: one on the wall that is set right keeps nobody down. */
export class Reach {
  readonly #breaker: Breaker = new Breaker(ENDPOINT_RULES);
  readonly #told: Told;
  #doubts = 0;
  #doubtedUntil = 0;
  #why: FaultCode = 'connect_failed';

  constructor(told: Told) {
    this.#told = told;
  }

  /** Whether `enter` would let a call out. */
  admits(now: number): boolean {
    return this.#breaker.admits(now);
  }

  enter(now: number): Pass {
    return this.#breaker.enter(now);
  }

  abandoned(pass: Pass): void {
    this.#breaker.abandoned(pass);
  }

  /** A connection was taken. */
  succeeded(pass: Pass, now: number): void {
    this.#breaker.succeeded(pass, now);
    if (this.#doubts > 0 && !this.#breaker.isTripped()) this.#trust();
  }

  /** A connection was refused, or nobody answered it. */
  failed(pass: Pass, now: number, draw: number, why: FaultCode): void {
    this.#why = why;
    this.#breaker.failed(pass, now, draw);
    this.#doubt(now);
  }

  /** What a probe met says it for everybody; undefined: it was answered. */
  probed(met: FaultCode | undefined, now: number, draw: number): void {
    if (met !== undefined) {
      this.#why = met;
      this.#breaker.trip(now, draw);
      this.#doubt(now);
    } else if (this.#doubts > 0) {
      this.#breaker.prove(now);
      this.#trust();
    }
  }

  /** It is better left alone now, by whoever has elsewhere to go. */
  isDown(now: number): boolean {
    return this.#doubtedUntil > now || !this.#breaker.admits(now);
  }

  /** What is known last is that it takes no connections, be it that it may be tried again: why. */
  downBy(now: number): FaultCode | undefined {
    return this.#breaker.isTripped() || this.isDown(now) ? this.#why : undefined;
  }

  /** Milliseconds until it may be tried again; 0: now. */
  waitMs(now: number): number {
    return Math.max(0, this.#doubtedUntil - now, this.#breaker.waitMs(now));
  }

  #trust(): void {
    this.#doubts = 0;
    this.#doubtedUntil = 0;
    this.#told('endpoint-up');
  }

  /** Those who were out together tell the same once. */
  #doubt(now: number): void {
    if (this.#doubtedUntil > now) return;
    const pauseMs = DOUBT_MS_FIRST * 2 ** Math.min(this.#doubts, DOUBLINGS_MAX);
    this.#doubtedUntil = now + Math.min(DOUBT_MS_MAX, pauseMs);
    this.#doubts += 1;
    if (this.#doubts === 1) this.#told('endpoint-down');
  }
}
