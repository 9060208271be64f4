// A fair slot and a reserved budget, or a wait, or a no. Adds the permit: the right to one call's
// attempts, with the money held for it. Refuses when the budget does not reach (402), when too many
// calls are in flight for longer than may be waited (429), and when the journal cannot take another
// call (503). It must never let a call out without a hold.
import {
  type Branded,
  type Call,
  type Clock,
  formatUsd,
  no,
  type Refusal,
  type Reply,
  type Result,
  refusal,
  type Store,
  yes,
} from '@signalbox/contract';
import type { Offer } from '../resolve/offer.ts';
import type { Resolved } from '../resolve/resolve.ts';
import { type Account, type Budgets, dayOf, type Shortfall } from './budgets.ts';
import { estimateNanoUsd, outputTokens } from './estimate.ts';
import type { Exceeded, Rates } from './rates.ts';
import type { Slots } from './slots.ts';

export type Permit = {
  /** Money held at the start, nano-USD. */
  readonly heldNanoUsd: bigint;
  /** Reserves more before it is spent; false: the budget does not reach. */
  extend(moreNanoUsd: bigint): boolean;
  /** Takes a place at an offer's endpoint and leaves any other; false: none is free. */
  enter(offer: Offer): boolean;
  /** Takes one beside those that it has; false: none is free. */
  beside(offer: Offer): boolean;
  leave(offer: Offer): void;
  /** The offer whose place was taken already. */
  readonly first: Offer;
  readonly queueMs: number;
  /** Output tokens that the hold covers. */
  readonly outputTokensReserved: number;
  /** The call waits for a route: nothing is held or taken, until another permit or `close`. */
  rest(): void;
  /**
   * Gives every place back and posts the cost; called once, by settle.
   *
   * @param tokens that it used; undefined: nobody knows.
   */
  close(costNanoUsd: bigint, tokens: number | undefined): void;
};
export type Scheduled = Branded<Resolved & { readonly permit: Permit }, 'scheduled'>;

export type Pools = {
  readonly budgets: Budgets;
  readonly slots: Slots;
  readonly rates: Rates;
};

export type SchedulePorts = {
  readonly pools: Pools;
  readonly clock: Clock;
  readonly store: Store;
  readonly waitMsMax: number;
  readonly order: Order;
};

/** What moves with every call: kept by dispatch, asked here for whose place to take. */
export type Order = {
  /** The offers that may be asked now. */
  inOrder(call: Resolved): readonly Offer[];
  /** The others get a reason in the record. */
  leaveOut(call: Resolved): void;
  /** Calls that its endpoint may have in flight now. */
  placesMax(offer: Offer): number;
};

export async function schedule(
  resolved: Resolved,
  reply: Reply,
  ports: SchedulePorts,
): Promise<Result<Scheduled, Refusal>> {
  const before = unavailable(ports);
  if (before !== undefined) return no(before);
  const isAgain = ports.pools.budgets.holdOf(resolved.id) !== undefined;
  const over = isAgain ? undefined : tooFast(resolved, ports);
  if (over !== undefined) return no(over);
  const refuse = (refusal: Refusal): Result<never, Refusal> => {
    if (!isAgain) ports.pools.rates.cancel(resolved.id);
    return no(refusal);
  };
  const began = ports.clock.monotonic();
  const first = takeFirst(resolved, ports) ?? (await waitForPlace(resolved, reply, ports));
  if (first === undefined) {
    ports.order.leaveOut(resolved);
    const message =
      'Every endpoint that may serve this call is busy, and no place came free in time.';
    return refuse(refusal('concurrency_limited', message, { retryAfterMs: RETRY_AFTER_MS }));
  }
  const since = unavailable(ports);
  if (since !== undefined) {
    give(resolved, first, ports);
    return refuse(since);
  }
  const accounts = accountsOf(resolved);
  const estimate = estimateNanoUsd(resolved) + lostOf(resolved);
  const short = ports.pools.budgets.hold(resolved.id, accounts, estimate, resolved.at);
  if (short !== undefined) {
    give(resolved, first, ports);
    return refuse(budgetRefusal(short));
  }
  const hold = ports.pools.budgets.holdOf(resolved.id);
  if (hold !== undefined) {
    const { id: call, at, tenant } = resolved;
    const draft = { kind: 'hold', at, tenant: tenant.name, call, body: hold } as const;
    // One that is settled at once is left out, unless it says what its settlement does not: that
    // it changes one that was written before, or that it counts in another window.
    const isTold = isAgain || hold.day !== dayOf(at);
    ports.store.append(isTold ? draft : { ...draft, later: true });
  }
  const queueMs = ports.clock.monotonic() - began;
  const permit = permitFor(resolved, { first, accounts, estimate, queueMs }, ports);
  return yes(Object.assign(resolved, { permit }) as Scheduled); // brand: minted here
}

