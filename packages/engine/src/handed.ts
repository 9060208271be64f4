// What each room is handed of the house: no more than it needs.
import {
  type ActBody,
  type Attempt,
  decisionId,
  type Headers,
  type Keys,
  type Refusal,
  tenantName,
} from '@signalbox/contract';
import { errorEventIn, wireOf } from '@signalbox/dialect';
import type { OpenStream } from './dispatch/attempt.ts';
import type { DispatchPorts } from './dispatch/dispatch.ts';
import { CascadeBreakers, type CascadeNews } from './dispatch/evidence/cascade-breaker.ts';
import { Schemas } from './dispatch/schemas.ts';
import { tokensOf } from './dispatch/turns.ts';
import type { House, Live } from './house.ts';
import type { ShadowFacts } from './rehearse/shadow.ts';
import { leaveOut } from './resolve/leave-out.ts';
import type { Offer } from './resolve/offer.ts';
import type { ResolveFacts } from './resolve/resolve.ts';
import type { ParkPorts } from './schedule/park.ts';
import type { Scheduled, SchedulePorts } from './schedule/schedule.ts';
import type { SessionPorts } from './session/session.ts';
import type { Tellers } from './settle/changes.ts';
import { decisionHeaders, timingHeader, upstreamHeaders } from './settle/heads.ts';
import type { Seen } from './settle/record.ts';
import type { SettlePorts } from './settle/settle.ts';

export function settlePorts({ ports, live, now }: House): SettlePorts {
  const { catalog, version } = now();
  const { store, clock, sink, keys } = ports;
  return { store, clock, sink, keys, catalog, snapshot: version, keeping: live.keeping };
}

export function sessionPorts({ ports, live }: House): SessionPorts {
  return { keys: ports.keys, idempotency: live.idempotency };
}

/** What a call met at resolve before binds it when it comes there again. */
export function resolveFacts({ now, live, ports }: House, before: Seen): ResolveFacts {
  const { catalog, policies, consents } = now();
  const bound = before.route?.clearance.terms ?? before.resumed?.bound;
  const at = bound === undefined ? undefined : ports.clock.now();
  const { level } = live.degradation;
  return {
    ...{ catalog, policies, consents, closings: live.order, measured: live.fidelity },
    ...{ level, bound, at },
  };
}

export function shadowFacts({ now, live }: House): ShadowFacts {
  const { version, catalog, policies, consents } = now();
  const { level } = live.degradation;
  const moving = { closings: live.order, measured: live.fidelity, level };
  return { version, catalog, policies, consents, ...moving };
}

/** The same for every call of a house: made once. */
const dispatching = new WeakMap<House, DispatchPorts>();

export function dispatchPorts(house: House): DispatchPorts {
  const known = dispatching.get(house);
  if (known !== undefined) return known;
  const made = dispatchPortsOf(house);
  dispatching.set(house, made);
  return made;
}

function dispatchPortsOf({ ports, live }: House): DispatchPorts {
  const { upstream, clock, keys } = ports;
  const head: DispatchPorts['streamHead'] = (...facts) => [
    ...streamHead(...facts),
    headTiming(facts[0], facts[2], clock.monotonic()),
  ];
  return {
    upstream,
    clock,
    keys,
    signatures: live.signatures,
    schemas: new Schemas(keys),
    cascades: new CascadeBreakers(clock, (news) => tellOfCascade(ports, news)),
    fidelity: live.fidelity,
    comparisons: live.comparisons,
    standings: live.standings,
    leaveOut,
    streamHead: head,
    ownAt: (call, offer) => ownAt(call, offer, { live, keys }),
    errorEvent: errorOf,
  };
}

/** For whoever is to look after the model: its answers no longer pass, or all of them do. */
function tellOfCascade(
  { sink, store, clock }: Tellers,
  { change, tenant, step = 'none', ...facts }: CascadeNews,
): void {
  sink.count('cascade_breakers_total', { change });
  const level = change === 'closed' ? 'info' : 'warn';
  sink.log(level, `cascade_${change}`, { tenant, step, ...facts });
  if (store.health().kind !== 'ready') return;
  const { model: what, ...detail } = facts;
  const body: ActBody = {
    ...{ act: 'routing-alarm', by: 'answers', what },
    detail: { change, step, ...detail },
  };
  store.append({
    ...{ kind: 'act', at: clock.now(), tenant: tenantName(tenant), call: undefined, body },
  });
}

/** What is the tenant's alone holds nobody else's objects; elsewhere those that were told here. */
function ownAt(
  { tenant: { name: tenant } }: Scheduled,
  { offering: { endpoint } }: Offer,
  { live, keys }: { readonly live: Live; readonly keys: Keys },
): ((id: string) => boolean) | undefined {
  if (endpoint.tenant === tenant) return undefined;
  return (id) => live.objects.find({ tenant, id, keys })?.endpoint === endpoint.name;
}

const errorOf = (call: Scheduled, no: Refusal): Uint8Array =>
  errorEventIn(wireOf(call.head.dialect, call.head.operation), no, {
    request: call.id,
    decision: decisionId(call.id, entryOf(call)),
  });

const entryOf = (call: Seen): number => call.entry ?? 1;

export function schedulePorts({ ports, live, now }: House): SchedulePorts {
  const { clock, store } = ports;
  const { pools, order } = live;
  return { pools, clock, store, waitMsMax: now().queue.waitMsMax, order };
}

export function parkPorts({ ports, live, now }: House): ParkPorts {
  const { parking } = live;
  const { clock } = ports;
  const waitMs = (call: Scheduled): number => waitOf(call, live, clock.monotonic());
  return { clock, waitMs, parking, limits: now().queue };
}

/** Until the first place of the route may be asked again. */
function waitOf(call: Scheduled, { standings }: Live, now: number): number {
  const { offers } = call.route;
  const tokens = tokensOf(call);
  return Math.min(...offers.map(({ offering }) => standings.of(offering).waitMs(tokens, now)));
}

/** What is known when a stream begins; the rest comes at its end. */
function headTiming(
  { arrived, permit, bodyMs = 0 }: Seen & Scheduled,
  attempts: readonly Attempt[],
  now: number,
): readonly [string, string] {
  const { queueMs } = permit;
  const totalMs = now - arrived;
  const upstreamMs = attempts.reduce((sum, one) => sum + one.durationMs, 0);
  const decideMs = Math.max(0, totalMs - bodyMs - queueMs - upstreamMs);
  return timingHeader({ bodyMs, queueMs, decideMs, upstreamMs, totalMs });
}

/** The head of a stream, when its first part is released. */
function streamHead(
  call: Scheduled,
  offer: Offer,
  attempts: readonly Attempt[],
  answer: OpenStream,
  dropped: readonly string[],
): Headers {
  const type = answer.headers.find(([name]) => name === 'content-type') ?? [
    'content-type',
    'text/event-stream',
  ];
  return [
    type,
    ['cache-control', 'no-cache'],
    ...decisionHeaders(call, offer, attempts, dropped),
    ...upstreamHeaders(answer.headers),
  ];
}
