// What is to be reached on which family of questions, and what others reached there: RouteLLM as
// published for the same pair of models, and an evening's linear router of our own.

export type RoutingGoal = {
  readonly task: string;
  readonly step: 'told' | 'untold';
  readonly answers: boolean;
  readonly apgr: number;
  readonly keep95: number | undefined;
  readonly baselines: {
    readonly apgr: Readonly<Record<string, number>>;
    readonly keep95: Readonly<Record<string, number>>;
  };
};

export const ROUTING_GOALS: readonly RoutingGoal[] = [
  {
    ...{ task: 'mmlu', step: 'untold', answers: false, apgr: 0.69, keep95: 0.56 },
    baselines: { apgr: { routellm: 0.603, 'linear lab': 0.679 }, keep95: { 'linear lab': 0.545 } },
  },
  {
    ...{ task: 'mmlu', step: 'told', answers: false, apgr: 0.705, keep95: 0.58 },
    baselines: { apgr: { routellm: 0.603, 'linear lab': 0.698 }, keep95: { 'linear lab': 0.572 } },
  },
  {
    ...{ task: 'gsm8k', step: 'untold', answers: false, apgr: 0.64, keep95: undefined },
    baselines: { apgr: { routellm: 0.622, 'linear lab': 0.63 }, keep95: { 'linear lab': 0.35 } },
  },
  {
    ...{ task: 'gsm8k', step: 'untold', answers: true, apgr: 0.72, keep95: 0.54 },
    baselines: { apgr: { routellm: 0.622, 'linear lab': 0.704 }, keep95: { 'linear lab': 0.54 } },
  },
];

/** Of families without labels: abstain on nearly all rows, or order them at least this well. */
export const UNSEEN = { apgr: 0.48, abstained: 0.95, linearLab: 0.428 } as const;
export const ABSTAINED_KNOWN_MAX = 0.05;
/** What the router may lose by its defences, of the area. */
export const DEFENCES_LOSE_MAX = 0.02;

/** Mistral 7B, Mixtral and GPT-4 on the rows of RouterBench. */
export const TIERS = {
  models: 3,
  aiq: 0.824,
  usdPer1k: 2.47,
  baselines: { aiq: { 'linear lab': 0.824 }, usdPer1k: { 'linear lab': 2.47 } },
} as const;