/** Asked before a wait for a place and after it: a hold that cannot be written holds nothing. */
function unavailable({ store }: SchedulePorts): Refusal | undefined {
  const health = store.health();
  if (health.kind === 'ready') return undefined;
  const message = `The journal takes no new calls now (${health.reason}).`;
  return refusal('journal_unavailable', message, { retryAfterMs: RETRY_AFTER_MS });
}

/** What its plan allows in a minute; the call is counted when it may go on. */
function tooFast(call: Resolved, { pools }: SchedulePorts): Refusal | undefined {
  const { id, tenant, head, route } = call;
  const { plan, name } = tenant;
  if (plan === undefined) return undefined;
  const { inputTokens, outputTokens } = route.usageMax;
  const tokens = head.operation === 'count' ? 0 : inputTokens + outputTokens;
  const over = pools.rates.take(id, name, { limits: plan, tokens });
  return over === undefined ? undefined : rateRefusal(over, tokens, { plan: plan.name, name });
}

function rateRefusal(
  { what, max, waitMs }: Exceeded,
  tokens: number,
  { plan, name }: { readonly plan: string; readonly name: string },
): Refusal {
  const allows = `The plan \`${plan}\` allows ${max} ${what} a minute`;
  const deed =
    `the operator can raise \`plans.${plan}.${what}_per_minute_max\`, or give \`${name}\` ` +
    `another plan: \`signalbox tenant set ${name} --plan NAME\`.`;
  if (waitMs === undefined) {
    const hint = `Send less, or bound the answer; ${deed}`;
    return refusal('not_entitled', `${allows}; this call may need ${tokens}.`, { hint });
  }
  const hint = `Wait as \`retry-after-ms\` says; ${deed}`;
  const message = `${allows}, and \`${name}\` has used them.`;
  return refusal('rate_limited', message, { hint, retryAfterMs: Math.ceil(waitMs) });
}

const RETRY_AFTER_MS = 1_000;
const TENANT_IN_FLIGHT_MAX = 100_000;

const tenantSlot = (call: Resolved): string => `tenant:${call.tenant.name}`;

/** The tenant's own place and one at the first endpoint of the route that has one. */
function takeFirst(call: Resolved, ports: SchedulePorts): Offer | undefined {
  const { slots } = ports.pools;
  const max = call.tenant.plan?.inFlightMax ?? TENANT_IN_FLIGHT_MAX;
  if (!slots.isFree(tenantSlot(call), max)) return undefined;
  for (const offer of ports.order.inOrder(call)) {
    const { endpoint } = offer.offering;
    if (!slots.take(endpoint.name, ports.order.placesMax(offer))) continue;
    slots.take(tenantSlot(call), max);
    return offer;
  }
  return undefined;
}

function give(call: Resolved, offer: Offer, { pools }: SchedulePorts): void {
  pools.slots.give(offer.offering.endpoint.name);
  pools.slots.give(tenantSlot(call));
}

/** Waits until a place is free, the wait is over or the caller has left. */
function waitForPlace(
  call: Resolved,
  reply: Reply,
  ports: SchedulePorts,
): Promise<Offer | undefined> {
  const endpoints = call.route.offers.map((offer) => offer.offering.endpoint.name);
  return new Promise((done) => {
    const stop = ports.pools.slots.wait({
      names: [tenantSlot(call), ...endpoints],
      waitMs: ports.waitMsMax,
      tryTake() {
        const offer = takeFirst(call, ports);
        if (offer === undefined) return false;
        stop?.();
        done(offer);
        return true;
      },
      // What was closed when the wait began may be open, and no place that came free has told so.
      over: () => done(takeFirst(call, ports)),
    });
    if (stop === undefined) done(undefined);
    reply.onLeave(() => {
      stop?.();
      done(undefined);
    });
  });
}

