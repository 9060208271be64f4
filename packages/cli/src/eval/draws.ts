// Chance that is the same every time: a figure is to be had again by whoever asks for it.

const STATES = 4_294_967_296;

/** @returns numbers from 0 to 1, the next with every call (Numerical Recipes' generator). */
export function drawing(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / STATES;
  };
}
