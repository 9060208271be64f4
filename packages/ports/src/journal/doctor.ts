// What an operator asks of a journal that no process has open: does it verify, and if it does not,
// how to go on without what cannot be read. Nothing is deleted: what is moved out of the way stays
// beside the journal, byte for byte, under its name with an ending.
import { join } from 'node:path';
import type { Keys } from '@signalbox/contract';
import { CHAIN_START, chainBreak, type ReadEntry } from '@signalbox/trust';
import { sha256 } from '@signalbox/trust/node';
import type { Disk } from './disk.ts';
import { bodyDigest } from './encode.ts';
import { JournalFault, type JournalPlace } from './faults.ts';
import { type EachEntry, type ReadEnd, readJournal } from './read.ts';
import { lastCheckpoint } from './retain.ts';
import { listSegments, type Segment } from './segment.ts';
import { findTail, keepAside, refuseAcknowledged } from './tail.ts';

const ASIDE = '.aside';
/** Each round moves one fault out of the way. */
const ROUNDS_MAX = 64;
const BEGINNING = { position: { segment: 0, offset: 0 } };

export type JournalCheck = {
  readonly segments: number;
  /** Entries that verified, from the oldest kept on. */
  readonly entries: number;
  readonly epochs: number;
  /** Bodies that are not the ones their heads were made for. */
  readonly wrongBodies: number;
  /** Bodies that were erased or kept at home. */
  readonly absentBodies: number;
  /** True when the first entry ever is among them. */
  readonly isWhole: boolean;
  /** Bytes at the end that were never acknowledged. */
  readonly tornBytes: number;
  readonly fault: JournalFault | undefined;
};

/** Reads everything: frames, chain and, with the node's keys, every body against its head. */
export async function checkJournal(
  disk: Disk,
  folder: string,
  keys: Keys | undefined,
): Promise<JournalCheck> {
  const segments = await listSegments(disk, folder);
  const epochs = new Set<string>();
  let first: ReadEntry | undefined;
  let entries = 0;
  let wrongBodies = 0;
  let absentBodies = 0;
  const each = (read: ReadEntry): undefined => {
    first ??= read;
    entries += 1;
    epochs.add(read.head.epoch);
    if (read.bodyText === undefined) absentBodies += 1;
    else if (keys !== undefined && bodyDigest(keys, read.bodyText) !== read.head.bodyDigest) {
      wrongBodies += 1;
    }
  };
  let tornBytes = 0;
  let fault: JournalFault | undefined;
  try {
    tornBytes = (await readToEnd(disk, folder, 0, each)).tornBytes;
  } catch (error) {
    if (!(error instanceof JournalFault)) throw error;
    fault = error;
  }
  const whole = { sha256, from: CHAIN_START };
  const isWhole = first !== undefined && chainBreak(undefined, first, whole) === undefined;
  const counts = { entries, epochs: epochs.size, wrongBodies, absentBodies };
  return { segments: segments.length, ...counts, isWhole, tornBytes, fault };
}

export type JournalLook = {
  /** Of the newest segments, as many as the bytes allow. */
  readonly read: number;
  readonly segments: number;
  readonly fault: JournalFault | undefined;
};

/**
 * Reads frames and chain of the newest segments. A gateway may have the journal open: of the
 * segment that it writes to only the first entry is read, which tells whether the one before is
 * whole.
 */
export async function lookAtJournal(
  disk: Disk,
  folder: string,
  { isOpen, bytesMax }: { readonly isOpen: boolean; readonly bytesMax: number },
): Promise<JournalLook> {
  const segments = await listSegments(disk, folder);
  let bytes = 0;
  const newest = segments.toReversed().findIndex((one) => {
    bytes += one.bytes;
    return bytes > bytesMax;
  });
  const read = newest < 0 ? segments.length : newest;
  const from = segments.at(-read)?.number ?? 0;
  const last = segments.at(-1)?.number;
  const whole = { read, segments: segments.length, fault: undefined };
  if (read === 0) return whole;
  try {
    if (!isOpen) await readToEnd(disk, folder, from, () => true);
    else {
      const each: EachEntry = (_, { start }) => start.segment !== last;
      await readJournal(disk, folder, { position: { segment: from, offset: 0 } }, each);
    }
    return whole;
  } catch (error) {
    if (!(error instanceof JournalFault)) throw error;
    return { ...whole, fault: error };
  }
}

/** Of a journal that nobody has open: what stands behind a gap at its end makes the gap damage. */
async function readToEnd(
  disk: Disk,
  folder: string,
  segment: number,
  each: EachEntry,
): Promise<ReadEnd> {
  const end = await readJournal(disk, folder, { position: { segment, offset: 0 } }, each);
  if (end.tornBytes > 0) await refuseAcknowledged(disk, folder, end.position);
  return end;
}

/**
 * Moves out of the way what keeps the journal from being opened or read; returns the names of what
 * was moved. Damage before the last checkpoint takes the segments up to it; damage after it takes
 * everything from there on, and the next start goes on from the last entry before.
 */
export async function setAsideDamage(disk: Disk, folder: string): Promise<readonly string[]> {
  const release = await disk.lock(folder);
  try {
    const moved: string[] = [];
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const place = await firstFault(disk, folder);
      if (place === undefined) return moved;
      moved.push(...(await moveAway(disk, folder, place)));
    }
    throw new JournalFault('damaged', `journal: ${folder} is damaged in too many places`);
  } finally {
    release();
  }
}

/** Where reading everything or finding the end stops. */
async function firstFault(disk: Disk, folder: string): Promise<JournalPlace | undefined> {
  try {
    await readJournal(disk, folder, BEGINNING, () => true);
    await findTail(disk, folder);
    return undefined;
  } catch (error) {
    if (error instanceof JournalFault && error.place !== undefined) return error.place;
    throw error;
  }
}

async function moveAway(
  disk: Disk,
  folder: string,
  place: JournalPlace,
): Promise<readonly string[]> {
  const segments = await listSegments(disk, folder);
  const at = segments.findIndex((segment) => segment.name === place.file);
  const damaged = segments[at];
  if (damaged === undefined) throw new JournalFault('damaged', `journal: no ${place.file}`);
  const checkpoint = await lastCheckpoint(disk, folder).catch(() => undefined);
  const moved =
    checkpoint !== undefined && damaged.number < checkpoint
      ? await rename(disk, folder, segments.slice(0, at + 1))
      : [
          ...(await cutOff(disk, folder, damaged, place.at)),
          ...(await rename(disk, folder, segments.slice(at + 1))),
        ];
  await disk.syncFolder(folder);
  return moved;
}

async function rename(
  disk: Disk,
  folder: string,
  segments: readonly Segment[],
): Promise<readonly string[]> {
  for (const { name } of segments) {
    await disk.rename(join(folder, name), join(folder, `${name}${ASIDE}`));
  }
  return segments.map(({ name }) => `${name}${ASIDE}`);
}

/** Keeps what stands before the place in the segment. */
async function cutOff(
  disk: Disk,
  folder: string,
  segment: Segment,
  at: number,
): Promise<readonly string[]> {
  if (at === 0) return rename(disk, folder, [segment]);
  const path = join(folder, segment.name);
  const file = await disk.open(path, 'write');
  try {
    const rest = new Uint8Array(segment.bytes - at);
    await file.read(rest, at);
    await keepAside(disk, `${path}.torn-${at}`, rest);
    await file.truncate(at);
    await file.datasync();
  } finally {
    await file.close();
  }
  return [`${segment.name}.torn-${at}`];
}
