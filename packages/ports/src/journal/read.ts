// Reads a journal, entry by entry, across segments. The chain decides what counts: bytes at the end
// of a segment that do not read are nothing to worry about when the next segment goes on from the
// last entry that does (they were written by a process that died, or before a sync that failed, and
// nobody was told that they were safe); otherwise they are damage.

import { join } from 'node:path';
import { chainBreak, FRAME_HEAD_BYTES, type ReadEntry, readEntry } from '@signalbox/trust';
import { sha256 } from '@signalbox/trust/node';
import type { Disk } from './disk.ts';
import { damaged, newer } from './faults.ts';
import { listSegments, type Position, type Segment, scanFrames } from './segment.ts';

export type EntryName = { readonly epoch: string; readonly seq: number };

export type ReadFrom = {
  readonly position: Position;
  /** The last entry that was read before: it and its elders are passed over. */
  readonly after?: EntryName | undefined;
  /**
   * Check the chain only where a segment begins: for a reader that follows what this node has just
   * written. The checksum of every frame is checked all the same.
   */
  readonly trusting?: boolean;
  /** Read no further than this; undefined: to the end. */
  readonly to?: Position | undefined;
};

export type ReadEnd = {
  readonly position: Position;
  readonly entries: number;
  /** Bytes at the very end that are no whole frame. */
  readonly tornBytes: number;
};

/** Where an entry's frame begins and ends. */
export type EntryPlace = { readonly start: Position; readonly end: Position };

export type EachEntry = (read: ReadEntry, place: EntryPlace) => boolean | undefined;

/**
 * Throws `JournalFault` where the journal stops being one. `each` may answer `false` to stop after
 * its entry.
 */
export async function readJournal(
  disk: Disk,
  folder: string,
  from: ReadFrom,
  each: EachEntry,
): Promise<ReadEnd> {
  const segments = (await listSegments(disk, folder)).filter(
    (segment) =>
      segment.number >= from.position.segment &&
      (from.to === undefined || segment.number <= from.to.segment),
  );
  const { after, trusting = false } = from;
  const walk: Walk = { before: undefined, after, doubt: undefined, trusting, entries: 0, each };
  let position = from.position;
  for (const segment of segments) {
    const start = segment.number === from.position.segment ? from.position.offset : 0;
    const to = segment.number === from.to?.segment ? from.to.offset : segment.bytes;
    const ended = await readSegment(disk, folder, { segment, start, to, walk });
    position = { segment: segment.number, offset: ended.end };
    if (ended.stopped) return { position, entries: walk.entries, tornBytes: 0 };
  }
  return { position, entries: walk.entries, tornBytes: walk.doubt?.bytes ?? 0 };
}

type Walk = {
  before: ReadEntry | undefined;
  readonly trusting: boolean;
  after: EntryName | undefined;
  /** The end of the segment before did not read: the next entry tells whether that matters. */
  doubt: { readonly file: string; readonly at: number; readonly bytes: number } | undefined;
  entries: number;
  readonly each: EachEntry;
};

type Stretch = {
  readonly segment: Segment;
  readonly start: number;
  readonly to: number;
  readonly walk: Walk;
};

async function readSegment(
  disk: Disk,
  folder: string,
  stretch: Stretch,
): Promise<{ readonly end: number; readonly stopped: boolean }> {
  const { segment, start, to, walk } = stretch;
  const file = await disk.open(join(folder, segment.name), 'read');
  let stopped = false;
  try {
    const ended = await scanFrames(file, { from: start, to }, (bytes, at) => {
      stopped = !take(walk, segment, bytes, at);
      return !stopped;
    });
    if (!stopped && ended.rest !== 'none') {
      if (walk.doubt !== undefined) throw damaged(walk.doubt.file, walk.doubt.at, 'no frame');
      walk.doubt = { file: segment.name, at: ended.end, bytes: to - ended.end };
    }
    return { end: ended.end, stopped };
  } finally {
    await file.close();
  }
}

/** False: the callback wants no more. */
function take(walk: Walk, segment: Segment, bytes: Uint8Array, at: number): boolean {
  const read = decode(bytes, segment.name, at);
  const { head } = read;
  const known = walk.before?.head ?? walk.after;
  if (known !== undefined && head.epoch === known.epoch && head.seq <= known.seq) return true;
  const isChecked = !walk.trusting || at === 0 || walk.doubt !== undefined;
  if (isChecked) checkChain(walk, read, segment, at);
  walk.doubt = undefined;
  walk.before = read;
  walk.entries += 1;
  const start = { segment: segment.number, offset: at };
  const end = { segment: segment.number, offset: at + FRAME_HEAD_BYTES + bytes.length };
  return walk.each(read, { start, end }) !== false;
}

function checkChain(walk: Walk, read: ReadEntry, segment: Segment, at: number): void {
  const { before, doubt } = walk;
  const step = before && { hash: sha256(before.headText), head: before.head };
  const why = chainBreak(step, read, { sha256 });
  if (why === undefined) return;
  if (doubt !== undefined) throw damaged(doubt.file, doubt.at, 'no frame');
  throw damaged(segment.name, at, `the chain breaks: ${why}`);
}

/** The one entry at a place; undefined when the journal no longer has it. */
export async function readEntryAt(
  disk: Disk,
  folder: string,
  place: Position,
): Promise<ReadEntry | undefined> {
  const segments = await listSegments(disk, folder);
  const segment = segments.find((one) => one.number === place.segment);
  if (segment === undefined) return undefined;
  const file = await disk.open(join(folder, segment.name), 'read');
  try {
    let found: ReadEntry | undefined;
    await scanFrames(file, { from: place.offset, to: segment.bytes }, (bytes, at) => {
      found = decode(bytes, segment.name, at);
      return false;
    });
    return found;
  } finally {
    await file.close();
  }
}

/** The entry in a whole frame, or the fault that stops the reader. */
export function decode(bytes: Uint8Array, file: string, at: number): ReadEntry {
  const read = readEntry(bytes);
  if (read.kind === 'version') throw newer(file, at, read.found);
  if (read.kind === 'malformed') throw damaged(file, at, read.why);
  return read;
}
