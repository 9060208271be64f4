/** Written form of `endpoints`. */
import { z } from 'zod';
import type {
  AttestationDocument,
  EndpointDocument,
  EndpointKind,
  EndpointTimers,
  PrivateAddress,
} from '../endpoint.ts';
import { ENDPOINT_KINDS } from '../endpoint-kinds.table.ts';
import type { ModelAtEndpoint } from '../model.ts';
import type { AmortisedDocument } from '../pricing.ts';
import { credential } from './credential.ts';
import { modelsAtEndpoint } from './model.ts';
import { price } from './price.ts';
import {
  amount,
  formed,
  hostAndPort,
  mapOf,
  milliseconds,
  name,
  region,
  tier,
  url,
} from './words.ts';

const HOUR_MS = 3_600_000;
const IN_FLIGHT_AUTO_MAX = 200;

const KINDS = [
  'openai-compatible',
  'embedded',
  'sim',
  'ollama',
  'llama-server',
  'llama-box',
  'lmstudio',
  'vllm',
  'sglang',
  'tgi',
  'nim',
  'openai',
  'azure',
  'anthropic',
  'gemini',
  'mistral',
  'groq',
  'deepseek',
  'openrouter',
  'xai',
  'bedrock',
  'vertex',
  'cohere',
  'perplexity',
  'together',
  'fireworks',
  'huggingface',
] as const satisfies readonly EndpointKind[];

/** What one entry of `endpoints` becomes before its name and place are added. */
export type EndpointPart = Omit<
  EndpointDocument,
  'name' | 'origin' | 'url' | 'privateAddress' | 'models'
> & {
  readonly url: string | undefined;
  readonly privateAddress: PrivateAddress | boolean | undefined;
  readonly models: ReadonlyMap<string, Omit<ModelAtEndpoint, 'upstream' | 'name'> & NamePart>;
};
type NamePart = { readonly name: string | undefined };

/** The caller's credentials and cookies never travel, and framing belongs to the connection. */
const CLOSED_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'x-api-key',
  'x-goog-api-key',
  'api-key',
  'host',
  'connection',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'keep-alive',
  'expect',
]);

const headerName = formed({
  pattern: /^[a-z0-9][a-z0-9-]{0,63}$/,
  message: 'a header is named in lower case',
  hint: 'write letters, digits and `-`, in the way of `x-team`',
}).refine((text) => !CLOSED_HEADERS.has(text), {
  error: 'this header belongs to the connection or carries credentials',
  params: { hint: 'remove it; a key for the upstream goes under `credentials`' },
});
const headerValue = formed({
  pattern: /^[ -~]{0,1024}$/,
  message: 'takes printable ASCII on one line',
  hint: 'shorten it to 1024 characters, without line breaks and letters with accents',
});

const headers = z
  .strictObject({
    forward: z
      .array(headerName)
      .max(64)
      .default([])
      .describe('Headers of the caller that go on to this endpoint.'),
    set: mapOf(headerName, headerValue).optional().describe('Headers sent with every call.'),
  })
  .transform((written) => ({ forward: written.forward, set: written.set ?? new Map() }));

const timers = z
  .strictObject({
    connect_ms: milliseconds(HOUR_MS).default(3_000).describe('To open the connection.'),
    head_ms: milliseconds(HOUR_MS)
      .optional()
      .describe(
        'Until the first byte of the answer. Without it 60000, or more where servers of the kind ' +
          'load a model first or think before they say anything.',
      ),
    whole_ms: milliseconds(24 * HOUR_MS)
      .optional()
      .describe(
        'The same for an answer that is not streamed: nothing of it comes before its last word ' +
          'is made. Without it `head_ms` where that is stated, else `total_ms`.',
      ),
    idle_ms: milliseconds(HOUR_MS)
      .optional()
      .describe(
        'Between two lines of the answer. Without it 10000, or more where servers of the kind ' +
          'are known to be silent for longer.',
      ),
    total_ms: milliseconds(24 * HOUR_MS)
      .default(600_000)
      .describe('For the whole call.'),
  })
  .transform((written) => ({
    connectMs: written.connect_ms,
    headMs: written.head_ms,
    wholeMs: written.whole_ms ?? written.head_ms ?? written.total_ms,
    idleMs: written.idle_ms,
    totalMs: written.total_ms,
  }));

const timersOf = (
  { headMs, idleMs, ...others }: z.infer<typeof timers>,
  kind: EndpointKind,
): EndpointTimers => ({
  ...others,
  headMs: headMs ?? ENDPOINT_KINDS[kind].headMs,
  idleMs: idleMs ?? ENDPOINT_KINDS[kind].idleMs,
});

