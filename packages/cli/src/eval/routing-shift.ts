// How soon a tenant is noticed whose calls begin to ask for the strong tier more often, and how
// often one is suspected that has not changed: simulated tenants with a weekly season and days that
// differ more than chance alone would have it. The same draws every time.
import { Watch } from '@signalbox/engine';
import { drawing } from './draws.ts';
import type { RoutingFigure } from './routing-figure.ts';

const TENANTS = 400;
const CALLS = 200;
/** Before anything shifts: what is usual has been learned. */
const LEARNING_DAYS = 35;
const DAYS = 90;
const SHARE = 0.2;
const SEASON = 0.15;
/** Variance of a day's count, in multiples of chance alone. */
const OVERDISPERSED = 2;
const SHIFT = 1.5;
const GOALS = { median: 8, p95: 16, false: 0.05 } as const;
/** A CUSUM and an EWMA of a quarter, each by itself, in such a simulation. */
const LAB = { cusum: 8, ewma: 8 };

export function shiftFigures(): readonly RoutingFigure[] {
  const found = daysUntil(SHIFT).sort((a, b) => a - b);
  const alarms = daysUntil(1).filter((day) => day <= DAYS).length / TENANTS;
  const median = found[TENANTS / 2] ?? Number.POSITIVE_INFINITY;
  const late = found[Math.ceil(TENANTS * 0.95) - 1] ?? Number.POSITIVE_INFINITY;
  const name = `strong share x${SHIFT}, ${CALLS} calls a day`;
  return [
    figure(
      `${name}: days until noticed, median`,
      'days',
      { ours: median, most: GOALS.median },
      LAB,
    ),
    figure(`${name}: days until noticed, 95 % of tenants`, 'days', { ours: late, most: GOALS.p95 }),
    figure(`no shift: tenants with an alarm in ${DAYS} days`, 'share', {
      ours: alarms,
      most: GOALS.false,
    }),
  ];
}

type Against = { readonly ours: number; readonly most: number };

const figure = (
  name: string,
  unit: string,
  { ours, most }: Against,
  baselines: RoutingFigure['baselines'] = {},
): RoutingFigure => ({
  ...{ figure: name, unit, baselines, goal: `<= ${most}`, spread: {}, count: TENANTS },
  ours: Number.isFinite(ours) ? ours : null,
  met: ours <= most,
});

/** Of each tenant the day of the first alarm, from 1; infinite: none came. */
function daysUntil(shift: number): number[] {
  return Array.from({ length: TENANTS }, (_, tenant) => {
    const next = drawingOf(tenant);
    const watch = new Watch();
    const phase = next() * 7;
    for (let day = 1 - LEARNING_DAYS; day <= DAYS; day += 1) {
      const season = 1 + SEASON * Math.sin((2 * Math.PI * (day + phase)) / 7);
      const share = Math.min(0.95, SHARE * season * (day > 0 ? shift : 1));
      if (watch.day(counted(share, next) / CALLS) !== undefined) return day;
    }
    return Number.POSITIVE_INFINITY;
  });
}

/** Calls come in runs of one kind, and the variance grows with the length of a run. */
function counted(share: number, next: () => number): number {
  let count = 0;
  for (let at = 0; at < CALLS; at += OVERDISPERSED) if (next() < share) count += OVERDISPERSED;
  return count;
}

/** Neighbouring tenants would draw alike: each number is mixed once more. */
function drawingOf(tenant: number): () => number {
  const next = drawing(Math.imul(tenant + 1, 2_654_435_761) >>> 0);
  return () => {
    const state = next() * 4_294_967_296;
    const mixed = Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d);
    return ((mixed ^ (mixed >>> 12)) >>> 0) / 4_294_967_296;
  };
}
