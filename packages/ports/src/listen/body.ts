// A request body as one buffer: bounded in bytes and in time, copied only when it came in more than
// one piece. A large one is put in its place as it comes: to join 25 MB at the end would hold the
// loop for as long as a small call takes from end to end, many times over.
import { Timed, type Wheel } from '../wheel.ts';
import type { Incoming, Taker } from './incoming.ts';

/**
 * `too-large`: more than was allowed, by declaration or by count. `timeout`: too slow. `left`: the
 * caller has gone, or sent something that is no body and has been answered already.
 */
export type BodyRead = Uint8Array | 'too-large' | 'left' | 'timeout';

const EMPTY = new Uint8Array(0);
/** So much must have come before room is taken for all that was declared. */
const LARGE_BYTES = 262_144;

/** A body being read. What comes after it is settled is let pass and forgotten. */
export class Reading extends Timed implements Taker {
  readonly #wheel: Wheel;
  readonly #bytesMax: number;
  readonly #settle: (read: BodyRead) => void;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  readonly #declared: number;
  /** Of a large body of known length. */
  #whole: Uint8Array | undefined;
  #settled = false;

  /** @param declared its length; below 0: not known. */
  constructor(
    wheel: Wheel,
    { bytesMax, declared }: { readonly bytesMax: number; readonly declared: number },
    settle: (read: BodyRead) => void,
  ) {
    super();
    this.#declared = declared;
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
    else if (this.#whole !== undefined) this.#whole.set(bytes, this.#bytes - bytes.length);
    else {
      this.#chunks.push(bytes);
      if (this.#bytes >= LARGE_BYTES && this.#bytes < this.#declared) this.#makeRoom();
    }
  }

  ended(): void {
    if (this.#settled) return;
    if (this.#whole !== undefined) {
      this.settle(this.#whole.subarray(0, this.#bytes));
      return;
    }
    const [first = EMPTY] = this.#chunks;
    this.settle(this.#chunks.length > 1 ? Buffer.concat(this.#chunks, this.#bytes) : first);
  }

  override due(): undefined {
    this.settle('timeout');
  }

  #makeRoom(): void {
    const whole = Buffer.allocUnsafeSlow(this.#declared);
    let at = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    this.#whole = whole;
    this.#chunks = [];
  }

  settle(read: BodyRead): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#chunks = [];
    this.#whole = undefined;
    this.#wheel.disarm(this);
    this.#settle(read);
  }
}
