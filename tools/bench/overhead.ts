import { setTimeout as pause } from 'node:timers/promises';
import { Book } from './book.ts';
import { type Announced, startAnnounced } from './child.ts';
import { type Contestant, model, type Running } from './contestants/contestant.ts';
import { type Driver, startDriver } from './driver/driver.ts';
import { overheadGoals } from './goals.table.ts';
import { measureMemory } from './memory.ts';
import { mockPath } from './mock/path.ts';
import { readTree } from './proc-tree.ts';
import type { Report } from './report.ts';
import { addedFigures, fullScale, quickScale, type Step, steps } from './steps.ts';
import { versions } from './versions.ts';

/**
 * What a call costs on its way through, against no gateway, a bare proxy and a peer.
 *
 * Promise: all contestants stand in front of one upstream at the same time and are measured in turns, round after round, in
 * rotating order, so that what the machine does meanwhile falls on all of them. Every answer is read and judged; a
 * measurement with one wrong answer counts for nothing, is tried once more, and is reported.
 * Limit: upstream, driver and contestant share this machine's cores. Ratios of one run travel; absolute figures do not.
 */

export interface OverheadOptions {
  readonly contestants: readonly Contestant[];
  readonly rounds: number;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

export interface Entrant {
  readonly contestant: Contestant;
  readonly running: Running;
}

export interface Setting {
  readonly options: OverheadOptions;
  readonly mock: Announced;
  readonly driver: Driver;
  readonly book: Book;
  readonly faults: string[];
}

const warmUpRequests = 3_000;
const warmUpRequestsQuick = 600;
const settleMs = 1_000;

export async function overhead(options: OverheadOptions): Promise<Report> {
  const mock = await startAnnounced(mockPath);
  const driver = startDriver();
  const setting: Setting = { options, mock, driver, book: new Book(), faults: [] };
  try {
    const entrants = await startAll(setting);
    try {
      for (const entrant of entrants) await warmUp(setting, entrant);
      const plan = steps(options.quick ? quickScale : fullScale);
      for (let round = 0; round < options.rounds; round += 1) {
        await oneRound(setting, { entrants, plan, round });
      }
      noteRss(setting, entrants, 'rss after load');
    } finally {
      for (const entrant of entrants) await entrant.running.close();
    }
    await measureMemory(setting);
  } finally {
    driver.close();
    await mock.close();
  }
  for (const figure of addedFigures) setting.book.writeAdded(figure);
  return {
    name: options.quick ? 'overhead (quick: for development, not for quoting)' : 'overhead',
    versions: versions(),
    rows: setting.book.rows(overheadGoals),
    faults: setting.faults,
  };
}

async function startAll(setting: Setting): Promise<Entrant[]> {
  const entrants: Entrant[] = [];
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
  return entrants;
}

function noteRss(setting: Setting, entrants: readonly Entrant[], figure: string): void {
  for (const { contestant, running } of entrants) {
    if (running.treeRoot === undefined) continue;
    const value = readTree(running.treeRoot).rssBytes / 1_000_000;
    setting.book.write({ figure, contestant: contestant.name, round: 0, value });
  }
}

async function warmUp(setting: Setting, entrant: Entrant): Promise<void> {
  const requestsMax = setting.options.quick ? warmUpRequestsQuick : warmUpRequests;
  setting.options.say(`warming up ${entrant.contestant.name}: ${requestsMax} requests`);
  const target = targetOf(entrant.running);
  const unary = { kind: 'closed', target, connections: 32, durationMs: 60_000 } as const;
  const stream = { mode: 's8', bodyBytes: 1_024, usageAsked: true } as const;
  await setting.driver.run({
    ...unary,
    shape: { mode: 'u1', bodyBytes: 1_024, usageAsked: false },
    requestsMax,
  });
  await setting.driver.run({
    ...unary,
    shape: { mode: 'u1', bodyBytes: 102_400, usageAsked: false },
    requestsMax: requestsMax / 10,
  });
  await setting.driver.run({
    kind: 'streams',
    target,
    shape: stream,
    connections: 50,
    streamsEach: setting.options.quick ? 2 : 6,
    rampMs: 50,
  });
}

async function oneRound(
  setting: Setting,
  turn: {
    readonly entrants: readonly Entrant[];
    readonly plan: readonly Step[];
    readonly round: number;
  },
): Promise<void> {
  const { entrants, plan, round } = turn;
  const { options } = setting;
  const order = entrants.map((_, index) => entrants[(index + round) % entrants.length]);
  for (const step of plan) {
    options.say(`round ${round + 1} of ${options.rounds}: ${step.name}`);
    for (const entrant of order) {
      if (entrant !== undefined) await measureTwice(setting, { entrant, step, round });
    }
  }
}

interface Turn {
  readonly entrant: Entrant;
  readonly step: Step;
  readonly round: number;
}

async function measureTwice(setting: Setting, turn: Turn): Promise<void> {
  const first = await measure(setting, turn);
  if (first === undefined) return;
  const second = await measure(setting, turn);
  const where = `${turn.entrant.contestant.name}, ${turn.step.name}, round ${turn.round + 1}`;
  setting.faults.push(
    second === undefined
      ? `${where}: ${first}; repeated well`
      : `${where}: ${first}; again ${second}`,
  );
}

/** Measures one step; answers the reason when it counts for nothing. */
async function measure(setting: Setting, turn: Turn): Promise<string | undefined> {
  const { running, contestant } = turn.entrant;
  const root = running.treeRoot;
  const before = root === undefined ? 0 : readTree(root).cpuUs;
  const result = await setting.driver.run(turn.step.command(targetOf(running)));
  const cpuUs = root === undefined ? undefined : readTree(root).cpuUs - before;
  if (result.failures > 0) return `${result.failures} wrong answers (${result.failureFirst})`;
  for (const [figure, value] of Object.entries(turn.step.figures({ result, cpuUs }))) {
    if (value === undefined) continue;
    setting.book.write({ figure, contestant: contestant.name, round: turn.round, value });
  }
  return undefined;
}

export function targetOf(running: Running): {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
} {
  return { url: running.url, headers: running.headers, model };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
