// The words of a query: numbers as digits, filters as names.
import { REQUESTS_MAX, WINDOW_MS_MAX } from '@signalbox/ports';
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

const ENDINGS = ['answered', 'refused', 'cut', 'left', 'crashed'] as const;

const filters = {
  tier: digits(z.int().min(1).max(3)).optional().describe('Tier that answered.'),
  ending: z.enum(ENDINGS).optional().describe('How the call ended.'),
  tenant: name.optional().describe('Whose calls.'),
  session: name.optional().describe('Calls of one session.'),
  model: name.optional().describe('What was asked for, or what answered.'),
};

export type Filters = {
  readonly tier?: number | undefined;
  readonly ending?: string | undefined;
  readonly tenant?: string | undefined;
  readonly session?: string | undefined;
  readonly model?: string | undefined;
};

export type RequestsQuery = Filters & {
  readonly limit: number;
  readonly after?: string | undefined;
};
export const requestsQuery: z.ZodType<RequestsQuery> = z.strictObject({
  limit: digits(z.int().min(1).max(REQUESTS_MAX)).default(LIMIT_DEFAULT).describe('Rows a page.'),
  after: decision.optional().describe('`next` of the page before.'),
  ...filters,
});

export const modelFactsQuery: z.ZodType<{ readonly model?: string | undefined }> = z.strictObject({
  model: name.optional().describe('One model, as callers name it; else all.'),
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
