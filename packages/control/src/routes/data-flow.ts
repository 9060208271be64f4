// Where the data of a tenant went in a period, for somebody who must answer for it: which places
// had calls of which labels, what stayed, what was stopped, and what went further than its label
// and by whose consent. Every number comes with the query that lists the calls behind it.
import {
  ceilingOfLabel,
  no,
  type Refusal,
  type Result,
  readLabel,
  refusal,
  type TenantName,
  tenantName,
  yes,
} from '@signalbox/contract';
import { type FlowSum, type Flows, NOT_GIVEN, REACHES, type Reach } from '@signalbox/ports';
import { z } from 'zod';
import type { ControlOptions } from '../options.ts';
import { type DataFlowQuery, dataFlowQuery } from './query.ts';
import { type From, getRoute, type Route } from './route.ts';
import { isoTime, time } from './rows.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS_USUAL = 30;
const DAYS_MAX = 400;

const maybe = z.string().nullable();
const records = z
  .string()
  .describe('The calls behind the number, as long as their rows are kept: a path of this API.');
const place = {
  endpoint: z.string(),
  region: maybe,
  legal_entity: maybe.describe('Who operated it, as its document said when the calls were made.'),
  tier: z.int(),
  own: z.boolean().describe('It was the own place of the tenant.'),
  label: maybe,
  calls: z.int().describe('A call counts at each place it came to.'),
  first: time,
  last: time,
  records,
};
const received = {
  ...place,
  input_tokens: z.int(),
  output_tokens: z.int(),
  uncounted_calls: z.int().describe('Calls whose tokens nobody counted.'),
};

const reportSchema = z.strictObject({
  tenant: z.string(),
  since: time,
  until: time.describe('Whole hours: the period is widened to them.'),
  made_at: time,
  records_since: time
    .nullable()
    .describe('The eldest call whose row is kept; sums reach further back. Null: none is.'),
  complete: z.boolean().describe('False: there were more kinds of flows than one answer holds.'),
  calls: z.array(
    z.strictObject({
      reach: z
        .enum(REACHES)
        .describe(
          '`left`: beyond tier 1 and the own places of the tenant. `stayed`: received there ' +
            'alone. `unsent`: nowhere. `unknown`: a crash ended it.',
        ),
      label: maybe,
      calls: z.int(),
      records,
    }),
  ),
  received: z.array(z.strictObject({ ...received, left: z.boolean() })),
  blocked: z.array(z.strictObject(place)).describe('Stopped where the socket would have opened.'),
  exceptions: z
    .array(
      z.strictObject({
        ...received,
        consent: maybe,
        why: z.enum(['consent', 'observed']).describe('`observed`: `privacy: observe` held.'),
      }),
    )
    .describe('What went further than its label goes without consent.'),
});

export function dataFlowRoute(options: ControlOptions): Route {
  const { readings, clock } = options;
  return getRoute({
    path: '/admin/v1/reports/data-flow',
    summary: 'Where the data of a tenant went, what stayed, what was stopped, and by which consent',
    query: dataFlowQuery,
    answer: reportSchema,
    forTenants: true,
    async serve(query, _asked, from) {
      const tenant = whose(query, from);
      if (!tenant.ok) return tenant;
      const now = clock.now();
      const period = periodOf(query, now);
      if (!period.ok) return period;
      const flows = await readings.flows({ tenant: tenant.value, ...period.value });
      const isKnown = options.configuration().tenants.has(tenant.value);
      if (!isKnown && flows.reaches.length === 0 && flows.rowsFrom === undefined) return no(NOBODY);
      return yes({ status: 200, body: reportOf(tenant.value, flows, now) });
    },
  });
}

/** The admin of a tenant asks for that tenant alone. */
function whose({ tenant }: DataFlowQuery, { visitor }: From): Result<TenantName, Refusal> {
  if (visitor.tenant === undefined) return tenant === undefined ? no(NO_TENANT) : name(tenant);
  return tenant === undefined || tenant === visitor.tenant ? yes(visitor.tenant) : no(NOBODY);
}

const name = (text: string): Result<TenantName, Refusal> => yes(tenantName(text));

const NO_TENANT = refusal('body_invalid', 'The report is for one tenant, and none is named.', {
  hint: 'Add `tenant=NAME` to the query.',
  param: 'tenant',
});
const NOBODY = refusal('route_unknown', 'No tenant has this name, and no record names it.');

