// Thresholds that carry a promise: rows whose score is at most the threshold stay with the weaker
// model, and what that loses is bounded. A loss is max(0, strong - weak) of a row, 0 to 1, as an
// audit that asked both models saw it.
//
// Conformal risk control (Angelopoulos et al. 2022) bounds the expected loss, for rows that are
// like those it was set on; Learn then Test (Angelopoulos et al. 2021) bounds the loss itself, with
// a probability. Under drift neither holds: then the threshold is moved by each audit (adaptive
// conformal inference, Gibbs and Candès 2021), and a bet against the promise tells early that it is
// broken. It must never promise what too few rows can carry: then nothing stays.
import { exponential, logarithm } from './exact.ts';

/** What keeping one row with the weaker model loses. */
export type Loss = {
  readonly score: number;
  readonly loss: number;
  /** One by how likely the row was drawn; absent: all alike. */
  readonly weight?: number;
};

/** Below every score: nothing stays. */
export const NOTHING_STAYS: number = Number.NEGATIVE_INFINITY;

/** The last threshold before one that does not hold; `holds` is asked with the losses so far. */
function highest(rows: readonly Loss[], holds: (sum: number) => boolean): number {
  const sorted = rows.filter(isSound).sort((a, b) => a.score - b.score);
  let best = NOTHING_STAYS;
  let sum = 0;
  for (let at = 0; at < sorted.length; ) {
    const { score = 0 } = sorted[at] ?? {};
    // Equal scores go together.
    for (; at < sorted.length && sorted[at]?.score === score; at += 1) sum += lossOf(sorted[at]);
    if (!holds(sum)) return best;
    best = score;
  }
  return best;
}

const lossOf = (row: Loss | undefined): number => (row?.loss ?? 0) * (row?.weight ?? 1);

type Weights = { readonly sum: number; readonly most: number; readonly count: number };

/** `count`: of rows of one weight that would say as much (Kish 1965). */
function weightsOf(rows: readonly Loss[]): Weights {
  let [sum, squares, most] = [0, 0, 0];
  for (const { weight = 1 } of rows.filter(isSound)) {
    sum += weight;
    squares += weight * weight;
    most = Math.max(most, weight);
  }
  return { sum, most, count: squares === 0 ? 0 : (sum * sum) / squares };
}

const isSound = ({ score, loss }: Loss): boolean =>
  Number.isFinite(score) && loss >= 0 && loss <= 1;

/**
 * Weighted as Tibshirani et al. 2019 do.
 *
 * @returns the highest threshold whose expected loss is <= `alpha`; needs 1/alpha - 1 rows.
 */
export function conformalThreshold(rows: readonly Loss[], alpha: number): number {
  const { sum: all, most } = weightsOf(rows);
  return highest(rows, (sum) => (sum + most) / (all + most) <= alpha);
}

/** @returns a threshold whose loss is at most `alpha` with a probability of 1 - `delta`. */
export function testedThreshold(rows: readonly Loss[], alpha: number, delta: number): number {
  const { sum: all, most, count } = weightsOf(rows);
  // The sharp form holds for equal weights; else the plain one for weighted sums (Hoeffding 1963).
  const isEven = all === most * rows.filter(isSound).length;
  const chance = isEven ? tail : plainTail;
  // One test after the other from the strictest threshold on; the first that fails ends it.
  return highest(rows, (sum) => chance(sum / all, alpha, count) <= delta);
}

/** Hoeffding's bound in its sharp form: how likely so small a mean is when the risk is `alpha`. */
function tail(mean: number, alpha: number, count: number): number {
  if (mean >= alpha) return 1;
  const part = (of: number, to: number): number => (of <= 0 ? 0 : of * logarithm(of / to));
  return exponential(-count * (part(mean, alpha) + part(1 - mean, 1 - alpha)));
}

const plainTail = (mean: number, alpha: number, count: number): number =>
  mean >= alpha ? 1 : exponential(-2 * count * (alpha - mean) ** 2);

/** What share must leave the weaker model at least: `risk` is what is lost when all stay. */
export const leastEscalated = (risk: number, alpha: number): number =>
  risk <= alpha ? 0 : (risk - alpha) / (1 - alpha);

/** How far one audit moves the share that stays. */
const STEP = 0.05;
/** Of what could be staked: one loss alone decides nothing. */
const STAKE = 0.5;

/** A share that stays, moved by audits, and a bet that the promise is broken. */
export class Adapting {
  readonly #alpha: number;
  readonly #delta: number;
  #share: number;
  #evidence = 1;

  /**
   * @param share of scores that stays at first.
   * @param delta the bet is won by chance once in 1/delta audits at most.
   */
  constructor(alpha: number, share: number, delta: number) {
    this.#alpha = alpha;
    this.#share = share;
    this.#delta = delta;
  }

  /** The share of scores, from the lowest, that stays. */
  get share(): number {
    return Math.min(1, Math.max(0, this.#share));
  }

  /** More is lost than was promised: nothing should stay until a threshold is set anew. */
  get isBroken(): boolean {
    return this.#evidence >= 1 / this.#delta;
  }

  /** @param loss of a row that stayed; 0 of one that did not. */
  audited(loss: number): void {
    if (!(loss >= 0 && loss <= 1)) return;
    const moved = this.#share + STEP * (this.#alpha - loss);
    // A little beyond its ends: what was lost there is owed.
    this.#share = Math.min(1 + STEP, Math.max(-STEP, moved));
    // An e-detector (Shin, Ramdas, Rinaldo 2022): it begins anew wherever it would begin best.
    const won = 1 + STAKE * (loss - this.#alpha);
    this.#evidence = Math.max(1, this.#evidence) * won;
  }
}
