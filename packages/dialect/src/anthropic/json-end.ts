// Says when an object that comes in pieces is whole. Each character is looked at once.
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export class JsonEnd {
  /** The brace that opened it was closed. */
  reached = false;
  #depth = 0;
  #isText = false;
  #isMasked = false;

  push(piece: string): void {
    if (this.reached) return;
    for (let at = 0; at < piece.length; at += 1) {
      const letter = piece.charCodeAt(at);
      if (this.#isMasked) this.#isMasked = false;
      else if (letter === BACKSLASH) this.#isMasked = this.#isText;
      else if (letter === QUOTE) this.#isText = !this.#isText;
      else if (!this.#isText) this.#count(letter);
    }
  }

  #count(letter: number): void {
    if (letter === 0x7b || letter === 0x5b) this.#depth += 1;
    else if (letter === 0x7d || letter === 0x5d) {
      this.#depth -= 1;
      if (this.#depth <= 0) this.reached = true;
    }
  }
}
