// Versioned documents become verdicts. Compiles a tenant's rules into closures and answers, for one
// classified call, which rule speaks, where it wants the call, and how far fallback may go. It
// refuses nothing by itself: what a rule asks for passes through resolve, where the clearance has
// the last word. A rule may lower a ceiling and never lifts one.
import { assert, type Label, type TenantName, type Tier } from '@signalbox/contract';
import {
  type Condition,
  type ConditionValues,
  compileSchema,
  matchesPattern,
  type OutputDocument,
  type PolicyDocument,
  type RuleDocument,
  readCondition,
  type Schema,
  type TargetDocument,
} from '@signalbox/documents';
import type { Classified } from '../classify/classify.ts';

export type Fallback = {
  readonly cloudUnavailable: Tier | undefined;
  readonly localUnavailable: Tier | undefined;
  readonly allUnavailable: 'queue' | 'refuse' | undefined;
  readonly tooSlow: Tier | undefined;
};

export type Verdict = {
  /** Name of the rule with its file and line, for records and explanations. */
  readonly rule: string | undefined;
  readonly tier: Tier | undefined;
  readonly tierMax: Tier | undefined;
  /** Only this endpoint, whatever model was asked for. */
  readonly endpoint: string | undefined;
  /** Tried in this order instead of what was asked for. */
  readonly chain: readonly TargetDocument[] | undefined;
  readonly fallback: Fallback;
  readonly hedge: boolean;
  /** For calls that state none. */
  readonly latencyBudgetMs: number | undefined;
  /** What the answer is checked for before its release. */
  readonly output: OutputRules | undefined;
};

export type OutputRules = OutputDocument & {
  /** Its schema, ready to check with. */
  readonly compiled: Schema | undefined;
};

type Rule = {
  readonly name: string;
  /** Undefined: its condition could not be decided for this call. */
  readonly matches: (asked: Asked) => boolean | undefined;
  readonly document: RuleDocument;
  readonly output: OutputRules | undefined;
};
type Policy = {
  readonly rules: readonly Rule[];
  readonly document: PolicyDocument;
  readonly output: OutputRules | undefined;
};
export type Policies = { judge(call: Classified): Verdict };

const NO_FALLBACK: Fallback = {
  cloudUnavailable: undefined,
  localUnavailable: undefined,
  allUnavailable: undefined,
  tooSlow: undefined,
};

export function compilePolicies(documents: Iterable<PolicyDocument>): Policies {
  const compiled = new Map<string, Policy>();
  for (const document of documents) {
    const rules = document.rules.map(compileRule);
    compiled.set(document.name, { document, rules, output: compileOutput(document.output) });
  }
  return { judge: (call) => judge(call, compiled) };
}

/** The first rule that matches decides the place; the lowest `tierMax` of all that match binds. */
function judge(call: Classified, policies: ReadonlyMap<string, Policy>): Verdict {
  let first: Rule | undefined;
  let tierMax: Tier | undefined;
  let defaultTier: Tier | undefined;
  let fallback: Fallback | undefined;
  let hedge = false;
  let latencyBudgetMs: number | undefined;
  let output: OutputRules | undefined;
  const asked = new Asked(call);
  for (const name of call.tenant.policies) {
    const policy = policies.get(name);
    if (policy === undefined) continue;
    defaultTier ??= policy.document.defaultTier;
    fallback ??= policy.document.fallback;
    hedge ||= policy.document.hedge;
    latencyBudgetMs ??= policy.document.latencyBudgetMs;
    output ??= policy.output;
    for (const rule of policy.rules) {
      const matches = rule.matches(asked);
      if (matches === false) continue;
      // What could not be decided places nothing, and binds all the same.
      if (matches === true) first ??= rule;
      const max = rule.document.route.tierMax;
      if (max !== undefined && (tierMax === undefined || max < tierMax)) tierMax = max;
    }
  }
  const route = first?.document.route;
  return {
    rule: first?.name,
    tier: route?.tier ?? defaultTier,
    tierMax,
    endpoint: route?.endpoint,
    chain: route === undefined ? undefined : chainOf(route),
    fallback: fallback ?? NO_FALLBACK,
    hedge,
    latencyBudgetMs,
    output: first?.output ?? output,
  };
}

function chainOf(route: RuleDocument['route']): readonly TargetDocument[] | undefined {
  if (route.chain !== undefined) return route.chain;
  if (route.model === undefined) return undefined;
  return [{ model: route.model, endpoint: route.endpoint, weight: undefined }];
}

function compileRule(document: RuleDocument): Rule {
  const { step, tenant, sensitivity, model, agent, expression } = document.when;
  const steps = setOf(step);
  const tenants = setOf<string>(tenant);
  const labels = setOf<Label>(sensitivity);
  const agents = setOf(agent);
  const where =
    document.origin === undefined ? '' : ` (${document.origin.file}:${document.origin.line})`;
  const condition = expression === undefined ? undefined : conditionOf(expression);
  const isAbout = ({ call }: Asked): boolean =>
    (steps === undefined || (call.step !== undefined && steps.has(call.step))) &&
    (tenants === undefined || holdsTenant(tenants, call.tenant.name)) &&
    (labels === undefined || labels.has(call.profile.label)) &&
    (agents === undefined || (call.agent !== undefined && agents.has(call.agent))) &&
    (model === undefined || model.some((pattern) => matchesPattern(pattern, call.question.model)));
  const matches =
    condition === undefined
      ? isAbout
      : (asked: Asked) => isAbout(asked) && condition.holds(asked.values());
  const output = compileOutput(document.output);
  return { document, name: `${document.name}${where}`, matches, output };
}

function conditionOf(source: string): Condition {
  const read = readCondition(source);
  assert(read.ok, 'documents with conditions that cannot be read are refused');
  return read.value;
}

/** What conditions read of a call: made when the first one asks. */
class Asked {
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
  const { tenant, head, question, profile, step, agent } = call;
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
      tags: head.tags,
    },
    tenant: {
      name: tenant.name,
      plan: tenant.plan?.name,
      topology: tenant.topology,
      residency: tenant.residency,
      retention: tenant.retention,
    },
  };
}

function compileOutput(document: OutputDocument | undefined): OutputRules | undefined {
  if (document === undefined) return undefined;
  const { schema } = document;
  const compiled = schema === undefined ? undefined : compileSchema(JSON.parse(schema));
  return { ...document, compiled };
}

const holdsTenant = (tenants: ReadonlySet<string>, name: TenantName): boolean => tenants.has(name);

const setOf = <T>(values: readonly T[] | undefined): ReadonlySet<T> | undefined =>
  values === undefined ? undefined : new Set(values);
