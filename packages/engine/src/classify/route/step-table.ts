// What each model is worth on each step, by the labels there are: means drawn to the mean of all
// steps where labels are few. The workhorse of routing: most of what a prompt tells is its step.

export type StepTable = {
  /** By step: the mean; and last, the mean of all. */
  readonly means: Float64Array;
};

/** So many labels count as much as the mean of all steps. */
const PRIOR_LABELS = 10;

type Stepped = {
  /** Of each row: its step. */
  readonly of: Int32Array;
  readonly steps: number;
  /** How much each row counts; undefined: all alike. */
  readonly counts?: Float64Array | undefined;
};

/** @param values of each row, NaN where not known. */
export function tableOf(values: Float64Array, { of, steps, counts: weights }: Stepped): StepTable {
  const counts = new Float64Array(steps + 1);
  const means = new Float64Array(steps + 1);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    for (const step of [of[row] ?? -1, steps]) {
      if (step < 0) continue;
      const weight = weights?.[row] ?? 1;
      counts[step] = (counts[step] ?? 0) + weight;
      means[step] = (means[step] ?? 0) + weight * value;
    }
  }
  const all = counts[steps] === 0 ? 0 : (means[steps] ?? 0) / (counts[steps] ?? 1);
  for (let step = 0; step < steps; step += 1) {
    const labels = counts[step] ?? 0;
    means[step] = ((means[step] ?? 0) + PRIOR_LABELS * all) / (labels + PRIOR_LABELS);
  }
  means[steps] = all;
  return { means };
}

export const ofStep = ({ means }: StepTable, step: number): number => means[step] ?? 0;

/** Where the step is not told: the mean over the steps that it may be. */
export function expected({ means }: StepTable, shares: Float64Array): number {
  let sum = 0;
  for (let step = 0; step < shares.length; step += 1)
    sum += (shares[step] ?? 0) * (means[step] ?? 0);
  return sum;
}
