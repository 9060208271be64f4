// Keys that hold for what was sealed on one day (UTC) and are thrown away when its time is over:
// what stands in the journal, which is never rewritten, is unreadable from then on, copies of the
// journal included. One private file a day. Whoever copies these files keeps what they open.
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Random, Sink, TenantName } from '@signalbox/contract';
import {
  type DataKey,
  KEY_BYTES,
  openContent,
  SEAL_NONCE_BYTES,
  sealContent,
  sealVersion,
} from '@signalbox/trust';
import { nodeCipher } from '@signalbox/trust/node';
import { FOLDER_MODE, readPrivate, removePrivate, writeNew } from './private-file.ts';

const DAY_MS = 86_400_000;
/** Between two looks at what day it is. */
const TURN_MS = 3_600_000;
const FILE = /^day-(\d{1,6})\.key$/;
const KEY = /^[0-9a-f]{64}\n$/;

export type DayKeysOptions = {
  /** Made when it is missing; private to its owner. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly sink: Pick<Sink, 'log'>;
  /** Days that a key is kept at most; 0: there is none. Asked at every turn. */
  readonly keepDays: () => number;
};

export type DayKeys = {
  readonly isOpen: () => boolean;
  /** @returns base64. @throws without a key. */
  readonly seal: (tenant: TenantName, bytes: Uint8Array) => string;
  /** Looks at the day now, not within the hour: the number of days may be another one. */
  readonly turn: () => Promise<void>;
  readonly close: () => void;
};

const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);
const nameOf = (day: number): string => `day-${day}.key`;
const belonging = (tenant: string) => ({ tenant, purpose: 'features' });

export async function openDayKeys(options: DayKeysOptions): Promise<DayKeys> {
  const { folder, clock, random, sink, keepDays } = options;
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  const place = { path: folder, random };
  let today: DataKey | undefined;
  let stop: (() => void) | undefined;
  let isClosed = false;
  let last = Promise.resolve();
  const failed = (error: unknown): void => {
    const why = error instanceof Error ? error.message : 'a fault without words';
    sink.log('warn', 'day-keys-failed', { why });
  };
  const rotate = async (now: number): Promise<void> => {
    // The one before it goes on until this one is safe.
    const fresh = Buffer.from(random.bytes(KEY_BYTES)).toString('hex');
    today = keyIn(now, await writeNew(place, nameOf(now), `${fresh}\n`));
  };
  // What fails is tried again at the next turn, and holds up nothing else.
  const look = async (): Promise<void> => {
    const days = keepDays();
    const now = dayOf(clock.now());
    if (days === 0) today = undefined;
    else if (today?.version !== now) await rotate(now).catch(failed);
    for (const day of await daysIn(folder)) {
      if (now - day >= days) await removePrivate(place, nameOf(day)).catch(failed);
    }
  };
  const lookOnce = async (): Promise<void> => {
    if (isClosed) return;
    stop?.();
    await look();
    if (!isClosed) stop = clock.after(TURN_MS, () => void turn());
  };
  // One after the other: two at once would each leave a timer.
  const turn = (): Promise<void> => {
    last = last.then(lookOnce);
    return last;
  };
  await turn();
  return {
    isOpen: () => today !== undefined,
    seal(tenant, bytes) {
      if (today === undefined) throw new Error('there is no key of the day');
      const nonce = random.bytes(SEAL_NONCE_BYTES);
      const sealed = sealContent(nodeCipher, today, belonging(tenant), { bytes, nonce });
      return Buffer.from(sealed).toString('base64');
    },
    turn,
    close() {
      isClosed = true;
      stop?.();
    },
  };
}

/** Opens what was sealed on days whose keys are still there; undefined: it is over, or altered. */
export type DayOpener = (tenant: string, sealed: string) => Uint8Array | undefined;

/** @throws `DataFolderFault` where a key is open to others. */
export async function dayOpener(folder: string): Promise<DayOpener> {
  const keys = new Map<number, DataKey>();
  for (const day of await daysIn(folder)) {
    const key = keyIn(day, await readPrivate(join(folder, nameOf(day))));
    if (key !== undefined) keys.set(day, key);
  }
  return (tenant, sealed) => {
    const bytes = Buffer.from(sealed, 'base64');
    const key = keys.get(sealVersion(bytes) ?? 0);
    return key && openContent(nodeCipher, key, belonging(tenant), bytes);
  };
}

async function daysIn(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.flatMap((name) => FILE.exec(name)?.[1] ?? []).map(Number);
}

function keyIn(day: number, text: string | undefined): DataKey | undefined {
  if (text === undefined || !KEY.test(text)) return undefined;
  return { version: day, key: Buffer.from(text.trim(), 'hex') };
}
