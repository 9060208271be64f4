// Answers in binary frames (`application/vnd.amazon.eventstream`) become server-sent events, so
// that nobody above knows of frames: each is one event whose data is an object with the type of
// the frame for its one key. Checksums are verified; a frame that is broken, too long or cut off
// is a fault.
import { EventStreamCodec } from '@smithy/eventstream-codec';
import type { Decoded, Decoding } from './decode.ts';

export const FRAMED_TYPE = 'application/vnd.amazon.eventstream';
export const EVENTS_TYPE = 'text/event-stream';

/** Payload and headers of one frame; the protocol allows no more. */
const FRAME_BYTES_MAX = 25_165_824;
/** Two lengths, two checksums. */
const FRAME_BYTES_MIN = 16;
const LENGTH_BYTES = 4;
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : decoder.decode(bytes)),
  (text) => encoder.encode(text),
);

export const framesFor = (to: Decoded): Decoding => new Frames(to);

class Frames implements Decoding {
  readonly #to: Decoded;
  /** Bytes of the frame that is not whole yet. */
  #pieces: Uint8Array[] = [];
  #length = 0;
  /** Of the frame, when its first bytes are known. */
  #wanted: number | undefined;
  #paused = false;
  /** What came while the reader had paused. */
  #held: Uint8Array[] = [];
  #endHeld = false;
  #over = false;

  constructor(to: Decoded) {
    this.#to = to;
  }

  write(bytes: Uint8Array): void {
    if (this.#over) return;
    if (this.#paused) {
      this.#held.push(Uint8Array.from(bytes));
      this.#to.full();
    } else this.#take(bytes);
  }

  end(): void {
    if (this.#over) return;
    if (this.#paused) {
      this.#endHeld = true;
      return;
    }
    this.#over = true;
    if (this.#length === 0) this.#to.end();
    else this.#to.fault('body_error', 'the stream ends inside a frame');
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    const held = this.#held;
    this.#held = [];
    for (const [at, bytes] of held.entries()) {
      this.#take(bytes);
      if (this.#over) return;
      if (!this.#isPaused()) continue;
      this.#held = [...held.slice(at + 1), ...this.#held];
      return;
    }
    if (this.#endHeld) this.end();
    else if (held.length > 0) this.#to.drained();
  }

  destroy(): void {
    this.#over = true;
  }

  /** Asked after a call out. */
  #isPaused(): boolean {
    return this.#paused;
  }

  #take(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0 && !this.#over) {
      const missing = (this.#wanted ?? LENGTH_BYTES) - this.#length;
      const piece = rest.subarray(0, missing);
      // Copied: a caller's bytes are valid during the call alone.
      this.#pieces.push(Uint8Array.from(piece));
      this.#length += piece.length;
      rest = rest.subarray(piece.length);
      if (piece.length === missing) this.#filled();
      if (this.#paused && rest.length > 0) {
        this.#held.push(Uint8Array.from(rest));
        return;
      }
    }
  }

  #filled(): void {
    const joined = this.#joined();
    if (this.#wanted === undefined) {
      const wanted = new DataView(joined.buffer, joined.byteOffset).getUint32(0);
      if (wanted < FRAME_BYTES_MIN || wanted > FRAME_BYTES_MAX) {
        this.#fail(`a frame of ${wanted} bytes`);
        return;
      }
      this.#wanted = wanted;
      this.#pieces = [joined];
      return;
    }
    this.#wanted = undefined;
    this.#pieces = [];
    this.#length = 0;
    const event = eventOf(joined);
    if (event === undefined) this.#fail('a frame that cannot be read');
    else if (event.length > 0) this.#to.chunk(event);
  }

  #joined(): Uint8Array {
    const only = this.#pieces.length === 1 ? this.#pieces[0] : undefined;
    return only ?? Buffer.concat(this.#pieces);
  }

  #fail(why: string): void {
    this.#over = true;
    this.#to.fault('body_error', why);
  }
}

/** Undefined: a wrong checksum, or no message that has a name. Empty: it says nothing. */
function eventOf(frame: Uint8Array): Uint8Array | undefined {
  try {
    const { headers, body } = codec.decode(frame);
    const word = (name: string): string => String(headers[name]?.value ?? '');
    const type = word(':message-type');
    if (type === 'error') {
      const said = { code: word(':error-code'), message: word(':error-message') };
      return encoder.encode(`data: {"error":${JSON.stringify(said)}}\n\n`);
    }
    const name = word(type === 'exception' ? ':exception-type' : ':event-type');
    if (!NAME.test(name)) return undefined;
    // Written again where it has lines of its own: one event is one line.
    const text = decoder.decode(body);
    const line = /[\r\n]/.test(text) ? JSON.stringify(JSON.parse(text)) : text;
    return encoder.encode(`data: {"${name}":${line === '' ? '{}' : line}}\n\n`);
  } catch {
    return undefined;
  }
}
