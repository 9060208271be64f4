// Trains the router: heads, table and topics on every row; then the same thrice on two thirds of
// them, to see what they say of rows they have not seen. From that the calibration and the bound of
// what is familiar are fitted. Equal rows are one row, so that none is in both.
import { calibrated } from './calibration.ts';
import { type Features, Reader, SHAPE_LENGTH } from './features.ts';
import { type Forest, forestLogit } from './forest.ts';
import { GROWTH, type Growth, growForest } from './grow.ts';
import { type Head, logitOf, PACE, type Pace, type Row, trainHead } from './heads.ts';
import {
  type Asked,
  agreed,
  FAMILIAR_BYTES,
  familiarity,
  type Learned,
  oddness,
  type RouteModel,
  scaled,
  stepKey,
} from './route.ts';
import { ofStep, type StepTable, tableOf } from './step-table.ts';
import { trainTopics } from './topics.ts';

export type RouteExample = Asked & {
  /** How good each model's answer was, 0 to 1. A model that is left out was not asked. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** What the call of each model cost. */
  readonly prices?: Readonly<Record<string, number>>;
  /**
   * How much an outcome counts, 0 to 1; absent: 1. What counts less than `FULL_LABEL` is learned
   * from, and neither calibrates nor measures.
   */
  readonly weights?: Readonly<Record<string, number>>;
};

export const FULL_LABEL = 0.75;

export type TrainOptions = {
  /** The weakest first. */
  readonly models: readonly string[];
  /** Where the rows come from, for the data card. */
  readonly sources?: readonly string[];
  readonly pace?: Partial<Pace>;
  readonly growth?: Partial<Growth>;
};

const FOLDS = 3;
/** Weights of all heads together, as a power of two. */
const HEADS_BITS = 18;
const BITS_MAX = 17;
const BITS_MIN = 12;
/** Of rows like those it was trained on so many may look unlike any. */
const UNLIKE_SHARE = 0.02;

/** Trees of all models together: more would not fit the file. */
const TREES_MAX = 480;

/** With fewer trees each takes a larger step. */
function growthFor(models: number): Growth {
  const trees = Math.min(GROWTH.trees, Math.floor(TREES_MAX / models));
  return { ...GROWTH, trees, rate: (GROWTH.rate * GROWTH.trees) / trees };
}

type Prepared = {
  readonly rows: readonly Row[];
  readonly of: Int32Array;
  readonly fold: Uint8Array;
  readonly steps: readonly string[];
  readonly goals: readonly Float64Array[];
  readonly prices: readonly Float64Array[];
  /** By model, then by row: how much its goal counts. */
  readonly counts: readonly Float64Array[];
  readonly bits: number;
  readonly pace: Pace;
  readonly growth: Growth;
};

export function trainRouter(all: readonly RouteExample[], options: TrainOptions): RouteModel {
  const { models } = options;
  const examples = withoutDuplicates(all);
  let bits = BITS_MAX;
  while (bits > BITS_MIN && models.length * 2 ** bits > 2 ** HEADS_BITS) bits -= 1;
  const reader = new Reader(bits);
  const features = examples.map((one) => reader.read(one));
  const scale = scaleOf(features);
  const keys = examples.map(({ family = '', step = '' }) => stepKey(family, step));
  const steps = [...new Set(keys)].sort();
  const at = new Map(steps.map((step, index) => [step, index]));
  const prepared: Prepared = {
    rows: features.map((one) => ({ features: one, shape: scaled(one.shape, scale) })),
    of: Int32Array.from(keys, (key) => at.get(key) ?? -1),
    fold: Uint8Array.from(examples, ({ text }) => foldOf(text)),
    steps,
    goals: models.map((name) => Float64Array.from(examples, (one) => known(one.outcomes[name]))),
    prices: models.map((name) => Float64Array.from(examples, (one) => known(one.prices?.[name]))),
    counts: models.map((name) => Float64Array.from(examples, (one) => countOf(one, name))),
    bits,
    pace: { ...PACE, ...options.pace },
    growth: { ...growthFor(models.length), ...options.growth },
  };
  const unseen = crossFitted(prepared);
  const odd = Float64Array.from(features, ({ shape }) => oddness(shape, scale));
  const { learned, gains } = joinedUp(prepared, models, unseen);
  const counts = new Map<string, number>();
  for (const { family = '' } of examples) counts.set(family, (counts.get(family) ?? 0) + 1);
  return {
    ...{ version: 2, bits, models: learned, families: [...counts.keys()].sort(), steps, scale },
    common: commonIn(features),
    topics: trainTopics(prepared.rows, prepared.of, steps.length),
    familiar: {
      seen: seenIn(features),
      least: quantile(unseen.familiar, UNLIKE_SHARE),
      most: quantile(odd, 1 - UNLIKE_SHARE),
    },
    gain: calibrated(gains, 0.5),
    card: {
      sources: options.sources ?? [],
      rows: examples.length,
      families: Object.fromEntries(counts),
      steps: labelsIn(examples),
      labels: Object.fromEntries(
        models.map((name, index) => [name, labelsOf(prepared.goals[index])]),
      ),
      duplicates: all.length - examples.length,
    },
  };
}

