// Secrets of chance that people carry for a while: login links and sessions. What is kept is a
// keyed hash, so that nothing in memory opens anything, and finding one takes no comparison that
// could tell a nearly right token from a wrong one.
import type { Clock, Keys, Random } from '@signalbox/contract';

const TOKEN_BYTES = 32;
const HASH_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export type TokenBounds = {
  /** Separates the hashes of one use from those of another. */
  readonly purpose: string;
  readonly lifeMs: number;
  /** Alive at once; the oldest goes when there are more. */
  readonly tokensMax: number;
};

export type TokenPorts = {
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: Keys;
};

export class Tokens {
  readonly #ports: TokenPorts;
  readonly #bounds: TokenBounds;
  /** Expiry by hash, oldest first: all live equally long. */
  readonly #alive = new Map<string, number>();

  constructor(ports: TokenPorts, bounds: TokenBounds) {
    this.#ports = ports;
    this.#bounds = bounds;
  }

  /** A new token, which nobody can be told again. */
  mint(): string {
    const token = Buffer.from(this.#ports.random.bytes(TOKEN_BYTES)).toString('base64url');
    const now = this.#ports.clock.now();
    this.#forgetExpired(now);
    for (const oldest of this.#alive.keys()) {
      if (this.#alive.size < this.#bounds.tokensMax) break;
      this.#alive.delete(oldest);
    }
    this.#alive.set(this.#hash(token), now + this.#bounds.lifeMs);
    return token;
  }

  holds(token: string): boolean {
    if (!TOKEN.test(token)) return false;
    return (this.#alive.get(this.#hash(token)) ?? 0) > this.#ports.clock.now();
  }

  /** True once for a token that is alive. */
  spend(token: string): boolean {
    const held = this.holds(token);
    this.revoke(token);
    return held;
  }

  revoke(token: string): void {
    if (TOKEN.test(token)) this.#alive.delete(this.#hash(token));
  }

  #hash(token: string): string {
    return this.#ports.keys.digest(this.#bounds.purpose, token, HASH_BYTES);
  }

  #forgetExpired(now: number): void {
    for (const [hash, expiry] of this.#alive) {
      if (expiry > now) break;
      this.#alive.delete(hash);
    }
  }
}
