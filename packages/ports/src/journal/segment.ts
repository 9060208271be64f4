// Segment files: `0000000042-<epoch>.sbj`. The number only ever rises, over all epochs, so names
// sort in the order of writing; the epoch in the name is for people. What was cut off a file stands
// beside it as `<name>.torn-<byte>`.
import { FRAME_BYTES_MAX, FRAME_HEAD_BYTES, readFrame } from '@signalbox/trust';
import type { Disk, DiskFile } from './disk.ts';

const NUMBER_DIGITS = 10;
const NAME = /^([0-9]{10})-([0-9a-f]{16})\.sbj$/;
const TORN = /^([0-9]{10})-[0-9a-f]{16}\.sbj\.torn-[0-9]+$/;
const WINDOW_BYTES: number = 1024 * 1024;

export type Segment = { readonly number: number; readonly name: string; readonly bytes: number };

/** A place in the journal: a frame begins there, or the journal ends there. */
export type Position = { readonly segment: number; readonly offset: number };

export const isBefore = (a: Position, b: Position): boolean =>
  a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset);

export const segmentName = (number: number, epoch: string): string =>
  `${String(number).padStart(NUMBER_DIGITS, '0')}-${epoch}.sbj`;

/** In the order of writing. */
export async function listSegments(disk: Disk, folder: string): Promise<readonly Segment[]> {
  const segments: Segment[] = [];
  for (const file of await disk.list(folder)) {
    const number = NAME.exec(file.name)?.[1];
    if (number !== undefined) segments.push({ ...file, number: Number(number) });
  }
  return segments.sort((a, b) => a.number - b.number);
}

/** The number of the segment that a torn tail was cut from; undefined: no torn tail. */
export function tornFrom(name: string): number | undefined {
  const number = TORN.exec(name)?.[1];
  return number === undefined ? undefined : Number(number);
}

export type ScanEnd = {
  /** After the last whole frame. */
  readonly end: number;
  readonly rest: 'none' | 'short' | 'damaged';
};

/**
 * Calls back for every whole frame in `[from, to)`. The bytes are valid during the call only; a
 * callback that answers `false` ends the scan after its frame.
 */
export async function scanFrames(
  file: DiskFile,
  range: { readonly from: number; readonly to: number },
  each: (bytes: Uint8Array, start: number) => boolean | undefined,
): Promise<ScanEnd> {
  let window = new Uint8Array(Math.min(WINDOW_BYTES, Math.max(range.to - range.from, 1)));
  let at = range.from;
  while (at < range.to) {
    const wanted = Math.min(window.length, range.to - at);
    const have = await file.read(window.subarray(0, wanted), at);
    const view = window.subarray(0, have);
    let used = 0;
    let read = readFrame(view, 0);
    while (read.kind === 'frame') {
      const wantsMore = each(read.bytes, at + used) !== false;
      used = read.next;
      if (!wantsMore) return { end: at + used, rest: 'none' };
      read = readFrame(view, used);
    }
    at += used;
    if (read.kind === 'damaged') return { end: at, rest: 'damaged' };
    if (used === have && have < wanted) break;
    if (used > 0) continue;
    const sawAll = at + have >= range.to || have < wanted;
    if (sawAll) return { end: at, rest: have === 0 ? 'none' : 'short' };
    window = new Uint8Array(Math.min(window.length * 4, FRAME_BYTES_MAX + FRAME_HEAD_BYTES));
  }
  return { end: at, rest: 'none' };
}
