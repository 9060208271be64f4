// What if: a call that nobody made, decided as the line would decide it, with whatever is imagined
// of its tenant, its endpoints and its policies. Nothing is asked of anybody, nothing is recorded.
import { no, type Refusal, type Result, refusal, tenantName, yes } from '@signalbox/contract';
import { type Configuration, strangeRegion } from '@signalbox/documents';
import {
  doesOf,
  type Explained,
  type ExplainedCandidate,
  explainImagined,
  GATE_WORDS,
  type Imagined,
  keysOf,
  type Matched,
  type Snapshot,
  tenantAsIf,
  withPolicies,
} from '@signalbox/engine';
import { z } from 'zod';
import { REMEDIES } from '../explain/remedies.table.ts';
import type { ControlOptions } from '../options.ts';
import type { Draft, Rehearsal } from '../rehearsal.ts';
import { draftProblem, NO_REHEARSAL, problemOf } from './policies.ts';
import { type Answer, NO_QUERY, type Route, read } from './route.ts';
import { micro } from './rows.ts';
import { DRAFT_CHARACTERS_MAX, plainSchema } from './written.ts';

const TOKENS_MAX = 100_000_000;
const LIST_MAX = 64;

const text = z.string();
const maybe = z.string().nullable();
const tokens = z.int().min(0).max(TOKENS_MAX).optional();
const word = text.min(1).max(128).optional();
const names = z.array(text.min(1).max(128)).max(LIST_MAX).optional();

const asking = z.strictObject({
  tenant: text.min(1).max(63),
  key: word.describe('With this key; else with one without limits.'),
  model: word,
  step: word,
  agent: word,
  sensitivity: z.enum(['public', 'internal', 'personal', 'regulated']).optional(),
  difficulty: z.enum(['easy', 'middle', 'hard']).optional(),
  tools: z.boolean().optional(),
  input_tokens: tokens,
  output_tokens: tokens,
  down: names.describe('Endpoints that are down.'),
  level: z.int().min(0).max(4).optional().describe('Of degradation.'),
  topology: z.enum(['cloud', 'hybrid', 'sovereign']).optional(),
  residency: names.describe('As if its data resided there; `any`: no residency.'),
  plan: word.describe('As if it had this plan.'),
  policies: names.describe('Instead of those that are attached to the tenant itself.'),
  draft: z
    .strictObject({ name: text.min(1).max(63), text: text.max(DRAFT_CHARACTERS_MAX) })
    .optional()
    .describe('A policy as somebody is writing it, instead of the one that is in force.'),
});
type Asking = z.infer<typeof asking>;

const placeSchema = z.strictObject({ endpoint: text, model: text, tier: z.int() });

const answer = z.strictObject({
  problems: z.array(draftProblem).describe('Of the draft; with any of them nothing was decided.'),
  allowed: z.boolean().nullable(),
  refusal: z.strictObject({ code: text, message: text, hint: maybe }).nullable(),
  rule: maybe.describe('The rule that places the call.'),
  rules: z
    .array(
      z.strictObject({
        scope: text,
        policy: text,
        version: maybe,
        rule: text,
        does: z.array(text),
        holds: z.enum(['yes', 'shadow', 'undecided']),
      }),
    )
    .describe('All that are about it, from the nearest scope to the widest.'),
  clearance: z
    .strictObject({
      ceiling: z.int(),
      residency: z.array(text).nullable(),
      retention: text,
      own_only: z.boolean(),
    })
    .nullable(),
  route: z.array(placeSchema).describe('In the order in which they are asked.'),
  candidates: z.array(
    placeSchema.extend({
      turn: z.int().nullable().describe('In the route, from 1.'),
      gates: z.array(text),
      why: z.array(text),
      remedies: z.array(text),
      estimate_micro_usd: micro.describe('At most; null: its price is unknown.'),
    }),
  ),
});

export const simulateRoute = (options: ControlOptions): Route => ({
  method: 'POST',
  path: '/admin/v1/route/simulate',
  summary: 'Where an imagined call would go, and why; asks nobody, records nothing',
  kind: 'json',
  status: 200,
  query: NO_QUERY,
  body: plainSchema(asking),
  answer,
  async serve({ body }) {
    const asked = read<Asking>(asking, body);
    if (!asked.ok) return asked;
    if (options.rehearsal === undefined) return no(NO_REHEARSAL);
    const staged = await stage(asked.value.draft, options, options.rehearsal);
    if (staged.kind === 'wrong') return yes({ status: 200, body: staged.body });
    return simulate(asked.value, staged, options.clock.now());
  },
});

type Stage = {
  readonly kind: 'set';
  readonly snapshot: Snapshot;
  readonly configuration: Configuration;
};
type Staged = Stage | { readonly kind: 'wrong'; readonly body: object };

