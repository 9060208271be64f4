// One pass over a text finds every known word and prefix: Aho and Corasick, Efficient String
// Matching, 1975, as a dense table over classes of characters. A class stands for several
// characters, so a hit is compared with its word before it counts. States in which a word ends have
// the highest numbers: the loop asks one comparison.
import { CLASS, CLASS_BITS, GAP } from './text.ts';

/** `word` with blanks for gaps; `exact` compares it as written, capitals too. */
export type Pattern = { readonly word: string; readonly exact: boolean };

export type Automaton = {
  /** `next[state << CLASS_BITS | class]`. */
  readonly next: Uint16Array;
  /** States from here on are ends of words. */
  readonly firstEnd: number;
  /** Numbers of patterns: of state `firstEnd + i` from `endsFrom[i]` on, the longest first. */
  readonly ends: Uint16Array;
  readonly endsFrom: Uint32Array;
  readonly lengths: Uint16Array;
  /** The longest word. */
  readonly longest: number;
};

const WIDTH = 1 << CLASS_BITS;
const STATES_MAX = 65_535;

/** @throws when the words need more states than sixteen bits can number: a bug of a table. */
export function automatonOf(patterns: readonly Pattern[]): Automaton {
  const trie = trieOf(patterns);
  const { fails, order } = failsOf(trie.next);
  const ends = trie.ends.map((own) => own.slice());
  for (const state of order) ends[state]?.push(...(ends[fails[state] ?? 0] ?? []));
  return numbered(trie.next, ends, patterns);
}

function trieOf(patterns: readonly Pattern[]): { next: Int32Array[]; ends: number[][] } {
  const next: Int32Array[] = [new Int32Array(WIDTH).fill(-1)];
  const ends: number[][] = [[]];
  patterns.forEach(({ word }, index) => {
    let state = 0;
    for (let i = 0; i < word.length; i += 1) {
      const one = word[i] === ' ' ? GAP : (CLASS[word.charCodeAt(i)] ?? 0);
      let to = next[state]?.[one] ?? -1;
      if (to < 0) {
        to = next.length;
        next.push(new Int32Array(WIDTH).fill(-1));
        ends.push([]);
        (next[state] as Int32Array)[one] = to; // there: made with the state
      }
      state = to;
    }
    ends[state]?.push(index);
  });
  if (next.length > STATES_MAX) throw new Error('the words need too many states');
  return { next, ends };
}

/** Fills the missing steps from the state of the longest suffix, breadth first. */
function failsOf(next: readonly Int32Array[]): { fails: Int32Array; order: readonly number[] } {
  const fails = new Int32Array(next.length);
  const order: number[] = [];
  const queue = [0];
  for (let at = 0; at < queue.length; at += 1) {
    const state = queue[at] ?? 0;
    const row = next[state];
    const back = next[fails[state] ?? 0];
    if (row === undefined || back === undefined) continue;
    if (state !== 0) order.push(state);
    for (let one = 0; one < WIDTH; one += 1) {
      const to = row[one] ?? -1;
      const other = state === 0 ? 0 : (back[one] ?? 0);
      if (to < 0) row[one] = other;
      else {
        fails[to] = other;
        queue.push(to);
      }
    }
  }
  return { fails, order };
}

function numbered(
  next: readonly Int32Array[],
  ends: readonly (readonly number[])[],
  patterns: readonly Pattern[],
): Automaton {
  const silent = ends.flatMap((own, state) => (own.length === 0 ? [state] : []));
  const loud = ends.flatMap((own, state) => (own.length > 0 ? [state] : []));
  const order = [...silent, ...loud];
  const numbers = new Int32Array(next.length);
  order.forEach((state, index) => {
    numbers[state] = index;
  });
  const table = new Uint16Array(next.length * WIDTH);
  order.forEach((state, index) => {
    const row = next[state];
    for (let one = 0; one < WIDTH; one += 1) {
      table[index * WIDTH + one] = numbers[row?.[one] ?? 0] ?? 0;
    }
  });
  const endsOf = (state: number): readonly number[] =>
    [...(ends[state] ?? [])].sort((a, b) => lengthOf(patterns, b) - lengthOf(patterns, a));
  const endsFrom = new Uint32Array(loud.length + 1);
  loud.forEach((state, i) => {
    endsFrom[i + 1] = (endsFrom[i] ?? 0) + (ends[state]?.length ?? 0);
  });
  return {
    next: table,
    firstEnd: silent.length,
    ends: Uint16Array.from(loud.flatMap(endsOf)),
    endsFrom,
    lengths: Uint16Array.from(patterns.map(({ word }) => word.length)),
    longest: Math.max(...patterns.map(({ word }) => word.length)),
  };
}

const lengthOf = (patterns: readonly Pattern[], index: number): number =>
  patterns[index]?.word.length ?? 0;
