// Old segments go when they are older than `keepDays` or the journal is larger than `keepBytes`,
// but never one that a projection or a shipment has not passed, nor the last checkpoint or anything
// after it.
import { join } from 'node:path';
import type { JournalDocument } from '@signalbox/documents';
import type { ReadEntry } from '@signalbox/trust';
import type { Disk } from './disk.ts';
import { decode } from './read.ts';
import { listSegments, type Position, type Segment, scanFrames, tornFrom } from './segment.ts';

const DAY_MS: number = 24 * 60 * 60 * 1000;

export type Retention = {
  readonly disk: Disk;
  readonly folder: string;
  readonly settings: JournalDocument;
  readonly now: number;
  readonly cursors: readonly Position[];
};

/** The number of the last segment that begins with a checkpoint; undefined: there is none. */
export async function lastCheckpoint(disk: Disk, folder: string): Promise<number | undefined> {
  for (const segment of (await listSegments(disk, folder)).toReversed()) {
    const first = await firstEntry(disk, folder, segment);
    if (first?.head.kind === 'checkpoint') return segment.number;
  }
  return undefined;
}

/** Drops what may go, eldest first; returns how many segments went. */
export async function retain(retention: Retention): Promise<number> {
  const { disk, folder, settings } = retention;
  const segments = await listSegments(disk, folder);
  const checkpoint = await lastCheckpoint(disk, folder);
  const passed = Math.min(checkpoint ?? 0, ...retention.cursors.map((cursor) => cursor.segment));
  let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  let dropped = 0;
  for (const [i, segment] of segments.entries()) {
    const next = segments[i + 1];
    if (next === undefined || segment.number >= passed) break;
    // A segment is as old as its youngest entry: about when the next one began.
    const began = (await firstEntry(disk, folder, next))?.head.at ?? retention.now;
    const isOld = retention.now - began > settings.keepDays * DAY_MS;
    if (!isOld && bytes <= settings.keepBytes) break;
    await disk.remove(join(folder, segment.name));
    bytes -= segment.bytes;
    dropped += 1;
  }
  if (dropped > 0) await dropTorn(disk, folder, segments[dropped]?.number ?? 0);
  return dropped;
}

async function firstEntry(
  disk: Disk,
  folder: string,
  segment: Segment,
): Promise<ReadEntry | undefined> {
  const file = await disk.open(join(folder, segment.name), 'read');
  try {
    let first: ReadEntry | undefined;
    await scanFrames(file, { from: 0, to: segment.bytes }, (bytes, at) => {
      first = decode(bytes, segment.name, at);
      return false;
    });
    return first;
  } finally {
    await file.close();
  }
}

/** What was cut off a segment goes with it. */
async function dropTorn(disk: Disk, folder: string, before: number): Promise<void> {
  for (const file of await disk.list(folder)) {
    const number = tornFrom(file.name);
    if (number !== undefined && number < before) await disk.remove(join(folder, file.name));
  }
  await disk.syncFolder(folder);
}
