/** Written form of what a rule does beside `route`. */
import { z } from 'zod';
import { readToolCondition } from '../condition.ts';
import type {
  CapDocument,
  DegradeDocument,
  DeniedToolDocument,
  EffectsDocument,
  ForbidDocument,
  PreferDocument,
  RequireDocument,
  ToolsDocument,
  TooSlowDocument,
} from '../effects.ts';
import { ENDPOINT_KINDS } from '../endpoint-kinds.table.ts';
import { conditionOf } from './expression.ts';
import {
  amountUsd,
  formed,
  isMapping,
  listOf,
  milliseconds,
  modelPattern,
  modelReference,
  region,
  tier,
} from './words.ts';

const OUTPUT_TOKENS_MAX = 10_000_000;
const WEIGHT_MAX = 1_000;
const LEVELS = 4;
const TOO_SLOW_MS_MAX = 600_000;

const patterns = listOf(modelPattern);
/** Upper and lower case, `_` and `-` are one: `LONG_CONTEXT`. */
const capabilities = listOf(
  formed({
    pattern: /^[A-Za-z][A-Za-z0-9_-]{0,62}([<>]?=[A-Za-z0-9][A-Za-z0-9._+-]{0,62})?$/,
    message: 'a capability is one word of a need',
    hint: 'write `tools`, `long-context` or `context>=128k`',
  }).transform((word) => word.toLowerCase().replaceAll('_', '-')),
);
const kind = z.string().refine((text) => Object.hasOwn(ENDPOINT_KINDS, text), {
  error: 'is no kind of server',
  params: { hint: `there is: ${Object.keys(ENDPOINT_KINDS).join(', ')}` },
});
const outputTokens = z.int().min(1).max(OUTPUT_TOKENS_MAX).optional();

/** A mapping that says nothing is a mistake. */
const saying = (example: string) => (written: object, context: z.RefinementCtx) => {
  if (Object.values(written).some((one) => one !== undefined && one !== false)) return;
  const params = { hint: `for example \`${example}\`` };
  context.addIssue({ code: 'custom', message: 'says nothing', params });
};

const require: z.ZodType<RequireDocument> = z
  .strictObject({
    regions: listOf(region).optional().describe('Only in these regions.'),
    retention: z.literal('zero').optional().describe('Only where nothing is kept.'),
    self_hosted: z.boolean().default(false).describe('Not with a public provider: tier 1 or 2.'),
    own: z.boolean().default(false).describe("Only the tenant's own endpoints."),
    capabilities: capabilities
      .optional()
      .describe(
        'Words of a need: `tools`, `vision`, `long-context`, `context>=N`, `language=de`, ...',
      ),
    models: patterns.optional().describe('Only these models, `*` as in plans.'),
    endpoints: patterns.optional().describe('Only these endpoints, `*` as in plans.'),
    tier_max: tier.optional().describe('Tier that no fallback may pass.'),
  })
  .superRefine(saying('self_hosted: true'), { when: isMapping })
  .transform((written) => ({
    regions: written.regions,
    retention: written.retention,
    selfHosted: written.self_hosted,
    own: written.own,
    capabilities: written.capabilities ?? [],
    models: written.models,
    endpoints: written.endpoints,
    tierMax: written.tier_max,
  }));

const forbid: z.ZodType<ForbidDocument> = z
  .strictObject({
    models: patterns.optional().describe('None of these models.'),
    endpoints: patterns.optional().describe('None of these endpoints.'),
    regions: listOf(region)
      .optional()
      .describe('Nowhere in these regions; where a region is not known, neither.'),
    kinds: listOf(kind).optional().describe('No server of these kinds.'),
  })
  .superRefine(saying('regions: [us]'), { when: isMapping })
  .transform((written) => ({
    models: written.models ?? [],
    endpoints: written.endpoints ?? [],
    regions: written.regions ?? [],
    kinds: written.kinds ?? [],
  }));

const prefer: z.ZodType<PreferDocument> = z
  .strictObject({
    capabilities: capabilities.optional().describe('Offers that have them.'),
    models: patterns.optional().describe('These models.'),
    endpoints: patterns.optional().describe('These endpoints.'),
    weight: z
      .int()
      .min(1)
      .max(WEIGHT_MAX)
      .default(1)
      .describe('Added up over the rules that match; the highest sum goes first.'),
  })
  .superRefine(
    ({ weight: _, ...written }, context) => saying('models: [qwen3-*]')(written, context),
    {
      when: isMapping,
    },
  )
  .transform((written) => ({
    capabilities: written.capabilities ?? [],
    models: written.models,
    endpoints: written.endpoints,
    weight: written.weight,
  }));

