// The registry: models, where they run, what they cost there and by whose word, how they are
// related, and what is rolled out. What is known of one, field by field, is at `model-facts`.
import { no, refusal, yes } from '@signalbox/contract';
import { z } from 'zod';
import type { ControlOptions } from '../options.ts';
import { getRoute, NO_QUERY, type Route } from './route.ts';

const text = z.string();
const maybe = z.string().nullable();
const texts = z.array(text);

const price = z.strictObject({
  kind: z.enum(['known', 'zero', 'unknown']),
  input: maybe.describe('Dollars a million tokens, exact.'),
  output: maybe,
  cached_input: maybe,
  by: text.describe('By whose word: `list`, `document`, `hardware`; else why it is unknown.'),
  from: maybe.describe('The day it holds from.'),
  version: text,
  disputed: z.array(z.strictObject({ field: text, taken: text, left: text })),
});

const place = z.strictObject({
  endpoint: text,
  upstream: text,
  tier: z.int(),
  state: text,
  context_tokens: z.int().nullable(),
  capabilities: texts,
  price,
});

const model = z.strictObject({
  name: text,
  family: maybe,
  source: z.strictObject({ file: text, line: z.int() }).nullable(),
  relations: z.array(z.strictObject({ relation: text, models: texts })),
  quantisation: maybe,
  licence: maybe,
  places: z.array(place),
});

const rollout = z.strictObject({
  name: text,
  model: text,
  to: text,
  enabled: z.boolean(),
  percent: z.number(),
  rings: z.array(z.int()),
  tenants: texts,
});

export const registryRoute = ({ registry }: ControlOptions): Route =>
  getRoute({
    path: '/admin/v1/registry',
    summary: 'Models with their places, prices and relations, and what is rolled out',
    query: NO_QUERY,
    answer: z.strictObject({
      models: z.array(model),
      rollouts: z.array(rollout),
      list: z.strictObject({ version: text, date: text }).nullable(),
    }),
    serve: async () =>
      registry === undefined ? no(NONE) : yes({ status: 200, body: await registry() }),
  });

const NONE = refusal('route_unknown', 'This server shows no registry.');
