// Reads a request's body, whole and bounded.
import type { IncomingMessage } from 'node:http';

/** The body's bytes; `too-large` when it exceeds the bound, `left` when the caller went away. */
export function readBody(
  request: IncomingMessage,
  bytesMax: number,
): Promise<Uint8Array | 'too-large' | 'left'> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    request.on('data', (chunk: Uint8Array) => {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) {
        // The rest is drained unread, so that the caller can still read the refusal.
        chunks.length = 0;
        request.removeAllListeners('data');
        request.resume();
        resolve('too-large');
        return;
      }
      chunks.push(chunk);
    });
    request.once('end', () => resolve(chunks.length === 1 ? (chunks[0] ?? empty) : joined(chunks)));
    request.once('error', () => resolve('left'));
    request.once('close', () => resolve('left'));
  });
}

const empty = new Uint8Array(0);

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(chunks);
}
