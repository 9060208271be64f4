// What a router over several priced models is worth: its points of (price, quality) as the price of
// a dollar goes from nothing to everything, the hull above them, and the area under that.

export type Point = { readonly price: number; readonly quality: number };

export type Choice = {
  /** By model: how likely its answer is good, what its call is expected to cost. */
  readonly good: readonly number[];
  readonly expected: readonly number[];
  /** By model: how good it was, and what it cost. */
  readonly quality: readonly number[];
  readonly price: readonly number[];
};

const STEPS = 200;

/** One point for each worth of a dollar, and the models alone at both ends. */
export function pointsOf(choices: readonly Choice[]): readonly Point[] {
  const models = choices[0]?.good.length ?? 0;
  const dearest = Math.max(...choices.map(({ expected }) => Math.max(...expected)), 1e-12);
  const alone = Array.from({ length: models }, (_, model) => mean(choices, () => model));
  const routed = Array.from({ length: STEPS + 1 }, (_, at) => {
    // From 0 to about 1,000 qualities for the dearest call, evenly in the exponent.
    const rate = at === 0 ? 0 : 10 ** (-4 + (7 * at) / STEPS) / dearest;
    return mean(choices, (choice) => best(choice, rate));
  });
  return [...routed, ...alone];
}

function best({ good, expected }: Choice, rate: number): number {
  let [chosen, most] = [0, Number.NEGATIVE_INFINITY];
  good.forEach((share, model) => {
    const value = share - rate * (expected[model] ?? 0);
    if (value > most) [chosen, most] = [model, value];
  });
  return chosen;
}

export function mean(choices: readonly Choice[], of: (choice: Choice) => number): Point {
  let [price, quality] = [0, 0];
  for (const choice of choices) {
    const model = of(choice);
    price += choice.price[model] ?? 0;
    quality += choice.quality[model] ?? 0;
  }
  return { price: price / choices.length, quality: quality / choices.length };
}

/** Never falling, never bending upwards; what lies below is left out. */
export function hullOf(points: readonly Point[]): readonly Point[] {
  const hull: Point[] = [];
  for (const point of points.toSorted((a, b) => a.price - b.price || b.quality - a.quality)) {
    if (point.quality <= (hull.at(-1)?.quality ?? Number.NEGATIVE_INFINITY)) continue;
    while (hull.length > 1 && isBelow(hull.at(-2), hull.at(-1), point)) hull.pop();
    hull.push(point);
  }
  return hull;
}

function isBelow(a: Point | undefined, b: Point | undefined, c: Point): boolean {
  if (a === undefined || b === undefined) return false;
  return (
    (b.quality - a.quality) * (c.price - a.price) <= (c.quality - a.quality) * (b.price - a.price)
  );
}

/** RouterBench's AIQ: the area under the hull up to the dearest price, divided by that price. */
export function aiq(points: readonly Point[], dearest: number): number {
  const hull = hullOf(points);
  let area = 0;
  for (let at = 1; at < hull.length; at += 1) {
    const [a, b] = [hull[at - 1], hull[at]];
    if (a === undefined || b === undefined) continue;
    area += ((b.price - a.price) * (a.quality + b.quality)) / 2;
  }
  const last = hull.at(-1);
  if (last !== undefined) area += Math.max(0, dearest - last.price) * last.quality;
  return area / dearest;
}

/** What a quality costs, between two points of the hull by the share of calls each gets. */
export function priceAt(points: readonly Point[], quality: number): number | undefined {
  const hull = hullOf(points);
  const at = hull.findIndex((point) => point.quality >= quality);
  const [before, after] = [hull[at - 1], hull[at]];
  if (after === undefined) return undefined;
  if (before === undefined) return after.price;
  const share = (quality - before.quality) / (after.quality - before.quality);
  return before.price + share * (after.price - before.price);
}
