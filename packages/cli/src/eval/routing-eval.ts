// The command's deed: reads the files, trains and asks, and prints what came of it.
import { writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Asked, Desk } from '../command.ts';
import { CommandFault, EXIT, type ExitCode } from '../exit.ts';
import { columns } from '../layout.ts';
import { VERSION } from '../version.ts';
import type { RoutingFigure } from './routing-figure.ts';
import { type FigureOptions, routingFigures } from './routing-figures.ts';
import { gadgetFigures } from './routing-gadget.ts';
import { type Answered, foldsOf, type Parts, partsOf, type Run, run } from './routing-run.ts';
import { type RoutingRow, readRows } from './routing-set.ts';

const HINT = { hint: 'signalbox eval routing --train FILE --test FILE' };
const DRAWS = 200;
const FOLDS_MAX = 100;

export async function evalRouting(asked: Asked, { terminal, place }: Desk): Promise<ExitCode> {
  const paths = (flag: string): readonly string[] =>
    asked.list(flag).map((path) => resolve(place.folder, path));
  const [trainPaths, testPaths] = [paths('train'), paths('test')];
  const train = (await Promise.all(trainPaths.map(readRows))).flat();
  const test = (await Promise.all(testPaths.map(readRows))).flat();
  const parts = partsAsked(asked, train, test);
  const models = modelsAsked(asked, parts);
  const withAnswers = asked.switched('with-answers');
  const options = {
    ...{ models, withAnswers, labels: wholeNumber(asked, 'labels', Number.MAX_SAFE_INTEGER) },
    sources: [...trainPaths, ...testPaths].map((path) => basename(path)),
  };
  const runs = parts.map((part) => run(part, options));
  const answered = runs.flatMap((one) => one.answered);
  const scores = asked.text('scores');
  const steps = stepsAsked(asked);
  if (scores !== undefined) {
    await writeFile(resolve(place.folder, scores), scoreLines(answered, steps));
  }
  const rows = [
    ...routingFigures(answered, { models, steps, withAnswers, draws: DRAWS }),
    ...gadgetFigures(parts[0], runs[0]),
  ];
  if (terminal.json) terminal.out(`${JSON.stringify(reportOf(rows, runs))}\n`);
  else terminal.out(tableOf(rows));
  return rows.some(({ met }) => met === false) ? EXIT.failed : EXIT.ok;
}

function reportOf(rows: readonly RoutingFigure[], runs: readonly Run[]) {
  const versions = { signalbox: VERSION, node: process.versions.node };
  const cards = runs.flatMap(({ models }) => models.map(({ card }) => card));
  return {
    name: 'routing',
    versions,
    rows: rows.map((row) => ({ ...row, ratio: null })),
    cards,
    faults: [],
  };
}

function partsAsked(
  asked: Asked,
  train: readonly RoutingRow[],
  test: readonly RoutingRow[],
): readonly Parts[] {
  const folds = wholeNumber(asked, 'folds', FOLDS_MAX);
  if (folds === undefined) {
    const parts = partsOf(train, test);
    if (parts.test.length > 0) return [parts];
    throw new CommandFault(
      EXIT.usage,
      'There is no row to measure on: give --test, or --folds.',
      HINT,
    );
  }
  const rows = [...train, ...test];
  if (folds > 1 && rows.length >= folds) return foldsOf(rows, folds);
  throw new CommandFault(EXIT.usage, '--folds wants 2 or more, and as many rows.', HINT);
}

function wholeNumber(asked: Asked, flag: string, most: number): number | undefined {
  const text = asked.text(flag);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new CommandFault(EXIT.usage, `--${flag} wants a whole number, not ${text}.`, HINT);
}

function stepsAsked(asked: Asked): FigureOptions['steps'] {
  const which = asked.text('step-label') ?? 'both';
  if (which === 'both') return ['untold', 'told'];
  if (which === 'sub') return ['told'];
  if (which === 'none') return ['untold'];
  throw new CommandFault(EXIT.usage, `--step-label is sub, none or both, not ${which}.`, HINT);
}

/** As told; else those of the first row, which names the weakest first. */
function modelsAsked(asked: Asked, parts: readonly Parts[]): readonly string[] {
  const told = (asked.text('models') ?? '').split(',').filter((name) => name !== '');
  const rows = parts.flatMap(({ train, test }) => [...train, ...test]);
  const models = told.length > 0 ? told : Object.keys(rows[0]?.outcomes ?? {});
  const missing = models.find((name) => !rows.some(({ outcomes }) => name in outcomes));
  if (models.length > 1 && missing === undefined) return models;
  const what = missing === undefined ? 'Two models or more are needed' : `No row has ${missing}`;
  throw new CommandFault(EXIT.usage, `${what}; --models a,b names them, the weakest first.`, HINT);
}

function scoreLines(answered: readonly Answered[], steps: FigureOptions['steps']): string {
  return answered
    .flatMap((one) =>
      steps.map((step) => {
        const { score, gain, abstained } = one[step];
        // Strong where it gains more than it does on the whole.
        const usual = one.usualGain;
        const decision = abstained !== undefined ? 'prior' : gain > usual ? 'strong' : 'weak';
        const { id, task } = one.row;
        const line = { id, task, step, score, decision, abstained: abstained !== undefined };
        return `${JSON.stringify(line)}\n`;
      }),
    )
    .join('');
}

const shown = (value: number | null): string => (value === null ? '-' : value.toFixed(3));

function tableOf(rows: readonly RoutingFigure[]): string {
  const head = ['figure', 'ours', '95 % of draws', 'goal', 'met', 'of', 'beside it'];
  const lines = rows.map((one) => {
    const band = one.spread['ours'];
    return [
      ...[one.figure, shown(one.ours)],
      band === undefined ? '-' : `${band.low.toFixed(3)}..${band.high.toFixed(3)}`,
      ...[one.goal ?? '-', one.met === null ? '-' : one.met ? 'yes' : 'NO', String(one.count)],
      Object.entries(one.baselines)
        .map(([name, value]) => `${name} ${shown(value)}`)
        .join(', '),
    ];
  });
  return columns([head, ...lines]);
}
