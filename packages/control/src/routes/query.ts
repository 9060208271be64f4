// The words of a query: numbers as digits, filters as names.
import { LABELS, type Label } from '@signalbox/contract';
import {
  NOT_GIVEN,
  OUTCOMES,
  REACHES,
  REQUESTS_MAX,
  type Reach,
  WINDOW_MS_MAX,
} from '@signalbox/ports';
import { z } from 'zod';

const LIMIT_DEFAULT = 50;
const WINDOW_MS_DEFAULT = 3_600_000;
const WINDOW_MS_MIN = 60_000;

/** A whole number in digits. */
const digits = (schema: z.ZodType<number, number>): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^[0-9]{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(schema);

const name = z.string().regex(/^[!-~]{1,200}$/, 'must be 1 to 200 printable characters');
const decision = z
  .string()
  .regex(/^dec_[0-9A-Z]{26}(-[1-9][0-9]{0,3})?$/, 'must be the id of a decision');

const limit = digits(z.int().min(1).max(REQUESTS_MAX))
  .default(LIMIT_DEFAULT)
  .describe('Rows a page.');

/** An instant in ISO 8601, as Unix milliseconds. */
const instant: z.ZodType<number, string> = z.iso
  .datetime({ offset: true, error: 'must be an instant such as 2026-03-01T00:00:00Z' })
  .transform((text) => Date.parse(text));

const ENDINGS = ['answered', 'refused', 'cut', 'left', 'crashed'] as const;

const filters = {
  tier: digits(z.int().min(1).max(3)).optional().describe('Tier that answered.'),
  ending: z.enum(ENDINGS).optional().describe('How the call ended.'),
  tenant: name.optional().describe('Whose calls.'),
  session: name.optional().describe('Calls of one session.'),
  model: name.optional().describe('What was asked for, or what answered.'),
  label: z
    .enum([...LABELS, NOT_GIVEN])
    .optional()
    .describe(`Label of the call; \`${NOT_GIVEN}\`: none.`),
  reach: z.enum(REACHES).optional().describe('How far its data went.'),
  received_by: name.optional().describe('An endpoint that its data was sent to.'),
  blocked_at: name.optional().describe('An endpoint where it was stopped, by its clearance.'),
  consent: name.optional().describe(`What let it further than its label; \`${NOT_GIVEN}\`: none.`),
  from: instant.optional().describe('Calls that came from then on.'),
  to: instant.optional().describe('Calls that came before.'),
};

export type Filters = {
  readonly tier?: number | undefined;
  readonly ending?: string | undefined;
  readonly tenant?: string | undefined;
  readonly session?: string | undefined;
  readonly model?: string | undefined;
  readonly label?: Label | typeof NOT_GIVEN | undefined;
  readonly reach?: Reach | undefined;
  readonly received_by?: string | undefined;
  readonly blocked_at?: string | undefined;
  readonly consent?: string | undefined;
  /** Unix milliseconds. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
};

export type RequestsQuery = Filters & {
  readonly limit: number;
  readonly after?: string | undefined;
};
export const requestsQuery: z.ZodType<RequestsQuery> = z.strictObject({
  limit,
  after: decision.optional().describe('`next` of the page before.'),
  ...filters,
});

export const modelFactsQuery: z.ZodType<{ readonly model?: string | undefined }> = z.strictObject({
  model: name.optional().describe('One model, as callers name it; else all.'),
});

const EVENT = /^evt_[0-9A-Z]{26}$/;
const event = z.string().regex(EVENT, 'must be the id of an event');

export type EventsQuery = {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly tenant?: string | undefined;
};
export const eventsQuery: z.ZodType<EventsQuery> = z.strictObject({
  limit,
  after: event.optional().describe('`next` of the page before.'),
  tenant: name.optional().describe('What is of this tenant alone.'),
});

export type DeliveriesQuery = EventsQuery & {
  readonly webhook?: string | undefined;
  readonly event?: string | undefined;
  readonly outcome?: (typeof OUTCOMES)[number] | undefined;
};
export const deliveriesQuery: z.ZodType<DeliveriesQuery> = z.strictObject({
  limit,
  after: z
    .string()
    .regex(/^[0-9]{1,15}$/, 'must be `next` of a page')
    .optional()
    .describe('`next` of the page before.'),
  tenant: name.optional().describe('Of events of this tenant alone.'),
  webhook: name.optional().describe('To one webhook.'),
  event: event.optional().describe('Of one event.'),
  outcome: z.enum(OUTCOMES).optional().describe('How the attempt ended.'),
});

export type LiveQuery = Filters & { readonly since?: string | undefined };
export const liveQuery: z.ZodType<LiveQuery> = z.strictObject({
  since: decision
    .optional()
    .describe('The newest row that is known already; the header `last-event-id` comes before it.'),
  ...filters,
});

export type OverviewQuery = { readonly window_ms: number; readonly tenant?: string | undefined };
export const overviewQuery: z.ZodType<OverviewQuery> = z.strictObject({
  window_ms: digits(z.int().min(WINDOW_MS_MIN).max(WINDOW_MS_MAX))
    .default(WINDOW_MS_DEFAULT)
    .describe('How far back, milliseconds.'),
  tenant: filters.tenant,
});

export type DataFlowQuery = {
  readonly tenant?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
};
export const dataFlowQuery: z.ZodType<DataFlowQuery> = z.strictObject({
  tenant: name.optional().describe('Whose data; the key of a tenant asks for its own.'),
  since: instant.optional().describe('From the hour that holds it; 30 days before the end.'),
  until: instant.optional().describe('To the end of the hour before it, or that it is in; now.'),
});

export type ParityQuery = { readonly tenant?: string | undefined };
export const parityQuery: z.ZodType<ParityQuery> = z.strictObject({
  tenant: name.optional().describe('Whose audits; the key of a tenant asks for its own.'),
});