function periodOf(
  { since, until }: DataFlowQuery,
  now: number,
): Result<{ readonly from: number; readonly to: number }, Refusal> {
  const to = until ?? now;
  const from = since ?? to - DAYS_USUAL * DAY_MS;
  const hint = `Sums are kept for ${DAYS_MAX} days.`;
  if (from >= to) {
    return no(refusal('body_invalid', '`since` is not before `until`.', { param: 'since' }));
  }
  if (to - from > DAYS_MAX * DAY_MS) {
    const message = `The period has more than ${DAYS_MAX} days.`;
    return no(refusal('body_invalid', message, { hint, param: 'since' }));
  }
  return yes({ from, to });
}

function reportOf(tenant: TenantName, flows: Flows, now: number): object {
  const had = flows.places.filter((one) => one.fate === 'received');
  const blocked = flows.places.filter((one) => one.fate === 'blocked');
  return {
    tenant,
    since: isoTime(flows.from),
    until: isoTime(flows.to),
    made_at: isoTime(now),
    records_since: flows.rowsFrom === undefined ? null : isoTime(flows.rowsFrom),
    complete: !flows.cut,
    calls: flows.reaches.map(({ reach, label, calls }) => ({
      reach,
      label: label ?? null,
      calls,
      records: listed(tenant, { reach, label: label ?? NOT_GIVEN, from: flows.from, to: flows.to }),
    })),
    received: withoutConsents(had).map((one) => ({
      ...receivedOf(tenant, one, undefined),
      left: one.tier !== 1 && !one.own,
    })),
    blocked: withoutConsents(blocked).map((one) => placeOf(tenant, one, undefined)),
    exceptions: had.filter(isException).map((one) => ({
      ...receivedOf(tenant, one, one.consent ?? NOT_GIVEN),
      consent: one.consent ?? null,
      why: one.consent === undefined ? 'observed' : 'consent',
    })),
  };
}

/** Without consent no label passes its ceiling, unless a tenant only observes. */
function isException({ label, tier }: FlowSum): boolean {
  const known = label === undefined ? undefined : readLabel(label);
  return known !== undefined && tier > ceilingOfLabel(known);
}

/** Of one place and label there is one sum, whatever let the calls go there. */
function withoutConsents(sums: readonly FlowSum[]): readonly FlowSum[] {
  const byPlace = Map.groupBy(sums, ({ endpoint, region, legalEntity, tier, own, label }) =>
    JSON.stringify([endpoint, region, legalEntity, tier, own, label]),
  );
  return [...byPlace.values()].flatMap(summedUp);
}

function summedUp(same: readonly FlowSum[]): readonly FlowSum[] {
  const [first, ...others] = same;
  if (first === undefined || others.length === 0) return same;
  const sum = (of: (one: FlowSum) => number): number =>
    same.reduce((total, one) => total + of(one), 0);
  const whole = {
    ...first,
    calls: sum((one) => one.calls),
    inputTokens: sum((one) => one.inputTokens),
    outputTokens: sum((one) => one.outputTokens),
    uncountedCalls: sum((one) => one.uncountedCalls),
    first: Math.min(...same.map((one) => one.first)),
    last: Math.max(...same.map((one) => one.last)),
  };
  return [whole];
}

const receivedOf = (tenant: TenantName, one: FlowSum, consent: string | undefined): object => ({
  ...placeOf(tenant, one, consent),
  input_tokens: one.inputTokens,
  output_tokens: one.outputTokens,
  uncounted_calls: one.uncountedCalls,
});

/** A place may have been another before: its own first and last call are the bounds. */
function placeOf(tenant: TenantName, one: FlowSum, consent: string | undefined): object {
  const { fate, endpoint, label, first, last } = one;
  const at = fate === 'received' ? { received_by: endpoint } : { blocked_at: endpoint };
  return {
    endpoint,
    region: one.region ?? null,
    legal_entity: one.legalEntity ?? null,
    tier: one.tier,
    own: one.own,
    label: label ?? null,
    calls: one.calls,
    first: isoTime(first),
    last: isoTime(last),
    records: listed(tenant, {
      ...at,
      label: label ?? NOT_GIVEN,
      consent,
      from: first,
      to: last + 1,
    }),
  };
}

type Listing = {
  readonly reach?: Reach;
  readonly received_by?: string;
  readonly blocked_at?: string;
  readonly label: string;
  readonly consent?: string | undefined;
  readonly from: number;
  readonly to: number;
};

function listed(tenant: TenantName, { from, to, ...rest }: Listing): string {
  const words = { tenant, ...rest, from: isoTime(Math.floor(from)), to: isoTime(Math.ceil(to)) };
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(words)) {
    if (value !== undefined) query.set(key, value);
  }
  return `/admin/v1/requests?${query}`;
}
