// Model servers of this machine that nobody started: what a start says about the first call should
// be true. Only loopback is asked, by one connection without a byte; of what stands elsewhere
// nothing is known before a call goes there.
import { connect } from 'node:net';
import type { EndpointStatus } from '@signalbox/control';
import { isLoopback } from '@signalbox/documents';

const CONNECT_MS_MAX = 150;

/** Names of the endpoints that take no connection. */
export async function findSilent(
  endpoints: readonly EndpointStatus[],
): Promise<ReadonlySet<string>> {
  const asked = endpoints.filter(
    ({ state, origin }) => state === 'available' && isLoopback(new URL(origin).hostname),
  );
  const answers = await Promise.all(asked.map(({ origin }) => takesConnection(new URL(origin))));
  return new Set(asked.flatMap(({ name }, index) => (answers[index] ? [] : [name])));
}

function takesConnection({ hostname, port, protocol }: URL): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const usual = protocol === 'https:' ? 443 : 80;
    const socket = connect({ host, port: port === '' ? usual : Number(port) });
    const timer = setTimeout(() => end(false), CONNECT_MS_MAX);
    function end(took: boolean): void {
      clearTimeout(timer);
      socket.destroy();
      resolve(took);
    }
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
  });
}
