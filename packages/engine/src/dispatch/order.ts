// The order of the moment: of offers that resolve ranked equal the one comes first that `pick`
// chooses, then the others, the less loaded first. What is closed is left out, unless all is; what
// is busy comes last. It only moves and leaves out: an offer that the route does not hold is in no
// order of it.
import type { Clock, FaultCode } from '@signalbox/contract';
import type { EndpointFacts, Offering } from '../catalog/catalog.ts';
import type { Offer } from '../resolve/offer.ts';
import type { Closings } from '../resolve/recorded.ts';
import type { Resolved } from '../resolve/resolve.ts';
import type { Order } from '../schedule/schedule.ts';
import { type Choice, type Moment, NONE, pick } from './pick.ts';
import type { Closed, Stand, Standings } from './standing.ts';

export type OrderFacts = {
  readonly standings: Standings;
  /** What the call is thought to count for. */
  readonly tokens: number;
  readonly now: number;
};

/** An offer of the route is not asked now: its record says why. */
export type LeaveOut = (call: Resolved, offer: Offer, why: Closed | 'escalates') => void;

export type MovingPorts = {
  readonly clock: Clock;
  readonly standings: Standings;
  readonly leaveOut: LeaveOut;
};

/** For those who show it: what is down is so until it has taken a connection. */
export type Reachability = { downBy(endpoint: EndpointFacts): FaultCode | undefined };

/** The order for those who have no permit yet, and whether a place may be asked now. */
export class MovingOrder implements Order, Closings, Reachability {
  readonly #standings: Standings;
  readonly #clock: Clock;
  readonly #leaveOut: LeaveOut;

  constructor(standings: Standings, clock: Clock, leaveOut: LeaveOut) {
    this.#standings = standings;
    this.#clock = clock;
    this.#leaveOut = leaveOut;
  }

  inOrder(call: Resolved): readonly Offer[] {
    if (call.route.offers.length === 1) return call.route.offers;
    const tokens = call.question.inputTokensEstimate;
    return inOrder(call, { standings: this.#standings, tokens, now: this.#clock.monotonic() });
  }

  placesMax({ offering }: Offer): number {
    const { inFlightLearnt, inFlightMax } = offering.endpoint;
    if (!inFlightLearnt) return inFlightMax;
    return this.#standings.of(offering).gradient?.limit ?? inFlightMax;
  }

  why(offering: Offering): Closed | undefined {
    const now = this.#clock.monotonic();
    // Nearly always all is well.
    if (!this.#standings.isTroubled(now)) return undefined;
    const stand = this.#standings.of(offering);
    return stand.endpoint.isDown(now) ? 'down' : stand.closed(0, now);
  }

  downBy(endpoint: EndpointFacts): FaultCode | undefined {
    return this.#standings.reach(endpoint).downBy(this.#clock.monotonic());
  }

  leaveOut(call: Resolved): void {
    const now = this.#clock.monotonic();
    for (const offer of call.route.offers) {
      const stand = this.#standings.of(offer.offering);
      const why = stand.closed(call.question.inputTokensEstimate, now);
      if (why !== undefined) this.#leaveOut(call, offer, why);
    }
  }
}

/** The route itself where it holds one offer, which is nearly always. */
export function inOrder(call: Resolved, facts: OrderFacts): readonly Offer[] {
  const { offers, ranks, weights } = call.route;
  if (offers.length === 1) return offers;
  const { standings, tokens, now } = facts;
  const ready: Ready[] = [];
  const busy: Offer[] = [];
  offers.forEach((offer, at) => {
    const stand = standings.of(offer.offering);
    if (stand.closed(tokens, now) !== undefined) return;
    const [rank, weight] = [ranks[at] ?? 0, weights[at] ?? 1];
    if (stand.busy.isOn(now)) busy.push(offer);
    else ready.push({ offer, stand, load: stand.load, rank, weight });
  });
  if (ready.length === 0) return busy.length === 0 ? offers : busy;
  const order: Offer[] = [];
  for (let at = 0; at < ready.length; ) {
    const rank = ready[at]?.rank;
    let end = at + 1;
    while (ready[end]?.rank === rank) end += 1;
    place(order, ready.slice(at, end), call, facts);
    at = end;
  }
  return [...order, ...busy];
}

type Ready = Choice & { readonly offer: Offer; readonly stand: Stand; readonly rank: number };

/** Those of one rank. */
function place(
  order: Offer[],
  equals: readonly Ready[],
  call: Resolved,
  { standings, now }: OrderFacts,
): void {
  const { session, question } = call;
  const warm =
    session === undefined || equals.length === 1
      ? NONE
      : equals.findIndex(({ stand }) => standings.affinity.isWarm(session, stand, now));
  const moment: Moment = { now, isStream: question.stream, warm };
  const first = equals[pick(equals, moment, standings.draws)];
  if (first !== undefined) order.push(first.offer);
  const rest = equals
    .filter((one) => one !== first)
    .toSorted((a, b) => a.load.score(now, moment.isStream) - b.load.score(now, moment.isStream));
  for (const { offer } of rest) order.push(offer);
}
