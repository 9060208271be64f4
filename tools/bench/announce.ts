import type { Server } from 'node:net';

/**
 * How the benchmark's own servers meet their parent: one line of JSON with the port on standard
 * output, and an end when standard input closes, so that a parent that dies leaves nothing
 * behind.
 */
export function announce(server: Server): void {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  process.stdout.write(`${JSON.stringify({ port: address.port })}\n`);
  process.stdin.on('end', () => process.exit(0));
  process.stdin.resume();
}
