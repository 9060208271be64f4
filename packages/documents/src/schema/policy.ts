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
import { cascade } from './cascade.ts';
import { EFFECTS, effectsOf } from './effects.ts';
import { conditionOf } from './expression.ts';
import { output, withThreshold } from './output.ts';
import { type PolicyTestPart, policyTest } from './policy-test.ts';
import {
  callerText,
  formed,
  instantMs,
  isMapping,
  labels,
  listOf,
  milliseconds,
  modelName,
  modelPattern,
  modelReference,
  name,
  oneOrMore,
  tenantClass,
  tier,
} from './words.ts';

const RULES_MAX = 1_000;
const TESTS_MAX = 1_000;
const HOUR_MS = 3_600_000;

export type AliasPart = Omit<AliasDocument, 'name' | 'origin'>;
export type PolicyPart = Omit<PolicyDocument, 'name' | 'origin' | 'rules' | 'tests'> & {
  readonly rules: readonly RulePart[];
  readonly tests: readonly PolicyTestPart[];
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
  tenantClass: undefined,
  sensitivity: undefined,
  model: undefined,
  agent: undefined,
  expression: undefined,
};

const expression = conditionOf(readCondition);

const whenFields = z
  .strictObject({
    step: oneOrMore(step).optional().describe('Step classes (`x-signalbox-step`).'),
    tenant: oneOrMore(name).optional().describe('Tenants.'),
    class: oneOrMore(tenantClass).optional().describe('Classes of tenants.'),
    sensitivity: labels.optional().describe('Labels, or `>=personal` for it and all above.'),
    model: oneOrMore(modelPattern).optional().describe('Requested models, `*` as in plans.'),
    agent: oneOrMore(callerText).optional().describe('Agents (`x-signalbox-agent`).'),
    if: expression.optional().describe('A condition in CEL, over `call` and `tenant`.'),
  })
  .transform((written) => ({
    step: written.step,
    tenant: written.tenant,
    tenantClass: written.class,
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

const DEEDS = [
  'route',
  'output',
  'require',
  'forbid',
  'prefer',
  'cap',
  'tools',
  'log',
  'degrade',
  'too_slow',
] as const;

const NO_ROUTE: RuleRoute = {
  tier: undefined,
  tierMax: undefined,
  model: undefined,
  endpoint: undefined,
  chain: undefined,
};

const rule: z.ZodType<RulePart> = z
  .strictObject({
    name: name.optional().describe('Name of the rule in explanations.'),
    when: when.optional().describe('Every field must hold; without it every call matches.'),
    route: route
      .optional()
      .describe('Where the call goes; the first rule with a route that matches decides.'),
    ...EFFECTS,
    output: output
      .optional()
      .describe("What its answer is checked for, instead of the policy's own `output`."),
  })
  .superRefine(
    (written, context) => {
      if (DEEDS.some((one) => written[one] !== undefined)) return;
      const params = { hint: 'for example `route: {tier: 1}`', about: [...DEEDS] };
      context.addIssue({ code: 'custom', message: 'the rule does nothing', params });
    },
    { when: isMapping },
  )
  .transform((written) => ({
    name: written.name,
    when: written.when ?? EVERY_CALL,
    route: written.route ?? NO_ROUTE,
    output: written.output,
    effects: effectsOf(written),
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

const VERSION_FORM = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
  message: 'a version is a number or a word such as `2026-03`',
  hint: 'write letters, digits and `._-`',
};

export const policyPart: z.ZodType<PolicyPart> = z
  .strictObject({
    version: z
      .union([z.int().min(1).transform(String), formed(VERSION_FORM)])
      .optional()
      .describe('Version of the policy, for records and people.'),
    author: callerText.optional().describe('Who wrote it.'),
    approval: z
      .literal('required')
      .optional()
      .describe(
        'Not in force until somebody else than the author has approved this very content ' +
          '(`signalbox policy approve`); what was approved before goes on.',
      ),
    from: instantMs.optional().describe('Holds from then on (UTC); else at once.'),
    until: instantMs.optional().describe('Holds until then (UTC); else for good.'),
    mode: z
      .enum(['enforce', 'shadow'])
      .default('enforce')
      .describe('`shadow`: asked beside the others; what it would change is recorded, not done.'),
    ring: z
      .int()
      .min(0)
      .max(1_000)
      .optional()
      .describe('Only for tenants of this ring and of those before it.'),
    default_tier: tier.optional().describe('Tier of calls that no rule matches.'),
    rules: z
      .array(rule)
      .max(RULES_MAX)
      .default([])
      .describe('Asked in this order; of those with a route the first that matches decides.'),
    tests: z
      .array(policyTest)
      .max(TESTS_MAX)
      .default([])
      .describe('Calls and what must come of them, for `signalbox policy test`.'),
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
      .describe(
        'Confidence below which an answer is tried again on a higher tier: `confidence_min` on ' +
          'every tier, with `escalate: 3`, `otherwise: flag`, where `output` says nothing of it.',
      ),
    cascade: cascade
      .optional()
      .describe(
        'How many calls are compared with another tier after their end, and what is promised.',
      ),
  })
  .superRefine(
    (written, context) => {
      const { from, until, approval, author } = written;
      if (approval !== undefined && author === undefined) {
        const params = { hint: 'add `author`, who may not approve it', about: ['approval'] };
        const message = 'a policy that wants approval names its author';
        context.addIssue({ code: 'custom', message, params });
      }
      if (typeof from !== 'number' || typeof until !== 'number' || from < until) return;
      const params = { hint: 'swap `from` and `until`', about: ['from', 'until'] };
      context.addIssue({ code: 'custom', message: 'ends before it begins', params });
    },
    { when: isMapping },
  )
  .transform((written) => ({
    version: written.version,
    author: written.author,
    approval: written.approval,
    fromMs: written.from,
    untilMs: written.until,
    mode: written.mode,
    ring: written.ring,
    defaultTier: written.default_tier,
    rules: written.rules,
    tests: written.tests,
    fallback: written.fallback ?? NO_FALLBACK,
    hedge: written.hedge,
    latencyBudgetMs: written.latency_budget_ms,
    output: withThreshold(written.output, written.escalation_threshold),
    cascade: written.cascade,
  }));
