// `signalbox eval`: measures a part of Signalbox on texts in a folder. Works without a server.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Asked, Command, Desk } from '../command.ts';
import { evalRouting } from '../eval/routing-eval.ts';
import { type Figure, figuresOf, type Judged, judge } from '../eval/scan-figures.ts';
import { readSamples } from '../eval/scan-set.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { columns } from '../layout.ts';
import { VERSION } from '../version.ts';

export const commands: readonly Command[] = [
  {
    name: 'eval scan',
    says: 'Measure what the sensitivity scanner finds in texts, and raises in vain.',
    takes: [{ name: 'FOLDER', says: 'Where the JSON Lines files with texts and spans are.' }],
    flags: {
      spans: { says: 'Write every finding there, as JSON Lines; no values.', takes: 'FILE' },
    },
    examples: [
      'signalbox eval scan ./texts',
      'signalbox eval scan ./texts --json --spans found.jsonl',
    ],
    run: evalScan,
  },
  {
    name: 'eval routing',
    says: 'Train the router on some rows, and measure it on others.',
    flags: {
      train: { says: 'Rows to learn from, as JSON Lines.', takes: 'FILE', many: true },
      test: {
        says: 'Rows to measure on; those with role calib are learned.',
        takes: 'FILE',
        many: true,
      },
      folds: { says: 'Measure every row by what the other folds taught.', takes: 'COUNT' },
      'step-label': { says: 'What is told of the step: sub, none or both (both).', takes: 'WHICH' },
      labels: { says: 'Learn from so many rows of each task at most.', takes: 'COUNT' },
      'with-answers': { says: "Read the weak model's answer (weak_response), too." },
      models: { says: 'Which models, the weakest first.', takes: 'A,B,C' },
      scores: { says: 'Write every score and decision there, as JSON Lines.', takes: 'FILE' },
    },
    examples: [
      'signalbox eval routing --train train.jsonl --test test.jsonl',
      'signalbox eval routing --train rows.jsonl --folds 5 --models small,middle,large --json',
    ],
    run: evalRouting,
  },
];

async function evalScan(asked: Asked, { terminal, place }: Desk): Promise<ExitCode> {
  const folder = resolve(place.folder, asked.words['FOLDER'] ?? '');
  const judged = judge(await readSamples(folder));
  const spans = asked.text('spans');
  if (spans !== undefined) await writeFile(resolve(place.folder, spans), spanLines(judged));
  const figures = figuresOf(judged);
  const rows = figures.map(rowOf);
  if (terminal.json) {
    const versions = { signalbox: VERSION, node: process.versions.node };
    terminal.out(`${JSON.stringify({ name: 'scan', versions, rows, faults: [] })}\n`);
  } else terminal.out(tableOf(figures));
  return rows.some(({ met }) => met === false) ? EXIT.failed : EXIT.ok;
}

const isMet = ({ ours, goal }: Figure): boolean | null =>
  goal === undefined || ours === null
    ? null
    : goal.sign === '>='
      ? ours >= goal.bound
      : ours <= goal.bound;

const rowOf = (one: Figure) => ({
  figure: one.figure,
  unit: 'share',
  ours: one.ours,
  baselines: one.baselines,
  ratio: null,
  goal: one.goal === undefined ? null : `${one.goal.sign} ${one.goal.bound}`,
  met: isMet(one),
  spread: {},
  count: one.count,
});

const shown = (value: number | null | undefined): string =>
  value === null || value === undefined ? '-' : value.toFixed(3);

function tableOf(figures: readonly Figure[]): string {
  const head = ['figure', 'ours', 'prototype', 'presidio', 'goal', 'met', 'of'];
  const lines = figures.map((one) => [
    one.figure,
    shown(one.ours),
    shown(one.baselines['prototype']),
    shown(one.baselines['presidio']),
    one.goal === undefined ? '-' : `${one.goal.sign} ${one.goal.bound}`,
    isMet(one) === null ? '-' : isMet(one) === true ? 'yes' : 'NO',
    String(one.count),
  ]);
  return columns([head, ...lines]);
}

/** Offsets are UTF-16; what was found never stands here. */
function spanLines(judged: readonly Judged[]): string {
  return judged
    .flatMap(({ sample, findings }) =>
      findings.map(({ start, end, type, kind, confidence }) => {
        const rounded = Math.round(confidence * 1_000) / 1_000;
        const line = { id: sample.id, start, end, type, kind, confidence: rounded };
        return `${JSON.stringify(line)}\n`;
      }),
    )
    .join('');
}