const countOf = ({ weights }: RouteExample, model: string): number =>
  Math.max(0, Math.min(1, weights?.[model] ?? 1));

/** By family and step: an outcome that counts for less is less than a label. */
function labelsIn(examples: readonly RouteExample[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const one of examples) {
    const { family = '', step = '', outcomes } = one;
    const most = Math.max(0, ...Object.keys(outcomes).map((model) => countOf(one, model)));
    const key = stepKey(family, step);
    sums.set(key, (sums.get(key) ?? 0) + most);
  }
  return Object.fromEntries([...sums].map(([key, sum]) => [key, Math.floor(sum)]));
}

const known = (value: number | undefined): number =>
  value === undefined || !Number.isFinite(value) ? Number.NaN : value;

const labelsOf = (goals: Float64Array | undefined): number =>
  goals?.reduce((sum, goal) => (Number.isNaN(goal) ? sum : sum + 1), 0) ?? 0;

function withoutDuplicates(all: readonly RouteExample[]): readonly RouteExample[] {
  const kept = new Map<string, RouteExample>();
  for (const one of all) {
    const key = JSON.stringify([one.family, one.step, one.text, one.answer, one.outcomes]);
    if (!kept.has(key)) kept.set(key, one);
  }
  return [...kept.values()];
}

/** By the text alone: equal texts fall together. */
function foldOf(text: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  }
  return ((hash ^ (hash >>> 15)) >>> 0) % FOLDS;
}

function scaleOf(features: readonly Features[]): RouteModel['scale'] {
  const means = new Float64Array(SHAPE_LENGTH);
  const deviations = new Float64Array(SHAPE_LENGTH);
  for (let i = 0; i < SHAPE_LENGTH; i += 1) {
    let [sum, squares] = [0, 0];
    for (const { shape } of features) sum += shape[i] ?? 0;
    const mean = features.length === 0 ? 0 : sum / features.length;
    for (const { shape } of features) squares += ((shape[i] ?? 0) - mean) ** 2;
    const deviation = features.length === 0 ? 0 : Math.sqrt(squares / features.length);
    means[i] = mean;
    deviations[i] = deviation < 1e-6 ? 0 : deviation;
  }
  return { means, deviations };
}

type Unseen = {
  /** By model, then by row: what head and table say together. */
  readonly shares: readonly Float64Array[];
  readonly familiar: Float64Array;
};

function crossFitted(prepared: Prepared): Unseen {
  const { rows, goals } = prepared;
  const unseen: Unseen = {
    shares: goals.map(() => new Float64Array(rows.length)),
    familiar: new Float64Array(rows.length),
  };
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const inside = indices(prepared.fold, (one) => one !== fold);
    const outside = indices(prepared.fold, (one) => one === fold);
    const some = inside.flatMap((at) => rows[at] ?? []);
    const of = Int32Array.from(inside, (at) => prepared.of[at] ?? -1);
    const fitted = goals.map((goal, model): Fitted => {
      const values = Float64Array.from(inside, (at) => goal[at] ?? Number.NaN);
      const counts = Float64Array.from(inside, (at) => prepared.counts[model]?.[at] ?? 1);
      const table = tableOf(values, { of, steps: prepared.steps.length, counts });
      return { ...textOf(some, { values, counts }, prepared), table };
    });
    const seen = seenIn(some.map(({ features }) => features));
    for (const at of outside) look(prepared, { at, fitted, seen, unseen });
  }
  return unseen;
}

