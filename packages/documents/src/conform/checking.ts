/**
 * What a check of one value keeps on its way: where it is, what it may still cost, and what it
 * found. Three answers, since a schema may ask what is not checked here: yes, no and not known.
 */
import type { Json } from '../origin.ts';
import type { Work } from './work.ts';

export const HOLDS = 0;
export const FAILS = 1;
export const UNKNOWN = 2;
export type Answer = typeof HOLDS | typeof FAILS | typeof UNKNOWN;

/** From the value to where the check is. `*`: a key that no schema names, and that is content. */
export type Place = { readonly above: Place | undefined; readonly key: string | number };

export type Spot = { readonly at: Place | undefined; readonly keyword: string };

/** One check of one value against one schema. */
export type Run = {
  readonly work: Work;
  depth: number;
  /** The last thing that failed; who makes something else of it says so in its own name. */
  failed: Spot | undefined;
  unknown: Spot | undefined;
};

export type Test = (value: Json, at: Place | undefined, run: Run) => Answer;

export function fails(run: Run, at: Place | undefined, keyword: string): Answer {
  run.failed = { at, keyword };
  return FAILS;
}

export function unknown(run: Run, at: Place | undefined, keyword: string): Answer {
  run.unknown ??= { at, keyword };
  return UNKNOWN;
}

/** True: goes on. */
export function spend(run: Run, steps: number): boolean {
  run.work.left -= steps;
  return run.work.left >= 0;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,39}$/;
const PATH_MAX = 200;

/** `$.items[3].price`; names that could be content are `*`. */
export function pathOf(at: Place | undefined): string {
  const pieces: string[] = [];
  for (let place = at; place !== undefined; place = place.above) {
    const { key } = place;
    const shown = typeof key === 'number' ? `[${key}]` : `.${NAME.test(key) ? key : '*'}`;
    pieces.push(shown);
  }
  const path = `$${pieces.reverse().join('')}`;
  return path.length <= PATH_MAX ? path : `${path.slice(0, PATH_MAX)}…`;
}
