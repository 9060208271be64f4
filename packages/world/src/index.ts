// The seeded world: one seed, one world, the same every time.
export type { Breach } from './facts.ts';
export { INVARIANTS, type Invariant } from './oracle/invariants.table.ts';
export type { Plant } from './plants/plant.ts';
export { PLANT_SEEDS_MAX, PLANTS } from './plants/plants.table.ts';
export { RESIDENCY_PLANTS, RESIDENCY_SEEDS_MAX } from './plants/residency.table.ts';
export { type ResidencyEnd, runResidency } from './residency/run.ts';
export { runWorld, type WorldEnd } from './run.ts';
