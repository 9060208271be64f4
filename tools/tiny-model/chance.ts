// Seeded chance (mulberry32), so that the same seed makes the same model on every machine.

export type Chance = {
  /** A number from 0 (included) to 1 (excluded). */
  readonly draw: () => number;
  /** A draw from the normal distribution, by the method of Box and Muller. */
  readonly gauss: () => number;
  readonly pick: (from: readonly string[]) => string;
};

export function chance(seed: number): Chance {
  let state = seed >>> 0;

  function draw(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  function gauss(): number {
    const radius = Math.sqrt(-2 * Math.log(draw() + 1e-12));
    return radius * Math.cos(2 * Math.PI * draw());
  }

  function pick(from: readonly string[]): string {
    const chosen = from[Math.floor(draw() * from.length)];
    if (chosen === undefined) throw new Error('cannot pick from an empty list');
    return chosen;
  }

  return { draw, gauss, pick };
}
