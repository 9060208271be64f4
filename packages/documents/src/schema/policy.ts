/** Written form of `aliases` and `policies`. */
import { z } from 'zod';
import { readCondition } from '../condition.ts';
import type {
  AliasDocument,
  FallbackDocument,
  PolicyDocument,
  RuleCondition,
  RuleDocument,
  RuleRoute,
  TargetDocument,
} from '../policy.ts';
import { output } from './output.ts';
import {
  callerText,
  formed,
  isMapping,
  labels,
  listOf,
  milliseconds,
  modelName,
  modelPattern,
  modelReference,
  name,
  oneOrMore,
  tier,
} from './words.ts';

const RULES_MAX = 1_000;
const HOUR_MS = 3_600_000;
/** Of a condition that is wrong, in the message about it. */
const PART_SHOWN_MAX = 40;

export type AliasPart = Omit<AliasDocument, 'name' | 'origin'>;
export type PolicyPart = Omit<PolicyDocument, 'name' | 'origin' | 'rules'> & {
  readonly rules: readonly RulePart[];
};
export type RulePart = Omit<RuleDocument, 'name' | 'origin'> & {
  readonly name: string | undefined;
};

const plainTarget = modelReference.transform(
  (model): TargetDocument => ({ model, endpoint: undefined, weight: undefined }),
);
const detailedTarget = z
  .strictObject({
    model: modelReference.describe('The model.'),
    endpoint: modelName.optional().describe('Pins it to one endpoint.'),
    weight: z
      .int()
      .min(1)
      .max(1_000)
      .optional()
      .describe('Share of the calls among neighbours that state one.'),
  })
  .transform(
    (written): TargetDocument => ({
      model: written.model,
      endpoint: written.endpoint,
      weight: written.weight,
    }),
  );
const target = z.union([plainTarget, detailedTarget]);
const targets = listOf(target);

export const aliasPart: z.ZodType<AliasPart> = z
  .union([
    plainTarget.transform((one): readonly TargetDocument[] => [one]),
    targets,
    z
      .strictObject({
        targets: targets.describe('Models, tried in this order; neighbours with a weight share.'),
      })
      .transform((written) => written.targets),
  ])
  .transform((list) => ({ targets: list }));

const step = formed({
  pattern: /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/,
  message: 'a step class is one word such as `code_review`',
  hint: 'write letters, digits and `._:-`, at most 64, as callers name it in `x-signalbox-step`',
});

const EVERY_CALL: RuleCondition = {
  step: undefined,
  tenant: undefined,
  sensitivity: undefined,
  model: undefined,
  agent: undefined,
  expression: undefined,
};

const expression: z.ZodType<string, string> = z.string().superRefine((source, context) => {
  const read = readCondition(source);
  if (read.ok) return;
  const { at, end, message, hint } = read.refusal;
  const part = source.slice(at, Math.max(at + 1, end)).trim();
  const shown = part === '' || part.length > PART_SHOWN_MAX ? `character ${at + 1}` : `\`${part}\``;
  context.addIssue({
    code: 'custom',
    message: `the condition cannot be read at ${shown}: ${message}`,
    params: { hint: hint ?? 'in the way of `call.step == "planning" && call.stream`' },
  });
});

const whenFields = z
  .strictObject({
    step: oneOrMore(step).optional().describe('Step classes (`x-signalbox-step`).'),
    tenant: oneOrMore(name).optional().describe('Tenants.'),
    sensitivity: labels.optional().describe('Labels, or `>=personal` for it and all above.'),
    model: oneOrMore(modelPattern).optional().describe('Requested models, `*` as in plans.'),
    agent: oneOrMore(callerText).optional().describe('Agents (`x-signalbox-agent`).'),
    if: expression.optional().describe('A condition in CEL, over `call` and `tenant`.'),
  })
  .transform((written) => ({
    step: written.step,
    tenant: written.tenant,
    sensitivity: written.sensitivity,
    model: written.model,
    agent: written.agent,
    expression: written.if,
  }));

const when: z.ZodType<RuleCondition> = z.union([
  expression.transform((source) => ({ ...EVERY_CALL, expression: source })),
  whenFields,
]);

const ROUTE_KEYS = ['tier', 'tier_max', 'model', 'endpoint', 'chain'];
const TIERS: ReadonlySet<unknown> = new Set([1, 2, 3]);

