// What happened, line by line: the end of it is kept for people, all of it goes into a digest that
// tells whether two runs were the same.
import { createHash } from 'node:crypto';

const KEPT_MAX = 4_000;

export class Trace {
  readonly #hash = createHash('sha256');
  readonly #now: () => number;
  #lines: string[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  note(text: string): void {
    const line = `${this.#now().toFixed(3).padStart(11)}  ${text}`;
    this.#hash.update(line).update('\n');
    this.#lines.push(line);
    if (this.#lines.length > KEPT_MAX * 2) this.#lines = this.#lines.slice(-KEPT_MAX);
  }

  /** The last lines that mention one of the words; without words the last lines. */
  tail(count: number, words: readonly string[]): readonly string[] {
    const about =
      words.length === 0
        ? this.#lines
        : this.#lines.filter((line) => words.some((word) => line.includes(word)));
    return about.slice(-count);
  }

  /** Once, at the end. */
  digest(): string {
    return this.#hash.digest('hex').slice(0, 32);
  }
}