const cap: z.ZodType<CapDocument> = z
  .strictObject({
    output_tokens: outputTokens.describe('Written into the request where the caller allows more.'),
    cost_usd: amountUsd
      .optional()
      .describe('Offers that could cost more, or whose price is unknown, are left out.'),
  })
  .superRefine(saying('output_tokens: 1024'), { when: isMapping })
  .transform((written) => ({
    outputTokens: written.output_tokens,
    costNanoUsd: written.cost_usd,
  }));

const toolName = modelPattern;
const deniedTool: z.ZodType<DeniedToolDocument> = z.union([
  toolName.transform((name) => ({ name, expression: undefined })),
  z
    .strictObject({
      name: toolName.describe('The tool, `*` as in plans.'),
      if: conditionOf(readToolCondition).describe('A condition in CEL, over `tool` and `args`.'),
    })
    .transform((written) => ({ name: written.name, expression: written.if })),
]);

const tools: z.ZodType<ToolsDocument> = z
  .strictObject({
    allow: listOf(toolName).optional().describe('Only these tools may be called.'),
    deny: listOf(deniedTool).optional().describe('These may not; with `if`: not like that.'),
  })
  .superRefine(saying('deny: [delete_*]'), { when: isMapping })
  .transform((written) => ({ allow: written.allow, deny: written.deny ?? [] }));

const degrade: z.ZodType<DegradeDocument> = z
  .strictObject({
    level: z.int().min(1).max(LEVELS).describe('From this level of degradation on, 1 to 4.'),
    tier_max: tier.optional().describe('Tier that no fallback may pass.'),
    output_tokens: outputTokens.describe('As in `cap`.'),
  })
  .transform((written) => ({
    level: written.level,
    tierMax: written.tier_max,
    outputTokens: written.output_tokens,
  }));

const tooSlow: z.ZodType<TooSlowDocument> = z
  .strictObject({
    after_ms: milliseconds(TOO_SLOW_MS_MAX).describe('How long the first may take to begin.'),
    model: modelReference.describe('Asked beside it then; the first answer is taken.'),
  })
  .transform((written) => ({ afterMs: written.after_ms, model: written.model }));

/** Keys of a rule, beside its name, condition, route and output. */
export type EffectFields = {
  readonly require: z.ZodOptional<typeof require>;
  readonly forbid: z.ZodOptional<typeof forbid>;
  readonly prefer: z.ZodOptional<typeof prefer>;
  readonly cap: z.ZodOptional<typeof cap>;
  readonly tools: z.ZodOptional<typeof tools>;
  readonly log: z.ZodOptional<z.ZodType<'none' | 'metadata'>>;
  readonly degrade: z.ZodOptional<typeof degrade>;
  readonly too_slow: z.ZodOptional<typeof tooSlow>;
};

const log: z.ZodType<'none' | 'metadata'> = z.enum(['none', 'metadata']);

export const EFFECTS: EffectFields = {
  require: require.optional().describe('What a place must have; no narrower scope can undo it.'),
  forbid: forbid.optional().describe('What a place must not have; nothing can undo it.'),
  prefer: prefer.optional().describe('What goes first among what is allowed.'),
  cap: cap.optional().describe('What the call may use at most; the lowest of all holds.'),
  tools: tools.optional().describe('Which tools an answer may call.'),
  log: log
    .optional()
    .describe('`none`: no session, agent, step, tags or trace in the record of the call.'),
  degrade: degrade.optional().describe('What holds while the gateway is short of something.'),
  too_slow: tooSlow.optional().describe('Who is asked when the first takes too long.'),
};

type Written = { readonly [K in keyof EffectFields]: z.output<EffectFields[K]> };

/** Undefined: it does nothing of the kind. */
export function effectsOf(written: Partial<Written>): EffectsDocument | undefined {
  const { require, forbid, prefer, cap, tools, log, degrade, too_slow: tooSlow } = written;
  const effects = { require, forbid, prefer, cap, tools, log, degrade, tooSlow };
  return Object.values(effects).every((one) => one === undefined) ? undefined : effects;
}