const route: z.ZodType<RuleRoute> = z
  .strictObject({
    tier: tier.optional().describe('Tier to run on while it is up.'),
    tier_max: tier.optional().describe('Tier that no fallback may pass.'),
    model: modelReference.optional().describe('A model or an alias.'),
    endpoint: modelName.optional().describe('Only this endpoint.'),
    chain: targets
      .optional()
      .describe('Models, tried in this order; neighbours with a weight share.'),
  })
  .superRefine(
    (written, context) => {
      const refuse = (message: string, hint: string, about: readonly string[] = []): void =>
        context.addIssue({ code: 'custom', message, params: { hint, about } });
      if (Object.keys(written).length === 0) {
        refuse('a route names at least one thing', 'for example `tier: 1`', ROUTE_KEYS);
      }
      if (written.chain !== undefined && (written.model ?? written.endpoint) !== undefined) {
        refuse('`chain` already names models', 'drop `model` and `endpoint`, or the chain');
      }
      const { tier: wanted = 1, tier_max: most = 3 } = written;
      if (TIERS.has(wanted) && TIERS.has(most) && wanted > most) {
        const hint = 'lower `tier`, or raise `tier_max`';
        refuse('`tier` lies above `tier_max`, so the rule could never route', hint);
      }
    },
    { when: isMapping },
  )
  .transform((written) => ({
    tier: written.tier,
    tierMax: written.tier_max,
    model: written.model,
    endpoint: written.endpoint,
    chain: written.chain,
  }));

const rule: z.ZodType<RulePart> = z
  .strictObject({
    name: name.optional().describe('Name of the rule in explanations.'),
    when: when.optional().describe('Every field must hold; without it every call matches.'),
    route: route.describe('Where the call goes.'),
    output: output
      .optional()
      .describe("What its answer is checked for, instead of the policy's own `output`."),
  })
  .transform((written) => ({
    name: written.name,
    when: written.when ?? EVERY_CALL,
    route: written.route,
    output: written.output,
  }));

const fallback: z.ZodType<FallbackDocument> = z
  .strictObject({
    cloud_unavailable: z
      .literal([1, 2])
      .optional()
      .describe('Tier to use when tiers 2 and 3 are down.'),
    local_unavailable: z
      .literal([2, 3])
      .optional()
      .describe('Tier to use when tier 1 is down; never past what the data allows.'),
    all_unavailable: z
      .enum(['queue', 'refuse'])
      .optional()
      .describe('What happens when all allowed routes are down.'),
    too_slow: z
      .literal([1, 2])
      .optional()
      .describe(
        'Tier that is asked, too, just before the latency budget of a call runs out; the first ' +
          'answer is taken.',
      ),
  })
  .transform((written) => ({
    cloudUnavailable: written.cloud_unavailable,
    localUnavailable: written.local_unavailable,
    allUnavailable: written.all_unavailable,
    tooSlow: written.too_slow,
  }));

const NO_FALLBACK: FallbackDocument = {
  cloudUnavailable: undefined,
  localUnavailable: undefined,
  allUnavailable: undefined,
  tooSlow: undefined,
};

export const policyPart: z.ZodType<PolicyPart> = z
  .strictObject({
    default_tier: tier.optional().describe('Tier of calls that no rule matches.'),
    rules: z
      .array(rule)
      .max(RULES_MAX)
      .default([])
      .describe('Asked in this order; the first rule that matches decides.'),
    fallback: fallback.optional().describe('What happens when a tier is down.'),
    hedge: z
      .boolean()
      .default(false)
      .describe(
        'Asks the next offer of the route, too, when the first has not begun to answer after as ' +
          'long as 19 of 20 calls take; for at most one call in 20. The other call is paid for.',
      ),
    latency_budget_ms: milliseconds(HOUR_MS)
      .optional()
      .describe('Latency budget of calls that state none (`x-signalbox-latency-budget-ms`).'),
    output: output
      .optional()
      .describe('What answers are checked for before anything of them goes to the caller.'),
    escalation_threshold: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('Confidence below which an answer is tried again on a higher tier.'),
  })
  .transform((written) => ({
    defaultTier: written.default_tier,
    rules: written.rules,
    fallback: written.fallback ?? NO_FALLBACK,
    hedge: written.hedge,
    latencyBudgetMs: written.latency_budget_ms,
    output: written.output,
    escalationThreshold: written.escalation_threshold,
  }));
