// Ended calls: sums for the overview, pages of rows, and what one filter lets through.
import { tenantName, yes } from '@signalbox/contract';
import { EVERY_TENANT, NOT_GIVEN, type RequestSummary, type Scope } from '@signalbox/ports';
import type { ControlOptions } from '../options.ts';
import { type Filters, overviewQuery, requestsQuery } from './query.ts';
import { getRoute, pageBody, pageOf, type Route } from './route.ts';
import { overviewOf, overviewSchema, rowOf, rowSchema } from './rows.ts';

export const requestRoutes = (options: ControlOptions): readonly Route[] => [
  overview(options),
  requests(options),
];

function overview({ readings, clock }: ControlOptions): Route {
  return getRoute({
    path: '/admin/v1/overview',
    summary: 'Sums of a window of time, by tier, with points for charts',
    query: overviewQuery,
    answer: overviewSchema,
    async serve({ tenant, window_ms: windowMs }) {
      const sums = await readings.overview({ tenant: scopeOf(tenant), to: clock.now(), windowMs });
      return yes({ status: 200, body: overviewOf(sums) });
    },
  });
}

function requests({ readings }: ControlOptions): Route {
  return getRoute({
    path: '/admin/v1/requests',
    summary: 'Ended calls, newest first',
    query: requestsQuery,
    answer: pageOf(rowSchema),
    async serve({ tenant, received_by: received, blocked_at: blocked, ...rest }) {
      const query = { ...rest, received, blocked, tenant: scopeOf(tenant) };
      const page = await readings.recentRequests(query);
      return yes({ status: 200, body: pageBody(page.requests.map(rowOf), page.next) });
    },
  });
}

/** Every question says whose rows it may see; the operator may see all. */
export const scopeOf = (tenant: string | undefined): Scope =>
  tenant === undefined || tenant === EVERY_TENANT ? EVERY_TENANT : tenantName(tenant);

/** The same choice as the store makes within a scope, for rows that come as they happen. */
export function passes(filters: Filters, call: RequestSummary): boolean {
  if (filters.tier !== undefined && call.tier !== filters.tier) return false;
  if (filters.ending !== undefined && call.ending !== filters.ending) return false;
  if (filters.session !== undefined && call.session !== filters.session) return false;
  if (!passesFlow(filters, call)) return false;
  if (filters.model === undefined) return true;
  return call.model === filters.model || call.modelRequested === filters.model;
}

function passesFlow(filters: Filters, call: RequestSummary): boolean {
  const { label, reach, received_by: received, blocked_at: blocked, consent, from, to } = filters;
  if (label !== undefined && (call.label ?? NOT_GIVEN) !== label) return false;
  if (reach !== undefined && call.reach !== reach) return false;
  if (received !== undefined && !call.received.includes(received)) return false;
  if (blocked !== undefined && !call.blocked.includes(blocked)) return false;
  if (consent !== undefined && (call.consent ?? NOT_GIVEN) !== consent) return false;
  return (from === undefined || call.at >= from) && (to === undefined || call.at < to);
}
