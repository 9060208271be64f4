/** What one check may still cost, in steps: no schema and no answer can hold a call up. */
export type Work = { left: number };

/** About 30 ms of one core. */
export const STEPS_MAX = 500_000;
