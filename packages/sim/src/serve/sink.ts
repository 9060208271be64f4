// Where an answer's bytes go: straight to the line, one byte at a time, or through gzip.
import { createGzip } from 'node:zlib';
import type { Script } from '../script.ts';
import type { Line } from './line.ts';

export type Sink = {
  write(text: string): Promise<void>;
  /** Whatever is still held back, written. */
  finish(): Promise<void>;
};

export function sinkFor(line: Line, script: Script): Sink {
  if (script.slowByteMs !== undefined) return slowSink(line, script.slowByteMs);
  if (script.gzip) return gzipSink(line);
  return { write: (text) => line.write(text), finish: () => Promise.resolve() };
}

function slowSink(line: Line, byteMs: number): Sink {
  return {
    write: async (text) => {
      for (const byte of Buffer.from(text)) {
        if (line.left()) return;
        await line.write(Uint8Array.of(byte));
        // Zero still means one write a byte: the turn keeps them from being joined.
        await (byteMs > 0 ? line.wait(byteMs) : line.turn());
      }
    },
    finish: () => Promise.resolve(),
  };
}

/** Every write is flushed, so that a stream stays a stream. */
function gzipSink(line: Line): Sink {
  const gzip = createGzip();
  let packed: Uint8Array[] = [];
  gzip.on('data', (bytes: Uint8Array) => packed.push(bytes));
  const drain = async (): Promise<void> => {
    const ready = packed;
    packed = [];
    for (const bytes of ready) await line.write(bytes);
  };
  return {
    write: async (text) => {
      gzip.write(text);
      await new Promise<void>((resolve) => gzip.flush(() => resolve()));
      await drain();
    },
    finish: async () => {
      await new Promise<void>((resolve) => gzip.once('end', resolve).end());
      await drain();
    },
  };
}
