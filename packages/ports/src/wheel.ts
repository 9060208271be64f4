// A coarse timer wheel: thousands of deadlines behind one timer. Arming and disarming move one
// entry in an array; a deadline that is pushed back by every byte (idle) costs nothing at all,
// because an entry that comes due too early says so and is put back. Deadlines are never early and
// at most two ticks late.
//
// The wheel has a time of its own. It runs only while something is armed, and a tick that comes
// late moves it by at most `LAG_TICKS_MAX` ticks: an event loop that was blocked, or a laptop that
// slept, times nobody out.
import { assert, type Clock } from '@signalbox/contract';

const TICK_MS = 25;
const SLOTS = 512;
const LAG_TICKS_MAX = 4;
const NOWHERE = -1;

/** What can be armed. The fields belong to the wheel. */
export abstract class Timed {
  slot: number = NOWHERE;
  index: number = NOWHERE;
  dueAtMs: number = 0;
  /**
   * Called when due; answers when it is really due, in the wheel's time, or undefined to be done.
   */
  abstract due(nowMs: number): number | undefined;
}

export class Wheel {
  readonly #clock: Clock;
  readonly #slots: Timed[][] = Array.from({ length: SLOTS }, () => []);
  #armed = 0;
  #nowMs = 0;
  #tickedAtMs = 0;
  #ticking = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The wheel's own time: comparable only with itself. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get armed(): number {
    return this.#armed;
  }

  arm(entry: Timed, dueAtMs: number): void {
    assert(entry.slot === NOWHERE, 'an entry of the wheel is armed once');
    this.#armed += 1;
    this.#put(entry, dueAtMs);
    if (!this.#ticking) {
      this.#ticking = true;
      this.#tickedAtMs = this.#clock.monotonic();
      this.#clock.after(TICK_MS, this.#tick);
    }
  }

  /** Moves an armed entry to an earlier time; later ones need no move. */
  hasten(entry: Timed, dueAtMs: number): void {
    if (entry.slot === NOWHERE || dueAtMs >= entry.dueAtMs) return;
    this.#take(entry);
    this.#put(entry, dueAtMs);
  }

  disarm(entry: Timed): void {
    if (entry.slot === NOWHERE) return;
    this.#take(entry);
    this.#armed -= 1;
  }

  #put(entry: Timed, dueAtMs: number): void {
    const ticksAhead = Math.ceil((dueAtMs - this.#nowMs) / TICK_MS) + 1;
    const ahead = Math.min(Math.max(1, ticksAhead), SLOTS - 1 - LAG_TICKS_MAX);
    const slot = (Math.floor(this.#nowMs / TICK_MS) + ahead) % SLOTS;
    const entries = this.#slots[slot] ?? [];
    entry.dueAtMs = dueAtMs;
    entry.slot = slot;
    entry.index = entries.push(entry) - 1;
  }

  #take(entry: Timed): void {
    const entries = this.#slots[entry.slot] ?? [];
    const last = entries.pop();
    if (last !== undefined && last !== entry) {
      entries[entry.index] = last;
      last.index = entry.index;
    }
    entry.slot = NOWHERE;
  }

  readonly #tick = (): void => {
    const atMs = this.#clock.monotonic();
    const passedMs = Math.min(Math.max(TICK_MS, atMs - this.#tickedAtMs), LAG_TICKS_MAX * TICK_MS);
    this.#tickedAtMs = atMs;
    const from = Math.floor(this.#nowMs / TICK_MS);
    this.#nowMs += passedMs;
    const to = Math.floor(this.#nowMs / TICK_MS);
    for (let turn = from + 1; turn <= to; turn += 1) this.#turn(turn % SLOTS);
    this.#ticking = this.#armed > 0;
    if (this.#ticking) this.#clock.after(TICK_MS, this.#tick);
  };

  /**
   * Everything in the slot leaves it: for good, or to a later one. What is put during the turn
   * lands in another slot.
   */
  #turn(slot: number): void {
    const entries = this.#slots[slot] ?? [];
    while (entries.length > 0) {
      const entry = entries[entries.length - 1];
      if (entry === undefined) return;
      this.#take(entry);
      const next = entry.dueAtMs > this.#nowMs ? entry.dueAtMs : entry.due(this.#nowMs);
      if (next === undefined) this.#armed -= 1;
      else this.#put(entry, next);
    }
  }
}
