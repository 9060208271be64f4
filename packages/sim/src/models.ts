// The three models of the sim. A model masters questions up to its skill; past that it is unsure,
// and further past it is wrong as well (difficulty.ts grades the questions).

export type Grade = 0 | 1 | 2 | 3;

export type SimModel = {
  readonly id: string;
  readonly tier: 1 | 2 | 3;
  readonly skill: Grade;
  readonly contextTokensMax: number;
  /** Unix time that /v1/models reports. */
  readonly createdS: number;
};

export const simModels: readonly SimModel[] = [
  { id: 'sim-small', tier: 1, skill: 0, contextTokensMax: 32_768, createdS: 1_750_000_001 },
  { id: 'sim-medium', tier: 2, skill: 1, contextTokensMax: 131_072, createdS: 1_750_000_002 },
  { id: 'sim-frontier', tier: 3, skill: 3, contextTokensMax: 400_000, createdS: 1_750_000_003 },
];
