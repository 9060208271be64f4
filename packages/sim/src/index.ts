export type { SimModel } from './models.ts';
export { simModels } from './models.ts';
export type { Counters, SeenRequest } from './serve/tally.ts';
export type { Sim, SimOptions } from './sim.ts';
export { startSim } from './sim.ts';
