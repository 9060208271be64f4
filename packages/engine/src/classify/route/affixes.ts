// Whether a tenant's calls of one step begin or end alike all of a sudden, and are hard for it:
// words that somebody chose once to buy the strong tier with every call. A prompt's own template
// stood there before, and is usual; new words that change nothing about the tier are none of ours.
// What was there before the last calls is counted in one small table of hashes, of which half is
// forgotten again and again. Words that change with every call, or stand in the middle, are not
// found here: the share of strong calls bounds them.
import { hashOf } from '../likeness.ts';

const WINDOW = 64;
/** Of the window: so many calls have it. */
const REPEATED_MIN = 32;
/** Calls before the window, without which nothing is usual. */
const BEFORE_MIN = 128;
const BEFORE_MAX = 4_096;
/** It was in fewer of them than this share. */
const BEFORE_SHARE = 0.05;
/** So much more often hard than calls were before. */
const HARDER = 0.2;
const TABLE = 1_024;
const WORDS = 4;
const READ = 256;
const WORD = /\p{L}+/gu;

export type Shares = { readonly usual: number; readonly seen: number };

export class Affixes {
  readonly #heads: Uint32Array = new Uint32Array(WINDOW);
  readonly #tails: Uint32Array = new Uint32Array(WINDOW);
  readonly #hard: Uint8Array = new Uint8Array(WINDOW);
  readonly #before: Uint16Array = new Uint16Array(TABLE);
  #calls = 0;
  #beforeCalls = 0;
  #beforeHard = 0;

  /** Of the calls before the window; 0 to 1. */
  get usual(): number {
    return this.#beforeCalls === 0 ? 0 : this.#beforeHard / this.#beforeCalls;
  }

  /** @returns how often such calls were hard before, and are now; undefined: nothing is new. */
  saw(text: string, isHard: boolean): Shares | undefined {
    const at = this.#calls % WINDOW;
    if (this.#calls >= WINDOW) this.#leave(at);
    const [head, tail] = [headOf(text), tailOf(text)];
    this.#heads[at] = head;
    this.#tails[at] = tail;
    this.#hard[at] = isHard ? 1 : 0;
    this.#calls += 1;
    if (this.#beforeCalls < BEFORE_MIN) return undefined;
    return this.#news(this.#heads, head) ?? this.#news(this.#tails, tail);
  }

  #news(window: Uint32Array, affix: number): Shares | undefined {
    let [times, hard] = [0, 0];
    for (let at = 0; at < WINDOW; at += 1) {
      if (window[at] !== affix) continue;
      times += 1;
      hard += this.#hard[at] ?? 0;
    }
    const before = (this.#before[affix % TABLE] ?? 0) / this.#beforeCalls;
    const seen = hard / times;
    const isNews = times >= REPEATED_MIN && before < BEFORE_SHARE && seen >= this.usual + HARDER;
    return isNews ? { usual: this.usual, seen } : undefined;
  }

  #leave(at: number): void {
    const [head, tail] = [(this.#heads[at] ?? 0) % TABLE, (this.#tails[at] ?? 0) % TABLE];
    this.#before[head] = (this.#before[head] ?? 0) + 1;
    if (tail !== head) this.#before[tail] = (this.#before[tail] ?? 0) + 1;
    this.#beforeCalls += 1;
    this.#beforeHard += this.#hard[at] ?? 0;
    if (this.#beforeCalls < BEFORE_MAX) return;
    for (let row = 0; row < TABLE; row += 1) this.#before[row] = (this.#before[row] ?? 0) >>> 1;
    this.#beforeCalls >>>= 1;
    this.#beforeHard >>>= 1;
  }
}

const headOf = (text: string): number => hashed(wordsOf(text.slice(0, READ)).slice(0, WORDS));
const tailOf = (text: string): number => hashed(wordsOf(text.slice(-READ)).slice(-WORDS));

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(WORD) ?? [];
const hashed = (words: readonly string[]): number => hashOf(words.join(' '));