async function stage(
  draft: Draft | undefined,
  { configuration }: ControlOptions,
  rehearsal: Rehearsal,
): Promise<Staged> {
  const snapshot = rehearsal.snapshot();
  if (draft === undefined) return { kind: 'set', snapshot, configuration: configuration() };
  const tried = await rehearsal.attempt(draft, 'form');
  if (tried.configuration === undefined) {
    return { kind: 'wrong', body: { ...UNDECIDED, problems: tried.problems.map(problemOf) } };
  }
  const { configuration: then } = tried;
  return { kind: 'set', snapshot: withPolicies(snapshot, then), configuration: then };
}

const UNDECIDED = {
  allowed: null,
  refusal: null,
  rule: null,
  rules: [],
  clearance: null,
  route: [],
  candidates: [],
};

function simulate(asked: Asking, stage: Stage, now: number): Result<Answer, Refusal> {
  const call = imaginedCall(asked, stage, now);
  if (!call.ok) return call;
  const moment = { down: asked.down ?? [], level: asked.level ?? 0 };
  const explained = explainImagined(call.value, stage.snapshot, moment);
  return yes({ status: 200, body: { problems: [], ...shown(explained) } });
}

function imaginedCall(
  asked: Asking,
  { snapshot, configuration }: Stage,
  now: number,
): Result<Imagined, Refusal> {
  const found = snapshot.tenants.tenants.get(tenantName(asked.tenant));
  if (found === undefined) return unknown('tenant', configuration.tenants);
  const plan = asked.plan === undefined ? undefined : configuration.plans.get(asked.plan);
  if (asked.plan !== undefined && plan === undefined) return unknown('plan', configuration.plans);
  const stranger = asked.policies?.find((name) => !configuration.policies.has(name));
  if (stranger !== undefined) return unknown('policies', configuration.policies);
  const key = keysOf(configuration, asked.tenant).find(({ name }) => name === asked.key);
  if (asked.key !== undefined && key === undefined) return unknown('key', configuration.keys);
  const lost = asked.down?.find((name) => !snapshot.catalog.endpoints.has(name));
  if (lost !== undefined) return unknown('down', snapshot.catalog.endpoints);
  const { topology, residency, policies } = asked;
  const here = [...configuration.endpoints.values()].flatMap(({ region }) => region ?? []);
  for (const region of residency ?? []) {
    const strange = region === 'any' ? undefined : strangeRegion(region, here);
    if (strange === undefined) continue;
    const { message, hint } = strange;
    return no(refusal('body_invalid', `\`residency\`: ${message}.`, { param: 'residency', hint }));
  }
  return yes({
    tenant: tenantAsIf(found, { topology, residency, plan, policies }),
    key,
    at: now,
    model: asked.model,
    step: asked.step,
    agent: asked.agent,
    label: asked.sensitivity,
    difficulty: asked.difficulty,
    tools: asked.tools,
    inputTokens: asked.input_tokens,
    outputTokensMax: asked.output_tokens,
  });
}

const KNOWN_TOLD_MAX = 8;

function unknown(param: string, known: ReadonlyMap<string, unknown>): Result<never, Refusal> {
  const some = [...known.keys()].slice(0, KNOWN_TOLD_MAX).join(', ');
  const hint = some === '' ? 'There is none yet.' : `There are ${some}.`;
  return no(refusal('body_invalid', `\`${param}\`: nothing has this name.`, { param, hint }));
}

function shown(explained: Explained): object {
  const { refusal: why, terms, offers, matched, candidates } = explained;
  return {
    allowed: why === undefined,
    refusal:
      why === undefined ? null : { code: why.code, message: why.message, hint: why.hint ?? null },
    rule: explained.rule ?? null,
    rules: matched.map(ruleOf),
    clearance:
      terms === undefined
        ? null
        : {
            ceiling: terms.ceiling,
            residency: terms.residency ?? null,
            retention: terms.retention,
            own_only: terms.ownOnly,
          },
    route: offers.map(({ place, offering }) => ({
      endpoint: place.name,
      model: offering.model,
      tier: place.tier,
    })),
    candidates: candidates.map(candidateOf),
  };
}

const ruleOf = (one: Matched): object => ({
  scope: one.scope,
  policy: one.policy.name,
  version: one.policy.version ?? null,
  rule: one.name,
  does: doesOf(one),
  holds: one.policy.mode === 'shadow' ? 'shadow' : one.undecided ? 'undecided' : 'yes',
});

function candidateOf({ gates, turn, costNanoUsdMax, ...one }: ExplainedCandidate): object {
  return {
    ...one,
    turn: turn ?? null,
    gates,
    why: gates.map((gate) => GATE_WORDS[gate]),
    remedies: gates.map((gate) => REMEDIES[gate]),
    // Upwards: what is said to be the most is not less than that.
    estimate_micro_usd:
      costNanoUsdMax === undefined ? null : Number((costNanoUsdMax + 999n) / 1_000n),
  };
}
