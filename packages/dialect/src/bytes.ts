// Small deeds on bytes that every dialect needs.
import type { Splice } from '@signalbox/contract';

const encoder = new TextEncoder();

export const encode = (text: string): Uint8Array => encoder.encode(text);

/** Applies sorted, non-overlapping splices; without any, the bytes themselves come back. */
export function splice(bytes: Uint8Array, splices: readonly Splice[]): Uint8Array {
  if (splices.length === 0) return bytes;
  const texts = splices.map((one) => encoder.encode(one.text));
  let length = bytes.length;
  splices.forEach((one, i) => {
    length += (texts[i]?.length ?? 0) - (one.end - one.start);
  });
  const out = new Uint8Array(length);
  let from = 0;
  let to = 0;
  splices.forEach((one, i) => {
    const inserted = texts[i] ?? new Uint8Array(0);
    out.set(bytes.subarray(from, one.start), to);
    to += one.start - from;
    out.set(inserted, to);
    to += inserted.length;
    from = one.end;
  });
  out.set(bytes.subarray(from), to);
  return out;
}

export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const only = pieces.length === 1 ? pieces[0] : undefined;
  if (only !== undefined) return only;
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/**
 * A search for one short needle, by Horspool's method (R. N. Horspool, "Practical fast searching in
 * strings", 1980): looks at about one byte in `needle.length`. Answers -1 where there is none.
 */
export function finder(needleText: string): (bytes: Uint8Array, from?: number) => number {
  const needle = encoder.encode(needleText);
  const size = needle.length;
  const skip = new Uint8Array(256).fill(size);
  needle.subarray(0, size - 1).forEach((byte, i) => {
    skip[byte] = size - 1 - i;
  });
  const lastByte = needle[size - 1];
  return (bytes, from = 0) => {
    let end = from + size - 1;
    while (end < bytes.length) {
      const byte = bytes[end] ?? 0;
      if (byte === lastByte && matches(bytes, end - size + 1, needle)) return end - size + 1;
      end += skip[byte] ?? size;
    }
    return -1;
  };
}

/**
 * The same for a needle whose first byte is rare in what is searched: the engine looks for that
 * one, faster than a loop of ours looks at every fourth byte.
 */
export function rareFinder(needleText: string): (bytes: Uint8Array) => number {
  const needle = encoder.encode(needleText);
  const [first = 0] = needle;
  return (bytes) => {
    for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
      if (matches(bytes, at, needle)) return at;
    }
    return -1;
  };
}

function matches(bytes: Uint8Array, at: number, needle: Uint8Array): boolean {
  for (let i = 0; i < needle.length; i += 1) {
    if (bytes[at + i] !== needle[i]) return false;
  }
  return true;
}
