// Runs one world to its end: storm, calm, last start. What is wrong ends it at once.
import { TENANTS } from './documents/first.ts';
import type { Breach, CallFacts } from './facts.ts';
import { countedIn, judgeCalm, judgeJournal } from './oracle/calm.ts';
import { labelOf, reasonsAgainst } from './oracle/egress.ts';
import { budgetOf } from './oracle/money.ts';
import { judgeRecord } from './oracle/records.ts';
import { judgeReply } from './oracle/replies.ts';
import type { Plant } from './plants/plant.ts';
import { STORM_MS } from './storm.ts';
import { World } from './world.ts';

export type WorldEnd = {
  readonly seed: number;
  readonly breach: Breach | undefined;
  /** The end of the trace, or the part of it that belongs to the breach. */
  readonly lines: readonly string[];
  readonly digest: string;
  /** How often what happened: deeds, endings, refusals. */
  readonly tally: Readonly<Record<string, number>>;
};

const LINES_SHOWN_MAX = 40;
export const LOOK_AGAIN_MS = 500;
const REST_MS_MAX = 120_000;
/** Longer than any endpoint is left alone after it was down. */
const REST_MS = 32_000;
const COMMIT_MS = 3_000;

export async function runWorld(seed: number, plant?: Plant): Promise<WorldEnd> {
  const world = new World(seed, plant);
  await world.run(script(world));
  return endOf(world);
}

export function endOf(world: World): WorldEnd {
  const { seed, breach, trace } = world;
  const about = trace.tail(LINES_SHOWN_MAX, breach?.about ?? []);
  const lines = about.length > 0 ? about : trace.tail(LINES_SHOWN_MAX, []);
  return { seed, breach, lines, tally: tallyOf(world), digest: trace.digest() };
}

async function script(world: World): Promise<void> {
  const { timeline, lives, callers, watch, archive, disk, report } = world;
  for (const { atMs, deed } of world.storm()) timeline.after(atMs, () => world.do(deed));
  lives.start();
  await timeline.sleep(STORM_MS + LOOK_AGAIN_MS);
  world.calm();
  await comeToRest(world);
  await timeline.sleep(REST_MS);
  calmNow(world);
  await probes(world);
  await timeline.sleep(COMMIT_MS);
  calmNow(world);
  for (const call of callers.all) {
    judgeReply(call, report);
    judgeRecord(call, report);
  }
  await lastStart(world);
  // A clock that went back gives what waits on disk its time once more.
  await timeline.sleep(world.history.now().configuration.queue.keepMs + LOOK_AGAIN_MS);
  await archive.judgeQueue(disk);
  const entries = await archive.compare(disk);
  watch.recount(entries);
  calmNow(world);
  judgeJournal(entries, watch.calls, report);
  judgeCounts(world, countedIn(entries));
  await lives.close();
  await archive.compare(disk);
  await archive.searchDisk(disk);
}

/** Every caller has its answer; who still waits after this will wait for ever. */
export async function comeToRest({ timeline, lives, callers, report }: World): Promise<void> {
  const until = timeline.monotonic() + REST_MS_MAX;
  while (lives.life === undefined || callers.waiting().length > 0) {
    if (timeline.monotonic() > until) {
      const [first] = callers.waiting();
      const who =
        first === undefined ? 'the gateway is not up' : `${callers.waiting().length} wait`;
      const word = first === undefined ? '' : `c${first.wish.number} `;
      report('answered-in-time', `${who} ${REST_MS_MAX} ms after the storm`, word);
      return;
    }
    await timeline.sleep(LOOK_AGAIN_MS);
  }
}

function calmNow(world: World): void {
  const { lives, report, watch, history, timeline, network } = world;
  if (lives.life === undefined) {
    report('restart-recovers', 'the gateway is not up');
    return;
  }
  judgeCalm({
    report,
    history,
    live: lives.life.live,
    running: lives.life.running(),
    money: watch.money,
    now: timeline.now(),
    latest: world.latest,
    monotonic: timeline.monotonic(),
    timers: lives.timers(),
    openDials: network.open().length,
  });
}

/** After the storm everybody is served whom the documents and the budget let be served. */
async function probes(world: World): Promise<void> {
  const { lives, report, timeline } = world;
  const health = lives.life?.journal.health();
  if (health?.kind !== 'ready') report('serves-again', 'the journal takes no calls');
  for (const tenant of TENANTS) {
    const call = world.probe(tenant);
    await timeline.sleep(LOOK_AGAIN_MS * 4);
    const isServed = call.sight === 'answered' && call.status === 200;
    if (isServed || !mayBeServed(world, call)) continue;
    report('serves-again', `${tenant} sees ${call.sight} ${call.status}`, `c${call.wish.number} `);
  }
}

function mayBeServed({ history }: World, { wish }: CallFacts): boolean {
  const { configuration } = history.now();
  if (budgetOf(configuration, wish.tenant) !== undefined) return false;
  const label = labelOf(configuration, wish);
  const plan = configuration.plans.get(configuration.tenants.get(wish.tenant)?.plan ?? '');
  return ['desk', 'rack-eu', 'rack-us'].some(
    (name) =>
      (plan?.models === undefined || plan.models.includes('small')) &&
      reasonsAgainst({ documents: configuration, wish, label }, name).length === 0,
  );
}

async function lastStart(world: World): Promise<void> {
  const { lives, timeline, chance } = world;
  world.stormDeaths = world.deaths;
  const how = chance.fork('last').pick<'close' | 'kill' | 'power'>(['close', 'kill', 'power']);
  if (how === 'close') {
    await lives.close();
    lives.start();
  } else world.die(how, chance.fork('last start'));
  await comeToRest(world);
  await timeline.sleep(COMMIT_MS);
}

/** Where nobody died, every refusal without a record is counted. */
function judgeCounts({ callers, stormDeaths, report }: World, counted: number): void {
  if (stormDeaths > 0) return;
  const unrecorded = callers.all.filter(
    ({ wish, id, settled }) => wish.kind === 'call' && id !== undefined && settled.length === 0,
  ).length;
  if (unrecorded !== counted) {
    report('counted-all', `${unrecorded} calls have no record, ${counted} are counted`);
  }
}

function tallyOf({ callers, deeds, deaths }: World): Readonly<Record<string, number>> {
  const tally: Record<string, number> = { ...deeds, deaths };
  const add = (what: string): void => {
    tally[what] = (tally[what] ?? 0) + 1;
  };
  for (const { sight, status, entries, deferredTo, dials, wish } of callers.all) {
    add(`saw ${sight}`);
    if (status !== undefined) add(`status ${status}`);
    if (entries.length > 1) add('parked');
    if (deferredTo !== undefined) add('deferred');
    if (wish.kind === 'dry-run') add('dry-run');
    for (const { script } of dials) add(`dial ${script}`);
  }
  return tally;
}
