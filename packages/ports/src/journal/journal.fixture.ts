// What the journal's tests share: a clock that is turned by hand, a disk in memory, entries with a
// number in them, and a state that a checkpoint can hold.
import assert from 'node:assert/strict';
import {
  type ActBody,
  type CheckpointBody,
  type Clock,
  type Entry,
  type EntryDraft,
  type Keys,
  type Random,
  type Sink,
  tenantName,
} from '@signalbox/contract';
import type { JournalDocument } from '@signalbox/documents';
import type { ReadEntry } from '@signalbox/trust';
import { nodeKeys } from '@signalbox/trust/node';
import type { DurableBatch } from './commit.ts';
import type { Disk } from './disk.ts';
import { type Journal, type JournalOptions, openJournal } from './journal.ts';
import { readJournal } from './read.ts';

export const FOLDER = '/data/journal';
export const START_MS = 1_760_000_000_000;
export const pepper: Uint8Array = new Uint8Array(32).fill(7);
export const keys: Keys = nodeKeys(pepper);

export type HandClock = Clock & {
  /** Moves on, calling what is due, in order. */
  turn(ms: number): void;
  /** How many calls are waiting. */
  waiting(): number;
};

export function handClock(): HandClock {
  let elapsed = 0;
  let timers: { readonly due: number; readonly then: () => void }[] = [];
  return {
    now: () => START_MS + elapsed,
    monotonic: () => elapsed,
    after: (ms, then) => {
      const timer = { due: elapsed + ms, then };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    turn: (ms) => {
      elapsed += ms;
      for (const timer of timers.filter((one) => one.due <= elapsed)) {
        if (!timers.includes(timer)) continue;
        timers = timers.filter((one) => one !== timer);
        timer.then();
      }
    },
    waiting: () => timers.length,
  };
}

/** Everything that can go on without time, has: the disk in memory answers within the turn. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let drawn = 0;

/** Never the same twice, always the same in the same run. */
export const countingRandom: Random = {
  bytes: (count) => {
    drawn += 1;
    const bytes = new Uint8Array(count);
    new DataView(bytes.buffer).setUint32(0, drawn);
    return bytes;
  },
};

export type Logged = { readonly level: string; readonly event: string };

export function listeningSink(): Sink & { readonly logged: Logged[] } {
  const logged: Logged[] = [];
  return {
    logged,
    log: (level, event) => {
      logged.push({ level, event });
    },
    count: () => undefined,
    observe: () => undefined,
  };
}

export const SETTINGS: JournalDocument = {
  keepDays: 30,
  keepBytes: 2 ** 30,
  groupCommitMsMax: 10,
  backlogBytesMax: 64 * 1024,
  segmentBytesMax: 4_096,
};

/** An act with a number: what tests append and look for. */
export function draft(number: number, padding = 0): EntryDraft {
  const body: ActBody = {
    act: 'egress-blocked',
    by: 'test',
    what: 'x'.repeat(padding),
    detail: { number },
  };
  return { kind: 'act', at: START_MS + number, tenant: tenantName('acme'), call: undefined, body };
}

export function numberOf(entry: Entry | ReadEntry): number | undefined {
  const body: unknown = 'bodyText' in entry ? JSON.parse(entry.bodyText ?? '{}') : entry.body;
  const detail = memberOf(body, 'detail');
  const number = memberOf(detail, 'number');
  return typeof number === 'number' ? number : undefined;
}

const memberOf = (from: unknown, key: string): unknown =>
  typeof from === 'object' && from !== null ? Reflect.get(from, key) : undefined;

/** State that only entries change: the sum and count of all numbers, kept in a checkpoint. */
export class Folded {
  count = 0;
  sum = 0;

  add(number: number): void {
    this.count += 1;
    this.sum += number;
  }

  body(): CheckpointBody {
    const amounts = { spentMonthNanoUsd: '0', spentTotalNanoUsd: String(this.sum) };
    const balance = { owner: 'acme', day: 0, spentDayNanoUsd: String(this.count), ...amounts };
    return { openHolds: [], balances: [balance] };
  }

  take(entry: Entry): void {
    const number = numberOf(entry);
    if (number !== undefined) this.add(number);
    if (entry.kind !== 'checkpoint') return;
    const balances = memberOf(entry.body, 'balances');
    assert.ok(Array.isArray(balances));
    this.count = Number(memberOf(balances[0], 'spentDayNanoUsd') ?? 0);
    this.sum = Number(memberOf(balances[0], 'spentTotalNanoUsd') ?? 0);
  }
}

export type Bench = {
  readonly journal: Journal;
  readonly clock: HandClock;
  readonly folded: Folded;
  readonly batches: (Omit<DurableBatch, 'bytes'> & { readonly bytes: number })[];
  readonly sink: ReturnType<typeof listeningSink>;
  /** Appends and folds in one turn. */
  append(number: number, padding?: number): void;
};

/** An open, recovered journal on the disk. */
export async function openBench(disk: Disk, more: Partial<JournalOptions> = {}): Promise<Bench> {
  const clock = handClock();
  const sink = listeningSink();
  const folded = new Folded();
  const batches: Bench['batches'] = [];
  const journal = await openJournal({
    disk,
    folder: FOLDER,
    clock,
    random: countingRandom,
    keys,
    node: 'n1',
    settings: SETTINGS,
    sink,
    checkpoint: () => folded.body(),
    onDurable: ({ bytes, ...batch }) => batches.push({ ...batch, bytes: bytes.length }),
    ...more,
  });
  await journal.recover((entry) => folded.take(entry));
  const append = (number: number, padding?: number): void => {
    folded.add(number);
    journal.append(draft(number, padding));
  };
  return { journal, clock, folded, batches, sink, append };
}

/** Lets the window pass and the disk answer. */
export async function commit(bench: Bench, ms: number = SETTINGS.groupCommitMsMax): Promise<void> {
  bench.clock.turn(ms);
  await settled();
}

/** Every entry from the first segment on; throws where the chain breaks. */
export async function everything(disk: Disk): Promise<readonly ReadEntry[]> {
  const entries: ReadEntry[] = [];
  await readJournal(disk, FOLDER, { position: { segment: 0, offset: 0 } }, (read) => {
    entries.push(read);
    return true;
  });
  return entries;
}

export async function numbers(disk: Disk): Promise<readonly number[]> {
  return (await everything(disk)).map(numberOf).filter((number) => number !== undefined);
}
