/** Written form of `plans`, `tenants` and `keys`. */
import { z } from 'zod';
import { readSensitivePattern } from '../sensitive-pattern.ts';
import {
  type BudgetDocument,
  type KeyDocument,
  PLAN_FEATURES,
  type PlanDocument,
  type TenantDocument,
} from '../tenant.ts';
import { overrides } from './model.ts';
import {
  amountUsd,
  callerText,
  formed,
  hostAndPort,
  instantMs,
  isMapping,
  label,
  labelOrNone,
  listOf,
  mapOf,
  milliseconds,
  modelName,
  modelPattern,
  modelReference,
  name,
  network,
  region,
  secret,
  tenantClass,
  tier,
} from './words.ts';

const TAGS_MAX = 8;

export type PlanPart = Omit<PlanDocument, 'name' | 'origin'>;
export type TenantPart = Omit<TenantDocument, 'name' | 'origin'>;
export type KeyPart = Omit<KeyDocument, 'name' | 'origin'>;

const tiers = listOf(tier);
const models = listOf(modelPattern);
const policies = listOf(name);
const perMinute = z.int().min(1);
const share = z.number().min(0).max(1);

const budget: z.ZodType<BudgetDocument> = z
  .strictObject({
    amount_usd: amountUsd.describe('Dollars; a hard limit.'),
    per: z.enum(['day', 'month', 'total']).default('month').describe('When it starts anew (UTC).'),
  })
  .transform((written) => ({ amountNanoUsd: written.amount_usd, per: written.per }));

export const planPart: z.ZodType<PlanPart> = z
  .strictObject({
    class: tenantClass.optional().describe('Class of its tenants, for rules.'),
    policies: policies.optional().describe('Policies of all its tenants, asked after theirs.'),
    models: models.optional().describe('Models it includes, `*` for any characters; else all.'),
    tiers: tiers.optional().describe('Tiers it includes; else all.'),
    features: z
      .array(z.enum(PLAN_FEATURES))
      .optional()
      .describe('Beside chats of text; `images` and `audio` inside of chats too. Else all.'),
    budget: budget.optional().describe('Budget of a tenant that states none.'),
    in_flight_max: z.int().min(1).max(1_000_000).optional().describe('Calls at the same time.'),
    strong_share: share
      .optional()
      .describe('Share of the calls of the model `auto` that may go to tier 3, of each tenant.'),
    requests_per_minute_max: perMinute.optional().describe('Requests a minute, of each tenant.'),
    tokens_per_minute_max: perMinute
      .optional()
      .describe('Tokens a minute, in and out, of each tenant.'),
  })
  .transform((written) => ({
    tenantClass: written.class,
    policies: written.policies ?? [],
    models: written.models,
    tiers: written.tiers,
    features: written.features,
    budget: written.budget,
    inFlightMax: written.in_flight_max,
    strongShare: written.strong_share,
    requestsPerMinuteMax: written.requests_per_minute_max,
    tokensPerMinuteMax: written.tokens_per_minute_max,
  }));

const own = z
  .strictObject({
    endpoints: listOf(modelName).optional().describe('Endpoints that are its own.'),
    networks: listOf(name).optional().describe('Networks that are its own, as nodes name them.'),
  })
  .transform((written) => ({
    endpoints: written.endpoints ?? [],
    networks: written.networks ?? [],
  }));

const PATTERNS_MAX = 32;
const SOURCES_MAX = 256;
/** Of a data source or a type of documents. */
export const SOURCE: RegExp = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const PUBLIC_MAX = 1_000;

const patternText = z
  .string()
  .min(1)
  .max(256)
  .superRefine((written, context) => {
    const read = readSensitivePattern(written);
    if (read.ok) return;
    const message = `a pattern cannot be read at character ${read.at + 1}: ${read.why}`;
    const hint = 'write literals, `\\d`, `\\w`, classes, and `?`, `{n}` or `{m,n}` after them';
    context.addIssue({ code: 'custom', message, params: { hint } });
  });

const sensitiveKind = z.enum([
  ...(['health', 'financial', 'government-id', 'secret', 'email', 'phone'] as const),
  ...(['name', 'address', 'date-of-birth', 'ip'] as const),
]);

const sensitiveSource = z.strictObject({
  name: formed({
    pattern: SOURCE,
    message: 'a source or a type of documents is a word such as `hr-share` or `medical-report`',
    hint: 'write it in lower case: letters, digits, `.`, `_` and `-`',
  }).describe('What calls name in `x-signalbox-source`.'),
  kind: sensitiveKind.describe('The kind of its data, which decides the label.'),
});

