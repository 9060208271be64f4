// Answers of HTTP/1.1 out of bytes as they come (RFC 9112), strict where framing could be read in
// two ways: lines end with CRLF, one length or chunks and never both, names are tokens, nothing is
// folded. Everything is bounded. What is told is told in order: `started`, `head`, `data`..., then
// `ended`; after `failed` nothing. Bytes are not copied but for the small chunks of one read, which
// are moved together in place.

/** Codes of what an upstream gets wrong on the wire; see `faults.ts`. */
export type WireCode = 'WIRE_MALFORMED' | 'WIRE_TOO_LARGE' | 'WIRE_CLOSED';

export class WireFault extends Error {
  override readonly name = 'WireFault';
  readonly code: WireCode;
  constructor(code: WireCode, why: string) {
    super(why);
    this.code = code;
  }
}

export type AnswerHead = {
  readonly status: number;
  /** Names in lower case, in order. */
  readonly headers: readonly (readonly [string, string])[];
};

export type AnswerSink = {
  /** The first byte of an answer, also of an interim one. */
  started(): void;
  head(head: AnswerHead): void;
  /** Valid during the call. */
  data(bytes: Buffer): void;
  /** @param reusable the connection can carry another request. */
  ended(reusable: boolean): void;
  failed(error: Error): void;
};

type State = 'idle' | 'head' | 'length' | 'size' | 'chunk' | 'chunk-end' | 'trailers' | 'to-end';

const VERSION = 'HTTP/1.';
const HEAD_END = '\r\n\r\n';
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const LENGTH = /^\d{1,15}$/;
const SIZE = /^([0-9a-fA-F]{1,12})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;
const SIZE_LINE_BYTES_MAX = 4_096;
/** A chunk up to this is moved to its neighbour; a larger one is told by itself. */
const MOVED_BYTES_MAX = 16_384;
const EMPTY = Buffer.alloc(0);

export class AnswerReader {
  readonly #sink: AnswerSink;
  readonly #headBytesMax: number;
  #state: State = 'idle';
  /** Bytes of a head, a size line or trailers that is not whole yet; grows by doubling. */
  #kept: Buffer = EMPTY;
  #keptLength = 0;
  #left = 0;
  #reusable = true;
  /** Of `keep-alive: timeout=`, ms. */
  keepAliveMs: number | undefined = undefined;

  constructor(sink: AnswerSink, headBytesMax: number) {
    this.#sink = sink;
    this.#headBytesMax = headBytesMax;
  }

  /** A request is going out: an answer may come. */
  expect(): void {
    this.#state = 'head';
    this.#keptLength = 0;
    this.#reusable = true;
  }

  /** No answer is under way. */
  get idle(): boolean {
    return this.#state === 'idle';
  }

  /** Nothing more is told of the answer that is under way. */
  stop(): void {
    this.#state = 'idle';
  }

  /** Takes what was read. The bytes may be moved within `read`, and are not kept. */
  read(read: Buffer): void {
    try {
      this.#read(read);
    } catch (error) {
      if (!(error instanceof WireFault)) throw error;
      this.#state = 'idle';
      this.#sink.failed(error);
    }
  }

  /** The peer has sent all it will. */
  end(): void {
    if (this.#state === 'to-end') {
      this.#state = 'idle';
      this.#sink.ended(false);
    } else if (this.#state !== 'idle') {
      this.#state = 'idle';
      this.#sink.failed(new WireFault('WIRE_CLOSED', 'closed early'));
    }
  }

