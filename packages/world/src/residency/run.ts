// Runs one world about residency to its end: a short storm, a calm in which everybody is answered,
// an orderly stop. All the while, everything that leaves is searched.
import type { Plant } from '../plants/plant.ts';
import { comeToRest, endOf, LOOK_AGAIN_MS, type WorldEnd } from '../run.ts';
import { World } from '../world.ts';
import { RESIDENCY_SIZE, residency } from './residency.ts';

/** What was stopped at a far end, and what of it stands in records. */
export type BlockedTally = {
  /** Dials, of calls and of spans. */
  readonly dials: number;
  /** Of those: entries in the journal. */
  readonly acts: number;
  /** Attempts in the records of calls, `blocked` with `clearance_exceeded`. */
  readonly attempts: number;
  /** Values that the log withheld. */
  readonly lines: number;
  /** Kept answers that were not what they should be: set aside, and logged. */
  readonly answers: number;
};

export type ResidencyEnd = WorldEnd & {
  /** Bytes beyond a clearance. */
  readonly beyond: number;
  /** Dials of personal or regulated calls. */
  readonly sensitive: number;
  /** Bytes that were searched. */
  readonly seen: number;
  readonly blocked: BlockedTally;
  /** How often what went out, or was decided, that not every world has. */
  readonly met: Readonly<Record<string, number>>;
};

export type ResidencyOptions = {
  readonly plant?: Plant | undefined;
  /** Whether what leaves is asked once more at the far end. */
  readonly asserts: boolean;
};

/** What is told of a span after its call is over. */
const TOLD_MS = 4_000;

export async function runResidency(
  seed: number,
  { plant, asserts }: ResidencyOptions,
): Promise<ResidencyEnd> {
  const world = new World(seed, plant, residency({ asserts, isPlanted: plant !== undefined }));
  await world.run(script(world));
  world.close();
  const { seen, bytes, sensitive } = world.beyond;
  return {
    ...endOf(world),
    beyond: bytes,
    sensitive,
    seen: Object.values(seen).reduce((sum, one) => sum + one, 0),
    blocked: blockedIn(world),
    met: metIn(world),
  };
}

async function script(world: World): Promise<void> {
  const { timeline, lives, beyond } = world;
  for (const { atMs, deed } of world.storm()) timeline.after(atMs, () => world.do(deed));
  lives.start();
  await timeline.sleep(RESIDENCY_SIZE.ms + LOOK_AGAIN_MS);
  world.calm();
  await comeToRest(world);
  await timeline.sleep(TOLD_MS);
  await lives.close();
  beyond.answered();
}

function metIn({ callers, beyond }: World): ResidencyEnd['met'] {
  const met: Record<string, number> = {};
  const add = (what: string, times: number): void => {
    if (times > 0) met[what] = (met[what] ?? 0) + times;
  };
  add('probe', beyond.probes);
  add('second stage', beyond.readings);
  add('news of the registry', beyond.news);
  for (const { wish, dials, entries, settled } of callers.all) {
    add(wish.operation, dials.length);
    if (wish.about !== undefined) add('about an object', dials.length);
    const use = settled[0]?.record.consentUse;
    if (use === undefined) continue;
    add(`consent ${use}`, 1);
    if (entries.length > 1) add('parked with a consent', 1);
    if (use === 'refused' && dials.length > 0) add('refused when it came again', 1);
  }
  return met;
}

function blockedIn({ blocked, watch, callers, withheld, unreadable }: World): BlockedTally {
  const attempts = callers.all.flatMap(({ settled }) => settled[0]?.record.attempts ?? []);
  return {
    dials: blocked.length,
    acts: watch.egressBlocked,
    attempts: attempts.filter(
      ({ outcome, fault }) => outcome === 'blocked' && fault === 'clearance_exceeded',
    ).length,
    lines: withheld,
    answers: unreadable,
  };
}
