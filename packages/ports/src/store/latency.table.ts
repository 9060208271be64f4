// Upper bounds of the latency buckets, milliseconds. Changing one changes the projection's version.

export const BUCKETS_MS: readonly number[] = [
  1, 2, 5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000,
  7_500, 10_000, 15_000, 30_000, 60_000,
];
