/** What the conditions of rules may read of a call: names, types, and how a source is compiled. */
import { LABELS, type Result } from '@signalbox/contract';
import { type Condition, compileCondition, type Declared } from './cel/compile.ts';
import type { Problem } from './cel/syntax.ts';
import { BOOL, INT, listOf, mapOf, oneOf, STRING } from './cel/types.ts';

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
      difficulty: oneOf(['easy', 'middle', 'hard']),
      dialect: oneOf(['openai', 'anthropic', 'gemini', 'ollama']),
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
      topology: oneOf(['cloud', 'hybrid', 'sovereign']),
      residency: listOf(STRING),
      retention: oneOf(['standard', 'zero']),
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
