import { connect, type Socket } from 'node:net';

/**
 * One keep-alive HTTP/1.1 connection, as cheap as Node allows: the driver shares two cores with
 * what it measures.
 *
 * It writes a prepared request and pushes the answer's body to a sink, decoding `content-length`
 * and chunked framing. One exchange at a time. Pieces are views of a buffer that is used again: a
 * sink that keeps one must copy it. An answer it cannot frame, a reset and a silent peer all end
 * as one fault.
 */

export interface AnswerSink {
  head(status: number): void;
  piece(bytes: Buffer): void;
  end(): void;
  fault(reason: string): void;
}

type Stage = 'idle' | 'head' | 'length' | 'size' | 'chunk' | 'chunk-end' | 'trailer';

const headBytesMax = 65_536;
/** Shared by all connections: on a POSIX system a read is handed on before the next one begins. */
const readBuffer = Buffer.allocUnsafe(65_536);
const newline = 10;
const carriageReturn = 13;

export class Connection {
  #socket: Socket;
  #stage: Stage = 'idle';
  #sink: AnswerSink | undefined;
  #carry = '';
  #bytesLeft = 0;
  #lineBytes = 0;
  #closed = false;
  #sizeDone = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static open(url: string, connectMsMax = 10_000): Promise<Connection> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const box: { connection?: Connection } = {};
      const socket = connect({
        host: hostname,
        port: Number(port),
        noDelay: true,
        onread: {
          buffer: readBuffer,
          callback: (bytes) => {
            box.connection?.feed(readBuffer.subarray(0, bytes));
            return true;
          },
        },
      });
      const timer = setTimeout(() => socket.destroy(new Error('connect timeout')), connectMsMax);
      const connection = new Connection(socket);
      box.connection = connection;
      socket.once('connect', () => {
        clearTimeout(timer);
        resolve(connection);
      });
      socket.once('error', reject);
      socket.on('error', (error) => connection.#fail(`socket: ${error.message}`));
      socket.on('close', () => connection.#fail('closed by the peer before the end of the answer'));
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  send(request: Buffer, sink: AnswerSink): void {
    if (this.#stage !== 'idle') throw new Error('one exchange at a time');
    this.#sink = sink;
    if (this.#closed) {
      this.#fail('the connection is closed');
      return;
    }
    this.#stage = 'head';
    this.#carry = '';
    this.#socket.write(request);
  }

  close(): void {
    this.#sink = undefined;
    this.#closed = true;
    this.#socket.destroy();
  }

  /** Takes bytes from the peer; public for the tests, which cut answers at every place. */
  feed(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) at = this.#step(bytes, at);
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
        this.#fail('bytes that belong to no answer');
        return bytes.length;
    }
  }

  #readHead(bytes: Buffer, at: number): number {
    const text = this.#carry + bytes.toString('latin1', at);
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) {
      this.#carry = text;
      if (text.length > headBytesMax) this.#fail('the head has no end');
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
      this.#fail(`status ${status} without a length`);
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

  #fail(reason: string): void {
    this.#closed = true;
    this.#stage = 'idle';
    this.#socket.destroy();
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.fault(reason);
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
