import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Contestant, Running } from './contestants/contestant.ts';
import type { DriverCommand } from './driver/commands.ts';
import type { Target } from './driver/requests.ts';
import { messageOf, type Setting, targetOf } from './setting.ts';

/**
 * How long the event loop of a contestant is held up: at 200 requests a second while two people
 * watch its console live, or by bodies of 25 MB, one after another, that are read whole.
 *
 * Measured on a fresh process with a probe of our own loaded into it; of several processes in the
 * tree the slowest counts. A contestant without a console is measured without watchers and says
 * so nowhere else but here.
 */

const preload = new URL('./loop-delay-preload.ts', import.meta.url).href;
const warmUpRequests = 3_000;

/** What is asked of a contestant meanwhile. */
export interface Load {
  readonly figure: string;
  readonly tails: number;
  readonly command: (target: Target, durationMs: number) => DriverCommand;
}

const small = { mode: 'u1', bodyBytes: 1_024, usageAsked: false } as const;
const huge = { mode: 'u1', bodyBytes: 25_000_000, usageAsked: false, text: 'prose' } as const;

export const atRate: Load = {
  figure: 'event-loop delay p99 at 200/s, two tails',
  tails: 2,
  command: (target, durationMs) => ({
    kind: 'open',
    target,
    shape: small,
    perSecond: 200,
    durationMs,
  }),
};

export const hugeBodies: Load = {
  figure: 'event-loop delay p99, 25 MB bodies',
  tails: 0,
  command: (target, durationMs) => ({
    kind: 'closed',
    target,
    shape: huge,
    connections: 1,
    durationMs,
    requestsMax: Number.MAX_SAFE_INTEGER,
  }),
};

export async function measureLoopDelay(setting: Setting, load: Load): Promise<void> {
  const { figure } = load;
  for (const contestant of setting.options.contestants) {
    if (contestant.name === 'direct') continue;
    setting.options.say(`event-loop delay: ${contestant.name}`);
    const folder = mkdtempSync(join(tmpdir(), 'bench-loop-'));
    try {
      const value = await measureOne({ ...setting, load, folder }, contestant);
      if (value === undefined) setting.faults.push(`${contestant.name}: no event-loop delay`);
      else setting.book.write({ figure, contestant: contestant.name, round: 0, value });
    } catch (error) {
      setting.faults.push(`${contestant.name}, event-loop delay: ${messageOf(error)}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

async function measureOne(
  { load, folder, ...setting }: Setting & { readonly load: Load; readonly folder: string },
  contestant: Contestant,
): Promise<number | undefined> {
  const environment = { NODE_OPTIONS: `--import ${preload}`, BENCH_LOOP_DELAY_FOLDER: folder };
  const running = await contestant.start(setting.mock.url, environment);
  try {
    const target = targetOf(running);
    const warm = { kind: 'closed', target, shape: small, connections: 16 } as const;
    await setting.driver.run({ ...warm, durationMs: 10_000, requestsMax: warmUpRequests });
    await setting.driver.run(load.command(target, 1_000));
    const closeTails = load.tails === 0 ? () => {} : await openTails(running, load.tails);
    await pause(500);
    await signalAll(folder);
    const durationMs = setting.options.quick ? 2_000 : 10_000;
    const { failures, failureFirst } = await setting.driver.run(load.command(target, durationMs));
    if (failures > 0) setting.faults.push(`${contestant.name}, ${load.figure}: ${failureFirst}`);
    const value = await signalAll(folder);
    closeTails();
    return value;
  } finally {
    await running.close();
  }
}

async function openTails(running: Running, tails: number): Promise<() => void> {
  return running.openTails === undefined ? () => {} : await running.openTails(tails);
}

/** Asks every probe for its figure and to begin anew; answers the highest. */
async function signalAll(folder: string): Promise<number | undefined> {
  const processes = readdirSync(folder)
    .map((name) => Number(name.split('.')[0]))
    .filter((pid) => Number.isInteger(pid));
  for (const pid of processes) signal(pid);
  await pause(300);
  let highest: number | undefined;
  for (const pid of processes) {
    const parsed: unknown = JSON.parse(readFileSync(join(folder, `${pid}.json`), 'utf8'));
    if (typeof parsed !== 'object' || parsed === null || !('p99Ms' in parsed)) continue;
    if (typeof parsed.p99Ms === 'number') highest = Math.max(highest ?? 0, parsed.p99Ms);
  }
  return highest;
}

/**
 * Only to processes that wrote their number into our folder: to any other the signal would be the
 * end.
 */
function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGUSR2');
  } catch {
    // It has ended meanwhile; its last figure stands.
  }
}
