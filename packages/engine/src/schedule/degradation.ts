// The level of degradation: how far the gateway does less so that it goes on. 0 is as usual, 4 the
// least; what follows from a level is said by the rules of policies (`degrade`), nowhere else.
//
// It is raised when it was called for in every one of the last windows, so that one pause of the
// collector raises nothing, and lowered one step at a time after a calm that is ten times as long,
// measured by lower bounds, so that it does not swing. An operator's word holds until it is taken
// back; what is measured goes on beside it. Pure: whoever knows the time tells it of each window.
import { assert } from '@signalbox/contract';

/** What was seen in one window. */
export type Load = {
  /** The longest that the event loop was late. */
  readonly loopDelayMs: number;
  readonly inFlight: number;
  /** Calls that wait for a place or for a route. */
  readonly waiting: number;
  /** Endpoints that everybody may use and that are switched on, and those of them that are down. */
  readonly endpoints: number;
  readonly endpointsDown: number;
};

export type DegradationChange = {
  readonly from: number;
  readonly to: number;
  readonly by: 'gateway' | 'operator';
  readonly because: string;
};

export const LEVEL_MAX = 4;
/** Milliseconds that one window lasts. */
export const WINDOW_MS = 1_000;
/** Windows in a row that call for a level before it is raised. */
export const RAISE_WINDOWS = 3;
/** Windows in a row that call for less before it is lowered by one. */
export const CALM_WINDOWS = 30;
/** Below this share of the bound that raised it, a level is over. */
const CALM_SHARE = 0.7;
/** Fewer calls that wait are no queue. */
const WAITING_MIN = 20;

type Bounds = readonly [one: number, two: number, three: number, four: number];
type Sign = { readonly says: string; readonly bounds: Bounds; of(load: Load): number };

/** Each with what it must reach for the levels 1 to 4. */
const SIGNS: readonly Sign[] = [
  {
    says: 'the event loop is late',
    bounds: [50, 100, 250, 500],
    of: ({ loopDelayMs }) => loopDelayMs,
  },
  {
    says: 'calls wait for places',
    bounds: [0.5, 0.7, 0.85, 0.95],
    of: ({ inFlight, waiting }) => (waiting < WAITING_MIN ? 0 : waiting / (waiting + inFlight)),
  },
  {
    says: 'most endpoints are down',
    bounds: [0.6, 0.75, 0.9, 1],
    of: ({ endpoints, endpointsDown }) => (endpoints === 0 ? 0 : endpointsDown / endpoints),
  },
];

type Called = { readonly level: number; readonly says: string };

export class Degradation {
  #measured = 0;
  #because = '';
  #stated: number | undefined = undefined;
  /** What the last windows called for, the newest last. */
  readonly #called: Called[] = [];
  #calm = 0;

  get level(): number {
    return this.#stated ?? this.#measured;
  }

  /** Why, in words; '' at level 0. */
  get because(): string {
    return this.#stated === undefined ? this.#because : STATED;
  }

  /** What holds by an operator's word; undefined: what is measured. */
  get stated(): number | undefined {
    return this.#stated;
  }

  /** @returns what changed for calls, if anything did. */
  window(load: Load): DegradationChange | undefined {
    const before = this.level;
    this.#called.push(calledFor(load, 1));
    if (this.#called.length > RAISE_WINDOWS) this.#called.shift();
    const least = this.#called.reduce((low, one) => (one.level < low.level ? one : low));
    const isLong = this.#called.length === RAISE_WINDOWS;
    if (isLong && least.level > this.#measured) {
      this.#measured = least.level;
      this.#because = least.says;
      this.#calm = 0;
    } else if (this.#measured > 0) this.#cool(load);
    return this.#changed(before, 'gateway');
  }

  /** @param level undefined: what is measured holds again. */
  state(level: number | undefined): DegradationChange | undefined {
    const isLevel = level === undefined || (Number.isInteger(level) && level >= 0);
    assert(isLevel && (level ?? 0) <= LEVEL_MAX, 'a level is an integer from 0 to 4');
    const before = this.level;
    this.#stated = level;
    return this.#changed(before, 'operator');
  }

  #cool(load: Load): void {
    this.#calm = calledFor(load, CALM_SHARE).level < this.#measured ? this.#calm + 1 : 0;
    if (this.#calm < CALM_WINDOWS) return;
    this.#calm = 0;
    this.#measured -= 1;
    if (this.#measured === 0) this.#because = '';
  }

  #changed(from: number, by: DegradationChange['by']): DegradationChange | undefined {
    const to = this.level;
    if (from === to) return undefined;
    return { from, to, by, because: this.because || CALM };
  }
}

const STATED = 'an operator says so';
const CALM = 'it is calm again';

/** The highest level that any sign calls for. */
function calledFor(load: Load, share: number): Called {
  let found: Called = { level: 0, says: '' };
  for (const { says, bounds, of } of SIGNS) {
    const value = of(load);
    const level = bounds.filter((bound) => value >= bound * share).length;
    if (level > found.level) found = { level, says };
  }
  return found;
}
