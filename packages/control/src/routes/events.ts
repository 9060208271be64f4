// What became of the registry and whom it was told: the events as they were sent, each attempt, and
// an event told once more. An admin of a tenant sees the events of that tenant alone, and of its
// own webhooks alone whether they heard; what others heard, and that there are any, it is not told.
import {
  no,
  type Refusal,
  type Result,
  refusal,
  type TenantName,
  tenantName,
  yes,
} from '@signalbox/contract';
import type { Delivery, KeptEvent, Waits } from '@signalbox/ports';
import { z } from 'zod';
import type { EventsDesk } from '../events-desk.ts';
import type { ControlOptions } from '../options.ts';
import { UNKNOWN } from './answered.ts';
import { deliveriesQuery, eventsQuery } from './query.ts';
import {
  type Answer,
  type Asked,
  type From,
  getRoute,
  NO_QUERY,
  pageBody,
  pageOf,
  type Route,
  read,
} from './route.ts';
import { isoTime, time } from './rows.ts';
import { isJsonObject, plainSchema } from './written.ts';

/** Of one event; more of them are in the list of deliveries. */
const DELIVERIES_SHOWN_MAX = 50;

const text = z.string();
const maybe = z.string().nullable();

const eventSchema = z.strictObject({
  id: text,
  at: time,
  version: z.int().describe('Of the registry; the events of one change have the same.'),
  type: text,
  subject: text.describe('What is another: its kind and its name.'),
  tenant: maybe.describe('Whose it is alone.'),
  fields: z.array(text).describe('What of it is another.'),
  waiting: z.array(text).describe('Webhooks that have not taken it yet.'),
});
const deliverySchema = z.strictObject({
  at: time,
  webhook: text,
  event: text,
  attempt: z.int(),
  outcome: text,
  status: z.int().nullable(),
  fault: maybe.describe('Code of a fault, or what of its clearance would have been broken.'),
  ms: z.number(),
});
const shownSchema = z.strictObject({
  ...eventSchema.shape,
  waiting: z.array(z.strictObject({ webhook: text, tries: z.int(), next: time })),
  deliveries: z.array(deliverySchema).describe('The newest attempts first.'),
  event: z.looseObject({ specversion: text }).describe('As it is sent.'),
});
const redeliver = z.strictObject({
  webhook: text.optional().describe('To this one alone; absent: to all who may hear of it.'),
});

export function eventRoutes(options: ControlOptions): readonly Route[] {
  const { events } = options;
  if (events === undefined) return [];
  return [
    listRoute(options, events),
    getRoute({
      path: '/admin/v1/events/{name}',
      summary: 'One event as it is sent, who waits for it, and what was tried',
      query: NO_QUERY,
      answer: shownSchema,
      forTenants: true,
      serve: async (_query, asked, from) => shown(events, scopeOf(options, from), asked.name),
    }),
    {
      method: 'POST',
      path: '/admin/v1/events/{name}/redeliver',
      summary: 'Tell an event once more, now',
      query: NO_QUERY,
      body: plainSchema(redeliver),
      answer: z.strictObject({ name: text, done: text, webhooks: z.array(text) }),
      status: 200,
      kind: 'json',
      forTenants: true,
      serve: async (asked, from) => redelivered(options, events, asked, from),
    },
    deliveriesRoute(options, events),
  ];
}

function listRoute(options: ControlOptions, events: EventsDesk): Route {
  return getRoute({
    path: '/admin/v1/events',
    summary: 'What became of the registry, newest first; to a tenant’s admin, of that tenant',
    query: eventsQuery,
    answer: pageOf(eventSchema),
    forTenants: true,
    async serve({ limit, after, tenant }, _asked, from) {
      const scope = scopeOf(options, from);
      const whose = narrowed(tenant, scope);
      if (!whose.ok) return whose;
      const page = events.events({ limit, after, tenant: whose.value });
      const waits = events.waits(page.rows.map((one) => one.id)).filter(scope.sees);
      const rows = page.rows.map((one) => ({
        ...eventOf(one),
        waiting: waits.filter(({ event }) => event === one.id).map(({ webhook }) => webhook),
      }));
      return yes({ status: 200, body: pageBody(rows, page.next) });
    },
  });
}

