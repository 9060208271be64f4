// How much a model is to think. The reference asks by effort and leaves the rest to the model
// (`adaptive`); older models and some servers want a budget of tokens, which the bound of the
// answer must exceed. A forced tool and thinking exclude each other: the tool wins.
import type { Ask, Json, JsonObject, Reasoning } from '../canon/canon.ts';
import type { Out } from './write-parts.ts';

export type Thinking = {
  readonly thinking: Json | undefined;
  /** What belongs into `output_config`. */
  readonly config: JsonObject;
  readonly outputTokensMax: number;
  /** The model is told to think: it refuses most ways of sampling then. */
  readonly thinks: boolean;
};

type Effort = NonNullable<Reasoning['effort']>;

const BUDGET_MIN = 1_024;
/** Tokens, where the server has no word for effort. */
const BUDGETS: Readonly<Record<Exclude<Effort, 'none'>, number>> = {
  minimal: 1_024,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 24_576,
  max: 32_000,
};

type Within = { readonly bound: number; readonly own: JsonObject; readonly out: Out };

export function writeThinking(ask: Ask, { bound, own, out }: Within): Thinking {
  const { reasoning } = ask;
  const plain = { thinking: own['thinking'], config: {}, outputTokensMax: bound, thinks: false };
  if (reasoning === undefined) return plain;
  const forced = ask.toolChoice?.kind === 'any' || ask.toolChoice?.kind === 'tool';
  if (out.quirks.effortField === 'none' || (forced && reasoning.effort !== 'none')) {
    out.dropped.add('reasoning');
    return plain;
  }
  if (reasoning.effort === 'none') return { ...plain, thinking: { type: 'disabled' } };
  const { config, budget } = wanted(reasoning, out);
  if (own['thinking'] !== undefined) return { ...plain, config, thinks: true };
  const told = { ...plain, config, thinks: true };
  if (budget === undefined) {
    const display = displayOf(reasoning.shown, true);
    return { ...told, thinking: { type: 'adaptive', ...display } };
  }
  // Without a bound of the caller's, the budget comes on top of what is usual.
  const most = ask.outputTokensMax ?? bound + Math.max(BUDGET_MIN, budget);
  const fitting = Math.max(BUDGET_MIN, Math.min(budget, most - 1));
  if (fitting >= most) {
    out.dropped.add('reasoning.tokensMax');
    return { ...plain, config };
  }
  if (fitting !== budget) out.dropped.add('reasoning.tokensMax');
  const display = displayOf(reasoning.shown, false);
  const thinking = { type: 'enabled', budget_tokens: fitting, ...display };
  return { ...told, thinking, outputTokensMax: most };
}

function wanted(
  { effort, tokensMax }: Reasoning,
  { quirks, dropped }: Out,
): { readonly config: JsonObject; readonly budget: number | undefined } {
  if (effort === undefined || effort === 'none') return { config: {}, budget: tokensMax };
  if (quirks.effortField === 'thinking') {
    return { config: {}, budget: tokensMax ?? BUDGETS[effort] };
  }
  if (effort === 'minimal') dropped.add('reasoning.effort');
  return { config: { effort: effort === 'minimal' ? 'low' : effort }, budget: tokensMax };
}

/** A budget shows thoughts unless told otherwise; without one that depends on the model. */
function displayOf(shown: boolean | undefined, isAdaptive: boolean): JsonObject {
  if (shown === false) return { display: 'omitted' };
  return shown === true && isAdaptive ? { display: 'summarized' } : {};
}
