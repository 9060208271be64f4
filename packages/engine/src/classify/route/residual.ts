// What a tenant's own labels say beyond a router that was not trained on them: by step, how far the
// chance of a good answer of each tier is off, as an offset of its logit. One step of Newton's
// method on the logistic loss with a Gaussian prior (ridge regression of a bias).
// Promise: labels of one tenant move what is said of its own calls alone, and no further than
// `RESIDUAL_MAX`, however many of them lie. What does not help on rows that it has not seen is left
// out.
import { logit, sigmoid } from './exact.ts';

/** Of a logit: of even chances at most 23 points are won or lost. */
export const RESIDUAL_MAX = 1;
/** So many labels of even chances count as much as that nothing is off. */
const PRIOR_LABELS = 10;
const FOLDS = 3;

export type Residual = {
  /** By model, as the router has them. */
  readonly offsets: readonly number[];
  /** Labels it was learned from. */
  readonly labels: number;
  /** Learned against even chances: the router itself has no labels of the step. */
  readonly isEven: boolean;
};

/** By tenant and step, as `stepKey` joins them. */
export type Residuals = ReadonlyMap<string, Residual>;

/** A row, and what the router says of each model without the tenant's own labels, 0 to 1. */
export type Judged = {
  /** By model, as of a row to learn from. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly weights?: Readonly<Record<string, number>> | undefined;
  readonly good: readonly number[];
};

export const moved = (good: number, offset: number): number => sigmoid(logit(good) + offset);

/** @param rows of one tenant and step. Undefined: they tell nothing that holds for unseen ones. */
export function residualOf(
  rows: readonly Judged[],
  models: readonly string[],
): Omit<Residual, 'isEven'> | undefined {
  let [without, within] = [0, 0];
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const offsets = offsetsOf(
      rows.filter((_, at) => at % FOLDS !== fold),
      models,
    );
    for (const row of rows.filter((_, at) => at % FOLDS === fold)) {
      without += offBy(row, models, undefined);
      within += offBy(row, models, offsets);
    }
  }
  if (within >= without) return undefined;
  const labels = rows.reduce((sum, row) => sum + labelsOf(row, models), 0);
  return { offsets: offsetsOf(rows, models), labels: Math.floor(labels) };
}

/** Squares of what was expected too much or too little. */
function offBy(
  { outcomes, weights, good }: Judged,
  models: readonly string[],
  offsets: readonly number[] | undefined,
): number {
  let sum = 0;
  models.forEach((model, at) => {
    const value = outcomes[model];
    if (value === undefined || !Number.isFinite(value)) return;
    const said = good[at] ?? 0.5;
    const off = value - (offsets === undefined ? said : moved(said, offsets[at] ?? 0));
    sum += (weights?.[model] ?? 1) * off * off;
  });
  return sum;
}

function offsetsOf(rows: readonly Judged[], models: readonly string[]): readonly number[] {
  return models.map((model, at) => {
    let slope = 0;
    let bend = PRIOR_LABELS / 4;
    for (const { outcomes, weights, good } of rows) {
      const value = outcomes[model];
      if (value === undefined || !Number.isFinite(value)) continue;
      const weight = weights?.[model] ?? 1;
      const said = good[at] ?? 0.5;
      slope += weight * (value - said);
      bend += weight * said * (1 - said);
    }
    return Math.max(-RESIDUAL_MAX, Math.min(RESIDUAL_MAX, slope / bend));
  });
}

const labelsOf = ({ outcomes, weights }: Judged, models: readonly string[]): number =>
  Math.max(
    0,
    ...models.map((model) => (outcomes[model] === undefined ? 0 : (weights?.[model] ?? 1))),
  );
