// A raw client for tests: bytes out, bytes in, and how the conversation ended. What a real client
// library hides (resets, half answers, connections that are used again) is what faults are made of.
import { createConnection } from 'node:net';

export type Heard = {
  readonly bytes: Buffer;
  /** `open`: nobody ended it before we had heard enough, or before the time was up. */
  readonly end: 'end' | 'reset' | 'open';
};

export const talkMsMax = 3_000;

/** Sends bytes and listens until the other side ends, `enough` says so, or the time is up. */
export function talk(
  port: number,
  send: string,
  enough: (text: string) => boolean = () => false,
): Promise<Heard> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = createConnection(port, '127.0.0.1', () => socket.write(send));
    const done = (end: Heard['end']): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ bytes: Buffer.concat(chunks), end });
    };
    const timer = setTimeout(() => done('open'), talkMsMax);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (enough(Buffer.concat(chunks).toString('latin1'))) done('open');
    });
    socket.on('end', () => done('end'));
    socket.on('error', () => done('reset'));
  });
}

/** A POST of a chat completion, ready to be sent. */
export function post(body: string, headers: readonly string[] = []): string {
  const length = `content-length: ${Buffer.byteLength(body)}`;
  const lines = ['POST /v1/chat/completions HTTP/1.1', 'host: sim', length, ...headers];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

export function chatWith(content: string, more: object = {}): string {
  return JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content }], ...more });
}

/** Waits for a condition, one turn of the event loop after the other. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + talkMsMax;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('the condition did not come true in time');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
