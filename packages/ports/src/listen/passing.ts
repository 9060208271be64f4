// What comes after an answer: the rest of a body that nobody reads, and a caller that is slow with
// the last of what it was told. Both get a little time and a bound.
import type { Socket } from 'node:net';
import { Timed, type Wheel } from '../wheel.ts';
import type { Taker } from './incoming.ts';

/** An unread body up to this is let pass, so that the connection can be used again. */
export const PASSED_BYTES_MAX = 262_144;
/**
 * Of a larger one, so much is let pass before the connection ends: many clients read no answer
 * before they have sent all, and one that is cut off while it sends never learns why.
 */
const REFUSED_BYTES_MAX = 67_108_864;
/**
 * How long an answered caller may go on sending, or be slow in reading the last of an unclean end,
 * before it is cut off.
 */
export const LINGER_MS = 2_000;

/** The rest of a body that nobody wants. */
export class Passing extends Timed implements Taker {
  readonly #wheel: Wheel;
  readonly #finish: () => void;
  readonly #closing: boolean;
  #bytesLeft: number;
  #over = false;

  constructor(wheel: Wheel, finish: () => void, closing: boolean) {
    super();
    this.#wheel = wheel;
    this.#finish = finish;
    this.#closing = closing;
    this.#bytesLeft = closing ? REFUSED_BYTES_MAX : PASSED_BYTES_MAX;
    wheel.arm(this, wheel.nowMs + LINGER_MS);
  }

  take(bytes: Uint8Array): void {
    this.#bytesLeft -= bytes.length;
    if (this.#bytesLeft < 0) this.#end(true);
  }

  ended(): void {
    this.#end(this.#closing);
  }

  override due(): undefined {
    this.#end(true);
  }

  #end(finish: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#wheel.disarm(this);
    if (finish) this.#finish();
  }
}

/** Ends a connection that was given a little time. */
export class CutOff extends Timed {
  readonly #socket: Socket;
  constructor(socket: Socket) {
    super();
    this.#socket = socket;
  }
  override due(): undefined {
    this.#socket.destroy();
  }
}