const amortised: z.ZodType<AmortisedDocument> = z
  .strictObject({
    hardware_usd: amount.describe('What the machine cost.'),
    life_months: z.int().min(1).max(600).describe('Months over which it is written off.'),
    watts: z.number().min(0).max(1_000_000).describe('What it draws while it works.'),
    kilowatt_hour_usd: amount.describe('Price of a kilowatt-hour.'),
    input_tokens_per_second: z.number().positive().describe('Input tokens read in a second.'),
    output_tokens_per_second: z.number().positive().describe('Output tokens made in a second.'),
    busy_share: z.number().positive().max(1).describe('Share of its life in which it works.'),
  })
  .transform((written) => ({
    hardwareUsd: written.hardware_usd,
    lifeMonths: written.life_months,
    watts: written.watts,
    kilowattHourUsd: written.kilowatt_hour_usd,
    inputTokensPerSecond: written.input_tokens_per_second,
    outputTokensPerSecond: written.output_tokens_per_second,
    busyShare: written.busy_share,
  }));

const attestation: z.ZodType<AttestationDocument> = z.strictObject({
  kind: z.enum(['contract', 'audit', 'hardware']).describe('What the evidence is.'),
  evidence: z.string().min(1).max(1_024).describe('Where it is found: a name, a link, a digest.'),
  by: z.string().min(1).max(256).describe('Who vouches for it.'),
});

const privateAddress: z.ZodType<PrivateAddress | boolean> = z.union([z.boolean(), hostAndPort]);

export const endpointPart: z.ZodType<EndpointPart> = z
  .strictObject({
    kind: z.enum(KINDS).default('openai-compatible').describe('What speaks at the other end.'),
    url: url
      .optional()
      .describe('Base URL with the version path; well-known kinds have a default.'),
    model_path: z
      .string()
      .min(1)
      .max(4_096)
      .optional()
      .describe('The GGUF file of an `embedded` endpoint.'),
    tier: tier
      .optional()
      .describe('Declares where it stands. Below what its address implies it is an attestation.'),
    region: region.optional().describe('Region it runs in; unknown is outside every residency.'),
    legal_entity: z.string().min(1).max(128).optional().describe('Who operates it.'),
    retention: z
      .enum(['standard', 'zero'])
      .default('standard')
      .describe('`zero`: its operator keeps nothing of a call.'),
    attestation: attestation.optional().describe('What stands behind region and retention.'),
    tenant: name.optional().describe('The only tenant that may use it.'),
    enabled: z.boolean().default(true).describe('`false`: nothing is sent, not even a probe.'),
    quarantine: z
      .boolean()
      .default(false)
      .describe('`true`: it is asked about itself, and gets no call until it is activated.'),
    private_address: privateAddress
      .optional()
      .describe('Lets it dial one private `host:port`, or `true` for that of its URL.'),
    credentials: z.array(credential).max(64).default([]).describe('Keys for the upstream.'),
    headers: headers.optional().describe('Headers towards it.'),
    timers: timers.optional().describe('How long it may take.'),
    in_flight_max: z
      .union([z.literal('auto'), z.int().min(1).max(100_000)])
      .default(256)
      .describe(
        'Calls at the same time. `auto`, for your own server: 2 to 200, learnt from how long ' +
          'first tokens take.',
      ),
    retries: z
      .int()
      .min(0)
      .max(5)
      .default(0)
      .describe('Further tries here. Without them one request is one call to it.'),
    health_check_interval_ms: milliseconds(HOUR_MS).optional().describe('Between probes; 30000.'),
    rate_limit_buffer: z
      .number()
      .positive()
      .max(1)
      .optional()
      .describe(
        'Share of the upstream rate limits to use, those under `limits` and those told in its ' +
          'answers. Without it 0.8 of the former, and the latter are not looked at.',
      ),
    models: modelsAtEndpoint
      .optional()
      .describe('What it serves, by the name it knows: a list, or a mapping with details.'),
    amortised: amortised.optional().describe('What its hardware costs, spread over its tokens.'),
    price: price.optional().describe('Price of every model here without a nearer one.'),
  })
  .transform((written) => ({
    kind: written.kind,
    url: written.url,
    modelPath: written.model_path,
    tier: written.tier,
    region: written.region,
    legalEntity: written.legal_entity,
    retention: written.retention,
    attestation: written.attestation,
    tenant: written.tenant,
    enabled: written.enabled,
    quarantined: written.quarantine,
    privateAddress: written.private_address,
    credentials: written.credentials,
    headers: written.headers ?? { forward: [], set: new Map<string, string>() },
    timers: timersOf(written.timers ?? timers.parse({}), written.kind),
    inFlightMax: written.in_flight_max === 'auto' ? IN_FLIGHT_AUTO_MAX : written.in_flight_max,
    inFlightLearnt: written.in_flight_max === 'auto',
    retries: written.retries,
    healthCheckIntervalMs: written.health_check_interval_ms,
    rateLimitBuffer: written.rate_limit_buffer,
    models: written.models ?? new Map(),
    amortised: written.amortised,
    price: written.price,
  }));
