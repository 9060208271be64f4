import { setTimeout as pause } from 'node:timers/promises';
import type { Contestant, Running } from './contestants/contestant.ts';
import { readTree } from './proc-tree.ts';
import { messageOf, type Setting, targetOf } from './setting.ts';

/**
 * Contestants that run: all started before the first measurement, all warm, all ended at the end.
 */

export interface Entrant {
  readonly contestant: Contestant;
  readonly running: Running;
}

/**
 * A warm-up ends when both are reached. The time is what the slowest needs until its figures stop
 * falling: the compiler works by calls, and the peer answers a tenth of the calls of the others
 * in the same time.
 */
interface WarmUp {
  readonly requestsMin: number;
  readonly unaryMs: number;
  readonly largeMs: number;
  readonly streamsEach: number;
}

const warmUpFull: WarmUp = { requestsMin: 3_000, unaryMs: 9_000, largeMs: 3_000, streamsEach: 2 };
const warmUpQuick: WarmUp = { requestsMin: 600, unaryMs: 2_000, largeMs: 500, streamsEach: 1 };
const settleMs = 1_000;
const connections = 32;
/** No warm-up takes longer, whatever it has reached. */
const warmUpMsMax = 60_000;

export async function withEntrants(
  setting: Setting,
  work: (entrants: readonly Entrant[]) => Promise<void>,
): Promise<void> {
  const entrants: Entrant[] = [];
  try {
    for (const contestant of setting.options.contestants) {
      setting.options.say(`starting ${contestant.name}`);
      try {
        entrants.push({ contestant, running: await contestant.start(setting.mock.url) });
      } catch (error) {
        setting.faults.push(`${contestant.name} did not start: ${messageOf(error)}`);
      }
    }
    await pause(settleMs);
    noteRss(setting, entrants, 'rss after start');
    for (const entrant of entrants) await warmUp(setting, entrant);
    await work(entrants);
    noteRss(setting, entrants, 'rss after load');
  } finally {
    for (const entrant of entrants) await entrant.running.close();
  }
}

function noteRss(setting: Setting, entrants: readonly Entrant[], figure: string): void {
  for (const { contestant, running } of entrants) {
    if (running.treeRoot === undefined) continue;
    const value = readTree(running.treeRoot).rssBytes / 1_000_000;
    setting.book.write({ figure, contestant: contestant.name, round: 0, value });
  }
}

async function warmUp(setting: Setting, entrant: Entrant): Promise<void> {
  const { options, driver, faults } = setting;
  const plan = options.quick ? warmUpQuick : warmUpFull;
  const name = entrant.contestant.name;
  const target = targetOf(entrant.running);
  options.say(`warming up ${name}`);
  const unary = async (bodyBytes: number, durationMs: number, requestsMax: number) => {
    const shape = { mode: 'u1', bodyBytes, usageAsked: false } as const;
    const command = { kind: 'closed', target, shape, connections } as const;
    const result = await driver.run({ ...command, durationMs, requestsMax });
    if (result.failures > 0) faults.push(`${name}, warm-up: ${result.failureFirst}`);
    return result.answers;
  };
  const answers = await unary(1_024, plan.unaryMs, Number.MAX_SAFE_INTEGER);
  if (answers < plan.requestsMin) await unary(1_024, warmUpMsMax, plan.requestsMin - answers);
  await unary(102_400, plan.largeMs, Number.MAX_SAFE_INTEGER);
  for (const usageAsked of [true, false]) {
    await driver.run({
      kind: 'streams',
      target,
      shape: { mode: 's2', bodyBytes: 1_024, usageAsked },
      connections: 50,
      streamsEach: plan.streamsEach,
      rampMs: 100,
    });
  }
}
