/** What the conditions of rules may read of a call: names, types, and how a source is compiled. */
import { LABELS, type Result } from '@signalbox/contract';
import { type Condition, compileCondition, type Declared } from './cel/compile.ts';
import type { Problem } from './cel/syntax.ts';
import { BOOL, INT, listOf, mapOf, oneOf, STRING } from './cel/types.ts';

const DIFFICULTIES = ['easy', 'middle', 'hard'];
const DIALECTS = ['openai', 'anthropic', 'gemini', 'ollama'];
const TOPOLOGIES = ['cloud', 'hybrid', 'sovereign'];
const RETENTIONS = ['standard', 'zero'];

const DECLARED: Declared = {
  call: {
    kind: 'object',
    fields: {
      /** As the caller names it (`x-signalbox-step`). */
      step: STRING,
      /** As it was asked for. */
      model: STRING,
      agent: STRING,
      label: oneOf(LABELS),
      /** Kinds of sensitive data: `us-ssn`. */
      kinds: listOf(STRING),
      difficulty: oneOf(DIFFICULTIES),
      dialect: oneOf(DIALECTS),
      operation: STRING,
      stream: BOOL,
      tools_offered: BOOL,
      input_tokens: INT,
      output_tokens_max: INT,
      latency_budget_ms: INT,
      tags: mapOf(STRING),
    },
  },
  tenant: {
    kind: 'object',
    fields: {
      name: STRING,
      plan: STRING,
      /** Its own, else that of its plan. */
      class: STRING,
      topology: oneOf(TOPOLOGIES),
      residency: listOf(STRING),
      retention: oneOf(RETENTIONS),
    },
  },
};

/** Values for a condition, by the names that are declared; what a call lacks is left out. */
export type ConditionValues = {
  readonly call: Readonly<Record<string, unknown>>;
  readonly tenant: Readonly<Record<string, unknown>>;
};

export type { Condition, Problem as ConditionProblem };

export const readCondition = (source: string): Result<Condition, Problem> =>
  compileCondition(source, DECLARED);

const DECLARED_OF_TOOLS: Declared = {
  tool: { kind: 'object', fields: { name: STRING } },
  /** As text, also numbers; what is no text, number or word of JSON as JSON. */
  args: mapOf(STRING),
};

export type ToolValues = {
  readonly tool: { readonly name: string };
  readonly args: Readonly<Record<string, string>>;
};

export const readToolCondition = (source: string): Result<Condition, Problem> =>
  compileCondition(source, DECLARED_OF_TOOLS);

const EITHER = [false, true];
/** What has few values whatever is asked and whoever asks. */
const FEW: Readonly<Record<string, readonly unknown[]>> = {
  'call.label': LABELS,
  'call.difficulty': DIFFICULTIES,
  'call.dialect': DIALECTS,
  'call.stream': EITHER,
  'call.tools_offered': EITHER,
  'tenant.topology': TOPOLOGIES,
  'tenant.retention': RETENTIONS,
};
const COMBINATIONS_MAX = 20_000;

/**
 * False: no call can meet it, as far as it reads nothing but what has few values.
 *
 * @param known values of what it may read, instead of those that are possible everywhere.
 */
export function canHold(
  { reads, holds }: Condition,
  known: Readonly<Record<string, readonly unknown[]>> = {},
): boolean {
  const values = reads.map((name) => known[name] ?? FEW[name]);
  const total = values.reduce((product, one) => product * (one?.length ?? Infinity), 1);
  if (total > COMBINATIONS_MAX) return true;
  for (let at = 0; at < total; at += 1) {
    const call: Record<string, unknown> = {};
    const tenant: Record<string, unknown> = {};
    let rest = at;
    for (const [place, name] of reads.entries()) {
      const all = values[place] ?? [];
      const [of = '', field = ''] = name.split('.');
      const value = all[rest % all.length];
      rest = Math.floor(rest / all.length);
      if (value !== undefined) (of === 'call' ? call : tenant)[field] = value;
    }
    if (holds({ call, tenant }) === true) return true;
  }
  return false;
}