const sensitivePattern = z.strictObject({
  name: formed({
    pattern: /^[a-z][a-z-]{0,62}$/,
    message: 'a type of data is a word such as `claim-number`',
    hint: 'write it in lower case',
  }).describe('The type that the label names.'),
  pattern: patternText.describe('What its values look like, e.g. `CL-\\d{6}`.'),
  kind: sensitiveKind.describe('Its kind, which decides the label.'),
});

const SECOND_STAGE_MS_MAX = 60_000;
const WINDOWS_MAX = 64;

const secondStage = z
  .strictObject({
    model: modelReference.describe('Who reads it; on tier 1, or nobody is asked.'),
    timeout_ms: milliseconds(SECOND_STAGE_MS_MAX)
      .default(3_000)
      .describe('How long a call waits for it.'),
    windows_max: z
      .int()
      .min(1)
      .max(WINDOWS_MAX)
      .default(8)
      .describe('Pieces of 4,000 characters that are read of one call.'),
    per_minute_max: z.int().min(1).max(1_000_000).default(600).describe('Pieces a minute.'),
    at_once_max: z.int().min(1).max(1_000).default(4).describe('Calls read at the same time.'),
  })
  .transform((written) => ({
    model: written.model,
    timeoutMs: written.timeout_ms,
    windowsMax: written.windows_max,
    perMinuteMax: written.per_minute_max,
    atOnceMax: written.at_once_max,
  }));

const sensitive = z
  .strictObject({
    patterns: z.array(sensitivePattern).max(PATTERNS_MAX).default([]).describe('Its own types.'),
    sources: z
      .array(sensitiveSource)
      .max(SOURCES_MAX)
      .default([])
      .describe('Data sources and types of documents that are always sensitive.'),
    public: z
      .array(z.string().min(1).max(256))
      .max(PUBLIC_MAX)
      .default([])
      .describe('Values that are public: they raise no label.'),
    second_stage: secondStage
      .optional()
      .describe('A local model that looks for names and addresses of people.'),
  })
  .transform(({ patterns, sources, public: publicValues, second_stage: secondStage }) => ({
    patterns,
    sources,
    publicValues,
    secondStage,
  }));

export const tenantPart: z.ZodType<TenantPart> = z
  .strictObject({
    plan: name.optional().describe('What it subscribes to; without one nothing is withheld.'),
    class: tenantClass.optional().describe('For rules; else that of its plan.'),
    topology: z
      .enum(['cloud', 'hybrid', 'sovereign'])
      .default('hybrid')
      .describe('`sovereign`: at most tier 2, and only its own endpoints.'),
    shared_nodes: z
      .enum(['refuse', 'allow'])
      .default('refuse')
      .describe('Whether shared nodes take its content; `refuse` binds a sovereign tenant alone.'),
    residency: listOf(region).optional().describe('Regions its calls may run in; else all.'),
    ring: z.int().min(0).max(1_000).optional().describe('Rollout ring, by its order.'),
    default_label: label.prefault('public').describe('Label of a call in which nothing was found.'),
    unscanned_label: label
      .prefault('personal')
      .describe('Label of a part that the scanner cannot read.'),
    privacy: z
      .enum(['enforce', 'observe'])
      .default('enforce')
      .describe('`observe` labels and reports, and refuses nothing.'),
    durable: z
      .enum(['after-answer', 'before-answer'])
      .default('after-answer')
      .describe('Whether an answer waits until its record is on disk.'),
    budget: budget.optional().describe('Hard limit of what it may spend.'),
    own: own.optional().describe('What it names as its own.'),
    private_addresses: listOf(hostAndPort)
      .optional()
      .describe('Private `host:port` at which it may bring endpoints of its own.'),
    policies: policies.optional().describe('Policies, asked in this order.'),
    agents: mapOf(callerText, policies)
      .optional()
      .describe('Policies of single agents (`x-signalbox-agent`), asked before its own.'),
    retention: z
      .enum(['standard', 'zero'])
      .default('standard')
      .describe('`zero`: only endpoints that keep nothing.'),
    models: overrides.optional().describe('What it has otherwise than the others.'),
    strong_share: share
      .optional()
      .describe(
        "Share of its calls of the model `auto` that may go to tier 3; at most its plan's.",
      ),
    sensitive: sensitive.optional().describe('What is sensitive or public for this tenant.'),
    features_up_to: labelOrNone.optional().describe('Highest label that routing learns from.'),
  })
  .transform((written) => ({
    plan: written.plan,
    tenantClass: written.class,
    topology: written.topology,
    sharedNodes: written.shared_nodes,
    residency: written.residency,
    ring: written.ring,
    defaultLabel: written.default_label,
    unscannedLabel: written.unscanned_label,
    privacy: written.privacy,
    durable: written.durable,
    budget: written.budget,
    own: written.own ?? { endpoints: [], networks: [] },
    privateAddresses: written.private_addresses ?? [],
    policies: written.policies ?? [],
    agentPolicies: written.agents ?? new Map<string, readonly string[]>(),
    retention: written.retention,
    models: written.models,
    strongShare: written.strong_share,
    sensitive: written.sensitive,
    featuresUpTo: written.features_up_to,
  }));

