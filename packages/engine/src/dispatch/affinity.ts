// Which place answered a session last, so that the next step may find its prompt still held there.
// Nothing depends on it: what is forgotten costs a prompt that is read once more. Bounded; times
// are on the monotonic clock.

/** About as long as servers and vendors hold a prompt that nobody asks for. */
export const WARM_MS = 300_000;
export const SESSIONS_MAX = 20_000;

type Served = { by: object; until: number };

export class Affinity<Place extends object> {
  readonly #sessions: Map<string, Served> = new Map();

  served(session: string, by: Place, now: number): void {
    const known = this.#sessions.get(session);
    if (known !== undefined) {
      known.by = by;
      known.until = now + WARM_MS;
      return;
    }
    if (this.#sessions.size >= SESSIONS_MAX) this.#forget();
    this.#sessions.set(session, { by, until: now + WARM_MS });
  }

  isWarm(session: string, place: Place, now: number): boolean {
    const known = this.#sessions.get(session);
    return known !== undefined && known.by === place && known.until > now;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** The one that came first: a Map keeps the order of insertion. */
  #forget(): void {
    const first = this.#sessions.keys().next();
    if (first.done !== true) this.#sessions.delete(first.value);
  }
}
