// Ended calls: sums for the overview, pages of rows, and what one filter lets through.
import { tenantName, yes } from '@signalbox/contract';
import { EVERY_TENANT, type RequestSummary, type Scope } from '@signalbox/ports';
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
    async serve({ tenant, ...rest }) {
      const page = await readings.recentRequests({ ...rest, tenant: scopeOf(tenant) });
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
  if (filters.model === undefined) return true;
  return call.model === filters.model || call.modelRequested === filters.model;
}
