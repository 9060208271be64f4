// Linear heads over hashed terms and shape, trained by AdaGrad on the logistic loss: one for each
// model, says how likely the model's answer is good; and one for each step, says how likely the
// text is of that step. Rows are visited in an order that depends on their number alone.
import { sigmoid } from './exact.ts';
import { type Features, SHAPE_LENGTH } from './features.ts';
import { SHAPES } from './shapes.ts';

export type Head = {
  readonly weights: Float32Array;
  readonly shape: Float32Array;
  bias: number;
};

export type Row = {
  readonly features: Features;
  /** The shape with mean 0 and deviation 1. */
  readonly shape: Float64Array;
};

export type Pace = {
  readonly epochs: number;
  readonly rate: number;
  readonly shapeRate: number;
  /** Of what is counted of an answer: it tells more than the question does. */
  readonly answerRate: number;
  readonly decay: number;
};

export const PACE: Pace = { epochs: 20, rate: 0.02, shapeRate: 0.005, answerRate: 0.02, decay: 0 };

type HeadOptions = {
  readonly bits: number;
  readonly pace: Pace;
  /** How much each row counts; undefined: all alike. */
  readonly counts?: Float64Array | undefined;
};

/** @param goals of each row: 0 to 1, or NaN where it is not known. */
export function trainHead(
  rows: readonly Row[],
  goals: Float64Array,
  { bits, pace, counts }: HeadOptions,
): Head {
  const head: Head = {
    weights: new Float32Array(2 ** bits),
    shape: new Float32Array(SHAPE_LENGTH),
    bias: 0,
  };
  const sums = { weights: new Float32Array(2 ** bits), shape: new Float32Array(SHAPE_LENGTH) };
  let biasSum = 0;
  for (let epoch = 0; epoch < pace.epochs; epoch += 1) {
    for (const at of shuffled(rows.length, epoch)) {
      const goal = goals[at] ?? Number.NaN;
      const row = rows[at];
      if (row === undefined || Number.isNaN(goal)) continue;
      const slope = (counts?.[at] ?? 1) * (sigmoid(logitOf(head, row)) - goal);
      step(head.weights, sums.weights, row.features, slope, pace);
      for (let i = 0; i < SHAPE_LENGTH; i += 1) {
        const value = row.shape[i] ?? 0;
        if (value === 0) continue;
        const pull = slope * value + pace.decay * (head.shape[i] ?? 0);
        const sum = (sums.shape[i] ?? 0) + pull * pull;
        sums.shape[i] = sum;
        const rate = i < SHAPES ? pace.shapeRate : pace.answerRate;
        head.shape[i] = (head.shape[i] ?? 0) - (rate * pull) / Math.sqrt(sum + 1e-8);
      }
      biasSum += slope * slope;
      head.bias -= (pace.rate * slope) / Math.sqrt(biasSum + 1e-8);
    }
  }
  return head;
}

function step(
  weights: Float32Array,
  sums: Float32Array,
  { places, weights: values }: Features,
  slope: number,
  pace: Pace,
): void {
  for (let i = 0; i < places.length; i += 1) {
    const place = places[i] ?? 0;
    const weight = weights[place] ?? 0;
    const pull = slope * (values[i] ?? 0) + pace.decay * weight;
    const sum = (sums[place] ?? 0) + pull * pull;
    sums[place] = sum;
    weights[place] = weight - (pace.rate * pull) / Math.sqrt(sum + 1e-8);
  }
}

export function logitOf({ weights, shape, bias }: Head, row: Row): number {
  const { places, weights: values } = row.features;
  let sum = bias;
  for (let i = 0; i < places.length; i += 1)
    sum += (weights[places[i] ?? 0] ?? 0) * (values[i] ?? 0);
  for (let i = 0; i < SHAPE_LENGTH; i += 1) sum += (shape[i] ?? 0) * (row.shape[i] ?? 0);
  return sum;
}

/** All numbers below the length, in an order that is the same on every machine. */
export function shuffled(length: number, seed: number): Int32Array {
  const order = new Int32Array(length);
  for (let i = 0; i < length; i += 1) order[i] = i;
  let state = (Math.imul(seed + 1, 0x9e37_79b1) ^ 0x5bd1_e995) >>> 0;
  for (let i = length - 1; i > 0; i -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = Math.floor((state / 4_294_967_296) * (i + 1));
    const held = order[i] ?? 0;
    order[i] = order[other] ?? 0;
    order[other] = held;
  }
  return order;
}
