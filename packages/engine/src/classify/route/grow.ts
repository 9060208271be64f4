// Grows the trees of `forest.ts` by gradient boosting on the logistic loss with Newton's steps
// (Friedman 2001; Chen and Guestrin 2016). Numbers go into bins first; each tree may ask about some
// of them only, chosen by its number alone, so that the same rows grow the same trees everywhere.
import { logit, sigmoid } from './exact.ts';
import { type Forest, LEAVES, LEVELS, NO_EDGE } from './forest.ts';

export type Growth = {
  readonly trees: number;
  readonly rate: number;
  /** A leaf of fewer labels is none. */
  readonly labelsMin: number;
  /** Added to the curvature of a leaf: the larger, the smaller its steps. */
  readonly ridge: number;
  /** Share of the numbers that a tree may ask about. */
  readonly asked: number;
};

/** Found by folds over training rows. */
export const GROWTH: Growth = { trees: 80, rate: 0.05, labelsMin: 20, ridge: 30, asked: 0.5 };

const BINS = 32;

type GrowOptions = {
  readonly growth: Growth;
  /** How much each row counts; undefined: all alike. */
  readonly counts?: Float64Array | undefined;
};

/** Each number of each row as the bin it falls in; and between bins the edges. */
type Binned = { readonly columns: readonly Uint8Array[]; readonly edges: readonly Float32Array[] };

/**
 * @param shapes of each row, with mean 0 and deviation 1.
 * @param goals of each row: 0 to 1, or NaN where it is not known.
 */
export function growForest(
  shapes: readonly Float64Array[],
  goals: Float64Array,
  { growth, counts }: GrowOptions,
): Forest {
  const known = shapes.flatMap((shape, at) => {
    const goal = goals[at] ?? Number.NaN;
    return Number.isNaN(goal) ? [] : [{ shape, goal, count: counts?.[at] ?? 1 }];
  });
  const { labelsMin, trees } = growth;
  const labels = known.reduce((sum, { count }) => sum + count, 0);
  const size = labels < 2 * labelsMin ? 0 : trees;
  const forest: Forest = {
    asked: new Uint8Array(size * LEVELS),
    edges: new Float32Array(size * LEVELS),
    leaves: new Float32Array(size * LEAVES),
  };
  if (size === 0) return forest;
  const wanted = Float64Array.from(known, ({ goal }) => goal);
  const weights = Float64Array.from(known, ({ count }) => count);
  const mean = known.reduce((sum, { goal, count }) => sum + goal * count, 0) / labels;
  const logits = new Float64Array(wanted.length).fill(logit(mean));
  const binned = binnedOf(known.map(({ shape }) => shape));
  const grove: Grove = {
    ...{ binned, growth, forest, weights, leafOf: new Uint8Array(wanted.length) },
    slopes: new Float64Array(wanted.length),
    bends: new Float64Array(wanted.length),
  };
  for (let tree = 0; tree < size; tree += 1) {
    for (let row = 0; row < wanted.length; row += 1) {
      const share = sigmoid(logits[row] ?? 0);
      const weight = weights[row] ?? 0;
      grove.slopes[row] = weight * (share - (wanted[row] ?? 0));
      grove.bends[row] = weight * share * (1 - share);
    }
    plant(grove, tree);
    for (let row = 0; row < wanted.length; row += 1) {
      const leaf = tree * LEAVES + (grove.leafOf[row] ?? 0);
      logits[row] = (logits[row] ?? 0) + (forest.leaves[leaf] ?? 0);
    }
  }
  return forest;
}

type Grove = {
  readonly binned: Binned;
  readonly growth: Growth;
  readonly forest: Forest;
  readonly weights: Float64Array;
  readonly leafOf: Uint8Array;
  readonly slopes: Float64Array;
  readonly bends: Float64Array;
};

function plant(grove: Grove, tree: number): void {
  const { forest, leafOf, binned, growth } = grove;
  const columns = someOf(binned.columns.length, tree, growth.asked);
  leafOf.fill(0);
  for (let level = 0; level < LEVELS; level += 1) {
    const best = bestSplit(grove, columns, 2 ** level);
    const at = tree * LEVELS + level;
    forest.asked[at] = best.column;
    forest.edges[at] = binned.edges[best.column]?.[best.bin] ?? NO_EDGE;
    const column = binned.columns[best.column];
    for (let row = 0; row < leafOf.length; row += 1) {
      const isAbove = column !== undefined && (column[row] ?? 0) > best.bin;
      leafOf[row] = 2 * (leafOf[row] ?? 0) + (isAbove ? 1 : 0);
    }
  }
  const [slopes, bends] = [new Float64Array(LEAVES), new Float64Array(LEAVES)];
  for (let row = 0; row < leafOf.length; row += 1) {
    const leaf = leafOf[row] ?? 0;
    slopes[leaf] = (slopes[leaf] ?? 0) + (grove.slopes[row] ?? 0);
    bends[leaf] = (bends[leaf] ?? 0) + (grove.bends[row] ?? 0);
  }
  for (let leaf = 0; leaf < LEAVES; leaf += 1) {
    const step = (slopes[leaf] ?? 0) / ((bends[leaf] ?? 0) + growth.ridge);
    forest.leaves[tree * LEAVES + leaf] = -growth.rate * step;
  }
}

