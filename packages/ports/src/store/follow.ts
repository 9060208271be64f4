// Reads the journal from where the projection stands to where it is safe, a bounded batch at a
// time, and gives the loop a turn between batches, so that questions are answered while a long
// journal is caught up with.
import type { Disk } from '../journal/disk.ts';
import { readJournal } from '../journal/read.ts';
import { isBefore, listSegments, type Position, segmentName } from '../journal/segment.ts';
import type { PlacedEntry, Projection } from './project.ts';
import type { RequestSummary } from './records.ts';

const BATCH_ENTRIES_MAX = 1000;

export type Follow = {
  readonly disk: Disk;
  readonly folder: string;
  readonly projection: Projection;
  readonly turn: () => Promise<void>;
  readonly onProjected: (added: readonly RequestSummary[], position: Position) => void;
};

/**
 * Catches up with `to`. Throws what the journal or the database throws; what was projected before
 * stays.
 */
export async function follow(tools: Follow, to: Position): Promise<void> {
  const { disk, folder, projection } = tools;
  for (;;) {
    const cursor = projection.cursor();
    if (!isBefore(cursor.position, to)) return;
    const entries: PlacedEntry[] = [];
    let end = cursor.position;
    await readJournal(disk, folder, { ...cursor, to, trusting: true }, (read, place) => {
      entries.push({ read, place: place.start });
      end = place.end;
      return entries.length < BATCH_ENTRIES_MAX;
    });
    if (entries.length === 0) return;
    tools.onProjected(projection.apply({ entries, end }), end);
    await tools.turn();
  }
}

/**
 * A folder that was emptied, replaced or restored no longer holds the place that the cursor names.
 */
export async function knowsCursor(
  disk: Disk,
  folder: string,
  projection: Projection,
): Promise<boolean> {
  const { position, after } = projection.cursor();
  if (after === undefined) return true;
  const segments = await listSegments(disk, folder).catch(() => []);
  const there = segments.find((segment) => segment.number === position.segment);
  if (there === undefined) {
    const first = segments[0];
    return first !== undefined && first.number > position.segment;
  }
  const isSame = there.name === segmentName(position.segment, after.epoch);
  return isSame && there.bytes >= position.offset;
}
