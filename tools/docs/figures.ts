// The table of measured figures in the README, from what a benchmark printed:
//
//   npm run bench -- overhead --json > overhead.json
//   node tools/docs/figures.ts overhead.json
//
// It replaces what stands between the two marks, and nothing else. A figure that was not measured
// is shown as missing, and its goal as missed: what a run could not show is not claimed.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { number, type Report, type Row } from '../bench/report.ts';
import { between } from './marks.ts';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));

/** What a reader decides by, in this order; the rest is printed by the command. */
const SHOWN: readonly string[] = [
  'cpu, 1 KB request',
  'cpu, 100 KB request',
  'cpu, stream chunk',
  'requests/s at saturation, 1 KB',
  'added unary p50, sequential',
  'added unary p50 at 200/s',
  'added unary p99 at 200/s',
  'added first token p50, 1 stream',
  'added first token p50, 50 streams',
  'rss after start',
  'rss of 5,000 slow streams',
  'event-loop delay p99 at 200/s, two tails',
];
const OTHERS: readonly string[] = ['bare', 'portkey'];

export function figuresTable(report: Report): string {
  const rows = SHOWN.flatMap((figure) => report.rows.filter((row) => row.figure === figure));
  const versions = Object.entries(report.versions).map(([name, value]) => `${name} ${value}`);
  return [
    '| figure | signalbox | bare proxy | Portkey | goal | met |',
    '|---|---|---|---|---|---|',
    ...rows.map(line),
    '',
    `Measured with ${versions.join(', ')}. Medians; the command prints the spread.`,
    ...report.faults.map((fault) => `Fault in this run: ${fault}.`),
  ].join('\n');
}

function line(row: Row): string {
  const others = OTHERS.map((name) => withUnit(row.baselines[name] ?? null, row.unit));
  const ratio = row.ratio === null ? '' : ` (${number(row.ratio)}x)`;
  const goal = row.goal === null ? '' : `${row.goal}${ratio}`;
  const met = row.met === null ? '' : row.met ? 'yes' : '**no**';
  return `| ${[row.figure, withUnit(row.ours, row.unit), ...others, goal, met].join(' | ')} |`;
}

const withUnit = (value: number | null, unit: string): string =>
  value === null ? '-' : `${number(value)} ${unit}`;

/** Throws when the marks are not there, once each and in order. */
export const withFigures = (page: string, table: string): string => between(page, 'figures', table);

if (import.meta.main) {
  const [file] = process.argv.slice(2);
  if (file === undefined) throw new Error('say which file: node tools/docs/figures.ts FILE.json');
  const report: Report = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(README, withFigures(readFileSync(README, 'utf8'), figuresTable(report)));
}
