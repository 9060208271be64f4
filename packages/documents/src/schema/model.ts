/** Written form of `models`, of a model at an endpoint, and of `registry`. */
import { z } from 'zod';
import {
  type MannersDocument,
  MODALITIES,
  type ModelAtEndpoint,
  type ModelCapabilities,
  type ModelDocument,
  type ModelFacts,
  type OverridesDocument,
  type RegistryDocument,
  type RolloutDocument,
  type WebhookDocument,
} from '../model.ts';
import { price, pricePart } from './price.ts';
import {
  formed,
  listOf,
  mapOf,
  modelName,
  modelPattern,
  modelReference,
  name,
  region,
  secret,
  tier,
  url,
} from './words.ts';

const CONTEXT_TOKENS_MAX = 100_000_000;

const CAPABILITIES = [
  'tools',
  'vision',
  'jsonSchema',
  'logprobs',
  'embeddings',
  'reasoning',
] as const;
const WRITTEN_CAPABILITIES = {
  tools: 'tools',
  vision: 'vision',
  json_schema: 'jsonSchema',
  logprobs: 'logprobs',
  embeddings: 'embeddings',
  reasoning: 'reasoning',
} as const satisfies Record<string, (typeof CAPABILITIES)[number]>;

export type ModelPart = Omit<ModelDocument, 'name' | 'origin'>;

const capabilities: z.ZodType<Partial<ModelCapabilities>> = z
  .union([
    z.array(z.enum(capabilityNames())).min(1).max(CAPABILITIES.length),
    z.strictObject({
      tools: z.boolean().optional(),
      vision: z.boolean().optional(),
      json_schema: z.boolean().optional(),
      logprobs: z.boolean().optional(),
      embeddings: z.boolean().optional(),
      reasoning: z.boolean().optional(),
    }),
  ])
  .transform((written) => {
    const known: { -readonly [K in keyof ModelCapabilities]?: boolean } = {};
    for (const key of capabilityNames()) {
      const value = Array.isArray(written) ? written.includes(key) || undefined : written[key];
      if (value !== undefined) known[WRITTEN_CAPABILITIES[key]] = value;
    }
    return known;
  });

const word = formed({
  pattern: /^[a-z][a-z0-9_-]{0,62}$/,
  message: 'takes a word of lower-case letters, digits, `_` and `-`',
  hint: 'write it in the way of `code` or `entity_extraction`',
});
const language = formed({
  pattern: /^[a-z]{2,3}$/,
  message: 'a language is named by two or three letters',
  hint: 'write `en`, `de`, `zh`, without a region',
});
const licence = formed({
  pattern: /^[a-z0-9][a-z0-9.+-]{0,62}$/,
  message: 'a licence is named by its SPDX identifier in lower case, or `proprietary`',
  hint: 'write it in the way of `apache-2.0`',
});
const quantisation = formed({
  pattern: /^[A-Za-z][A-Za-z0-9_]{0,31}$/,
  message: 'a quantisation is named as in the file: letters, digits and `_`',
  hint: 'write it in the way of `Q4_K_M` or `BF16`; `signalbox model inspect FILE` shows it',
});
const modalities = z.array(z.enum(MODALITIES)).min(1).max(MODALITIES.length);

const manners: z.ZodType<MannersDocument> = z
  .strictObject({
    system: z
      .enum(['native', 'user', 'developer'])
      .default('native')
      .describe('`user`: instructions stand before the first words of the user.'),
    tools: z
      .enum(['native', 'prompted'])
      .default('native')
      .describe('`prompted`: tools stand in the instructions, and calls are read from the text.'),
    format: z
      .enum(['native', 'hinted', 'prompted'])
      .default('native')
      .describe('`prompted`: a schema stands in the instructions alone; `hinted`: there, too.'),
    trim: z
      .boolean()
      .default(false)
      .describe('Leaves out the oldest turns of what is longer than `context_tokens`.'),
  })
  .refine(
    ({ system, tools, format, trim }) => trim || `${system}${tools}${format}` !== ALL_NATIVE,
    {
      error: 'it says nothing: everything is as usual',
      params: { hint: 'leave `manners` out, or say what the model wants otherwise' },
    },
  );