type Fitted = { readonly head: Head; readonly forest: Forest; readonly table: StepTable };

type Taught = { readonly values: Float64Array; readonly counts: Float64Array | undefined };

/** What the text says of a model, in two views: its words in a line, its shape in trees. */
function textOf(
  rows: readonly Row[],
  { values, counts }: Taught,
  { bits, pace, growth }: Prepared,
): Pick<Fitted, 'head' | 'forest'> {
  const shapes = rows.map(({ shape }) => shape);
  return {
    head: trainHead(rows, values, { bits, pace, counts }),
    forest: growForest(shapes, values, { growth, counts }),
  };
}

const indices = (folds: Uint8Array, wanted: (fold: number) => boolean): readonly number[] =>
  Array.from(folds.keys()).filter((at) => wanted(folds[at] ?? 0));

type Look = {
  readonly at: number;
  readonly fitted: readonly Fitted[];
  readonly seen: Uint8Array;
  readonly unseen: Unseen;
};

function look(prepared: Prepared, { at, fitted, seen, unseen }: Look): void {
  const row = prepared.rows[at];
  if (row === undefined) return;
  unseen.familiar[at] = familiarity(row.features, seen);
  fitted.forEach(({ head, forest, ...one }, model) => {
    const shares = unseen.shares[model];
    const step = prepared.of[at] ?? -1;
    if (shares === undefined) return;
    const table = ofStep(one.table, step);
    shares[at] = agreed({
      head: logitOf(head, row),
      forest: forestLogit(forest, row.shape),
      table,
    });
  });
}

type Joined = {
  readonly learned: readonly Learned[];
  /** Of each row the score, and whether the strongest did better: 1, 0.5 when equal, else 0. */
  readonly gains: readonly { score: number; value: number }[];
};

function joinedUp(prepared: Prepared, names: readonly string[], unseen: Unseen): Joined {
  const { goals, rows, of, steps } = prepared;
  const full = goals.map((goal, model) =>
    goal.map((one, at) => ((prepared.counts[model]?.[at] ?? 1) < FULL_LABEL ? Number.NaN : one)),
  );
  const learned = names.map((name, model): Learned => {
    const goal = goals[model] ?? new Float64Array(0);
    const counts = prepared.counts[model];
    const table = tableOf(goal, { of, steps: steps.length, counts });
    const seen = Array.from(unseen.shares[model] ?? [], (score, at) => ({
      ...{ score, value: full[model]?.[at] ?? Number.NaN },
    }));
    const calibration = calibrated(seen, ofStep(table, steps.length));
    const prices = prepared.prices[model] ?? new Float64Array(0);
    const price = prices.some((one) => !Number.isNaN(one))
      ? tableOf(prices, { of, steps: steps.length })
      : undefined;
    const told = textOf(rows, { values: goal, counts }, prepared);
    return { name, ...told, table, price, calibration };
  });
  const [weak, strong] = [full[0], full.at(-1)];
  const gains = rows.map((_, at) => ({
    score: (unseen.shares.at(-1)?.[at] ?? 0) - (unseen.shares[0]?.[at] ?? 0),
    value: ((strong?.[at] ?? Number.NaN) - (weak?.[at] ?? Number.NaN) + 1) / 2,
  }));
  return { learned, gains };
}

function seenIn(features: readonly Features[]): Uint8Array {
  const seen = new Uint8Array(FAMILIAR_BYTES);
  for (const { pairs } of features) {
    for (const place of pairs) seen[place >>> 3] = (seen[place >>> 3] ?? 0) | (1 << (place & 7));
  }
  return seen;
}

/** Terms of fewer texts are as good as in none. */
const COMMON_SHARE_MIN = 0.05;

function commonIn(features: readonly Features[]): RouteModel['common'] {
  const counts = new Map<number, number>();
  for (const { places } of features) {
    for (const place of new Set(places)) counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  const shares = [...counts].map(([place, count]) => [place, count / features.length] as const);
  return new Map(shares.filter(([, share]) => share >= COMMON_SHARE_MIN));
}

function quantile(values: Float64Array, share: number): number {
  const sorted = values.toSorted();
  return sorted[Math.floor(share * sorted.length)] ?? 0;
}
