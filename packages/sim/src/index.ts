export type { Match } from './cues.ts';
export type { SimModel } from './models.ts';
export { simModels } from './models.ts';
export { scriptWords } from './script.ts';
export type { Counters, SeenRequest } from './serve/tally.ts';
export type { Sim, SimOptions } from './sim.ts';
export { startSim } from './sim.ts';