type Split = { readonly column: number; readonly bin: number };

/** The question that lowers the loss most over all leaves so far. None: all stay below. */
function bestSplit(grove: Grove, columns: readonly number[], leaves: number): Split {
  const { binned, leafOf, slopes, bends } = grove;
  const sums: Sums = {
    slopes: new Float64Array(leaves * BINS),
    bends: new Float64Array(leaves * BINS),
    counts: new Float64Array(leaves * BINS),
  };
  let most = 0;
  let best: Split = { column: 0, bin: BINS };
  for (const column of columns) {
    const bins = binned.columns[column];
    if (bins === undefined || (binned.edges[column]?.length ?? 0) === 0) continue;
    sums.slopes.fill(0);
    sums.bends.fill(0);
    sums.counts.fill(0);
    for (let row = 0; row < leafOf.length; row += 1) {
      const cell = (leafOf[row] ?? 0) * BINS + (bins[row] ?? 0);
      sums.slopes[cell] = (sums.slopes[cell] ?? 0) + (slopes[row] ?? 0);
      sums.bends[cell] = (sums.bends[cell] ?? 0) + (bends[row] ?? 0);
      sums.counts[cell] = (sums.counts[cell] ?? 0) + (grove.weights[row] ?? 0);
    }
    const gains = gainsOf(sums, leaves, grove.growth);
    gains.forEach((gain, bin) => {
      if (gain > most) [most, best] = [gain, { column, bin }];
    });
  }
  return best;
}

type Sums = {
  readonly slopes: Float64Array;
  readonly bends: Float64Array;
  readonly counts: Float64Array;
};

/** By bin: what is won when those above it part from the rest, in leaves with enough of both. */
function gainsOf(sums: Sums, leaves: number, { labelsMin, ridge }: Growth): Float64Array {
  const gains = new Float64Array(BINS - 1);
  const worth = (slope: number, bend: number): number => (slope * slope) / (bend + ridge);
  for (let leaf = 0; leaf < leaves; leaf += 1) {
    const begin = leaf * BINS;
    let [slope, bend, count] = [0, 0, 0];
    for (let cell = begin; cell < begin + BINS; cell += 1) {
      slope += sums.slopes[cell] ?? 0;
      bend += sums.bends[cell] ?? 0;
      count += sums.counts[cell] ?? 0;
    }
    const whole = worth(slope, bend);
    let [below, bent, many] = [0, 0, 0];
    for (let bin = 0; bin < BINS - 1; bin += 1) {
      below += sums.slopes[begin + bin] ?? 0;
      bent += sums.bends[begin + bin] ?? 0;
      many += sums.counts[begin + bin] ?? 0;
      if (many < labelsMin || count - many < labelsMin) continue;
      const won = worth(below, bent) + worth(slope - below, bend - bent) - whole;
      gains[bin] = (gains[bin] ?? 0) + won;
    }
  }
  return gains;
}

/** Quantiles of the numbers there are, halfway between two of them. */
function binnedOf(shapes: readonly Float64Array[]): Binned {
  const width = shapes[0]?.length ?? 0;
  const edges: Float32Array[] = [];
  const columns: Uint8Array[] = [];
  for (let column = 0; column < width; column += 1) {
    const values = Float64Array.from(shapes, (shape) => shape[column] ?? 0);
    const own = edgesOf(values.toSorted());
    edges.push(own);
    columns.push(Uint8Array.from(values, (value) => binOf(value, own)));
  }
  return { columns, edges };
}

function edgesOf(sorted: Float64Array): Float32Array {
  const edges = new Set<number>();
  for (let bin = 1; bin < BINS; bin += 1) {
    const at = Math.floor((bin * sorted.length) / BINS);
    const value = sorted[at] ?? 0;
    // To the next larger value: equal ones are never parted.
    let above = at + 1;
    while (above < sorted.length && sorted[above] === value) above += 1;
    if (above < sorted.length) edges.add(Math.fround((value + (sorted[above] ?? 0)) / 2));
  }
  return Float32Array.from(edges).sort();
}

function binOf(value: number, edges: Float32Array): number {
  let bin = 0;
  while (bin < edges.length && value > (edges[bin] ?? 0)) bin += 1;
  return bin;
}

function someOf(columns: number, tree: number, share: number): readonly number[] {
  let state = Math.imul(tree + 1, 0x9e37_79b1);
  const some: number[] = [];
  for (let column = 0; column < columns; column += 1) {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + column) >>> 0;
    if (((state ^ (state >>> 13)) >>> 0) / 4_294_967_296 < share) some.push(column);
  }
  return some;
}