const ALL_NATIVE = 'nativenativenative';

const FACTS = {
  inputs: modalities.optional().describe('Kinds of content that it reads.'),
  outputs: modalities.optional().describe('Kinds of content that it writes.'),
  languages: listOf(language).optional().describe('Languages that it is good at.'),
  domains: listOf(word).optional().describe('Fields it was made for, such as `code` or `law`.'),
  licence: licence.optional().describe('SPDX identifier of its licence, or `proprietary`.'),
  quantisation: quantisation.optional().describe('How its weights are stored, such as `Q4_K_M`.'),
  quality: mapOf(word, z.number().min(0).max(100))
    .optional()
    .describe('How good it is at each step class, 0 to 100.'),
  manners: manners.optional().describe('How it wants to be asked.'),
};

type WrittenFacts = {
  readonly [K in keyof ModelFacts]?: ModelFacts[K] | undefined;
};

function factsOf(written: WrittenFacts): Partial<ModelFacts> {
  const { inputs, outputs, languages, domains, licence: terms, quality } = written;
  return {
    ...(inputs === undefined ? {} : { inputs }),
    ...(outputs === undefined ? {} : { outputs }),
    ...(languages === undefined ? {} : { languages }),
    ...(domains === undefined ? {} : { domains }),
    ...(terms === undefined ? {} : { licence: terms }),
    ...(written.quantisation === undefined ? {} : { quantisation: written.quantisation }),
    ...(quality === undefined ? {} : { quality }),
    ...(written.manners === undefined ? {} : { manners: written.manners }),
  };
}

const contextTokens = z.int().min(1).max(CONTEXT_TOKENS_MAX);
const CAPABILITIES_TEXT =
  'A list of what it can do, or a mapping to true and false; what is not named is not known.';

export const modelPart: z.ZodType<ModelPart> = z
  .strictObject({
    family: z.string().min(1).max(64).optional().describe('Family, for grouping.'),
    tier_hint: tier.optional().describe('Tier it usually runs on.'),
    context_tokens: contextTokens.optional().describe('Tokens that fit into one call.'),
    capabilities: capabilities.optional().describe(CAPABILITIES_TEXT),
    ...FACTS,
    same_weights: listOf(modelName).optional().describe('The same model under other names.'),
    successor_of: modelName.optional().describe('The model that it follows.'),
    falls_back_to: listOf(modelName)
      .optional()
      .describe('Asked in this order where none of its own places can have a call.'),
    distilled_from: modelName.optional().describe('The model that taught it.'),
    fine_tune_of: modelName.optional().describe('The model that it was trained on from.'),
    price: price.optional().describe('Price wherever no nearer one is stated.'),
  })
  .transform((written) => ({
    family: written.family,
    tierHint: written.tier_hint,
    contextTokens: written.context_tokens,
    capabilities: written.capabilities ?? {},
    facts: factsOf(written),
    relations: {
      sameWeights: written.same_weights ?? [],
      successorOf: written.successor_of,
      fallsBackTo: written.falls_back_to ?? [],
      distilledFrom: written.distilled_from,
      fineTuneOf: written.fine_tune_of,
    },
    price: written.price,
  }));

const modelAtEndpoint = z
  .strictObject({
    name: modelName.optional().describe('Our name for it; else its own.'),
    context_tokens: contextTokens.optional().describe('Tokens that fit into one call here.'),
    capabilities: capabilities.optional().describe(CAPABILITIES_TEXT),
    ...FACTS,
    price: price.optional().describe('Price at this endpoint.'),
  })
  .transform((written) => ({
    name: written.name,
    contextTokens: written.context_tokens,
    capabilities: written.capabilities,
    facts: factsOf(written),
    price: written.price,
  }));

const UNDESCRIBED = {
  name: undefined,
  contextTokens: undefined,
  capabilities: undefined,
  facts: {},
  price: undefined,
};

type AtEndpoint = Omit<ModelAtEndpoint, 'upstream' | 'name'> & {
  readonly name: string | undefined;
};

