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
  /** Of one holder, alive at once; its oldest goes when there are more. */
  readonly tokensMax: number;
};

export type TokenPorts = {
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: Keys;
};

/** Of all holders but the operator: the oldest goes, whose it may be. */
const OTHERS_MAX = 4_096;

/** Undefined: the operator. */
export type Holder = { readonly tenant: string } | undefined;
type Alive<H> = { readonly expiry: number; readonly holder: H };

export class Tokens<H extends Holder> {
  readonly #ports: TokenPorts;
  readonly #bounds: TokenBounds;
  /** By hash, oldest first: all live equally long. */
  readonly #alive = new Map<string, Alive<H>>();

  constructor(ports: TokenPorts, bounds: TokenBounds) {
    this.#ports = ports;
    this.#bounds = bounds;
  }

  /** A new token, which nobody can be told again. */
  mint(holder: H): string {
    const token = Buffer.from(this.#ports.random.bytes(TOKEN_BYTES)).toString('base64url');
    const now = this.#ports.clock.now();
    this.#forgetExpired(now);
    this.#leave(this.#bounds.tokensMax - 1, (one) => one?.tenant === holder?.tenant);
    if (holder !== undefined) this.#leave(OTHERS_MAX - 1, (one) => one !== undefined);
    this.#alive.set(this.#hash(token), { expiry: now + this.#bounds.lifeMs, holder });
    return token;
  }

  /** Who holds it; undefined: it opens nothing. */
  held(token: string): { readonly by: H } | undefined {
    const found = TOKEN.test(token) ? this.#alive.get(this.#hash(token)) : undefined;
    const isAlive = found !== undefined && found.expiry > this.#ports.clock.now();
    return isAlive ? { by: found.holder } : undefined;
  }

  /** Once for a token that is alive. */
  spend(token: string): { readonly by: H } | undefined {
    const held = this.held(token);
    this.revoke(token);
    return held;
  }

  revoke(token: string): void {
    if (TOKEN.test(token)) this.#alive.delete(this.#hash(token));
  }

  #hash(token: string): string {
    return this.#ports.keys.digest(this.#bounds.purpose, token, HASH_BYTES);
  }

  /** Of those the newest stay, so many. */
  #leave(count: number, isOne: (holder: H) => boolean): void {
    const ours = [...this.#alive].filter(([, { holder }]) => isOne(holder));
    for (const [hash] of ours.slice(0, Math.max(0, ours.length - count))) this.#alive.delete(hash);
  }

  #forgetExpired(now: number): void {
    for (const [hash, { expiry }] of this.#alive) {
      if (expiry > now) break;
      this.#alive.delete(hash);
    }
  }
}
