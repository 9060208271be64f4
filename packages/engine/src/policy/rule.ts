// One rule as a closure: whether it is about a call, and what follows from it.
import { assert, type Label, type TenantName } from '@signalbox/contract';
import {
  type Condition,
  type ConditionValues,
  compileSchema,
  matchesPattern,
  NO_CHECKS,
  type OutputDocument,
  places,
  type RuleDocument,
  readCondition,
  type Schema,
} from '@signalbox/documents';
import type { Classified } from '../classify/classify.ts';
import { compileTools, type ToolRule, type ToolRules } from './tools.ts';

export type OutputRules = OutputDocument & {
  /** Its schema, ready to check with. */
  readonly compiled: Schema | undefined;
  /** Which tools it may call; undefined: any. */
  readonly tools: ToolRules | undefined;
};

export type Rule = {
  readonly name: string;
  /** Undefined: its condition could not be decided for this call. */
  readonly matches: (asked: Asked) => boolean | undefined;
  readonly document: RuleDocument;
  /** It says where a call goes. */
  readonly places: boolean;
  readonly output: OutputRules | undefined;
  readonly tools: ToolRule | undefined;
};

export function compileRule(document: RuleDocument): Rule {
  const { step, tenant, tenantClass, sensitivity, model, agent, expression } = document.when;
  const steps = setOf(step);
  const tenants = setOf<string>(tenant);
  const classes = setOf(tenantClass);
  const labels = setOf<Label>(sensitivity);
  const agents = setOf(agent);
  const where =
    document.origin === undefined ? '' : ` (${document.origin.file}:${document.origin.line})`;
  const condition = expression === undefined ? undefined : conditionOf(expression);
  const isAbout = ({ call }: Asked): boolean =>
    (steps === undefined || holds(steps, call.step)) &&
    (tenants === undefined || holdsTenant(tenants, call.tenant.name)) &&
    (classes === undefined || holds(classes, call.tenant.tenantClass)) &&
    (labels === undefined || labels.has(call.profile.label)) &&
    (agents === undefined || holds(agents, call.agent)) &&
    (model === undefined || model.some((pattern) => matchesPattern(pattern, call.question.model)));
  const matches =
    condition === undefined
      ? isAbout
      : (asked: Asked) => isAbout(asked) && condition.holds(asked.values());
  const tools = document.effects?.tools;
  return {
    document,
    name: `${document.name}${where}`,
    matches,
    places: places(document.route),
    output: compileOutput(document.output),
    tools: tools === undefined ? undefined : compileTools(tools),
  };
}

export function compileOutput(document: OutputDocument | undefined): OutputRules | undefined {
  if (document === undefined) return undefined;
  const { schema } = document;
  const compiled = schema === undefined ? undefined : compileSchema(JSON.parse(schema));
  return { ...document, compiled, tools: undefined };
}

const UNCHECKED: OutputRules = { ...NO_CHECKS, compiled: undefined, tools: undefined };

/** What else it is checked for stays. */
export const withTools = (
  output: OutputRules | undefined,
  tools: ToolRules | undefined,
): OutputRules | undefined => (tools === undefined ? output : { ...(output ?? UNCHECKED), tools });

function conditionOf(source: string): Condition {
  const read = readCondition(source);
  assert(read.ok, 'documents with conditions that cannot be read are refused');
  return read.value;
}

/** What conditions read of a call: made when the first one asks. */
export class Asked {
  readonly call: Classified;
  #values: ConditionValues | undefined;

  constructor(call: Classified) {
    this.call = call;
  }

  values(): ConditionValues {
    this.#values ??= valuesOf(this.call);
    return this.#values;
  }
}

function valuesOf(call: Classified): ConditionValues {
  const { tenant, head, question, profile, step, agent, tags } = call;
  return {
    call: {
      step,
      model: question.model,
      agent,
      label: profile.label,
      kinds: profile.kinds,
      difficulty: profile.difficulty,
      dialect: head.dialect,
      operation: head.operation,
      stream: question.stream,
      tools_offered: question.toolsOffered,
      input_tokens: question.inputTokensEstimate,
      output_tokens_max: question.outputTokensMax,
      latency_budget_ms: profile.latencyBudgetMs,
      tags,
    },
    tenant: {
      name: tenant.name,
      plan: tenant.plan?.name,
      class: tenant.tenantClass,
      topology: tenant.topology,
      residency: tenant.residency,
      retention: tenant.retention,
    },
  };
}

const holds = (values: ReadonlySet<string>, value: string | undefined): boolean =>
  value !== undefined && values.has(value);

const holdsTenant = (tenants: ReadonlySet<string>, name: TenantName): boolean => tenants.has(name);

const setOf = <T>(values: readonly T[] | undefined): ReadonlySet<T> | undefined =>
  values === undefined ? undefined : new Set(values);
