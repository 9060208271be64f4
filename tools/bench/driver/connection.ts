import { connect, type Socket } from 'node:net';
import { AnswerReader, type AnswerSink } from './answer-reader.ts';

/**
 * One keep-alive HTTP/1.1 connection, as cheap as Node allows: the driver shares the machine with
 * what it measures. It writes a prepared request and pushes the answer to a sink; a reset, a close
 * and an answer without a frame all end as one fault of that answer.
 */

const connectMsMax = 10_000;
/** Shared by all connections: on a POSIX system a read is handed on before the next one begins. */
const readBuffer = Buffer.allocUnsafe(65_536);

export class Connection {
  readonly #socket: Socket;
  readonly #reader: AnswerReader;

  private constructor(socket: Socket, reader: AnswerReader) {
    this.#socket = socket;
    this.#reader = reader;
  }

  static open(url: string): Promise<Connection> {
    const { hostname, port } = new URL(url);
    const reader = new AnswerReader();
    return new Promise((resolve, reject) => {
      const socket = connect({
        host: hostname,
        port: Number(port),
        noDelay: true,
        onread: {
          buffer: readBuffer,
          callback: (bytes) => {
            reader.feed(readBuffer.subarray(0, bytes));
            if (reader.broken) socket.destroy();
            return !reader.broken;
          },
        },
      });
      const late = (): void => void socket.destroy(new Error('connecting took too long'));
      const timer = setTimeout(late, connectMsMax);
      socket.once('connect', () => {
        clearTimeout(timer);
        resolve(new Connection(socket, reader));
      });
      socket.on('error', (error) => {
        reject(error);
        reader.fail(`socket: ${error.message}`);
      });
      socket.on('close', () => {
        clearTimeout(timer);
        reader.fail('closed by the peer before the end of the answer');
      });
    });
  }

  get closed(): boolean {
    return this.#reader.broken;
  }

  send(request: Buffer, sink: AnswerSink): void {
    if (this.closed) {
      sink.fault('the connection is closed');
      return;
    }
    this.#reader.expect(sink);
    this.#socket.write(request);
  }

  close(): void {
    this.#reader.forget();
    this.#socket.destroy();
  }
}
