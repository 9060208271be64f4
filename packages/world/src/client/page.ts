// A GET of a page of the gateway: the answers of parked calls are fetched this way.
import type { Exchange, Head } from '@signalbox/ports';

export type PageAnswer = {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Uint8Array;
};

export function pageExchange(
  path: string,
  keyText: string,
  then: (answer: PageAnswer) => void,
): Exchange {
  const authorization = `Bearer ${keyText}`;
  const head: Head = {
    method: 'GET',
    target: path,
    headers: ['authorization', authorization],
    address: '192.0.2.7',
    header: (name) => (name === 'authorization' ? authorization : undefined),
  };
  return {
    head,
    readBody: () => Promise.resolve(new Uint8Array(0)),
    reply: (status, headers, bytes) => then({ status, headers, body: bytes.slice() }),
    begin: () => undefined,
    write: () => true,
    onDrain: () => undefined,
    end: () => undefined,
    destroy: () => undefined,
    onLeave: () => undefined,
  };
}
