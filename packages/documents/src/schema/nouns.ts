/**
 * Every noun a configuration may hold. The validator, the JSON Schema for editors and the reference
 * page are all read from this one table, so that none of them can know a key the others do not.
 */
import { z } from 'zod';
import type {
  JournalDocument,
  NodeDocument,
  QueueDocument,
  RoutingDocument,
  ServerDocument,
  TelemetryDocument,
} from '../configuration.ts';
import type { RegistryDocument } from '../model.ts';
import { type ConsentPart, consentPart, type RingPart, ringPart } from './consent.ts';
import { type EndpointPart, endpointPart } from './endpoint.ts';
import { type ModelPart, modelPart, registry } from './model.ts';
import { type AliasPart, aliasPart, type PolicyPart, policyPart } from './policy.ts';
import { type PricePart, pricePart } from './price.ts';
import { journal, node, queue, routing, server, telemetry } from './server.ts';
import {
  type KeyPart,
  keyPart,
  type PlanPart,
  planPart,
  type TenantPart,
  tenantPart,
} from './tenant.ts';
import { CONSENT_FORM, type Form, MODEL_NAME_FORM, NAME_FORM } from './words.ts';

/** `one`: a mapping; `many`: a mapping from names to mappings; `list`: a list of mappings. */
export interface Noun<T> {
  readonly shape: 'one' | 'many' | 'list';
  readonly names: Form | undefined;
  readonly schema: z.ZodType<T>;
  readonly meaning: string;
}

export interface Nouns {
  readonly server: Noun<ServerDocument>;
  readonly node: Noun<NodeDocument>;
  readonly endpoints: Noun<EndpointPart>;
  readonly models: Noun<ModelPart>;
  readonly registry: Noun<RegistryDocument>;
  readonly aliases: Noun<AliasPart>;
  readonly plans: Noun<PlanPart>;
  readonly tenants: Noun<TenantPart>;
  readonly keys: Noun<KeyPart>;
  readonly policies: Noun<PolicyPart>;
  readonly consents: Noun<ConsentPart>;
  readonly prices: Noun<PricePart>;
  readonly authority: Noun<unknown>;
  readonly rings: Noun<RingPart>;
  readonly queue: Noun<QueueDocument>;
  readonly routing: Noun<RoutingDocument>;
  readonly journal: Noun<JournalDocument>;
  readonly telemetry: Noun<TelemetryDocument>;
}

const one = <T>(meaning: string, schema: z.ZodType<T>): Noun<T> => ({
  shape: 'one',
  names: undefined,
  schema,
  meaning,
});
const many = <T>(meaning: string, names: Form, schema: z.ZodType<T>): Noun<T> => ({
  shape: 'many',
  names,
  schema,
  meaning,
});

export const NOUNS: Nouns = {
  server: one('The HTTP listener and its bounds.', server),
  node: one('Where this gateway stands.', node),
  endpoints: many('Model servers that calls may go to.', MODEL_NAME_FORM, endpointPart),
  models: many('What is known about models, wherever they run.', MODEL_NAME_FORM, modelPart),
  registry: one('What is demanded of models, whoever asks for them.', registry),
  aliases: many(
    'Names that stand for a model, or for several tried in order.',
    MODEL_NAME_FORM,
    aliasPart,
  ),
  plans: many('What tenants subscribe to.', NAME_FORM, planPart),
  tenants: many('Who calls, and what holds for their data.', NAME_FORM, tenantPart),
  keys: many('What callers show.', NAME_FORM, keyPart),
  policies: many('Rules that choose a route.', NAME_FORM, policyPart),
  consents: many('Agreements that lift a ceiling.', CONSENT_FORM, consentPart),
  prices: {
    shape: 'list',
    names: undefined,
    schema: pricePart,
    meaning: 'Prices of your own; they win over the shipped list.',
  },
  authority: one('Who may change what.', z.record(z.string(), z.unknown())),
  rings: many('Groups of tenants that changes reach one after another.', NAME_FORM, ringPart),
  queue: one('What happens to calls while all allowed routes are down.', queue),
  routing: one('How the model `auto` is routed by what was learned.', routing),
  journal: one('The record of every call on disk.', journal),
  telemetry: one('Logs and spans.', telemetry),
};

/** Names of the nouns in the order in which they are shown. */
export const NOUN_NAMES: readonly (keyof Nouns)[] = [
  'server',
  'node',
  'endpoints',
  'models',
  'registry',
  'aliases',
  'plans',
  'tenants',
  'keys',
  'policies',
  'consents',
  'prices',
  'authority',
  'rings',
  'queue',
  'routing',
  'journal',
  'telemetry',
];

/** The version this program reads and writes. */
export const CONFIGURATION_VERSION = 1 as const;

/** The whole written document as one schema, for what describes it; it checks no names. */
export function wholeSchema(): z.ZodType {
  const fields = NOUN_NAMES.map((key): [string, z.ZodType] => {
    const noun = NOUNS[key];
    return [key, shaped(noun).optional().describe(noun.meaning)];
  });
  return z.strictObject({
    version: z.literal(CONFIGURATION_VERSION).describe('Version of this format: 1.'),
    ...Object.fromEntries(fields),
  });
}

function shaped(noun: Noun<unknown>): z.ZodType {
  if (noun.shape === 'list') return z.array(noun.schema);
  if (noun.names === undefined) return noun.schema;
  return z.record(z.string().regex(noun.names.pattern), noun.schema);
}
