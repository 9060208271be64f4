// What the tests of the listener share: a listener with a handler, and a caller on a bare socket.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after } from 'node:test';
import type { Exchange } from './exchange.ts';
import { type Listening, type ListenSettings, listen } from './listen.ts';
import type { RawReply, Refuse } from './raw.ts';

export const refuse: Refuse = (problem, why): RawReply => ({
  status: problem === 'head-too-large' ? 431 : problem === 'head-too-slow' ? 408 : 400,
  headers: ['content-type', 'application/json'],
  bytes: Buffer.from(JSON.stringify({ error: { problem, why } })),
});

/** Closes at the end of the file or the test that asked for it. */
export async function listening(
  handler: (exchange: Exchange) => void,
  settings: Partial<ListenSettings> = {},
): Promise<Listening> {
  const one = await listen({ host: '127.0.0.1', port: 0, settings, handler, refuse });
  after(() => one.close(0));
  return one;
}

export type Caller = {
  readonly socket: Socket;
  /** Everything received so far, one character a byte. */
  text(): string;
  send(text: string): void;
  /**
   * Resolves when the text holds this; fails after a bound, or when the connection closes without
   * it.
   */
  heard(part: string | RegExp): Promise<string>;
  /** Resolves with everything once the connection is closed. */
  closed: Promise<string>;
};

const BOUND_MS = 20_000;

export async function call(port: number): Promise<Caller> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: false });
  await once(socket, 'connect');
  let received = '';
  let stir: () => void = () => {};
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1');
    stir();
  });
  const closed = new Promise<string>((resolve) => {
    socket.on('close', () => {
      resolve(received);
      stir();
    });
  });
  return {
    socket,
    closed,
    text: () => received,
    send: (text) => void socket.write(text, 'latin1'),
    heard: (part) =>
      new Promise((resolve, reject) => {
        const bound = setTimeout(
          () => reject(new Error(`not heard: ${part} in ${received}`)),
          BOUND_MS,
        );
        stir = () => {
          const found = typeof part === 'string' ? received.includes(part) : part.test(received);
          if (!found && !socket.destroyed) return;
          clearTimeout(bound);
          if (found) resolve(received);
          else reject(new Error(`closed before ${part} in ${received}`));
        };
        stir();
      }),
  };
}

export const get = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nhost: test\r\n${more}\r\n`;

export const post = (path: string, body: string, more = ''): string =>
  `POST ${path} HTTP/1.1\r\nhost: test\r\ncontent-length: ${body.length}\r\n${more}\r\n${body}`;

export const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** A promise and how to keep it. */
export function promised<T>(): { readonly kept: Promise<T>; keep(value: T): void } {
  let keep: (value: T) => void = () => {};
  const kept = new Promise<T>((resolve) => {
    keep = resolve;
  });
  return { kept, keep: (value) => keep(value) };
}
