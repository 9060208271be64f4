// The faults of the connection itself: no answer at all, headers without end, a bomb, a socket that
// closes at the wrong moment. Each ends when the caller leaves or its own bound is reached.
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Script } from '../script.ts';
import type { Line } from './line.ts';
import type { Outcome } from './tally.ts';

/** Endless is this long: far past any client's own bound, not past this machine's memory. */
const endlessBytesMax = 64 * 1024 * 1024;
const headerLine = `x-endless: ${'a'.repeat(1_000)}\r\n`;
const mebibyte = 1024 * 1024;

const doomed = new WeakSet<Socket>();

/** A fault before the first byte of a real answer, or undefined when the script wants none. */
export function breakEarly(line: Line, script: Script): Promise<Outcome> | undefined {
  const { socket } = line.request;
  if (doomed.has(socket) || script.down) {
    // A reset and not a clean end: nobody listens here, or listens no longer.
    socket.resetAndDestroy();
    return Promise.resolve('broken');
  }
  if (script.hang) return silence(line);
  if (script.endlessHeaders) return endlessHeaders(line);
  if (script.gzipBombMiB !== undefined) return gzipBomb(line, script.gzipBombMiB);
  return undefined;
}

/** Says nothing more and keeps the connection open until the caller leaves. */
export async function silence(line: Line): Promise<Outcome> {
  await line.over();
  return 'aborted';
}

/** Ends the connection in the middle of an answer, after all that was written has gone out. */
export async function die(line: Line): Promise<Outcome> {
  await line.turn();
  if (line.left()) return 'aborted';
  line.request.socket.destroySoon();
  return 'broken';
}

/** What happens to the connection once the answer is complete. */
export function breakLate(socket: Socket, script: Script): void {
  if (script.closeReused) doomed.add(socket);
  if (script.closeIdleMs === undefined) return;
  const timer = setTimeout(() => socket.end(), script.closeIdleMs);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}

async function endlessHeaders(line: Line): Promise<Outcome> {
  await line.writeRaw('HTTP/1.1 200 OK\r\n');
  for (let bytes = 0; bytes < endlessBytesMax; bytes += headerLine.length) {
    if (line.left()) return 'aborted';
    await line.writeRaw(headerLine);
  }
  line.request.socket.destroy();
  return 'broken';
}

async function gzipBomb(line: Line, mebibytes: number): Promise<Outcome> {
  // A gzip file may be several members in a row, so one packed mebibyte is enough to repeat.
  const member = gzipSync(Buffer.alloc(mebibyte, 0x20));
  const head = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  line.response.writeHead(200, head);
  for (let sent = 0; sent < mebibytes && !line.left(); sent += 1) await line.write(member);
  if (line.left()) return 'aborted';
  line.response.end();
  await line.over();
  return 'completed';
}
