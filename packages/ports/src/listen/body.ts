// A request body as one buffer: bounded in bytes and in time, copied at most once.
import type { IncomingMessage, ServerResponse } from 'node:http';

export type BodyRead = Uint8Array | 'too-large' | 'left' | 'timeout';

export function readBody(
  req: IncomingMessage,
  res: ServerResponse,
  bytesMax: number,
  ms: number,
): Promise<BodyRead> {
  const declared = Number(req.headers['content-length'] ?? 0);
  if (declared > bytesMax) return Promise.resolve('too-large');
  if (req.headers.expect !== undefined) res.writeContinue();
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const timer = setTimeout(() => done('timeout'), ms);
    const done = (read: BodyRead): void => {
      clearTimeout(timer);
      resolve(read);
    };
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) done('too-large');
      else chunks.push(chunk);
    });
    req.on('end', () => {
      const [only] = chunks;
      done(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
    });
    req.on('close', () => done('left'));
  });
}
