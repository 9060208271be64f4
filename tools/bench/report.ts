import type { Spread } from './statistics.ts';

/**
 * What a benchmark says at its end: one document for machines, one table for people, the same
 * figures in both. A figure that could not be measured is null, never 0; a goal without a figure
 * is not met.
 */

export interface Row {
  readonly figure: string;
  readonly unit: string;
  readonly ours: number | null;
  /** The same figure of the others in the same run. */
  readonly baselines: Readonly<Record<string, number | null>>;
  /**
   * The number that the goal is about, where the goal compares: the median of the ratios of each
   * round.
   */
  readonly ratio: number | null;
  readonly goal: string | null;
  readonly met: boolean | null;
  readonly spread: Readonly<Record<string, Spread>>;
}

export interface Report {
  readonly name: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  /** What went wrong on the way, in words: who did not start, whose round was lost and why. */
  readonly faults: readonly string[];
}

export function renderTable(report: Report): string {
  const others = [...new Set(report.rows.flatMap((row) => Object.keys(row.baselines)))];
  const head = ['figure', 'unit', 'signalbox', ...others, 'ratio', 'goal', 'met'];
  const body = report.rows.map((row) => [
    row.figure,
    row.unit,
    withSpread(row.ours, row.spread['signalbox']),
    ...others.map((name) => withSpread(row.baselines[name] ?? null, row.spread[name])),
    number(row.ratio),
    row.goal ?? '',
    row.met === null ? '' : row.met ? 'yes' : 'NO',
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...body.map((cells) => (cells[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const versions = Object.entries(report.versions).map(([name, value]) => `${name} ${value}`);
  return [
    `${report.name}: ${versions.join(', ')}`,
    '',
    line(head),
    line(widths.map((width) => '-'.repeat(width))),
    ...body.map(line),
    ...report.faults.map((fault) => `fault: ${fault}`),
    '',
  ].join('\n');
}

function withSpread(value: number | null, spread: Spread | undefined): string {
  if (value === null) return '-';
  if (spread === undefined || spread.rounds < 2) return number(value);
  return `${number(value)} (${number(spread.min)}..${number(spread.max)})`;
}

/** Three significant digits are what such a figure is worth. */
export function number(value: number | null): string {
  if (value === null) return '-';
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(2);
}
