// Answers that come compressed although `identity` was asked for. Rare, so the code is plain:
// Node's zlib streams, with a bound on the decoded size and on its ratio to what came over the
// wire.

import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib';
import type { Headers } from '@signalbox/contract';

/** Decoded bytes per byte on the wire, looked at once more than `RATIO_FROM_BYTES` came out. */
const RATIO_MAX = 200;
const RATIO_FROM_BYTES = 1_048_576;

export type Decoding = {
  write(bytes: Uint8Array): void;
  end(): void;
  pause(): void;
  resume(): void;
  destroy(): void;
};

export type Decoded = {
  chunk(bytes: Uint8Array): void;
  end(): void;
  fault(code: 'body_error' | 'too_large', why: string): void;
  /** The decoder is behind: the wire should wait. */
  full(): void;
  drained(): void;
};

const DECODERS = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
} as const;

/** Undefined when the encoding is unknown, or more than one. */
export function decodingFor(encoding: string, bytesMax: number, to: Decoded): Decoding | undefined {
  const name = encoding.trim().toLowerCase();
  const known = Object.entries(DECODERS).find(([key]) => key === name);
  if (known === undefined) return undefined;
  const stream = known[1]();
  let wireBytes = 0;
  let decodedBytes = 0;
  stream.on('data', (bytes: Buffer) => {
    decodedBytes += bytes.length;
    const steep = decodedBytes > RATIO_FROM_BYTES && decodedBytes > wireBytes * RATIO_MAX;
    if (decodedBytes > bytesMax || steep) {
      stream.destroy();
      to.fault('too_large', `${decodedBytes} bytes out of ${wireBytes}`);
      return;
    }
    to.chunk(bytes);
  });
  stream.on('end', () => to.end());
  stream.on('error', () => to.fault('body_error', 'compressed body'));
  stream.on('drain', () => to.drained());
  return {
    write(bytes) {
      wireBytes += bytes.length;
      // Copied: the caller's bytes are only valid during the call, zlib reads them later.
      if (!stream.write(Buffer.from(bytes))) to.full();
    },
    end: () => void stream.end(),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    destroy: () => void stream.destroy(),
  };
}

/** Without what described the encoded form. */
export const decodedHeaders = (headers: Headers): Headers =>
  headers.filter(([name]) => name !== 'content-encoding' && name !== 'content-length');
