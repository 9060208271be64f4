// Bytes that come in pieces and are kept as one: a copy, growing by doubling, so that one byte at a
// time costs neither a list of pieces nor a copy of everything for each of them. One piece alone is
// kept at its size.
const GROWN_BYTES_MIN = 1_024;
const NOTHING = new Uint8Array(0);

export class Gathered {
  #bytes: Uint8Array = NOTHING;
  length = 0;

  /** Copies: what is lent may change afterwards. */
  add(piece: Uint8Array): void {
    const before = this.length;
    this.length = before + piece.length;
    if (before === 0 && this.#bytes.length < piece.length) {
      this.#bytes = piece.slice();
      return;
    }
    this.#reserve(before);
    this.#bytes.set(piece, before);
  }

  /** Valid until the next `add`. */
  view(): Uint8Array {
    return this.length === this.#bytes.length ? this.#bytes : this.#bytes.subarray(0, this.length);
  }

  /** What there is; begins anew. */
  take(): Uint8Array {
    const bytes = this.view();
    this.#bytes = NOTHING;
    this.length = 0;
    return bytes;
  }

  #reserve(kept: number): void {
    if (this.length <= this.#bytes.length) return;
    const size = Math.max(this.length, this.#bytes.length * 2, GROWN_BYTES_MIN);
    const larger = new Uint8Array(size);
    larger.set(this.#bytes.subarray(0, kept));
    this.#bytes = larger;
  }
}
