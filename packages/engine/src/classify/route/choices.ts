// What can be counted of the choices of a question: how long they are, how alike each other, how
// much of the question they say again. Choices that differ in a word or two are the hard ones.
import { logarithm } from './exact.ts';

export const CHOICE_SHAPES = 14;
/** The first so many are lengths and counts, the others comparisons. */
export const PLAIN_CHOICE_SHAPES = 5;

/** Neither more choices nor more words of each are compared with each other. */
const COMPARED_MAX = 10;
const WORDS_MAX = 32;
const DIGITS = /\d/;
const VALUE = /^[-+$]?\d[\d.,%/ ]*.{0,12}$/;
const PLACE_BITS = 13;

/** At the place of a word's hash the number of the last question that had it: nothing to clear. */
const asked = new Uint32Array(2 ** PLACE_BITS);
let question = 0;

const log = (count: number): number => logarithm(1 + count);

/** @param before what stands before the choices. Without choices all is 0. */
export function choiceShape(before: string, choices: readonly string[]): readonly number[] {
  const count = choices.length;
  if (count === 0) return new Array<number>(CHOICE_SHAPES).fill(0);
  let [longest, shortest, whole, logs, squares] = [0, Number.POSITIVE_INFINITY, 0, 0, 0];
  let [digits, values] = [0, 0];
  for (const choice of choices) {
    const { length } = choice;
    const size = log(length);
    longest = Math.max(longest, length);
    shortest = Math.min(shortest, length);
    whole += length;
    logs += size;
    squares += size * size;
    if (!DIGITS.test(choice)) continue;
    digits += 1;
    if (VALUE.test(choice)) values += 1;
  }
  const spread = squares / count - (logs / count) * (logs / count);
  return [
    ...[log(count), log(longest), log(shortest), longest === 0 ? 0 : shortest / longest],
    ...[digits / count, log(whole / count), Math.sqrt(Math.max(0, spread)), values / count],
    ...comparison(before, choices.slice(0, COMPARED_MAX)),
  ];
}

/** Said again, most and mean; alike, most and mean; how many begin, and end, as none else. */
function comparison(before: string, choices: readonly string[]): readonly number[] {
  question += 1;
  for (const word of wordsOf(before)) asked[word >>> (32 - PLACE_BITS)] = question;
  const lists = choices.map((choice) => wordsOf(choice, WORDS_MAX));
  let [againMost, again, alikeMost, alike, pairs] = [0, 0, 0, 0, 0];
  lists.forEach((words, at) => {
    let said = 0;
    for (const word of words) if (asked[word >>> (32 - PLACE_BITS)] === question) said += 1;
    const share = said / Math.max(1, words.length);
    againMost = Math.max(againMost, share);
    again += share;
    for (let other = 0; other < at; other += 1) {
      const jaccard = alikeIn(words, lists[other] ?? []);
      alikeMost = Math.max(alikeMost, jaccard);
      alike += jaccard;
      pairs += 1;
    }
  });
  const count = lists.length;
  return [
    ...[againMost, again / count, alikeMost, alike / Math.max(1, pairs)],
    new Set(lists.map((words) => words[0] ?? 0)).size / count,
    new Set(lists.map((words) => words.at(-1) ?? 0)).size / count,
  ];
}

/** Hashes of the words of Latin letters; with a limit each once, of the first so many. */
function wordsOf(text: string, most = 0): readonly number[] {
  const words: number[] = [];
  let hash = 0;
  for (let at = 0; at <= text.length; at += 1) {
    // Bit 32 apart, capitals are small letters.
    const code = at < text.length ? text.charCodeAt(at) | 32 : 0;
    if (code > 96 && code < 123) {
      hash = Math.imul((hash === 0 ? 0x811c_9dc5 : hash) ^ code, 0x0100_0193);
    } else if (hash !== 0) {
      const word = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d) >>> 0;
      hash = 0;
      if (most === 0 || !words.includes(word)) words.push(word);
      if (words.length === most) break;
    }
  }
  return words;
}

/** Jaccard's share: of the words of both those that both have. */
function alikeIn(one: readonly number[], other: readonly number[]): number {
  let shared = 0;
  for (const word of one) if (other.includes(word)) shared += 1;
  return shared / Math.max(1, one.length + other.length - shared);
}
