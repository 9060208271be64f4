// How much a model may think. Google's models up to 2.5 are told a number of tokens, the later ones
// a level; each refuses the other's word, or both at once. Budgets for a level are those that
// Google's own OpenAI endpoint uses (ai.google.dev/gemini-api/docs/openai).

import type { Dropped, JsonObject, Reasoning } from '../canon/canon.ts';
import type { WriteTo } from '../canon/codec.ts';
import { said } from '../canon/exact.ts';

type Effort = NonNullable<Reasoning['effort']>;

const BUDGETED = /(?:^|[/-])gemini-(?:1|2)\b/;
const LEVELLED = /(?:^|[/-])gemini-(?:[3-9]|\d\d)/;

const LATEST = /(?:^|[/-])gemini-[a-z-]*latest$/;

const BUDGETS: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
};
/** What comes nearest, where a level has no word of Google's. */
const NEAREST: Readonly<Record<Effort, string>> = {
  none: 'minimal',
  minimal: 'minimal',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
};

/** The model belongs to those that know budgets alone. */
export const writesBudgets = (model: string): boolean => BUDGETED.test(model);

/** The model belongs to those that refuse a history whose calls are not signed. */
export const wantsSignatures = (model: string): boolean =>
  LEVELLED.test(model) || LATEST.test(model);

export function writeThinking(
  reasoning: Reasoning | undefined,
  to: WriteTo,
  dropped: Dropped,
): JsonObject | undefined {
  if (reasoning === undefined) return undefined;
  const { effort, tokensMax, shown } = reasoning;
  if (to.quirks.effortField === 'none') {
    dropped.add('reasoning');
    return undefined;
  }
  const budgets = to.quirks.effortField === 'thinking' || writesBudgets(to.model);
  const thinking = budgets
    ? { thinkingBudget: budgetOf(reasoning, dropped) }
    : levelOf({ effort, tokensMax }, to.model, dropped);
  const fields = said({ ...thinking, includeThoughts: shown });
  return Object.keys(fields).length === 0 ? undefined : fields;
}

function budgetOf({ effort, tokensMax }: Reasoning, dropped: Dropped): number | undefined {
  if (effort === 'none') return 0;
  if (effort === 'xhigh' || effort === 'max') dropped.add('reasoning.effort');
  return tokensMax ?? (effort === undefined ? undefined : BUDGETS[effort]);
}

type Wanted = { effort: Effort | undefined; tokensMax: number | undefined };

function levelOf({ effort, tokensMax }: Wanted, model: string, dropped: Dropped): JsonObject {
  if (effort === undefined) return said({ thinkingBudget: tokensMax });
  if (effort === 'none' && !LEVELLED.test(model)) return { thinkingBudget: 0 };
  if (tokensMax !== undefined) dropped.add('reasoning.tokensMax');
  if (NEAREST[effort] !== effort) dropped.add('reasoning.effort');
  return { thinkingLevel: NEAREST[effort] };
}
