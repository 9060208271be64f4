import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Contestant, Running } from './contestants/contestant.ts';
import { messageOf, type Setting, targetOf } from './setting.ts';

/**
 * How long the event loop of a contestant is held up at 200 requests a second while two people
 * watch its console live.
 *
 * Measured on a fresh process with a probe of our own loaded into it; of several processes in the
 * tree the slowest counts. A contestant without a console is measured without watchers and says
 * so nowhere else but here.
 */

const preload = new URL('./loop-delay-preload.ts', import.meta.url).href;
const tails = 2;
const figure = 'event-loop delay p99 at 200/s, two tails';
const warmUpRequests = 3_000;

export async function measureLoopDelay(setting: Setting): Promise<void> {
  for (const contestant of setting.options.contestants) {
    if (contestant.name === 'direct') continue;
    setting.options.say(`event-loop delay: ${contestant.name}`);
    const folder = mkdtempSync(join(tmpdir(), 'bench-loop-'));
    try {
      const value = await measureOne(setting, contestant, folder);
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
  setting: Setting,
  contestant: Contestant,
  folder: string,
): Promise<number | undefined> {
  const environment = { NODE_OPTIONS: `--import ${preload}`, BENCH_LOOP_DELAY_FOLDER: folder };
  const running = await contestant.start(setting.mock.url, environment);
  try {
    const target = targetOf(running);
    const shape = { mode: 'u1', bodyBytes: 1_024, usageAsked: false } as const;
    const warm = { kind: 'closed', target, shape, connections: 16 } as const;
    await setting.driver.run({ ...warm, durationMs: 10_000, requestsMax: warmUpRequests });
    const closeTails = await openTails(running);
    await pause(500);
    await signalAll(folder);
    const durationMs = setting.options.quick ? 2_000 : 10_000;
    await setting.driver.run({ kind: 'open', target, shape, perSecond: 200, durationMs });
    const value = await signalAll(folder);
    closeTails();
    return value;
  } finally {
    await running.close();
  }
}

async function openTails(running: Running): Promise<() => void> {
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
