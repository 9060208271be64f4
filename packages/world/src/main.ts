// `npm run world -- --seeds N [--seed S] [--plant FAULT]`: worlds S to S + N - 1 in their order.
// `--residency` runs the small worlds about residency instead, and so do their faults; `--assert`
// says whether what leaves is asked once more at the far end (off where a fault has to be found).
// Ends with 0 when everything held (with a plant: when it was found, or blocked), with 1 when not,
// with 2 when the command cannot be understood.
import { parseArgs } from 'node:util';
import { INVARIANTS } from './oracle/invariants.table.ts';
import type { Plant } from './plants/plant.ts';
import { PLANT_SEEDS_MAX, PLANTS } from './plants/plants.table.ts';
import { RESIDENCY_PLANTS, RESIDENCY_SEEDS_MAX } from './plants/residency.table.ts';
import { runMany } from './residency/many.ts';
import { runWorld, type WorldEnd } from './run.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const SEED_FIRST = 1;
const PROGRESS_MS = 2_000;
const USAGE =
  'npm run world -- --seeds N [--seed S] [--plant FAULT] [--residency] [--assert on|off]';

type Wanted = {
  readonly first: number;
  readonly count: number;
  readonly plantName: string | undefined;
  readonly residency: boolean;
  readonly asserts: boolean;
};

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(args: string[]): Promise<number> {
  const wanted = read(args);
  if (typeof wanted === 'string') {
    process.stderr.write(`${wanted}\n${USAGE}\n`);
    return EXIT_USAGE;
  }
  const { plantName } = wanted;
  if (wanted.residency) {
    const isRight = await runMany(wanted, { say, tell: (ended) => tell(ended, wanted) });
    return isRight ? 0 : EXIT_FAILED;
  }
  const plant = plantName === undefined ? undefined : PLANTS.get(plantName);
  const tally = new Map<string, number>();
  const ended = await runAll(wanted, plant, tally);
  if (ended?.breach !== undefined) tell(ended, wanted);
  const what = summary(tally);
  if (plant === undefined) {
    say(`${ended === undefined ? 'everything held' : 'something did not hold'}: ${what}`);
    return ended === undefined ? 0 : EXIT_FAILED;
  }
  if (ended?.breach === undefined) {
    say(`${plantName} was not found in ${wanted.count} seeds: ${what}`);
    return EXIT_FAILED;
  }
  const isRight = plant.breaks.includes(ended.breach.invariant);
  say(isRight ? `${plantName} was found` : `found something, but not ${plant.breaks.join(', ')}`);
  return isRight ? 0 : EXIT_FAILED;
}

/** @returns the first world in which something did not hold. */
async function runAll(
  { first, count }: Wanted,
  plant: Plant | undefined,
  tally: Map<string, number>,
): Promise<WorldEnd | undefined> {
  const began = performance.now();
  let told = began;
  for (let seed = first; seed < first + count; seed += 1) {
    const ended = await runWorld(seed, plant);
    for (const [name, times] of Object.entries(ended.tally)) {
      tally.set(name, (tally.get(name) ?? 0) + times);
    }
    if (ended.breach !== undefined) return ended;
    const now = performance.now();
    if (now - told < PROGRESS_MS) continue;
    told = now;
    const seconds = ((now - began) / 1_000).toFixed(1);
    say(`seed ${seed}, ${seed - first + 1} of ${count} worlds, ${seconds} s`);
  }
  return undefined;
}

function read(args: string[]): Wanted | string {
  let values: {
    seeds?: string;
    seed?: string;
    plant?: string;
    assert?: string;
    residency?: boolean;
  };
  try {
    const text = { type: 'string' } as const;
    const residency = { type: 'boolean' } as const;
    const options = { seeds: text, seed: text, plant: text, assert: text, residency };
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    return error instanceof Error ? error.message : 'the command cannot be understood';
  }
  const { plant: plantName, assert: asked } = values;
  const isOfResidency = plantName !== undefined && RESIDENCY_PLANTS.has(plantName);
  if (plantName !== undefined && !isOfResidency && !PLANTS.has(plantName)) {
    const known = [...PLANTS.keys(), ...RESIDENCY_PLANTS.keys()].join(', ');
    return `there is no plant ${plantName}; known: ${known}`;
  }
  const residency = values.residency === true || isOfResidency;
  if (residency && plantName !== undefined && !isOfResidency) {
    return `${plantName} is no fault of the worlds about residency`;
  }
  if (asked !== undefined && asked !== 'on' && asked !== 'off') return '--assert is on or off';
  if (asked !== undefined && !residency) return '--assert is for the worlds about residency';
  const asserts = asked === undefined ? plantName === undefined : asked === 'on';
  const first = values.seed === undefined ? SEED_FIRST : Number(values.seed);
  // One named seed is replayed alone.
  const most = residency ? RESIDENCY_SEEDS_MAX : PLANT_SEEDS_MAX;
  const usual = values.seed === undefined ? most : 1;
  const count = values.seeds === undefined ? usual : Number(values.seeds);
  const isRight = Number.isSafeInteger(first) && Number.isSafeInteger(count) && count > 0;
  const wanted = { first, count, plantName, residency, asserts };
  return isRight ? wanted : '--seeds and --seed are whole numbers';
}

function tell({ seed, breach, lines }: WorldEnd, { plantName, residency, asserts }: Wanted): void {
  if (breach === undefined) return;
  const told = residency ? ` --residency --assert ${asserts ? 'on' : 'off'}` : '';
  const plant = plantName === undefined ? told : `${told} --plant ${plantName}`;
  say(lines.join('\n'));
  say(`\nseed ${seed}: ${breach.invariant}: ${INVARIANTS[breach.invariant]}`);
  say(`  but: ${breach.detail}`);
  say(`  again: npm run world -- --seed ${seed}${plant}`);
}

const SHOWN: readonly string[] = [
  ...['call', 'parked', 'deferred', 'saw cut', 'saw left', 'saw reset', 'change'],
  ...['deaths', 'disk-full', 'jump'],
];

const summary = (tally: ReadonlyMap<string, number>): string =>
  SHOWN.map((name) => `${tally.get(name) ?? 0} ${name.replace('saw ', '')}`).join(', ');

process.exitCode = await main(process.argv.slice(2));
