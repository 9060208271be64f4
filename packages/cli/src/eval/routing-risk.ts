// Whether a promised loss is kept: thresholds set on some rows of a family and held against the
// rest, many times; and what remains of the promise when another family comes, with a tenth of the
// rows audited.
import { Adapting, conformalThreshold, type Loss, testedThreshold } from '@signalbox/engine';
import { drawing } from './draws.ts';
import { figure, type RoutingFigure } from './routing-figure.ts';

const ALPHAS = [0.02, 0.04, 0.06];
const COUNTS = [100, 300, 1_000, 3_000];
const SPLITS = 200;
const DELTA = 0.1;
/** So many rows must be left to measure on, and as many as were set on: fewer tell nothing. */
const LEFT_MIN = 300;
const VIOLATED_MAX = 0.1;
const SHIFT = { alpha: 0.04, audited: 0.1, rows: 4_000, times: 20, worse: 1.25 } as const;
/** What our lab measured on MMLU: the mean loss at 3,000 rows, and 0.04. */
const LAB = { 'linear lab, alpha 0.04': 0.0403 };

export type Family = { readonly task: string; readonly rows: readonly Loss[] };

/** Of the largest family; the shift is from there to each other one. */
export function riskFigures(families: readonly Family[]): readonly RoutingFigure[] {
  const [first, ...others] = [...families].sort((a, b) => b.rows.length - a.rows.length);
  const isEnough = first !== undefined && first.rows.length >= LEFT_MIN + (COUNTS[0] ?? 0);
  const from = isEnough ? first : undefined;
  const kept = ALPHAS.flatMap((alpha) => promised(from, alpha));
  const shifts = from === undefined ? [] : others.map((to) => shifted(from, to));
  return [...kept, ...(shifts.length > 0 ? shifts : [shifted(from, undefined)])];
}

type Split = { readonly risk: number; readonly kept: number };

function promised(family: Family | undefined, alpha: number): readonly RoutingFigure[] {
  const rows = family?.rows ?? [];
  const counts = COUNTS.filter((count) => rows.length - count >= Math.max(LEFT_MIN, count));
  const of = (set: (some: readonly Loss[]) => number): readonly (readonly Split[])[] =>
    counts.map((count) => splits(rows, count, set));
  const name = `${family?.task ?? 'mmlu'}: loss promised <= ${alpha}`;
  const span = counts.length === 0 ? '' : ` (${counts[0]}-${counts.at(-1)} rows)`;
  const conformal = of((some) => conformalThreshold(some, alpha)).map(summary);
  const worst = conformal.toSorted((a, b) => b.mean - 2 * b.error - (a.mean - 2 * a.error))[0];
  const tested = of((some) => testedThreshold(some, alpha, DELTA));
  const violated = tested.map((many) => share(many, ({ risk }) => risk > alpha));
  const most = violated.length === 0 ? null : Math.max(...violated);
  const keeps = (many: readonly { readonly kept: number }[]): number | null =>
    many.at(-1)?.kept ?? null;
  return [
    figure(`${name}, expected: mean loss${span}`, worst?.mean ?? null, {
      baselines: alpha === 0.04 ? LAB : {},
      goal: `<= ${alpha} + 2 standard errors`,
      met: worst === undefined ? null : worst.mean <= alpha + 2 * worst.error,
      count: rows.length,
    }),
    figure(`${name}, expected: kept weak`, keeps(conformal), { count: rows.length }),
    figure(`${name}, in 9 of 10: violated${span}`, most, {
      goal: `<= ${VIOLATED_MAX}`,
      met: most === null ? null : most <= VIOLATED_MAX,
      count: rows.length,
    }),
    figure(`${name}, in 9 of 10: kept weak`, keeps(tested.map(summary)), { count: rows.length }),
  ];
}

function splits(
  rows: readonly Loss[],
  count: number,
  set: (some: readonly Loss[]) => number,
): readonly Split[] {
  const next = drawing(seedOf(count));
  return Array.from({ length: SPLITS }, () => {
    const order = [...rows];
    for (let at = 0; at < count; at += 1) {
      const other = at + Math.floor(next() * (order.length - at));
      const [a, b] = [order[at], order[other]];
      if (a !== undefined && b !== undefined) [order[at], order[other]] = [b, a];
    }
    const threshold = set(order.slice(0, count));
    const rest = order.slice(count);
    const stay = rest.filter(({ score }) => score <= threshold);
    const lost = stay.reduce((sum, { loss }) => sum + loss, 0);
    return { risk: lost / rest.length, kept: stay.length / rest.length };
  });
}

function summary(many: readonly Split[]) {
  const mean = many.reduce((sum, { risk }) => sum + risk, 0) / many.length;
  const spread = many.reduce((sum, { risk }) => sum + (risk - mean) ** 2, 0) / (many.length - 1);
  const kept = many.reduce((sum, one) => sum + one.kept, 0) / many.length;
  return { mean, kept, error: Math.sqrt(spread / many.length) };
}

const share = <T>(many: readonly T[], is: (one: T) => boolean): number =>
  many.filter(is).length / many.length;

/** The promise was made for one family; rows of another come. */
function shifted(from: Family | undefined, to: Family | undefined): RoutingFigure {
  const name = `${from?.task ?? 'mmlu'}, then ${to?.task ?? 'gsm8k'}`;
  const { alpha, worse, audited } = SHIFT;
  const label = `${name}: loss promised <= ${alpha}, second half with ${100 * audited} % audited`;
  const goal = `<= ${worse * alpha}`;
  if (from === undefined || to === undefined || to.rows.length === 0) {
    return figure(label, null, { goal, count: 0 });
  }
  const scores = from.rows.map(({ score }) => score).sort((a, b) => a - b);
  const set = conformalThreshold(from.rows, alpha);
  const first = share(scores, (score) => score <= set);
  const left = to.rows.reduce((sum, { score, loss }) => sum + (score <= set ? loss : 0), 0);
  const times = Array.from({ length: SHIFT.times }, (_, seed) =>
    secondHalf(to.rows, { scores, first, seed }),
  );
  const ours = times.reduce((sum, risk) => sum + risk, 0) / times.length;
  return figure(label, ours, {
    baselines: { 'threshold left as it was': left / to.rows.length },
    goal,
    met: ours <= worse * alpha,
    count: to.rows.length,
  });
}

type Stream = {
  readonly scores: readonly number[];
  readonly first: number;
  readonly seed: number;
};

function secondHalf(rows: readonly Loss[], { scores, first, seed }: Stream): number {
  const next = drawing(seedOf(seed));
  const adapting = new Adapting(SHIFT.alpha, first, DELTA / 100);
  let lost = 0;
  for (let at = 0; at < SHIFT.rows; at += 1) {
    const row = rows[Math.floor(next() * rows.length)];
    if (row === undefined) continue;
    const places = Math.floor(adapting.share * scores.length);
    const stays = places > 0 && row.score <= (scores[places - 1] ?? 0);
    const loss = stays ? row.loss : 0;
    if (at >= SHIFT.rows / 2) lost += loss;
    if (next() < SHIFT.audited) adapting.audited(loss);
  }
  return lost / (SHIFT.rows / 2);
}

const seedOf = (count: number): number => (count + 1) * 2_654_435_761;