const tagName = formed({
  pattern: /^[a-z0-9_-]{1,64}$/,
  message: 'a tag is named in lower case',
  hint: 'write letters, digits, `_` and `-`, at most 64',
});
const tagValue = formed({
  pattern: /^[!-~]{1,64}$/,
  message: 'a tag takes 1 to 64 printable characters',
  hint: 'shorten it, and leave out spaces and letters with accents',
});

const tags = z
  .strictObject({
    fixed: mapOf(tagName, tagValue).optional().describe('Tags that every call of the key has.'),
    required: z.array(tagName).max(TAGS_MAX).default([]).describe('Tags that a call must bring.'),
  })
  .refine((written) => (written.fixed?.size ?? 0) + written.required.length <= TAGS_MAX, {
    error: `a call has at most ${TAGS_MAX} tags`,
    params: { hint: 'remove some from `fixed` or `required`' },
  })
  .transform((written) => ({
    fixed: written.fixed ?? new Map<string, string>(),
    required: written.required,
  }));

const NO_TAGS = { fixed: new Map<string, string>(), required: [] };

const SECRET_KEYS = ['id', 'secret_hash', 'secret'];

export const keyPart: z.ZodType<KeyPart> = z
  .strictObject({
    tenant: name.describe('Whose key it is.'),
    id: formed({
      pattern: /^[0-9A-Za-z]{12}$/,
      message: 'an id is the twelve characters after the second `_` of a key',
      hint: 'copy it from the key: `sbx_<env>_<id>_...`',
    })
      .optional()
      .describe('The id inside the key; goes with `secret_hash`.'),
    secret_hash: formed({
      pattern: /^[0-9a-f]{64}$/,
      message: 'a hash is 64 lower-case hexadecimal characters',
      hint: 'use `secret` with a reference to the whole key instead',
    })
      .optional()
      .describe('HMAC-SHA-256 of the key under the pepper of the node.'),
    secret: secret.optional().describe('The whole key by reference, instead of id and hash.'),
    models: models.optional().describe('Models it may call; else those of the plan.'),
    tiers: tiers.optional().describe('Tiers it may reach; else those of the plan.'),
    scopes: listOf(z.enum(['call', 'explain', 'admin', 'audit', 'finance']))
      .optional()
      .describe(
        'What it is for; `call` when nothing is said. `admin` manages what is of the tenant over ' +
          'the admin API, `audit` reads it, `finance` reads sums of money.',
      ),
    budget: budget.optional().describe('Hard limit of what it may spend.'),
    expires: instantMs.optional().describe('From then on it is refused (UTC).'),
    networks: listOf(network).optional().describe('Networks it may be used from; else any.'),
    session: callerText.optional().describe('Fixes the session of every call.'),
    agent: callerText.optional().describe('Fixes the agent of every call.'),
    subject: callerText.optional().describe('Fixes the subject of every call.'),
    require_session: z.boolean().default(false).describe('Refuses calls that name no session.'),
    policies: policies
      .optional()
      .describe('Policies of the sessions that are held with it, asked before all others.'),
    tags: tags.optional().describe('Tags for cost views.'),
    revoked: z.boolean().default(false).describe('Refuses every call.'),
  })
  .superRefine(
    (written, context) => {
      const hashed = written.id !== undefined && written.secret_hash !== undefined;
      const partial = written.id !== undefined || written.secret_hash !== undefined;
      const referred = written.secret !== undefined;
      if (!(hashed ? referred : partial || !referred)) return;
      const hint = 'write `secret: env:NAME`, and put the whole key into that variable';
      const message = 'a key has either `id` and `secret_hash`, or `secret` with a reference';
      context.addIssue({ code: 'custom', message, params: { hint, about: SECRET_KEYS } });
    },
    { when: isMapping },
  )
  .transform((written) => ({
    tenant: written.tenant,
    id: written.id,
    secretHash: written.secret_hash,
    secret: written.secret,
    models: written.models,
    tiers: written.tiers,
    scopes: written.scopes ?? ['call'],
    budget: written.budget,
    expiresMs: written.expires,
    networks: written.networks,
    session: written.session,
    agent: written.agent,
    subject: written.subject,
    requireSession: written.require_session,
    policies: written.policies ?? [],
    tags: written.tags ?? NO_TAGS,
    revoked: written.revoked,
  }));
