// `npm run world -- --seeds N [--seed S] [--plant FAULT]`: worlds S to S + N - 1 in their order.
// Ends with 0 when everything held (with a plant: when it was found), with 1 when not, with 2 when
// the command cannot be understood.
import { parseArgs } from 'node:util';
import { INVARIANTS } from './oracle/invariants.table.ts';
import type { Plant } from './plants/plant.ts';
import { PLANT_SEEDS_MAX, PLANTS } from './plants/plants.table.ts';
import { runWorld, type WorldEnd } from './run.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const SEED_FIRST = 1;
const PROGRESS_MS = 2_000;
const USAGE = 'npm run world -- --seeds N [--seed S] [--plant FAULT]';

type Wanted = {
  readonly first: number;
  readonly count: number;
  readonly plantName: string | undefined;
};

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(args: string[]): Promise<number> {
  const wanted = read(args);
  if (typeof wanted === 'string') {
    process.stderr.write(`${wanted}\n${USAGE}\n`);
    return EXIT_USAGE;
  }
  const { plantName } = wanted;
  const plant = plantName === undefined ? undefined : PLANTS.get(plantName);
  const tally = new Map<string, number>();
  const ended = await runAll(wanted, plant, tally);
  if (ended?.breach !== undefined) tell(ended, plantName);
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
  let values: { seeds?: string; seed?: string; plant?: string };
  try {
    const text = { type: 'string' } as const;
    ({ values } = parseArgs({ args, options: { seeds: text, seed: text, plant: text } }));
  } catch (error) {
    return error instanceof Error ? error.message : 'the command cannot be understood';
  }
  const { plant: plantName } = values;
  if (plantName !== undefined && !PLANTS.has(plantName)) {
    return `there is no plant ${plantName}; known: ${[...PLANTS.keys()].join(', ')}`;
  }
  const first = values.seed === undefined ? SEED_FIRST : Number(values.seed);
  // One named seed is replayed alone.
  const usual = values.seed === undefined ? PLANT_SEEDS_MAX : 1;
  const count = values.seeds === undefined ? usual : Number(values.seeds);
  const isRight = Number.isSafeInteger(first) && Number.isSafeInteger(count) && count > 0;
  return isRight ? { first, count, plantName } : '--seeds and --seed are whole numbers';
}

function tell({ seed, breach, lines }: WorldEnd, plantName: string | undefined): void {
  if (breach === undefined) return;
  const plant = plantName === undefined ? '' : ` --plant ${plantName}`;
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
