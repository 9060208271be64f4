// Streams of callers whose format is no series of events. The house speaks events to everyone, and
// its comments are heartbeats; here they become what two kinds of clients read: the elements of one
// array (Google's streams without `alt=sse`), and lines of JSON (Ollama's).
import { encode } from '../bytes.ts';
import { eventFraming, type Message } from '../canon/framing.ts';

export interface Reframing {
  readonly contentType: string;
  push(bytes: Uint8Array): Uint8Array;
  /** After everything that was pushed; `clean`: the stream ended as a stream does. */
  end(clean: boolean): Uint8Array;
}

const NOTHING = new Uint8Array(0);
/** White space keeps a connection alive and means nothing to a reader of JSON. */
const SPACE = encode(' ');
const COLON = 0x3a;
const LINE_FEED = 0x0a;

export const arrayReframing = (): Reframing => new Elements();

/** Of an array that was cut no end is invented: it is closed where an error says so itself. */
class Elements implements Reframing {
  readonly contentType = 'application/json';
  readonly #events = eventFraming();
  #written = false;
  #failed = false;

  push(bytes: Uint8Array): Uint8Array {
    const elements = this.#write(this.#events.push(bytes));
    return elements === NOTHING && bytes[0] === COLON ? SPACE : elements;
  }

  end(clean: boolean): Uint8Array {
    const rest = clean ? new TextDecoder().decode(this.#write(this.#events.end())) : '';
    if (!clean && !this.#failed) return NOTHING;
    return encode(`${rest}${this.#written ? '' : '['}]`);
  }

  #write(messages: readonly Message[]): Uint8Array {
    let out = '';
    for (const { data } of messages) {
      out += `${this.#written ? ',\r\n' : '['}${data}`;
      this.#written = true;
      this.#failed = data.startsWith('{"error"');
    }
    return out === '' ? NOTHING : encode(out);
  }
}

export const lineReframing = (): Reframing => new Lines();

/** Lines pass; a comment is white space before the first of them, and nothing after it. */
class Lines implements Reframing {
  readonly contentType = 'application/x-ndjson';
  #begun = false;
  #lineStart = true;

  push(bytes: Uint8Array): Uint8Array {
    // No line of JSON begins with a colon.
    if (this.#lineStart && bytes[0] === COLON) return this.#begun ? NOTHING : SPACE;
    if (bytes.length > 0) this.#lineStart = bytes.at(-1) === LINE_FEED;
    this.#begun ||= bytes.length > 0;
    return bytes;
  }

  end(): Uint8Array {
    return NOTHING;
  }
}
