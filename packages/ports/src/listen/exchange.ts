// One request and its answer, as the handler sees them: a head that is looked up rather than rebuilt, a body that is read
// once and bounded, an answer that is whole or streamed, and word at once when the caller has gone.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type BodyRead, readBody } from './body.ts';

export type Head = {
  readonly method: string;
  /** As sent; see `splitTarget`. */
  readonly target: string;
  /** Names in lower case and values, in turn, in the order they came. */
  readonly headers: readonly string[];
  /** The caller's network address. */
  readonly address: string;
  /** The first value of a header. @param name in lower case. */
  header(name: string): string | undefined;
};

export type Exchange = {
  readonly head: Head;
  /** Once. Says `100 Continue` first when the caller waits for it. */
  readBody(bytesMax: number, ms: number): Promise<BodyRead>;
  /** A whole answer. @param headers names and values in turn. */
  reply(status: number, headers: readonly string[], bytes: Uint8Array): void;
  /** Begins a streamed answer; its head leaves at once. */
  begin(status: number, headers: readonly string[]): void;
  /** False: the caller reads slower than this; wait for `onDrain`. The bytes are only read during the call. */
  write(bytes: Uint8Array): boolean;
  onDrain(then: () => void): void;
  /** A clean end. Trailers are sent when the caller said `te: trailers`. */
  end(trailers?: readonly string[]): void;
  /** An unclean end: the caller sees that the answer is not whole. */
  destroy(): void;
  /** Called once, at once, when the caller has gone before the answer was whole. */
  onLeave(then: () => void): void;
};

export function exchangeOf(req: IncomingMessage, res: ServerResponse): Exchange {
  const head = headOf(req);
  let whole = false;
  return {
    head,
    readBody: (bytesMax, ms) => readBody(req, res, bytesMax, ms),
    reply(status, headers, bytes) {
      whole = true;
      res.writeHead(status, [...headers, 'content-length', String(bytes.length)]);
      res.end(bytes);
    },
    begin(status, headers) {
      res.writeHead(status, [...headers]);
      res.flushHeaders();
    },
    write: (bytes) => res.write(Buffer.from(bytes)),
    onDrain: (then) => void res.on('drain', then),
    end() {
      whole = true;
      res.end();
    },
    destroy() {
      whole = true;
      res.destroy();
    },
    onLeave(then) {
      res.on('close', () => {
        if (!whole) then();
      });
    },
  };
}

function headOf(req: IncomingMessage): Head {
  const headers = req.rawHeaders;
  for (let at = 0; at < headers.length; at += 2) headers[at] = headers[at]?.toLowerCase() ?? '';
  return {
    method: req.method ?? '',
    target: req.url ?? '',
    headers,
    address: req.socket.remoteAddress ?? '',
    header(name) {
      for (let at = 0; at < headers.length; at += 2)
        if (headers[at] === name) return headers[at + 1];
      return undefined;
    },
  };
}
