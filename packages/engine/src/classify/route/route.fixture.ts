// Rows of questions that nobody asked, with outcomes that follow from their words: of two kinds of
// sums and of two kinds of letters, one is hard for the weak model.
import type { RouteExample } from './train.ts';

export const MODELS = ['small', 'large'] as const;

const PEOPLE = ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Niklaus', 'Tony', 'Donald'];
const THINGS = ['apples', 'letters', 'lamps', 'tickets', 'bolts', 'trains', 'maps'];

/** Half of the rows of `sums` and of `letters` are hard; a tenth of the outcomes is turned over. */
export function madeUp(count: number, seed = 1): readonly RouteExample[] {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
  const pick = (words: readonly string[]): string => words[next(words.length)] ?? '';
  return Array.from({ length: count }, (): RouteExample => {
    const isHard = next(2) === 0;
    const isSum = next(2) === 0;
    const who = `${pick(PEOPLE)} and ${pick(PEOPLE)}`;
    const what = `${next(900)} ${pick(THINGS)}`;
    const asked = isHard ? 'Prove the remainder of the quotient' : 'How many is that with one more';
    const text = isSum
      ? `${who} have ${what}. ${asked}?`
      : `${isHard ? 'Negotiate a contract' : 'Write a greeting'} between ${who} about ${what}.`;
    const small = isHard === (next(10) !== 0) ? 0 : 1;
    const outcomes = { small, large: next(20) === 0 ? 0 : 1 };
    return { text, family: isSum ? 'sums' : 'letters', step: isHard ? 'hard' : 'easy', outcomes };
  });
}
