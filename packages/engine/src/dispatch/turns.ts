// Whose turn it is: which offers of a route are tried, in which order, with which credential, and
// how often. What is closed at this moment is left out, and the record says why; what a route does
// not hold is never tried. Further attempts come out of the tenant's retry budget, and end with the
// time that the caller has given.
import type { Fault } from '@signalbox/contract';
import type { Offer } from '../resolve/offer.ts';
import type { Scheduled } from '../schedule/schedule.ts';
import { inOrder, type MovingPorts } from './order.ts';
import type { Outcome } from './outcome.ts';
import type { Closed, Line } from './standing.ts';

/** An offer that was left out, and how long it may want to be. */
export type LeftOut = { readonly offer: Offer; readonly why: Closed; readonly waitMs: number };

export class Turns {
  readonly #call: Scheduled;
  readonly #ports: MovingPorts;
  readonly #tokens: number;
  #attempts = 0;
  #line: Line | undefined = undefined;
  /** A credential that was refused: another one may still be tried here. */
  #refused: Line | undefined = undefined;
  /** The one that opens first; a limit says when it ends, of what is down nobody knows. */
  leftOut: LeftOut | undefined = undefined;

  constructor(call: Scheduled, ports: MovingPorts) {
    this.#call = call;
    this.#ports = ports;
    this.#tokens = tokensOf(call);
  }

  /** The place that was taken first, then the others in the order of the moment. */
  inOrder(): readonly Offer[] {
    const { permit, route } = this.#call;
    if (route.offers.length === 1) return route.offers;
    const { clock, standings } = this.#ports;
    const now = clock.monotonic();
    for (const offer of route.offers) this.#leaveOut(offer, now);
    const rest = inOrder(this.#call, { standings, tokens: this.#tokens, now });
    return [permit.first, ...rest.filter((offer) => offer !== permit.first)];
  }

  /** The session's next step may find its prompt where this one was answered. */
  ended(outcome: Outcome): void {
    const { session, route } = this.#call;
    const { clock, standings } = this.#ports;
    if (session === undefined || route.offers.length === 1 || !('offer' in outcome)) return;
    const stand = standings.of(outcome.offer.offering);
    standings.affinity.served(session, stand, clock.monotonic());
  }

  /** Where one more attempt at this offer goes; undefined: nowhere. */
  next({ offering }: Offer, tries: number): Line | undefined {
    const now = this.#ports.clock.monotonic();
    const stand = this.#ports.standings.of(offering);
    const line = stand.line(this.#tokens, now, this.#refused);
    if (line !== undefined) this.#line = line;
    // A retry that the operator asked for goes to the same place, whatever it has met there.
    else if (tries === 0 || this.#refused !== undefined) return undefined;
    return this.#affords(now) ? this.#line : undefined;
  }

  /** Nothing went out to this offer: it is closed, or nobody may try any more. */
  passed(offer: Offer): void {
    this.#leaveOut(offer, this.#ports.clock.monotonic());
  }

  /** Milliseconds until the first of those that limit the rate is asked; undefined: none does. */
  limitedMs(): number | undefined {
    const { clock, standings } = this.#ports;
    const now = clock.monotonic();
    let least: number | undefined;
    for (const { offering } of this.#call.route.offers) {
      const stand = standings.of(offering);
      if (stand.closed(this.#tokens, now) !== 'limited') continue;
      const waitMs = Math.ceil(stand.waitMs(this.#tokens, now));
      least = Math.min(least ?? waitMs, waitMs);
    }
    return least;
  }

  /** Whether the operator's `retries` apply, or another credential may do what this one may not. */
  mayRepeat({ offering }: Offer, tries: number, fault: Fault, status: number | undefined): boolean {
    const lines = this.#line?.stand.lines.length ?? 1;
    const isRefused = status !== undefined && CREDENTIALS.has(status) && tries + 1 < lines;
    this.#refused = isRefused ? this.#line : undefined;
    const isOnce = this.#call.question.passing?.stores === true;
    return isRefused || (!isOnce && tries < offering.endpoint.retries && isPassing(fault));
  }

  #leaveOut(offer: Offer, now: number): void {
    const { standings, leaveOut } = this.#ports;
    const stand = standings.of(offer.offering);
    const why = stand.closed(this.#tokens, now);
    if (why === undefined) return;
    const waitMs = stand.waitMs(this.#tokens, now);
    const before = this.leftOut;
    const isFirst = before === undefined || rank(why) > rank(before.why);
    const isSooner = before !== undefined && why === before.why && waitMs < before.waitMs;
    if (isFirst || isSooner) this.leftOut = { offer, why, waitMs };
    leaveOut(this.#call, offer, why);
  }

  /** One attempt each call has. */
  #affords(now: number): boolean {
    const { tenant, profile, arrived } = this.#call;
    const budget = this.#ports.standings.retries.of(tenant.name);
    this.#attempts += 1;
    if (this.#attempts === 1) {
      budget.began(now);
      return true;
    }
    const { latencyBudgetMs } = profile;
    const isLate = latencyBudgetMs !== undefined && now - arrived > latencyBudgetMs;
    return !isLate && budget.take(now);
  }
}

const rank = (why: Closed): number => (why === 'limited' ? 1 : 0);

/** What a call is thought to count for at a vendor that limits tokens. */
export const tokensOf = ({ question, permit }: Scheduled): number =>
  question.inputTokensEstimate + permit.outputTokensReserved;

/** What is said of a credential, and not of the call. */
const CREDENTIALS: ReadonlySet<number> = new Set([401, 403, 429]);

/** Faults of a connection that may not come twice; nothing of an answer was released. */
const PASSING: ReadonlySet<Fault['code']> = new Set([
  'connect_failed',
  'connect_timeout',
  'closed_early',
]);

const isPassing = ({ code, retry }: Fault): boolean => retry === 'same' || PASSING.has(code);
