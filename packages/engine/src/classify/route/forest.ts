// Trees over the shape of a text: what lengths, numbers and choices tell only together, which no
// line through them can. The trees are symmetric (Prokhorenkova et al. 2018): every node of a level
// asks the same, so that the answers to a few questions are the number of a leaf.

export type Forest = {
  /** By tree and level: which of the shape's numbers is asked. */
  readonly asked: Uint8Array;
  /** Beside it: whether the number is above this. */
  readonly edges: Float32Array;
  /** By tree and leaf: what is added to the logit. */
  readonly leaves: Float32Array;
};

/** Above every number: all stay below. */
export const NO_EDGE = 4;
export const LEVELS = 3;
export const LEAVES: number = 2 ** LEVELS;

/** @param shape with mean 0 and deviation 1, within +-3, as the trees were grown. */
export function forestLogit({ asked, edges, leaves }: Forest, shape: Float64Array): number {
  let sum = 0;
  let at = 0;
  for (let begin = 0; begin < leaves.length; begin += LEAVES) {
    let leaf = 0;
    for (let level = 0; level < LEVELS; level += 1) {
      const isAbove = (shape[asked[at] ?? 0] ?? 0) > (edges[at] ?? 0);
      leaf = 2 * leaf + (isAbove ? 1 : 0);
      at += 1;
    }
    sum += leaves[begin + leaf] ?? 0;
  }
  return sum;
}