export function accountsOf(call: Resolved): readonly Account[] {
  const { tenant, key } = call;
  const accounts: Account[] = [{ owner: tenant.name, budget: tenant.budget }];
  if (key.budget !== undefined)
    accounts.push({ owner: `${tenant.name}/${key.name}`, budget: key.budget });
  return accounts;
}

const NOWHERE: readonly Offer[] = [];

type Grant = {
  readonly first: Offer;
  readonly accounts: readonly Account[];
  readonly estimate: bigint;
  readonly queueMs: number;
};

function permitFor(call: Resolved, grant: Grant, ports: SchedulePorts): Permit {
  const { budgets, slots } = ports.pools;
  let inside: readonly Offer[] = [grant.first];
  let rests = false;
  let closed = false;
  const leave = (offer: Offer): void => {
    if (!inside.includes(offer)) return;
    inside = inside.length === 1 ? NOWHERE : inside.filter((one) => one !== offer);
    slots.give(offer.offering.endpoint.name);
  };
  const giveBack = (): void => {
    if (rests) return;
    rests = true;
    for (const offer of inside) leave(offer);
    slots.give(tenantSlot(call));
  };
  const beside = (offer: Offer): boolean => {
    if (inside.includes(offer)) return true;
    const { endpoint } = offer.offering;
    if (rests || !slots.take(endpoint.name, ports.order.placesMax(offer))) return false;
    inside = [...inside, offer];
    return true;
  };
  const note = (): void => {
    const body = budgets.holdOf(call.id);
    if (body === undefined) return;
    const { id, tenant } = call;
    const at = ports.clock.now();
    const kind = 'extend';
    ports.store.append({ kind, at, tenant: tenant.name, call: id, body, later: true });
  };
  return {
    heldNanoUsd: grant.estimate,
    first: grant.first,
    queueMs: grant.queueMs,
    outputTokensReserved: outputTokens(call),
    extend(more) {
      if (budgets.extend(call.id, grant.accounts, more) !== undefined) return false;
      note();
      return true;
    },
    enter(offer) {
      if (inside.length === 1 && inside[0] === offer) return true;
      if (!beside(offer)) return false;
      for (const other of inside) if (other !== offer) leave(other);
      return true;
    },
    beside,
    leave,
    rest() {
      const held = budgets.holdOf(call.id);
      if (held !== undefined && !rests) {
        budgets.extend(call.id, [], lostOf(call) - BigInt(held.estimateNanoUsd));
        note();
      }
      giveBack();
    },
    close(costNanoUsd, tokens) {
      if (closed) return;
      closed = true;
      giveBack();
      ports.pools.rates.end(call.id, tokens);
      budgets.post(call.id, costNanoUsd);
    },
  };
}

/** Stays held until the call is settled, over whatever it does in this life of the node. */
const lostOf = ({ resumed }: Call): bigint => resumed?.lostNanoUsd ?? 0n;

export type RestingPermit = Pick<Permit, 'heldNanoUsd' | 'queueMs' | 'close'>;

/** Of a call that waited on disk, until it has another: only its hold is left of the first. */
export function restingPermit(call: Call, budgets: Budgets): RestingPermit {
  return {
    heldNanoUsd: lostOf(call),
    queueMs: 0,
    close: (costNanoUsd) => budgets.post(call.id, costNanoUsd),
  };
}

function budgetRefusal(short: Shortfall): Refusal {
  const limit = formatUsd(short.budget.amountNanoUsd);
  const left = formatUsd(short.leftNanoUsd);
  const per = short.budget.per === 'total' ? 'in all' : `a ${short.budget.per}`;
  const has = `The budget of \`${short.owner}\` (${limit} USD ${per}) has ${left} USD left`;
  const message = `${has}; this call may need more.`;
  return refusal('budget_exhausted', message);
}
