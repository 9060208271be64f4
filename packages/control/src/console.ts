// The files of the console. They hold no data, so they are shown to everybody who comes by the
// right host name; what they show is asked from the API. Rooms of the console have addresses of
// their own, and all of them are the one page.
import type { Exchange } from '@signalbox/ports';
import type { ConsoleFile } from './options.ts';
import { send } from './reply.ts';

const ROOMS: readonly RegExp[] = [
  /^\/(requests|endpoints|consents|policies|playground|registry|data-flow|sign-in)?$/,
  /^\/requests\/dec_[0-9A-Z]{26}(-[0-9]{1,4})?$/,
  /^\/sessions\/ses_[0-9A-Za-z_-]{1,64}$/,
  /^\/policies\/[a-z0-9][a-z0-9-]{0,62}$/,
];
const PAGE = '/index.html';
/** Their names hold a digest of what is in them. */
const HASHED = '/assets/';
const KEPT = 'public, max-age=31536000, immutable';
const EMPTY = new Uint8Array(0);

export const isRoom = (path: string): boolean => ROOMS.some((room) => room.test(path));

export function consoleFile(
  files: (path: string) => ConsoleFile | undefined,
  path: string,
): ConsoleFile | undefined {
  return files(isRoom(path) ? PAGE : path);
}

export function sendFile(exchange: Exchange, path: string, file: ConsoleFile): void {
  const { type, bytes, etag } = file;
  const cache = path.startsWith(HASHED) ? KEPT : 'no-cache';
  const headers = ['etag', etag, 'cache-control', cache];
  if (exchange.head.header('if-none-match') === etag) send(exchange, 304, headers, EMPTY);
  else send(exchange, 200, ['content-type', type, ...headers], bytes);
}
