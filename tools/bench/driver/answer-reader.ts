/**
 * Reads HTTP/1.1 answers out of the bytes of one connection and pushes their bodies to a sink:
 * `content-length` and chunked framing, cut at any place. One answer at a time. Pieces are views
 * of the bytes given: a sink that keeps one must copy it. What it cannot frame ends as one fault.
 */

export interface AnswerSink {
  head(status: number): void;
  piece(bytes: Buffer): void;
  end(): void;
  fault(reason: string): void;
}

type Stage = 'idle' | 'head' | 'length' | 'size' | 'chunk' | 'chunk-end' | 'trailer' | 'broken';

const headBytesMax = 65_536;
const newline = 10;
const carriageReturn = 13;

export class AnswerReader {
  #stage: Stage = 'idle';
  #sink: AnswerSink | undefined;
  #carry = '';
  #bytesLeft = 0;
  #lineBytes = 0;
  #sizeDone = false;

  get broken(): boolean {
    return this.#stage === 'broken';
  }

  /** The next bytes belong to an answer for this sink. */
  expect(sink: AnswerSink): void {
    if (this.#stage !== 'idle') throw new Error('one answer at a time');
    this.#sink = sink;
    this.#stage = 'head';
    this.#carry = '';
  }

  feed(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) at = this.#step(bytes, at);
  }

  /** Nothing more will come, or nothing that makes sense: an open answer ends as a fault. */
  fail(reason: string): void {
    this.#stage = 'broken';
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.fault(reason);
  }

  /** Lets go of an open answer without a word. */
  forget(): void {
    this.#sink = undefined;
    this.#stage = 'broken';
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#stage) {
      case 'head':
        return this.#readHead(bytes, at);
      case 'length':
      case 'chunk':
        return this.#readBody(bytes, at);
      case 'size':
        return this.#readSize(bytes, at);
      case 'chunk-end':
        if (bytes[at] === newline) this.#startSize();
        return at + 1;
      case 'trailer':
        return this.#readTrailer(bytes, at);
      case 'idle':
        this.fail('bytes that belong to no answer');
        return bytes.length;
      case 'broken':
        return bytes.length;
    }
  }

  #readHead(bytes: Buffer, at: number): number {
    const text = this.#carry + bytes.toString('latin1', at);
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) {
      this.#carry = text;
      if (text.length > headBytesMax) this.fail('the head has no end');
      return bytes.length;
    }
    const next = at + end + 4 - this.#carry.length;
    this.#carry = '';
    const status = Number(text.slice(9, 12));
    const head = text.slice(0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.#sink?.head(status);
    if (length !== undefined) {
      this.#bytesLeft = Number(length);
      this.#stage = 'length';
      if (this.#bytesLeft === 0) this.#finish();
    } else if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
      this.#startSize();
    } else {
      this.fail(`status ${status} without a length`);
    }
    return next;
  }

  #readBody(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#bytesLeft);
    this.#bytesLeft -= end - at;
    this.#sink?.piece(bytes.subarray(at, end));
    if (this.#bytesLeft === 0) {
      if (this.#stage === 'length') this.#finish();
      else this.#stage = 'chunk-end';
    }
    return end;
  }

  #startSize(): void {
    this.#stage = 'size';
    this.#bytesLeft = 0;
    this.#sizeDone = false;
  }

  #readSize(bytes: Buffer, at: number): number {
    const byte = bytes[at] ?? 0;
    if (byte === newline) {
      this.#lineBytes = 0;
      this.#stage = this.#bytesLeft === 0 ? 'trailer' : 'chunk';
      return at + 1;
    }
    const digit = hexDigit(byte);
    // What follows the digits, an extension or the end of the line, says nothing about the size.
    if (digit < 0) this.#sizeDone = true;
    else if (!this.#sizeDone) this.#bytesLeft = this.#bytesLeft * 16 + digit;
    return at + 1;
  }

  #readTrailer(bytes: Buffer, at: number): number {
    const byte = bytes[at];
    if (byte === newline) {
      if (this.#lineBytes === 0) this.#finish();
      this.#lineBytes = 0;
    } else if (byte !== carriageReturn) {
      this.#lineBytes += 1;
    }
    return at + 1;
  }

  #finish(): void {
    const sink = this.#sink;
    this.#sink = undefined;
    this.#stage = 'idle';
    sink?.end();
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
