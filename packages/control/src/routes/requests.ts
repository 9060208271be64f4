// Ended calls: sums for the overview, pages of rows, and what one filter lets through.
import { no, type Refusal, type Result, tenantName, yes } from '@signalbox/contract';
import { EVERY_TENANT, NOT_GIVEN, type RequestSummary, type Scope } from '@signalbox/ports';
import type { Visitor } from '../door/door.ts';
import type { ControlOptions } from '../options.ts';
import { UNKNOWN } from './answered.ts';
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
    forTenants: true,
    forFinance: true,
    async serve({ tenant, window_ms: windowMs }, _asked, { visitor }) {
      const scope = theirs(tenant, visitor);
      if (!scope.ok) return scope;
      const sums = await readings.overview({ tenant: scope.value, to: clock.now(), windowMs });
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
    forTenants: true,
    async serve({ tenant, received_by: received, blocked_at: blocked, ...rest }, _asked, from) {
      const scope = theirs(tenant, from.visitor);
      if (!scope.ok) return scope;
      const query = { ...rest, received, blocked, tenant: scope.value };
      const page = await readings.recentRequests(query);
      return yes({ status: 200, body: pageBody(page.requests.map(rowOf), page.next) });
    },
  });
}

/** Of a tenant's key its own rows, whether it says so or not; other tenants are not there. */
function theirs(stated: string | undefined, { tenant }: Visitor): Result<Scope, Refusal> {
  if (tenant === undefined) return yes(scopeOf(stated));
  return stated === undefined || stated === tenant ? yes(tenant) : no(UNKNOWN);
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
