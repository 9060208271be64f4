// The outermost shape of the journal on disk: `u32 length, u32 crc32c, bytes`, little-endian, the
// checksum over the bytes. A frame is never empty, so a stretch of zeros that a crash left behind
// is no frame, and never longer than FRAME_BYTES_MAX, so a damaged length asks for no memory.
//
// One frame holds one JSON text. The first frame that was written after a sync ends with a line
// feed, which JSON ignores: what stands before it was on the disk when it was written. That is how
// a reader tells a torn tail (never acknowledged, may be cut) from damage to what was acknowledged
// (must be reported).
import { assert } from '@signalbox/contract';
import { crc32c } from './crc.ts';

export const FRAME_HEAD_BYTES = 8;
export const FRAME_BYTES_MAX: number = 16 * 1024 * 1024;
const LINE_FEED = 10;
const BRACE = 123;

export type Frame = {
  readonly kind: 'frame';
  readonly bytes: Uint8Array;
  /** Where the next frame begins. */
  readonly next: number;
  /** What stands before this frame was on the disk when this frame was written. */
  readonly afterSync: boolean;
};

/** `short`: the buffer ends inside the frame. `damaged`: no frame can begin here. */
export type FrameRead = Frame | { readonly kind: 'short' } | { readonly kind: 'damaged' };

export type FrameRun = {
  readonly frames: readonly Frame[];
  /** Where the run stops: the end of the buffer, or the first byte that is in no whole frame. */
  readonly end: number;
  readonly rest: 'none' | 'short' | 'damaged';
};

const SHORT: FrameRead = { kind: 'short' };
const DAMAGED: FrameRead = { kind: 'damaged' };

/** The bytes as a frame of their own. */
export function frame(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(FRAME_HEAD_BYTES + bytes.length);
  framed.set(bytes, FRAME_HEAD_BYTES);
  sealFrame(framed, 0, bytes.length);
  return framed;
}

/**
 * Writes the head of a frame whose bytes already stand at `start + FRAME_HEAD_BYTES`; returns where
 * it ends.
 */
export function sealFrame(buffer: Uint8Array, start: number, length: number): number {
  assert(length > 0 && length <= FRAME_BYTES_MAX, 'a frame holds 1 to FRAME_BYTES_MAX bytes');
  const end = start + FRAME_HEAD_BYTES + length;
  assert(end <= buffer.length, 'a frame fits into its buffer');
  putU32(buffer, start, length);
  putU32(buffer, start + 4, crc32c(buffer, start + FRAME_HEAD_BYTES, end));
  return end;
}

/** The frame at `start`, or why there is none. The bytes are a view, not a copy. */
export function readFrame(buffer: Uint8Array, start: number): FrameRead {
  if (start + FRAME_HEAD_BYTES > buffer.length) return SHORT;
  const length = takeU32(buffer, start);
  if (length === 0 || length > FRAME_BYTES_MAX) return DAMAGED;
  const from = start + FRAME_HEAD_BYTES;
  const next = from + length;
  if (next > buffer.length) return SHORT;
  if (crc32c(buffer, from, next) !== takeU32(buffer, start + 4)) return DAMAGED;
  const afterSync = buffer[next - 1] === LINE_FEED;
  return { kind: 'frame', bytes: buffer.subarray(from, next), next, afterSync };
}

/** All whole frames from `start` on. */
export function readFrames(buffer: Uint8Array, start = 0): FrameRun {
  const frames: Frame[] = [];
  let end = start;
  while (end < buffer.length) {
    const read = readFrame(buffer, end);
    if (read.kind !== 'frame') return { frames, end, rest: read.kind };
    frames.push(read);
    end = read.next;
  }
  return { frames, end, rest: 'none' };
}

/** The first frame at or after `start`, at whatever byte, that was written after a sync. */
export function findFrameAfterSync(buffer: Uint8Array, start: number): number | undefined {
  for (let at = start; at + FRAME_HEAD_BYTES < buffer.length; at += 1) {
    if (buffer[at + FRAME_HEAD_BYTES] !== BRACE) continue;
    const end = at + FRAME_HEAD_BYTES + takeU32(buffer, at);
    if (end > buffer.length || buffer[end - 1] !== LINE_FEED) continue;
    if (readFrame(buffer, at).kind === 'frame') return at;
  }
  return undefined;
}

function putU32(buffer: Uint8Array, at: number, value: number): void {
  buffer[at] = value & 255;
  buffer[at + 1] = (value >>> 8) & 255;
  buffer[at + 2] = (value >>> 16) & 255;
  buffer[at + 3] = value >>> 24;
}

function takeU32(buffer: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [buffer[at], buffer[at + 1], buffer[at + 2], buffer[at + 3]];
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}
