// Streams cut into messages: server-sent events, and JSON by lines. Any chunking, LF, CRLF or CR,
// comments, events of several data lines; linear in the bytes. A message longer than
// `MESSAGE_BYTES_MAX` ends the reading with an error, since nobody could hold it.
const MESSAGE_BYTES_MAX = 16_777_216;

/** `name`: of its `event:` line. `error: {...}` as a line of its own (llama-box) counts as one. */
export type Message = { readonly name: string | undefined; readonly data: string };

export class TooLong extends Error {
  override readonly name = 'TooLong';
}

/** Text by lines out of bytes in any chunks. */
class Lines {
  readonly #decoder = new TextDecoder();
  #parts: string[] = [];
  #length = 0;
  /** The last chunk ended with a return: a line feed that follows belongs to it. */
  #returned = false;

  push(chunk: Uint8Array, each: (line: string) => void): void {
    this.#take(this.#decoder.decode(chunk, { stream: true }), each);
  }

  /** The last line, where it was not ended. */
  end(each: (line: string) => void): void {
    this.#take(this.#decoder.decode(), each);
    if (this.#length > 0) each(this.#joined(''));
  }

  #take(text: string, each: (line: string) => void): void {
    let start = 0;
    if (this.#returned && text.startsWith('\n')) start = 1;
    if (text !== '') this.#returned = false;
    // Each is searched for from where it was found last: a text without returns is scanned once.
    let feed = text.indexOf('\n', start);
    let back = text.indexOf('\r', start);
    while (feed >= 0 || back >= 0) {
      const isReturn = feed < 0 || (back >= 0 && back < feed);
      const at = isReturn ? back : feed;
      each(this.#joined(text.slice(start, at)));
      start = at + (isReturn && text[at + 1] === '\n' ? 2 : 1);
      this.#returned = isReturn && start === text.length && text[at + 1] !== '\n';
      if (feed >= 0 && feed < start) feed = text.indexOf('\n', start);
      if (back >= 0 && back < start) back = text.indexOf('\r', start);
    }
    if (start >= text.length) return;
    this.#parts.push(text.slice(start));
    this.#length += text.length - start;
    if (this.#length > MESSAGE_BYTES_MAX) throw new TooLong('a line of a stream is too long');
  }

  #joined(last: string): string {
    if (this.#parts.length === 0) return last;
    const line = this.#parts.join('') + last;
    this.#parts = [];
    this.#length = 0;
    return line;
  }
}

export interface Framing {
  push(chunk: Uint8Array): readonly Message[];
  /** What was begun and not ended. */
  end(): readonly Message[];
}

export function eventFraming(): Framing {
  const lines = new Lines();
  let name: string | undefined;
  let data: string[] = [];
  let size = 0;
  let out: Message[] = [];
  const finish = (): void => {
    if (data.length > 0) out.push({ name, data: data.join('\n') });
    name = undefined;
    data = [];
    size = 0;
  };
  const line = (text: string): void => {
    if (text === '') {
      finish();
      return;
    }
    const colon = text.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const from = text[colon + 1] === ' ' ? colon + 2 : colon + 1;
    const value = colon < 0 ? '' : text.slice(from);
    if (field === 'event') name = value;
    else if (field === 'error') {
      finish();
      out.push({ name: 'error', data: value });
    } else if (field === 'data') {
      size += value.length;
      if (size > MESSAGE_BYTES_MAX) throw new TooLong('an event of a stream is too long');
      data.push(value);
    }
  };
  const taken = (): readonly Message[] => {
    const all = out;
    out = [];
    return all;
  };
  return {
    push(chunk) {
      lines.push(chunk, line);
      return taken();
    },
    end() {
      lines.end(line);
      finish();
      return taken();
    },
  };
}

/** One JSON text a line; empty lines count for nothing. */
export function lineFraming(): Framing {
  const lines = new Lines();
  let out: Message[] = [];
  const line = (text: string): void => {
    if (text.trim() !== '') out.push({ name: undefined, data: text });
  };
  const taken = (): readonly Message[] => {
    const all = out;
    out = [];
    return all;
  };
  return {
    push(chunk) {
      lines.push(chunk, line);
      return taken();
    },
    end() {
      lines.end(line);
      return taken();
    },
  };
}
