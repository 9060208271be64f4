// A request body as one buffer: bounded in bytes and in time, copied only when it came in more than
// one piece.
import { Timed, type Wheel } from '../wheel.ts';
import type { Incoming, Taker } from './incoming.ts';

/**
 * `too-large`: more than was allowed, by declaration or by count. `timeout`: too slow. `left`: the
 * caller has gone, or sent something that is no body and has been answered already.
 */
export type BodyRead = Uint8Array | 'too-large' | 'left' | 'timeout';

const EMPTY = new Uint8Array(0);

/** A body being read. What comes after it is settled is let pass and forgotten. */
export class Reading extends Timed implements Taker {
  readonly #wheel: Wheel;
  readonly #bytesMax: number;
  readonly #settle: (read: BodyRead) => void;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #settled = false;

  constructor(wheel: Wheel, bytesMax: number, settle: (read: BodyRead) => void) {
    super();
    this.#wheel = wheel;
    this.#bytesMax = bytesMax;
    this.#settle = settle;
  }

  start(req: Incoming, ms: number): void {
    this.#wheel.arm(this, this.#wheel.nowMs + ms);
    req.handTo(this);
  }

  take(bytes: Uint8Array): void {
    if (this.#settled) return;
    this.#bytes += bytes.length;
    if (this.#bytes > this.#bytesMax) this.settle('too-large');
    else this.#chunks.push(bytes);
  }

  ended(): void {
    if (this.#settled) return;
    const [first = EMPTY] = this.#chunks;
    this.settle(this.#chunks.length > 1 ? Buffer.concat(this.#chunks, this.#bytes) : first);
  }

  override due(): undefined {
    this.settle('timeout');
  }

  settle(read: BodyRead): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#chunks = [];
    this.#wheel.disarm(this);
    this.#settle(read);
  }
}
