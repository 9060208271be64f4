// Many worlds about residency in their order: how fast they run, how many bytes were searched and
// how many of them stood beyond a clearance; of a planted fault, which world found it, or how often
// the far end stopped it.
import { RESIDENCY_PLANTS, type ResidencyPlant } from '../plants/residency.table.ts';
import { type BlockedTally, type ResidencyEnd, runResidency } from './run.ts';

export type Many = {
  readonly first: number;
  readonly count: number;
  readonly plantName: string | undefined;
  readonly asserts: boolean;
};

export type Told = {
  readonly say: (text: string) => void;
  readonly tell: (ended: ResidencyEnd) => void;
};

const PROGRESS_MS = 2_000;
const MEGA = 1_000_000;

type Sum = {
  worlds: number;
  beyond: number;
  seen: number;
  sensitive: number;
  /** The first world in which something was stopped at the far end. */
  blockedFirst: number | undefined;
  readonly blocked: Record<keyof BlockedTally, number>;
  readonly tally: Map<string, number>;
  /** Of what not every world has: in how many it was. */
  readonly met: Map<string, number>;
};

/** @returns whether what had to come out came out. */
export async function runMany(many: Many, { say, tell }: Told): Promise<boolean> {
  const { plantName } = many;
  const plant = plantName === undefined ? undefined : RESIDENCY_PLANTS.get(plantName);
  const sum: Sum = {
    ...{ worlds: 0, beyond: 0, seen: 0, sensitive: 0, blockedFirst: undefined },
    blocked: { dials: 0, acts: 0, attempts: 0, lines: 0, answers: 0 },
    tally: new Map(),
    met: new Map(),
  };
  const ended = await runAll(many, plant, sum, say);
  if (ended !== undefined) tell(ended);
  const searched = `${(sum.seen / MEGA).toFixed(1)} MB searched`;
  say(`${sum.beyond} bytes beyond a clearance in ${sum.worlds} worlds: ${searched}, ${shown(sum)}`);
  say(`share of worlds: ${shares(sum)}`);
  if (plant === undefined) return ended === undefined;
  return verdict({ ...many, plant, ended }, sum, say);
}

type Judged = Many & {
  readonly plant: ResidencyPlant;
  readonly ended: ResidencyEnd | undefined;
};

function verdict(
  judged: Judged,
  { worlds, blocked, blockedFirst }: Sum,
  say: Told['say'],
): boolean {
  const { plantName, plant, ended, asserts, count } = judged;
  const { blockedAs } = plant;
  if (!asserts || blockedAs === undefined) {
    const isFound = ended?.breach !== undefined && plant.breaks.includes(ended.breach.invariant);
    const inWorlds = `world ${worlds} of at most ${count}, seed ${ended?.seed}`;
    say(isFound ? `${plantName} was found in ${inWorlds}` : `${plantName} was not found`);
    return isFound;
  }
  const times = blocked[blockedAs];
  const isStopped = ended === undefined && times > 0 && blocked.acts === blocked.dials;
  const noted = `${times} ${RECORDED[blockedAs]}, first with seed ${blockedFirst}`;
  say(isStopped ? `${plantName} was blocked and recorded: ${noted}` : `${plantName} went through`);
  return isStopped;
}

const RECORDED: Readonly<Record<keyof BlockedTally, string>> = {
  dials: 'dials refused',
  acts: 'entries `egress-blocked` in the journal',
  attempts: 'attempts in records, blocked with clearance_exceeded',
  lines: 'values that the log withheld',
  answers: 'answers refused, set aside and logged',
};

async function runAll(
  { first, count, asserts }: Many,
  plant: ResidencyPlant | undefined,
  sum: Sum,
  say: Told['say'],
): Promise<ResidencyEnd | undefined> {
  const began = performance.now();
  let told = began;
  for (let seed = first; seed < first + count; seed += 1) {
    const ended = await runResidency(seed, { plant, asserts });
    add(sum, ended, plant);
    if (ended.breach !== undefined) return ended;
    const now = performance.now();
    const isLast = seed === first + count - 1;
    if (now - told < PROGRESS_MS && !isLast) continue;
    told = now;
    const seconds = (now - began) / 1_000;
    const rate = `${(sum.worlds / seconds).toFixed(1)} worlds/s`;
    say(`seed ${seed}, ${sum.worlds} of ${count} worlds, ${seconds.toFixed(1)} s, ${rate}`);
  }
  return undefined;
}

function add(sum: Sum, ended: ResidencyEnd, plant: ResidencyPlant | undefined): void {
  sum.worlds += 1;
  sum.beyond += ended.beyond;
  sum.seen += ended.seen;
  sum.sensitive += ended.sensitive;
  const { blocked, tally, met } = ended;
  sum.blocked.dials += blocked.dials;
  sum.blocked.acts += blocked.acts;
  sum.blocked.attempts += blocked.attempts;
  sum.blocked.lines += blocked.lines;
  sum.blocked.answers += blocked.answers;
  const { blockedAs } = plant ?? {};
  if (blockedAs !== undefined && blocked[blockedAs] > 0) sum.blockedFirst ??= ended.seed;
  for (const name of Object.keys(met)) sum.met.set(name, (sum.met.get(name) ?? 0) + 1);
  for (const [name, times] of Object.entries(tally)) {
    sum.tally.set(name, (sum.tally.get(name) ?? 0) + times);
  }
}

function shares({ met, worlds }: Sum): string {
  const all = [...met].sort(([, a], [, b]) => b - a);
  return all.map(([name, times]) => `${name} ${Math.round((times / worlds) * 100)} %`).join(', ');
}

const SHOWN = ['call', 'parked', 'deferred', 'change', 'deaths'] as const;

function shown({ tally, sensitive }: Sum): string {
  const dials = [...tally].filter(([name]) => name.startsWith('dial '));
  const all = dials.reduce((sum, [, times]) => sum + times, 0);
  const rest = SHOWN.map((name) => `${tally.get(name) ?? 0} ${name}`).join(', ');
  return `${all} dials, ${sensitive} of them personal or regulated, ${rest}`;
}
