import type { Book } from './book.ts';
import { bare } from './contestants/bare.ts';
import { direct } from './contestants/direct.ts';
import { signalboxWith } from './contestants/signalbox.ts';
import { type Feature, features } from './contestants/signalbox-config.ts';
import { withEntrants } from './entrants.ts';
import type { Report, Row } from './report.ts';
import { interleave } from './rounds.ts';
import { type BenchOptions, withSetting } from './setting.ts';
import { median, type Spread, spreadOf } from './statistics.ts';
import { addedFigures, fullScale, quickScale, steps } from './steps.ts';
import { versions } from './versions.ts';

/**
 * What each feature costs: one gateway for every rung, each with one feature more than the one
 * before, all measured in turns in one run beside the bare proxy.
 *
 * A row's `ours` is the rung, its baselines are the rung before and the bare proxy, its ratio is
 * the rung divided by the rung before. A step smaller than its spread is not a cost.
 */

interface Rung {
  readonly name: string;
  readonly active: readonly Feature[];
}

interface LadderFigure {
  readonly figure: string;
  readonly unit: string;
}

const stepNames = new Set(['saturation 1 KB', 'sequential', 'streams, usage not asked for']);
const figures: readonly LadderFigure[] = [
  { figure: 'cpu, 1 KB request', unit: 'us' },
  { figure: 'added unary p50, sequential', unit: 'ms' },
  { figure: 'cpu, stream chunk, usage not asked for', unit: 'us' },
];

export function rungs(): readonly Rung[] {
  const names = features.map((feature, index) => ({
    name: `+ ${feature}`,
    active: features.slice(0, index + 1),
  }));
  return [{ name: 'key, route, journal', active: [] }, ...names];
}

export async function ladder(options: Omit<BenchOptions, 'contestants'>): Promise<Report> {
  const all = rungs();
  const contestants = [direct, bare, ...all.map((rung) => signalboxWith(rung.name, rung.active))];
  const plan = steps(options.quick ? quickScale : fullScale).filter((step) =>
    stepNames.has(step.name),
  );
  const { book, faults } = await withSetting({ ...options, contestants }, (setting) =>
    withEntrants(setting, (entrants) => interleave(setting, entrants, plan)),
  );
  for (const figure of addedFigures) book.writeAdded(figure);
  return {
    name: options.quick ? 'ladder --quick' : 'ladder',
    versions: versions(),
    rows: figures.flatMap((one) => rowsOf(book, one, all)),
    faults,
  };
}

function rowsOf(book: Book, wanted: LadderFigure, all: readonly Rung[]): readonly Row[] {
  return all.map((rung, index) => {
    const before = all[index - 1]?.name;
    const mine = book.column(wanted.figure, rung.name);
    const previous = before === undefined ? undefined : book.column(wanted.figure, before);
    const floor = book.column(wanted.figure, bare.name);
    const ratios = [...mine].flatMap(([round, value]) => {
      const other = previous?.get(round);
      return other === undefined || other === 0 ? [] : [value / other];
    });
    const spread: Record<string, Spread> = {};
    const found = spreadOf(mine.values());
    if (found !== undefined) spread['signalbox'] = found;
    return {
      figure: `${wanted.figure}: ${rung.name}`,
      unit: wanted.unit,
      ours: median(mine.values()) ?? null,
      baselines: {
        'rung before': previous === undefined ? null : (median(previous.values()) ?? null),
        bare: median(floor.values()) ?? null,
      },
      ratio: median(ratios) ?? null,
      goal: null,
      met: null,
      spread,
    };
  });
}
