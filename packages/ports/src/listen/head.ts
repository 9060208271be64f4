// The head of a request: names lowered once, looked up by walking, no object built.
import type { IncomingMessage } from 'node:http';

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

export const HEADERS_MAX = 200;

export class ReceivedHead implements Head {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly address: string;

  constructor(req: IncomingMessage, address: string) {
    const headers = req.rawHeaders;
    for (let at = 0; at < headers.length; at += 2) headers[at] = headers[at]?.toLowerCase() ?? '';
    this.method = req.method ?? '';
    this.target = req.url ?? '';
    this.headers = headers;
    this.address = address;
  }

  header(name: string): string | undefined {
    const headers = this.headers;
    for (let at = 0; at < headers.length; at += 2) if (headers[at] === name) return headers[at + 1];
    return undefined;
  }
}

/** Undefined, or why the head is refused before anybody looks at it. */
export function wrongWithHead(head: Head, http11: boolean): string | undefined {
  if (head.headers.length > HEADERS_MAX * 2) return 'too many headers';
  let hosts = 0;
  for (let at = 0; at < head.headers.length; at += 2) if (head.headers[at] === 'host') hosts += 1;
  if (hosts > 1 || (hosts === 0 && http11)) return 'one host header is needed';
  const expect = head.header('expect');
  if (expect === undefined || expect.toLowerCase() === '100-continue') return undefined;
  return 'unknown expectation';
}
