// Finds where a journal ends when it is opened. What a dying process left half-written is cut off
// and kept in a file beside the segment; it was never acknowledged. What follows unreadable bytes
// and was written after a sync proves that the unreadable bytes had been acknowledged: then nothing
// is cut, and the journal does not open.

import { join } from 'node:path';
import { CHAIN_START, FRAME_HEAD_BYTES, findFrameAfterSync } from '@signalbox/trust';
import { sha256 } from '@signalbox/trust/node';
import { type Disk, type DiskFile, faultOf } from './disk.ts';
import { damaged } from './faults.ts';
import { decode } from './read.ts';
import { listSegments, type Position, type ScanEnd, type Segment, scanFrames } from './segment.ts';

export type Cut = { readonly file: string; readonly at: number; readonly bytes: number };

export type Tail = {
  /** What the next entry names as the one before. */
  readonly lastHash: string;
  readonly nextNumber: number;
  readonly cuts: readonly Cut[];
};

export async function findTail(disk: Disk, folder: string): Promise<Tail> {
  const segments = await listSegments(disk, folder);
  const nextNumber = (segments.at(-1)?.number ?? 0) + 1;
  const cuts: Cut[] = [];
  for (const segment of segments.toReversed()) {
    const found = await lookAt(disk, folder, segment);
    if (found.cut !== undefined) cuts.push(found.cut);
    if (found.lastHash !== undefined) return { lastHash: found.lastHash, nextNumber, cuts };
  }
  return { lastHash: CHAIN_START, nextNumber, cuts };
}

type Look = { readonly lastHash: string | undefined; readonly cut: Cut | undefined };

async function lookAt(disk: Disk, folder: string, segment: Segment): Promise<Look> {
  const path = join(folder, segment.name);
  const file = await disk.open(path, 'write');
  let lastHash: string | undefined;
  let ended: ScanEnd;
  let rest: Uint8Array;
  try {
    let lastAt: number | undefined;
    ended = await scanFrames(file, { from: 0, to: segment.bytes }, (_, at) => {
      lastAt = at;
      return undefined;
    });
    if (lastAt !== undefined) {
      const framed = await readRange(file, lastAt, ended.end);
      const entry = decode(framed.subarray(FRAME_HEAD_BYTES), segment.name, lastAt);
      lastHash = sha256(entry.headText);
    }
    rest = await readRange(file, ended.end, segment.bytes);
    refuseSynced(rest, segment.name, ended.end);
    if (lastHash !== undefined) {
      if (rest.length > 0) await cutTail(disk, { path, file, at: ended.end, rest });
      // A process that was killed may have left entries that only the kernel's memory holds. What
      // comes next names them as its past, so they must be as safe as it.
      await file.datasync();
    }
  } finally {
    await file.close();
  }
  if (lastHash === undefined) await dropEmpty(disk, path, rest.length);
  await disk.syncFolder(folder);
  const cut = { file: segment.name, at: ended.end, bytes: rest.length };
  return { lastHash, cut: rest.length > 0 ? cut : undefined };
}

/** Throws where bytes that do not read, from the position on, had been acknowledged. */
export async function refuseAcknowledged(
  disk: Disk,
  folder: string,
  { segment: number, offset }: Position,
): Promise<void> {
  const segment = (await listSegments(disk, folder)).find((one) => one.number === number);
  if (segment === undefined) return;
  const file = await disk.open(join(folder, segment.name), 'read');
  try {
    refuseSynced(await readRange(file, offset, segment.bytes), segment.name, offset);
  } finally {
    await file.close();
  }
}

function refuseSynced(rest: Uint8Array, name: string, at: number): void {
  if (findFrameAfterSync(rest, 1) !== undefined) throw damaged(name, at, 'no frame begins here');
}

async function readRange(file: DiskFile, from: number, to: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(to - from);
  const have = await file.read(bytes, from);
  return bytes.subarray(0, have);
}

type Torn = {
  readonly path: string;
  readonly file: DiskFile;
  readonly at: number;
  readonly rest: Uint8Array;
};

/**
 * The copy is safe before the bytes go. On a full disk they stay where they are: the chain passes
 * over them.
 */
async function cutTail(disk: Disk, torn: Torn): Promise<void> {
  const aside = `${torn.path}.torn-${torn.at}`;
  try {
    await keepAside(disk, aside, torn.rest);
  } catch (error) {
    if (faultOf(error).kind !== 'full') throw error;
    await disk.remove(aside).catch(() => undefined);
    return;
  }
  await torn.file.truncate(torn.at);
}

/** The bytes in a file of their own, safe before this returns. */
export async function keepAside(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  // Left by a start that died here: the bytes are still in the segment.
  await disk.remove(path).catch(() => undefined);
  const file = await disk.open(path, 'create');
  try {
    await file.write(bytes, 0);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** A segment without one whole entry is no segment. */
async function dropEmpty(disk: Disk, path: string, bytes: number): Promise<void> {
  if (bytes === 0) await disk.remove(path);
  else await disk.rename(path, `${path}.torn-0`);
}
