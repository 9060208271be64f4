// catalog update: reads the two public price lists and extends the shipped one.
//
//   node tools/catalog/main.ts --from FOLDER [--out FILE] [--date YYYY-MM-DD] [--dry-run] [--all]
//
// FOLDER holds model_prices.json (LiteLLM's model_prices_and_context_window.json) and
// models_dev_api.json (models.dev's api.json), both MIT. Nothing is fetched: what goes into the
// list is what a person put there. It prints what was added, what changed and what the sources no
// longer name, and writes only when something did. The same files give the same list to the byte.
// Exit codes: 0 done, 2 wrong usage or unusable files.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { PriceSnapshot } from '../../packages/documents/src/prices-snapshot.ts';
import { readSnapshot } from '../../packages/documents/src/prices-snapshot-read.ts';
import { digestOf, sha256, snapshotOf, textOf } from './file.ts';
import { extendHistory } from './history.ts';
import { readLitellm } from './litellm.ts';
import { mergeReadings } from './merge.ts';
import { readModelsDev } from './models-dev.ts';
import { parseKeepingNumerals } from './numerals.ts';
import { describe } from './report.ts';
import type { Reading, SourceName } from './statement.ts';

const DEFAULT_OUT = new URL('../../packages/documents/src/prices.snapshot.json', import.meta.url);
const LINES_MAX = 40;
const LICENCE = 'MIT';
const USAGE = `usage: node tools/catalog/main.ts --from FOLDER
         [--out FILE] [--date YYYY-MM-DD] [--dry-run] [--all]`;

type SourceFile = {
  readonly name: SourceName;
  readonly file: string;
  readonly origin: string;
  readonly read: (parsed: unknown) => Reading;
};
const SOURCES: readonly SourceFile[] = [
  {
    name: 'litellm',
    file: 'model_prices.json',
    origin: 'model_prices_and_context_window.json of github.com/BerriAI/litellm',
    read: readLitellm,
  },
  {
    name: 'models.dev',
    file: 'models_dev_api.json',
    origin: 'https://models.dev/api.json',
    read: readModelsDev,
  },
];

/** What stops the update; its message is all that a person needs to see. */
class Unusable extends Error {}

export type UpdateOptions = {
  readonly from: string;
  readonly out: string | URL;
  readonly date: string | undefined;
  readonly dryRun: boolean;
  readonly all: boolean;
};

/** @returns the lines to print. @throws Unusable with a message for people. */
export function update(options: UpdateOptions): readonly string[] {
  const files = SOURCES.map((source) => readSource(source, options.from));
  const present = readPresent(options.out);
  const dates = files.flatMap(({ date }) => (date === undefined ? [] : [date]));
  const date = options.date ?? dates.sort().at(-1);
  if (date === undefined) throw new Unusable('neither source names a day: say it with --date');
  const readings = files.map(({ reading }) => reading);
  const merged = mergeReadings(readings, date);
  const extended = extendHistory(present?.list.prices ?? [], merged.rows);
  if (!extended.ok) {
    const [first] = extended.sameDay;
    throw new Unusable(
      `${extended.sameDay.length} prices differ from the present list, which already has ${date} ` +
        `(the first: ${first?.provider} ${first?.model}): name a later day with --date`,
    );
  }
  const snapshot = snapshotOf({
    date,
    sources: files.map(({ name, hash, date: own }) => {
      return { name, licence: LICENCE, date: own ?? date, sha256: hash };
    }),
    disagreements: merged.disagreements,
    rounded: merged.rounded,
    doubts: merged.doubts,
    prices: extended.rows,
  });
  const lines = [
    ...describe(extended.changes, options.all ? Number.POSITIVE_INFINITY : LINES_MAX),
    ...remarks(snapshot, readings),
  ];
  return [...lines, write(snapshot, present, options)];
}