  #read(read: Buffer): void {
    let at = 0;
    /** Body bytes that were found and not told yet: `read[from, to)`. */
    let from = 0;
    let to = 0;
    const tell = (): void => {
      if (to === from) return;
      const bytes = read.subarray(from, to);
      from = to;
      this.#sink.data(bytes);
    };
    while (at < read.length) {
      switch (this.#state) {
        case 'idle':
          throw new WireFault('WIRE_MALFORMED', 'bytes that nobody asked for');
        case 'head':
          at = this.#readHead(read, at);
          break;
        case 'to-end':
          this.#sink.data(read.subarray(at));
          return;
        case 'length':
        case 'chunk': {
          const end = Math.min(read.length, at + this.#left);
          this.#left -= end - at;
          if (to > from && end - at <= MOVED_BYTES_MAX) {
            read.copyWithin(to, at, end);
            to += end - at;
          } else {
            tell();
            if (this.#isStopped()) return;
            from = at;
            to = end;
          }
          at = end;
          if (this.#left > 0) break;
          if (this.#state === 'chunk') this.#state = 'chunk-end';
          else {
            tell();
            this.#finish(at === read.length);
            if (at === read.length) return;
          }
          break;
        }
        case 'chunk-end':
          at = this.#readChunkEnd(read, at);
          break;
        case 'size':
          at = this.#readSize(read, at);
          break;
        case 'trailers':
          tell();
          at = this.#readTrailers(read, at);
          break;
      }
      // Whoever was told may have gone.
      if (this.#isStopped() && at < read.length) return;
    }
    tell();
  }

  /** Asked after a call out, which may have left. */
  #isStopped(): boolean {
    return this.#state === 'idle';
  }

  /** A body of no bytes: nothing will come that ends it. */
  #isEmpty(): boolean {
    return this.#state === 'length' && this.#left === 0;
  }

  #finish(clean: boolean): void {
    if (this.#isStopped()) return;
    this.#state = 'idle';
    this.#sink.ended(this.#reusable && clean);
  }

  #readHead(read: Buffer, at: number): number {
    if (this.#keptLength === 0) this.#sink.started();
    if (this.#isStopped()) return read.length;
    const text = this.#until(read, at, HEAD_END, this.#headBytesMax);
    if (text === undefined) {
      // What is not HTTP may never say an empty line.
      const begun = this.#kept.toString('latin1', 0, Math.min(this.#keptLength, VERSION.length));
      if (!VERSION.startsWith(begun)) throw malformed('not HTTP');
      return read.length;
    }
    const next = at + text.used;
    const head = parseHead(text.line);
    if (head.status === 101) throw new WireFault('WIRE_CLOSED', 'an upgrade');
    this.#frame(head);
    this.#sink.head(head);
    if (this.#isEmpty()) this.#finish(next === read.length);
    return next;
  }

  /** How the body is framed; an interim answer has none, and the real one follows. */
  #frame({ status, headers, minor }: ParsedHead): void {
    let length: string | undefined;
    let coding: string | undefined;
    let connection = '';
    this.keepAliveMs = undefined;
    for (const [name, value] of headers) {
      if (name === 'content-length') {
        if (length !== undefined) throw malformed('two lengths');
        length = value;
      } else if (name === 'transfer-encoding') {
        if (coding !== undefined) throw malformed('two transfer encodings');
        coding = value;
      } else if (name === 'connection') connection += `,${value.toLowerCase()}`;
      else if (name === 'keep-alive') this.keepAliveMs = keepAliveMs(value);
    }
    if (length !== undefined && coding !== undefined) throw malformed('both length and chunks');
    if (status < 200) return;
    const closes = /(?:^|,)[\t ]*close[\t ]*(?:,|$)/.test(connection);
    const keeps = minor === 1 || /(?:^|,)[\t ]*keep-alive[\t ]*(?:,|$)/.test(connection);
    this.#reusable = keeps && !closes;
    if (status === 204 || status === 304) this.#expectBytes(0);
    else if (coding !== undefined) {
      if (coding.toLowerCase() !== 'chunked') throw malformed('a transfer encoding');
      this.#state = 'size';
    } else if (length !== undefined) {
      if (!LENGTH.test(length)) throw malformed('a length');
      this.#expectBytes(Number(length));
    } else {
      this.#reusable = false;
      this.#state = 'to-end';
    }
  }

  #expectBytes(count: number): void {
    this.#state = 'length';
    this.#left = count;
  }

  #readSize(read: Buffer, at: number): number {
    const text = this.#until(read, at, '\r\n', SIZE_LINE_BYTES_MAX);
    if (text === undefined) return read.length;
    const size = SIZE.exec(text.line)?.[1];
    if (size === undefined) throw malformed('the size of a chunk');
    this.#left = Number.parseInt(size, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'chunk';
    return at + text.used;
  }

  #readChunkEnd(read: Buffer, at: number): number {
    const text = this.#until(read, at, '\r\n', 2);
    if (text === undefined) return read.length;
    if (text.line !== '') throw malformed('a chunk is longer than it said');
    this.#state = 'size';
    return at + text.used;
  }

