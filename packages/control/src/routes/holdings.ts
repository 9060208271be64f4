// What there is: the server's own state, endpoints, models, tenants and keys. Of a key its name and
// what it may do; never its hash, nor where its secret is kept.
import { microUsd, no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import {
  type KeyDocument,
  type Origin,
  type TenantDocument,
  writtenTenant,
} from '@signalbox/documents';
import { z } from 'zod';
import type { ControlOptions } from '../options.ts';
import type { EndpointStatus, FactStatus, ModelStatus, StatusDocument } from '../status.ts';
import { modelFactsQuery } from './query.ts';
import { getRoute, NO_QUERY, pageBody, pageOf, type Route } from './route.ts';
import { isoTime, time } from './rows.ts';
import { documentKeys } from './written.ts';

const text = z.string();
const maybe = z.string().nullable();
const words = z.array(text).nullable();
const source = z.strictObject({ file: text, line: z.int() }).nullable();
const asWritten = z.looseObject({}).nullable().describe('As in the configuration.');
const tiers = z.array(z.int());
const budget = z.strictObject({ amount_micro_usd: z.int(), per: text }).nullable();

const factSchema = z.strictObject({
  fact: text,
  model: maybe.describe('As the endpoint names it; null: of the endpoint as a whole.'),
  value: z.union([text, z.number(), z.boolean()]),
  at: time,
  from: text.describe('The question that was answered, or `kind`: usual for its kind.'),
});

const endpointSchema = z.strictObject({
  name: text,
  kind: text,
  origin: text,
  tier: z.int(),
  region: maybe,
  tenant: maybe,
  state: z.enum(['available', 'quarantined', 'off', 'down', 'unavailable']),
  why: maybe,
  models: z.array(text),
  has_key: z.boolean(),
  key_tail: maybe.describe('The last characters of a key that a tenant brought.'),
  facts: z.array(factSchema).describe('What it told when it was asked about itself.'),
});

const modelSchema = z.strictObject({
  name: text,
  endpoints: z.array(text),
  tiers,
  available: z.boolean(),
  context_tokens: z.int().nullable(),
});

const modelFactSchema = z.strictObject({
  model: text,
  endpoint: text,
  field: text,
  said: z
    .array(z.strictObject({ from: text, value: text }))
    .describe('The first holds; the others are what else is said.'),
});

const problemSchema = z.strictObject({
  file: text,
  line: z.int(),
  column: z.int(),
  path: text,
  excerpt: text,
  message: text,
  hint: maybe,
});

const statusSchema = z.strictObject({
  mode: z.enum(['ready', 'degraded', 'draining', 'unavailable']),
  reasons: z.array(text),
  version: text,
  node: text,
  started_at: time,
  snapshot: z.strictObject({ version: text, since: time, files: z.array(text) }),
  problems: z.array(problemSchema).describe('Of the files as they are now.'),
  journal: z.strictObject({ state: z.enum(['ready', 'unavailable']), why: maybe }),
  records: z
    .strictObject({ state: z.enum(['ready', 'stuck']), why: maybe })
    .describe('What lists and sums are read from; calls go on without it.'),
  endpoints: z.array(endpointSchema),
  models: z.array(modelSchema),
  first_call: maybe.describe('A command line that makes a first call when it is pasted.'),
});

export const tenantSchema: z.ZodType = z.strictObject({
  name: text,
  plan: maybe,
  class: maybe,
  topology: text,
  shared_nodes: text,
  residency: words,
  ring: z.int().nullable(),
  default_label: text,
  unscanned_label: text,
  privacy: text,
  durable: text,
  retention: text,
  budget,
  own: z.strictObject({ endpoints: z.array(text), networks: z.array(text) }),
  private_addresses: words,
  policies: z.array(text),
  agents: z.record(text, z.array(text)).nullable(),
  models: asWritten,
  sensitive: asWritten,
  strong_share: z.number().nullable(),
  features_up_to: maybe,
  source: source.describe('The file that owns it; null: made through the API.'),
});

export const keySchema: z.ZodType = z.strictObject({
  name: text,
  tenant: text,
  id: maybe.describe('The twelve characters after the second `_` of the key.'),
  models: words,
  tiers: tiers.nullable(),
  scopes: z.array(text),
  budget,
  expires: time.nullable(),
  networks: words,
  revoked: z.boolean(),
  source,
});

export function holdingRoutes(options: ControlOptions): readonly Route[] {
  const { status, configuration } = options;
  return [
    getRoute({
      path: '/admin/v1/status',
      summary: 'How the server stands: mode, configuration, journal, endpoints, models',
      query: NO_QUERY,
      answer: statusSchema,
      serve: async () => yes({ status: 200, body: statusOf(status()) }),
    }),
    getRoute({
      path: '/admin/v1/endpoints',
      summary: 'All endpoints; to the admin of a tenant, those of that tenant',
      query: NO_QUERY,
      answer: pageOf(endpointSchema),
      forTenants: true,
      async serve(_query, _asked, { visitor: { tenant } }) {
        const all = status().endpoints;
        const theirs = tenant === undefined ? all : all.filter((one) => one.tenant === tenant);
        return yes({ status: 200, body: pageBody(theirs.map(endpointOf)) });
      },
    }),
    list('models', modelSchema, () => status().models.map(modelOf)),
    getRoute({
      path: '/admin/v1/model-facts',
      summary: 'What is known of models, field by field, by whose word',
      query: modelFactsQuery,
      answer: pageOf(modelFactSchema),
      async serve({ model }) {
        return yes({ status: 200, body: pageBody(options.modelFacts?.(model) ?? []) });
      },
    }),
    list('tenants', tenantSchema, () => [...configuration().tenants.values()].map(tenantOf)),
    list('keys', keySchema, () => [...configuration().keys.values()].map(keyOf)),
    getRoute({
      path: '/admin/v1/tenants/{name}',
      summary: 'One tenant; the header `etag` is for `if-match`',
      query: NO_QUERY,
      answer: tenantSchema,
      async serve(_query, { name }) {
        const found = findTenant(options, name);
        if (!found.ok) return found;
        const headers = ['etag', etagOf(options, found.value)];
        return yes({ status: 200, body: found.value, headers });
      },
    }),
  ];
}

/** All there is in one page: these are documents that a person wrote. */
const list = (noun: string, row: z.ZodType, all: () => readonly object[]): Route =>
  getRoute({
    path: `/admin/v1/${noun}`,
    summary: `All ${noun}`,
    query: NO_QUERY,
    answer: pageOf(row),
    serve: async () => yes({ status: 200, body: pageBody(all()) }),
  });

export function findTenant(
  { configuration }: ControlOptions,
  name: string,
): Result<object, Refusal> {
  const tenant = configuration().tenants.get(name);
  return tenant === undefined
    ? no(refusal('route_unknown', 'No tenant has this name.'))
    : yes(tenantOf(tenant));
}

const ETAG_BYTES = 12;

/** Changes with whatever is shown of the document. */
export const etagOf = ({ keys }: ControlOptions, document: object): string =>
  `"${keys.digest('etag', JSON.stringify(document), ETAG_BYTES)}"`;

/** Of a document that is kept as text. */
export const textTag = (options: ControlOptions, written: string | undefined): string =>
  etagOf(options, { text: written ?? null });

function statusOf(status: StatusDocument): object {
  const { journal, records, snapshot } = status;
  return {
    mode: status.mode,
    reasons: status.reasons,
    version: status.version,
    node: status.node,
    started_at: isoTime(status.startedAt),
    snapshot: {
      version: snapshot.version,
      since: isoTime(snapshot.since),
      files: snapshot.files,
    },
    problems: status.problems.map((one) => ({
      file: one.file,
      line: one.line,
      column: one.column,
      path: one.path,
      excerpt: one.excerpt,
      message: one.message,
      hint: one.hint ?? null,
    })),
    journal: {
      state: journal.kind,
      why: journal.kind === 'ready' ? null : `${journal.reason}: ${journal.detail}`,
    },
    records: { state: records.kind, why: records.kind === 'ready' ? null : records.detail },
    endpoints: status.endpoints.map(endpointOf),
    models: status.models.map(modelOf),
    first_call: status.firstCall ?? null,
  };
}

const endpointOf = (one: EndpointStatus): object => ({
  name: one.name,
  kind: one.kind,
  origin: one.origin,
  tier: one.tier,
  region: one.region ?? null,
  tenant: one.tenant ?? null,
  state: one.state,
  why: one.why ?? null,
  models: one.models,
  has_key: one.hasKey,
  key_tail: one.keyTail ?? null,
  facts: one.facts.map(factOf),
});

const factOf = ({ fact, model, value, at, from }: FactStatus): object => ({
  fact: fact.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  model: model ?? null,
  value,
  at: isoTime(at),
  from,
});

const modelOf = (one: ModelStatus): object => ({
  name: one.name,
  endpoints: one.endpoints,
  tiers: one.tiers,
  available: one.available,
  context_tokens: one.contextTokens ?? null,
});

/** Every key that a tenant's document may have; null where it says nothing. */
const UNSAID: object = Object.fromEntries(documentKeys('tenants').map((key) => [key, null]));

const tenantOf = (one: TenantDocument): object => ({
  name: one.name,
  ...UNSAID,
  ...writtenTenant(one),
  budget: budgetOf(one.budget),
  own: one.own,
  policies: one.policies,
  source: sourceOf(one.origin),
});

const keyOf = (one: KeyDocument): object => ({
  name: one.name,
  tenant: one.tenant,
  id: one.id ?? null,
  models: one.models ?? null,
  tiers: one.tiers ?? null,
  scopes: one.scopes,
  budget: budgetOf(one.budget),
  expires: one.expiresMs === undefined ? null : isoTime(one.expiresMs),
  networks: one.networks ?? null,
  revoked: one.revoked,
  source: sourceOf(one.origin),
});

const budgetOf = (one: TenantDocument['budget']): object | null =>
  one === undefined ? null : { amount_micro_usd: microUsd(one.amountNanoUsd), per: one.per };

const sourceOf = (one: Origin | undefined): object | null =>
  one === undefined ? null : { file: one.file, line: one.line };