function deliveriesRoute(options: ControlOptions, events: EventsDesk): Route {
  return getRoute({
    path: '/admin/v1/deliveries',
    summary: 'Attempts to tell webhooks of events, newest first; to a tenant’s admin, its own',
    query: deliveriesQuery,
    answer: pageOf(deliverySchema),
    forTenants: true,
    async serve({ tenant, webhook, ...query }, _asked, from) {
      const scope = scopeOf(options, from);
      const whose = narrowed(tenant, scope);
      if (!whose.ok) return whose;
      const asked = webhook === undefined ? scope.webhooks : [webhook].filter(scope.has);
      const page = events.deliveries({ ...query, tenant: whose.value, webhooks: asked });
      return yes({ status: 200, body: pageBody(page.rows.map(deliveryOf), page.next) });
    },
  });
}

/** What somebody may see; to the operator, everything. */
type Scope = {
  readonly tenant: TenantName | undefined;
  /** Undefined: any. */
  readonly webhooks: readonly string[] | undefined;
  readonly has: (webhook: string) => boolean;
  readonly sees: (one: Pick<Waits, 'webhook'>) => boolean;
};

function scopeOf({ configuration }: ControlOptions, { visitor: { tenant } }: From): Scope {
  const all = [...configuration().registry.webhooks];
  const own = all.filter(([, one]) => one.tenant === tenant).map(([name]) => name);
  const webhooks = tenant === undefined ? undefined : own;
  const has = (webhook: string): boolean => webhooks?.includes(webhook) ?? true;
  return { tenant, webhooks, has, sees: ({ webhook }) => has(webhook) };
}

/** The admin of a tenant asks for that tenant alone. */
function narrowed(
  asked: string | undefined,
  { tenant }: Scope,
): Result<TenantName | undefined, Refusal> {
  if (asked === undefined || asked === tenant) return yes(tenant);
  return tenant === undefined ? yes(tenantName(asked)) : no(UNKNOWN);
}

/** What belongs to another tenant, or to nobody, is not there at all. */
function found(events: EventsDesk, { tenant }: Scope, id: string): KeptEvent | undefined {
  const event = events.event(id);
  return tenant === undefined || event?.tenant === tenant ? event : undefined;
}

function shown(events: EventsDesk, scope: Scope, id: string): Result<Answer, Refusal> {
  const event = found(events, scope, id);
  if (event === undefined) return no(UNKNOWN);
  const { webhooks } = scope;
  const tried = events.deliveries({ event: id, webhooks, limit: DELIVERIES_SHOWN_MAX });
  const body = {
    ...eventOf(event),
    waiting: events.waits([id]).filter(scope.sees).map(waitOf),
    deliveries: tried.rows.map(deliveryOf),
    event: sentOf(event),
  };
  return yes({ status: 200, body });
}

function redelivered(
  options: ControlOptions,
  events: EventsDesk,
  { name, body }: Asked,
  from: From,
): Result<Answer, Refusal> {
  const asked = read(redeliver, body);
  if (!asked.ok) return asked;
  const scope = scopeOf(options, from);
  if (found(events, scope, name) === undefined) return no(UNKNOWN);
  const { webhook } = asked.value;
  const webhooks = events.again(
    name,
    webhook === undefined ? scope.webhooks : [webhook].filter(scope.has),
  );
  if (webhooks.length === 0) return no(webhook === undefined ? NOBODY_HEARS : NOT_THIS_ONE);
  const { tenant, name: by } = from.visitor;
  const detail = { webhooks: webhooks.join(',') };
  options.acted?.({ act: 'event-redelivered', by, tenant, what: name, detail });
  return yes({ status: 200, body: { name, done: 'told-again', webhooks } });
}

/** As it was written down when it was sent. */
const sentOf = ({ body }: KeptEvent): unknown => JSON.parse(body);

function eventOf(event: KeptEvent): object {
  const sent = sentOf(event);
  const { type = '', subject = '', data } = isJsonObject(sent) ? sent : {};
  const fields = isJsonObject(data) ? data['fields'] : [];
  const { id, at, version, tenant } = event;
  return { id, at: isoTime(at), version, type, subject, tenant: tenant ?? null, fields };
}

const waitOf = ({ webhook, tries, notBefore }: Waits): object => ({
  ...{ webhook, tries },
  next: isoTime(notBefore),
});

const deliveryOf = ({ at, status, fault, ...rest }: Delivery): object => ({
  ...rest,
  at: isoTime(at),
  status: status ?? null,
  fault: fault ?? null,
});

const NOBODY_HEARS = refusal('config_conflict', 'No webhook may hear of this event.', {
  hint: 'Add one under `registry.webhooks`: one of a tenant hears of that tenant’s own alone.',
});
const NOT_THIS_ONE = refusal('body_invalid', 'No webhook of this name may hear of this event.', {
  hint: 'Ask without `webhook` to tell all who may.',
  param: 'webhook',
});