  /** Passed over: nothing of them is used. */
  #readTrailers(read: Buffer, at: number): number {
    const text = this.#until(read, at, '\r\n', this.#headBytesMax);
    if (text === undefined) return read.length;
    if (text.line === '') this.#finish(at + text.used === read.length);
    else {
      this.#left += text.line.length;
      if (this.#left > this.#headBytesMax) throw tooLarge();
    }
    return at + text.used;
  }

  /** The text before `mark`, and how many bytes of `read` it took; undefined: not whole yet. */
  #until(read: Buffer, at: number, mark: string, bytesMax: number): Line | undefined {
    if (this.#keptLength === 0) {
      const end = read.indexOf(mark, at, 'latin1');
      if (end < 0) {
        this.#keep(read, at, bytesMax + mark.length);
        return undefined;
      }
      if (end - at > bytesMax) throw tooLarge();
      return { line: read.toString('latin1', at, end), used: end - at + mark.length };
    }
    const before = this.#keptLength;
    // No more than can matter: the mark may be anywhere in what is a head and a body at once.
    const fits = Math.min(read.length, at + bytesMax + mark.length);
    this.#keep(read.subarray(0, fits), at, before + bytesMax + mark.length);
    const kept = this.#kept.subarray(0, this.#keptLength);
    const end = kept.indexOf(mark, Math.max(0, before - mark.length + 1), 'latin1');
    if (end > bytesMax || (end < 0 && kept.length > bytesMax)) throw tooLarge();
    if (end < 0) return undefined;
    this.#keptLength = 0;
    return { line: kept.toString('latin1', 0, end), used: end + mark.length - before };
  }

  #keep(read: Buffer, at: number, bytesMax: number): void {
    const length = this.#keptLength + read.length - at;
    if (length > bytesMax) throw tooLarge();
    if (length > this.#kept.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, this.#kept.length * 2, 256));
      this.#kept.copy(larger, 0, 0, this.#keptLength);
      this.#kept = larger;
    }
    read.copy(this.#kept, this.#keptLength, at);
    this.#keptLength = length;
  }
}

type Line = { readonly line: string; readonly used: number };
type ParsedHead = AnswerHead & { readonly minor: number };

function parseHead(text: string): ParsedHead {
  const first = text.indexOf('\r\n');
  const status = STATUS_LINE.exec(first < 0 ? text : text.slice(0, first));
  if (status === null) throw malformed('the status line');
  const headers: (readonly [string, string])[] = [];
  for (let start = first < 0 ? text.length : first + 2; start < text.length; ) {
    const found = text.indexOf('\r\n', start);
    const end = found < 0 ? text.length : found;
    const colon = text.indexOf(':', start);
    if (colon < start || colon >= end) throw malformed('a header without a colon');
    const name = text.slice(start, colon);
    if (!NAME.test(name)) throw malformed('the name of a header');
    const value = text.slice(colon + 1, end).trim();
    if (!VALUE.test(value)) throw malformed('the value of a header');
    headers.push([name.toLowerCase(), value]);
    start = end + 2;
  }
  return { minor: Number(status[1]), status: Number(status[2]), headers };
}

function keepAliveMs(value: string): number | undefined {
  const seconds = /(?:^|[,; ])timeout=(\d{1,6})(?:$|[,; ])/i.exec(value)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}

const malformed = (why: string): WireFault => new WireFault('WIRE_MALFORMED', why);
const tooLarge = (): WireFault => new WireFault('WIRE_TOO_LARGE', 'a head is too large');
