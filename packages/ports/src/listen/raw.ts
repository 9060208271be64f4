// Answers to what is not HTTP, or not yet: written on the socket itself, because there is no
// exchange to answer through.
import type { Socket } from 'node:net';
import type { Connection } from './connection.ts';
import { asLatin1, headLines, statusLine } from './wire.ts';

/** What never reached the handler. */
export type HeadProblem = 'malformed' | 'head-too-large' | 'head-too-slow' | 'not-secure';

export type RawReply = {
  readonly status: number;
  /** Names and values in turn; length and `connection: close` are added. */
  readonly headers: readonly string[];
  readonly bytes: Uint8Array;
};

/**
 * The answer in the envelope of the house. @param why a code or a few fixed words, nothing the
 * caller sent. @param target what was asked for, as far as it could be read.
 */
export type Refuse = (problem: HeadProblem, why: string, target: string) => RawReply;

const REQUEST_LINE = /^[A-Z]{3,16} (\/\S{0,1000}) HTTP\//;

/** Of the bytes in which the parser stumbled; empty where they do not begin with a request. */
export const targetIn = (packet: unknown): string =>
  packet instanceof Uint8Array
    ? (REQUEST_LINE.exec(asLatin1(packet.subarray(0, 1_100)))?.[1] ?? '')
    : '';

/**
 * How long the caller may take to read why it was refused; closing at once would lose the answer.
 */
const READ_MS = 1_000;

export function problemOf(code: string): HeadProblem {
  if (code === 'HPE_HEADER_OVERFLOW' || code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') {
    return 'head-too-large';
  }
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'head-too-slow' : 'malformed';
}

/**
 * Refuses a connection once. What cannot be understood belongs to the request that is coming in, or
 * to none; while another one waits for its answer, a refusal would be taken for that answer, so the
 * connection just ends.
 * @param after calls back once after so many milliseconds.
 */
export function refuseConnection(
  connection: Connection,
  refuse: () => RawReply,
  after: (ms: number, then: () => void) => void,
): void {
  if (connection.refused) return;
  connection.refused = true;
  const { socket, open } = connection;
  for (const exchange of [...open]) exchange.flush();
  if (!socket.writable || open.length > 1 || open.some((exchange) => !exchange.receiving)) {
    socket.destroy();
    return;
  }
  connection.closed();
  endWith(socket, refuse());
  after(READ_MS, () => void socket.destroy());
}

function endWith(socket: Socket, reply: RawReply): void {
  const framing = `content-length: ${reply.bytes.length}\r\nconnection: close\r\n\r\n`;
  socket.write(statusLine(reply.status) + headLines(reply.headers) + framing, 'latin1');
  socket.end(reply.bytes);
}
