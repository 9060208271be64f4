// The disk of a world: the memory disk of the journal, made slow by the timeline and wrong by the
// seed. It fails only while it is told to; whoever reads for an oracle reads at once.
import { DiskFault, type DiskOperation, type MemoryDisk, memoryDisk } from '@signalbox/ports';
import type { Chance } from '../chance.ts';
import type { Timeline } from '../timeline.ts';

export type BadDisk = {
  readonly disk: MemoryDisk;
  /** The share of writes and syncs that fail. */
  fail(share: number): void;
  /** Told once, when the next write or sync begins. */
  onNextWrite(then: () => void): void;
  /** What `read` asks of the disk is answered at once and never fails. */
  quietly<T>(read: () => Promise<T>): Promise<T>;
  /** Operations that were made to fail so far. */
  failures(): number;
};

const SLOW_SHARE = 0.03;

export function badDisk(seed: number, chance: Chance, timeline: Timeline): BadDisk {
  let share = 0;
  let quiet = false;
  let failures = 0;
  const onWrite: (() => void)[] = [];
  const before = ({ kind, path }: DiskOperation): void | Promise<void> => {
    if (quiet) return undefined;
    const writes = kind === 'write' || kind === 'datasync';
    if (writes) onWrite.shift()?.();
    if (writes && chance.happens(share)) {
      failures += 1;
      throw new DiskFault('failed', `${kind} of ${path} failed`);
    }
    if (!writes && !chance.happens(SLOW_SHARE)) return undefined;
    const slow = chance.happens(SLOW_SHARE) ? chance.between(20, 700) : 0;
    return timeline.sleep(slow + chance.between(1, 24) / 8);
  };
  return {
    disk: memoryDisk({ seed, before }),
    fail(of) {
      share = of;
    },
    onNextWrite: (then) => void onWrite.push(then),
    async quietly(read) {
      quiet = true;
      try {
        return await read();
      } finally {
        quiet = false;
      }
    },
    failures: () => failures,
  };
}