function remarks(snapshot: PriceSnapshot, readings: readonly Reading[]): readonly string[] {
  const unread = readings.flatMap((reading) => [...reading.unread]).sort();
  const lines = [`${snapshot.disagreements.length} disagreements between the sources`];
  if (snapshot.rounded.length > 0) {
    lines.push(`${snapshot.rounded.length} numbers were finer than a pico-USD and rounded`);
  }
  if (snapshot.doubts.length > 0) {
    lines.push(`${snapshot.doubts.length} numbers that cannot be meant were left out`);
  }
  if (unread.length > 0) lines.push(`price fields that are not read: ${unread.join(', ')}`);
  return lines;
}

function write(
  snapshot: PriceSnapshot,
  present: PresentList | undefined,
  options: UpdateOptions,
): string {
  const text = textOf(snapshot);
  const again = readSnapshot(JSON.parse(text));
  if (!again.ok) throw new Unusable(`the list would be unreadable:\n${again.refusal.join('\n')}`);
  if (present?.text === text) return 'nothing to write';
  const size = `${snapshot.prices.length} rows, ${text.length} characters`;
  if (options.dryRun) return `dry run: would write ${size}, digest ${snapshot.digest}`;
  const beside = `${pathOf(options.out)}.new`;
  writeFileSync(beside, text);
  renameSync(beside, pathOf(options.out));
  return `wrote ${size}, digest ${snapshot.digest}`;
}

type ReadSource = {
  readonly name: SourceName;
  readonly reading: Reading;
  readonly date: string | undefined;
  readonly hash: string;
};

function readSource(source: SourceFile, folder: string): ReadSource {
  const path = join(folder, source.file);
  const text = readIfThere(path);
  if (text === undefined) {
    throw new Unusable(`${path} is missing: put ${source.origin} there under this name`);
  }
  const reading = source.read(parse(path, text, parseKeepingNumerals));
  if (reading.statements.length === 0) {
    throw new Unusable(`${path} names no model that we list: is it ${source.origin}?`);
  }
  return { name: source.name, reading, date: reading.date, hash: sha256(text) };
}

type PresentList = { readonly text: string; readonly list: PriceSnapshot };

function readPresent(out: string | URL): PresentList | undefined {
  const path = pathOf(out);
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const read = readSnapshot(parse(path, text, JSON.parse));
  if (!read.ok) {
    const problems = read.refusal.join('\n');
    throw new Unusable(`${path} is no price list that can be extended:\n${problems}`);
  }
  const list = read.value;
  if (digestOf(list.prices) === list.digest) return { text, list };
  throw new Unusable(`${path} was changed by hand: its digest is not that of its rows`);
}

function parse(path: string, text: string, how: (text: string) => unknown): unknown {
  try {
    return how(text);
  } catch {
    throw new Unusable(`${path} is not JSON`);
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new Unusable(`${path} cannot be read`);
  }
}

function pathOf(out: string | URL): string {
  return typeof out === 'string' ? out : fileURLToPath(out);
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function main(): void {
  try {
    const { values } = parseArgs({
      options: {
        from: { type: 'string' },
        out: { type: 'string' },
        date: { type: 'string' },
        'dry-run': { type: 'boolean' },
        all: { type: 'boolean' },
      },
    });
    const { from, date } = values;
    if (from === undefined || (date !== undefined && !isDay(date))) throw new Unusable(USAGE);
    const dryRun = values['dry-run'] === true;
    const all = values.all === true;
    const lines = update({ from, out: values.out ?? DEFAULT_OUT, date, dryRun, all });
    process.stdout.write(`${lines.join('\n')}\n`);
  } catch (cause) {
    const expected = cause instanceof Unusable || (cause instanceof Error && 'code' in cause);
    if (!expected) throw cause;
    const usage = cause instanceof Unusable ? '' : `${USAGE}\n`;
    process.stderr.write(`${cause.message}\n${usage}`);
    process.exitCode = 2;
  }
}

if (import.meta.main) main();