export const modelsAtEndpoint: z.ZodType<ReadonlyMap<string, AtEndpoint>> = z.union([
  listOf(modelReference).transform((list) => new Map(list.map((one) => [one, UNDESCRIBED]))),
  mapOf(modelReference, modelAtEndpoint),
]);

const BITS_MAX = 32;
/** The rule of thumb that holds where nothing else is written. */
const QUANTISATION_MIN: Readonly<Record<string, number>> = {
  classification: 4,
  message_classification: 4,
  extraction: 4,
  entity_extraction: 4,
  reasoning: 5,
  complex_reasoning: 5,
  agent: 4,
};

const rollout: z.ZodType<RolloutDocument> = z
  .strictObject({
    model: modelName.describe('What callers ask for.'),
    to: modelName.describe('What answers instead; the former stands behind it.'),
    enabled: z.boolean().default(true).describe('`false`: nobody has it, from the next call on.'),
    percent: z.number().min(0).max(100).default(0).describe('Share of the sessions that have it.'),
    rings: z.array(z.int().min(0).max(1_000)).max(64).default([]).describe('Rings that have it.'),
    tenants: z.array(name).max(1_000).default([]).describe('Tenants that have it.'),
  })
  .refine((written) => written.model !== written.to, {
    error: '`to` is the model itself',
    params: { hint: 'name the version that takes its place' },
  });

export const overrides: z.ZodType<OverridesDocument> = z
  .strictObject({
    hide: listOf(modelPattern).optional().describe('Models that do not exist for it.'),
    pin: mapOf(modelName, modelName)
      .optional()
      .describe('Models that it has at one endpoint alone, and which.'),
    rename: mapOf(modelReference, modelReference)
      .optional()
      .describe('Names of its own, and what they mean: a model, an alias, a need.'),
    reprice: listOf(pricePart)
      .optional()
      .describe('Prices of its contract; each goes before what everybody pays.'),
  })
  .transform((written) => ({
    hide: written.hide ?? [],
    pin: written.pin ?? new Map<string, string>(),
    rename: written.rename ?? new Map<string, string>(),
    reprice: (written.reprice ?? []).map((one) => ({ ...one, origin: undefined })),
  }));

const webhook: z.ZodType<WebhookDocument> = z
  .strictObject({
    url: url.describe('Where events are posted, with its path.'),
    secret: secret.describe('`whsec_` and 24 to 64 bytes in base64, by reference: it signs them.'),
    tenant: name.optional().describe('Told only what is of this tenant; else everything.'),
    region: region.optional().describe('Where it stands; unknown is outside every residency.'),
    enabled: z.boolean().default(true).describe('`false`: nothing is sent.'),
  })
  .transform((written) => ({
    url: written.url,
    secret: written.secret,
    tenant: written.tenant,
    region: written.region,
    enabled: written.enabled,
  }));

export const registry: z.ZodType<RegistryDocument> = z
  .strictObject({
    webhooks: mapOf(name, webhook)
      .optional()
      .describe('Who is told of changes of models, endpoints, rollouts and overrides.'),
    rollouts: mapOf(name, rollout)
      .optional()
      .describe('Models that take the place of others for some sessions, rings or tenants.'),
    quantisation_min: mapOf(word, z.int().min(0).max(BITS_MAX))
      .optional()
      .describe(
        'Step class, or `agent` for calls of agents, -> least bits of a weight; 0: any. What is ' +
          'not written stays: 4 for `classification` and `extraction`, 5 for `reasoning`, 4 for ' +
          '`agent`.',
      ),
  })
  .transform((written) => ({
    rollouts: written.rollouts ?? new Map<string, RolloutDocument>(),
    webhooks: written.webhooks ?? new Map<string, WebhookDocument>(),
    quantisationMin: new Map([
      ...Object.entries(QUANTISATION_MIN),
      ...(written.quantisation_min ?? []),
    ]),
  }));

function capabilityNames(): readonly (keyof typeof WRITTEN_CAPABILITIES)[] {
  return ['tools', 'vision', 'json_schema', 'logprobs', 'embeddings', 'reasoning'];
}
