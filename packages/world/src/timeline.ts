// Time that is turned by hand. Everything that happens in the world is an event in one queue; one
// event runs, then every promise that it settled has its say, then the next one. Nothing in the
// world waits for a socket, a disk or a timer of the machine, so the same seed runs the same way.
import type { Clock } from '@signalbox/contract';

type Event = {
  readonly at: number;
  /** First come, first served among events of one moment. */
  readonly order: number;
  readonly then: () => void;
  cancelled: boolean;
};

export class Timeline {
  readonly #startMs: number;
  readonly #events: Event[] = [];
  #order = 0;
  #nowMs = 0;
  #skewMs = 0;
  #leaptMs = 0;
  /** Of clocks on the wall, from which moment on. */
  readonly #skews: { readonly from: number; readonly ms: number }[] = [{ from: 0, ms: 0 }];
  #turn = 0;

  /** @param startMs Unix milliseconds at which the world begins. */
  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  /** What clocks on the wall say: jumps. */
  now(): number {
    return Math.floor(this.#startMs + this.#nowMs + this.#skewMs);
  }

  /** Since the world began: never jumps. */
  monotonic(): number {
    return this.#nowMs;
  }

  /** By how much clocks on the wall have gone forward at once, all in all. */
  leaptMs(): number {
    return this.#leaptMs;
  }

  /** Counts events: what has the same turn happened in one go. */
  turn(): number {
    return this.#turn;
  }

  jump(ms: number): void {
    this.#skewMs += ms;
    this.#leaptMs += Math.max(0, ms);
    this.#skews.push({ from: this.#nowMs, ms: this.#skewMs });
  }

  /** What clocks on the wall said between two moments: from and to, a piece for each jump. */
  walls(from: number, to: number): readonly (readonly [number, number])[] {
    return this.#skews.flatMap(
      ({ from: began, ms }, at): readonly (readonly [number, number])[] => {
        const ended = this.#skews[at + 1]?.from ?? to;
        const [first, last] = [Math.max(from, began), Math.min(to, ended)];
        const zero = this.#startMs + ms;
        return first > last ? [] : [[Math.floor(zero + first), Math.floor(zero + last)]];
      },
    );
  }

  after(ms: number, then: () => void): () => void {
    const event = {
      at: this.#nowMs + Math.max(0, ms),
      order: this.#order,
      then,
      cancelled: false,
    };
    this.#order += 1;
    this.#push(event);
    return () => {
      event.cancelled = true;
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Runs the next event; false when there is none. */
  step(): boolean {
    for (let event = this.#pop(); event !== undefined; event = this.#pop()) {
      if (event.cancelled) continue;
      this.#nowMs = event.at;
      this.#turn += 1;
      event.then();
      return true;
    }
    return false;
  }

  #push(event: Event): void {
    const events = this.#events;
    let at = events.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = events[parent];
      if (above === undefined || !isBefore(event, above)) break;
      events[at] = above;
      at = parent;
    }
    events[at] = event;
  }

  #pop(): Event | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (first === undefined || last === undefined || events.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = events[at * 2 + 1];
      const right = events[at * 2 + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const next = isRight ? right : left;
      if (!isBefore(next, last)) break;
      events[at] = next;
      at = at * 2 + (isRight ? 2 : 1);
    }
    events[at] = last;
    return first;
  }
}

const isBefore = (a: Event, b: Event): boolean =>
  a.at < b.at || (a.at === b.at && a.order < b.order);

/** Resolves when every promise that could be settled without another event has been. */
export const drained = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export type MortalClock = Clock & {
  /** Nothing that waits on this clock is ever called again. */
  stop(): void;
  /** Calls that wait now. */
  waiting(): number;
};

/** The clock of one process: it ends with it. */
export function mortalClock(timeline: Timeline, onThrow: (error: unknown) => void): MortalClock {
  const waiting = new Set<() => void>();
  let stopped = false;
  return {
    now: () => timeline.now(),
    monotonic: () => timeline.monotonic(),
    after(ms, then) {
      if (stopped) return () => undefined;
      const cancel = timeline.after(ms, () => {
        waiting.delete(cancel);
        if (stopped) return;
        try {
          then();
        } catch (error) {
          onThrow(error);
        }
      });
      waiting.add(cancel);
      return () => {
        cancel();
        waiting.delete(cancel);
      };
    },
    stop() {
      stopped = true;
      for (const cancel of waiting) cancel();
      waiting.clear();
    },
    waiting: () => waiting.size,
  };
}
