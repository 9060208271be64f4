// From a score to what was seen at such scores: isotonic regression from 300 labels on, Platt's
// logistic from 50, and below that the mean, drawn to a prior. Fitted on rows the score has not
// been trained on. Says how unsure it is: the standard error of the mean it gives.
import { logit, sigmoid } from './exact.ts';

export type Knot = {
  readonly score: number;
  readonly value: number;
  /** Standard error of the value. */
  readonly error: number;
};

export type Calibration = {
  readonly kind: 'isotonic' | 'platt' | 'shrunk';
  readonly labels: number;
  /** In the order of scores; between two of them values lie on a line. */
  readonly knots: readonly Knot[];
};

export const ISOTONIC_LABELS_MIN = 300;
export const PLATT_LABELS_MIN = 50;
const PRIOR_LABELS = 10;
/** Fewer rows say too little of a mean to be a knot. */
const KNOT_ROWS_MIN = 20;
const PLATT_KNOTS = 17;
const PLATT_ROUNDS = 30;

type Seen = { readonly score: number; readonly value: number };

/** @param prior what to expect without labels; values lie between 0 and 1. */
export function calibrated(seen: readonly Seen[], prior: number): Calibration {
  const kept = seen.filter(({ score, value }) => Number.isFinite(score) && Number.isFinite(value));
  const rows = kept.sort((a, b) => a.score - b.score || a.value - b.value);
  const labels = rows.length;
  if (labels >= ISOTONIC_LABELS_MIN) return { kind: 'isotonic', labels, knots: isotonic(rows) };
  if (labels >= PLATT_LABELS_MIN) return { kind: 'platt', labels, knots: platt(rows) };
  const sum = rows.reduce((total, { value }) => total + value, 0);
  const value = (sum + PRIOR_LABELS * prior) / (labels + PRIOR_LABELS);
  const error = Math.sqrt((value * (1 - value)) / (labels + 1));
  return { kind: 'shrunk', labels, knots: [{ score: 0, value, error }] };
}

type Block = { score: number; value: number; rows: number };

/** Pool adjacent violators; blocks of few rows join the next. */
function isotonic(rows: readonly Seen[]): readonly Knot[] {
  const blocks: Block[] = [];
  for (let at = 0; at < rows.length; at += KNOT_ROWS_MIN) {
    const some = rows.slice(at, at + KNOT_ROWS_MIN);
    const size = some.length;
    blocks.push({
      score: some.reduce((sum, { score }) => sum + score, 0) / size,
      value: some.reduce((sum, { value }) => sum + value, 0) / size,
      rows: size,
    });
    while (blocks.length > 1) {
      const last = blocks.at(-1);
      const before = blocks.at(-2);
      if (last === undefined || before === undefined || before.value < last.value) break;
      blocks.splice(-2, 2, pooled(before, last));
    }
  }
  return blocks.map((block) => ({
    score: block.score,
    value: block.value,
    error: errorOf(block.value, block.rows),
  }));
}

function pooled(a: Block, b: Block): Block {
  const rows = a.rows + b.rows;
  const mean = (x: number, y: number): number => (x * a.rows + y * b.rows) / rows;
  return { score: mean(a.score, b.score), value: mean(a.value, b.value), rows };
}

/** With one good and one bad row more than were seen: no block is ever sure. */
function errorOf(value: number, rows: number): number {
  const careful = (value * rows + 1) / (rows + 2);
  return Math.sqrt((careful * (1 - careful)) / rows);
}

/** Platt 1999, with his targets, which never are 0 or 1; kept as knots of the curve. */
function platt(rows: readonly Seen[]): readonly Knot[] {
  const good = rows.reduce((sum, { value }) => sum + value, 0);
  const high = (good + 1) / (good + 2);
  const low = 1 / (rows.length - good + 2);
  let [bias, weight] = [logit(good / rows.length), 0];
  for (let round = 0; round < PLATT_ROUNDS; round += 1) {
    let [a, b, aa, ab, bb] = [0, 0, 1e-6, 0, 1e-6];
    for (const { score, value } of rows) {
      const share = sigmoid(bias + weight * score);
      const off = share - (low + (high - low) * value);
      const bend = share * (1 - share);
      a += off;
      b += off * score;
      aa += bend;
      ab += bend * score;
      bb += bend * score * score;
    }
    const whole = aa * bb - ab * ab;
    if (whole <= 1e-12) break;
    bias -= (bb * a - ab * b) / whole;
    weight -= (aa * b - ab * a) / whole;
  }
  const [first, last] = [rows[0]?.score ?? 0, rows.at(-1)?.score ?? 0];
  // A falling curve says that the score says nothing: the mean stands instead.
  if (weight <= 0)
    return [{ score: first, value: good / rows.length, error: errorOf(0.5, rows.length) }];
  return Array.from({ length: PLATT_KNOTS }, (_, at) => {
    const score = first + ((last - first) * at) / (PLATT_KNOTS - 1);
    const value = sigmoid(bias + weight * score);
    return { score, value, error: errorOf(value, rows.length / 4) };
  });
}

export function valueAt({ knots }: Calibration, score: number): { value: number; error: number } {
  let low = 0;
  let high = knots.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((knots[middle]?.score ?? 0) < score) low = middle + 1;
    else high = middle;
  }
  const after = knots[low] ?? { score: 0, value: 0.5, error: 0.5 };
  const before = knots[low - 1];
  if (before === undefined || score >= after.score) return after;
  const share = (score - before.score) / (after.score - before.score);
  return {
    value: before.value + share * (after.value - before.value),
    error: before.error + share * (after.error - before.error),
  };
}
