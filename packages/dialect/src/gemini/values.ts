// JSON values one after the other, cut out of a stream: the elements of one array as they come
// (`streamGenerateContent` without `alt=sse`), or values with nothing but space between them. Every
// character is looked at once.
import { type Framing, type Message, TooLong } from '../canon/framing.ts';

/** A value longer than this is held by nobody. */
const VALUE_CHARACTERS_MAX = 16_777_216;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export interface ValueFraming extends Framing {
  /** The array was opened and not closed: the stream is cut off. */
  readonly open: boolean;
}

class Values implements ValueFraming {
  readonly #decoder = new TextDecoder();
  #pieces: string[] = [];
  #length = 0;
  #depth = 0;
  #quoted = false;
  #escaped = false;
  open = false;

  push(chunk: Uint8Array): readonly Message[] {
    return this.#take(this.#decoder.decode(chunk, { stream: true }));
  }

  end(): readonly Message[] {
    const out = [...this.#take(this.#decoder.decode())];
    // What was begun and not ended: the reader says that it is no JSON.
    if (this.#length > 0) out.push({ name: undefined, data: this.#joined('') });
    return out;
  }

  #take(text: string): readonly Message[] {
    const out: Message[] = [];
    let start = this.#depth > 0 ? 0 : -1;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (this.#quoted) this.#inText(code);
      else if (this.#depth === 0) {
        if (code === 0x7b) {
          this.#depth = 1;
          start = at;
        } else this.#between(code);
      } else if (code === QUOTE) this.#quoted = true;
      else if (code === 0x7b || code === 0x5b) this.#depth += 1;
      else if (code === 0x7d || code === 0x5d) {
        this.#depth -= 1;
        if (this.#depth > 0) continue;
        out.push({ name: undefined, data: this.#joined(text.slice(start, at + 1)) });
        start = -1;
      }
    }
    if (start >= 0) {
      this.#pieces.push(text.slice(start));
      this.#length += text.length - start;
      if (this.#length > VALUE_CHARACTERS_MAX) throw new TooLong('a value of a stream is too long');
    }
    return out;
  }

  #inText(code: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (code === BACKSLASH) this.#escaped = true;
    else if (code === QUOTE) this.#quoted = false;
  }

  #between(code: number): void {
    if (code === 0x5b) this.open = true;
    else if (code === 0x5d) this.open = false;
  }

  #joined(last: string): string {
    if (this.#pieces.length === 0) return last;
    const whole = this.#pieces.join('') + last;
    this.#pieces = [];
    this.#length = 0;
    return whole;
  }
}

export const valueFraming = (): ValueFraming => new Values();
