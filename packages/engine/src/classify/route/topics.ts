// Which known step a text looks like: a softmax over the hashed words alone. Where the step is not
// told, its table is read with these shares.
import { exponential } from './exact.ts';
import type { Features } from './features.ts';
import { type Row, shuffled } from './heads.ts';

export type Topics = {
  readonly steps: number;
  readonly bits: number;
  /** By place, then by step. */
  readonly weights: Float32Array;
  readonly biases: Float32Array;
};

/** Weights of all steps together; what more steps get in columns they lose in places. */
const WEIGHTS_BITS_MAX = 19;
const BITS_MAX = 13;
const EPOCHS = 6;
const RATE = 0.2;
const BIAS_RATE = 0.01;
const SLOPE_MIN = 1e-4;

/** @param of the step of each row. One step alone needs no words. */
export function trainTopics(rows: readonly Row[], of: Int32Array, steps: number): Topics {
  let bits = steps < 2 ? 0 : BITS_MAX;
  while (steps * 2 ** bits > 2 ** WEIGHTS_BITS_MAX) bits -= 1;
  const weights = new Float32Array(steps * 2 ** bits);
  const topics: Topics = { steps, bits, weights, biases: new Float32Array(steps) };
  if (steps < 2) return topics;
  const sums = new Float32Array(weights.length);
  const slopes = new Float64Array(steps);
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    for (const at of shuffled(rows.length, epoch)) {
      const row = rows[at];
      const step = of[at] ?? -1;
      if (row === undefined || step < 0) continue;
      sharesOf(topics, row.features, slopes);
      slopes[step] = (slopes[step] ?? 0) - 1;
      pull(topics, row.features, { slopes, sums });
    }
  }
  return topics;
}

type Pull = { readonly slopes: Float64Array; readonly sums: Float32Array };

function pull({ steps, bits, weights, biases }: Topics, features: Features, way: Pull): void {
  const shift = features.bits - bits;
  for (let i = 0; i < features.words; i += 1) {
    const begin = ((features.places[i] ?? 0) >>> shift) * steps;
    const value = features.weights[i] ?? 0;
    for (let step = 0; step < steps; step += 1) {
      const slope = (way.slopes[step] ?? 0) * value;
      if (slope < SLOPE_MIN && slope > -SLOPE_MIN) continue;
      const sum = (way.sums[begin + step] ?? 0) + slope * slope;
      way.sums[begin + step] = sum;
      weights[begin + step] = (weights[begin + step] ?? 0) - (RATE * slope) / Math.sqrt(sum + 1e-6);
    }
  }
  for (let step = 0; step < steps; step += 1) {
    biases[step] = (biases[step] ?? 0) - BIAS_RATE * (way.slopes[step] ?? 0);
  }
}

/** Writes the share of each step; together they are 1. */
export function sharesOf(topics: Topics, features: Features, into: Float64Array): void {
  const { steps, weights } = topics;
  for (let step = 0; step < steps; step += 1) into[step] = topics.biases[step] ?? 0;
  const shift = features.bits - topics.bits;
  for (let i = 0; i < features.words && steps > 1; i += 1) {
    const begin = ((features.places[i] ?? 0) >>> shift) * steps;
    const value = features.weights[i] ?? 0;
    for (let step = 0; step < steps; step += 1) {
      into[step] = (into[step] ?? 0) + (weights[begin + step] ?? 0) * value;
    }
  }
  let top = into[0] ?? 0;
  for (let step = 1; step < steps; step += 1) top = Math.max(top, into[step] ?? 0);
  let sum = 0;
  for (let step = 0; step < steps; step += 1) {
    const share = exponential((into[step] ?? 0) - top);
    into[step] = share;
    sum += share;
  }
  for (let step = 0; step < steps; step += 1) into[step] = (into[step] ?? 0) / sum;
}
