// Who may be asked beside an attempt that has not said a word: a second offer of the route when the
// first takes longer than nearly always (a hedge), and the offer that is kept for the moment in
// which the time of the call runs out. Both only where a policy asks for it, only offers of the
// route, which are within its clearance, and only calls that may be made twice.

import type { Offering } from '../catalog/catalog.ts';
import type { Offer } from '../resolve/offer.ts';
import type { Scheduled } from '../schedule/schedule.ts';
import { Hedging } from './hedge.ts';
import { Latencies } from './latencies.ts';
import { segmentsOf } from './latency-budget.ts';
import { inOrder, type MovingPorts } from './order.ts';
import type { Moment } from './race.ts';
import type { Line, Stand } from './standing.ts';
import type { Role } from './trial.ts';
import { tokensOf } from './turns.ts';

/** Nearly always: what is kept free for the late answer. */
const LATE_QUANTILE = 0.99;
/** Before any answer from there was seen. */
const LATE_MS_ASSUMED = 500;

export type Second = { readonly offer: Offer; readonly line: Line };

/** Nearly no call needs one. */
export function besideOf(call: Scheduled, ports: MovingPorts): Beside | undefined {
  const { verdict, offers, late } = call.route;
  const mayHedge = verdict.hedge && offers.length > 1 && mayRepeat(call);
  return mayHedge || late !== undefined ? new Beside(call, ports, mayHedge) : undefined;
}

export class Beside {
  readonly #call: Scheduled;
  readonly #ports: MovingPorts;
  readonly #mayHedge: boolean;
  readonly #asked: Set<Stand> = new Set();
  readonly #seconds: Set<Offering> = new Set();
  #first: Stand | undefined = undefined;

  constructor(call: Scheduled, ports: MovingPorts, mayHedge: boolean) {
    this.#call = call;
    this.#ports = ports;
    this.#mayHedge = mayHedge;
  }

  /** When somebody is asked beside the attempt that begins now. */
  moments({ stand }: Line): readonly Moment[] {
    const moments: Moment[] = [];
    const { question } = this.#call;
    const now = this.#ports.clock.monotonic();
    this.#first = stand;
    this.#asked.add(stand);
    if (this.#mayHedge) {
      stand.hedging ??= new Hedging();
      stand.hedging.began();
      const { inputTokensEstimate, stream } = question;
      const afterMs = stand.hedging.delayMs(inputTokensEstimate, stream, now);
      if (afterMs !== undefined) moments.push({ afterMs, role: 'hedge' });
    }
    const afterMs = this.#patienceMs(now);
    if (afterMs !== undefined) moments.push({ afterMs, role: 'late' });
    return moments;
  }

  /** Undefined: there is nobody, or a hedge would be one too many. */
  second(role: Role): Second | undefined {
    const now = this.#ports.clock.monotonic();
    const second = role === 'late' ? this.#line(this.#call.route.late, now) : this.#next(now);
    if (second === undefined) return undefined;
    if (role === 'hedge' && this.#first?.hedging?.take(now) !== true) return undefined;
    this.#asked.add(second.line.stand);
    this.#seconds.add(second.offer.offering);
    return second;
  }

  /** Its turn has been, beside another. */
  had({ offering }: Offer): boolean {
    return this.#seconds.has(offering);
  }

  /** One of them limits: nobody is asked twice for a while. */
  limited(toldMs: number | undefined): void {
    this.#first?.hedging?.pushedBack(this.#ports.clock.monotonic(), toldMs);
  }

  #next(now: number): Second | undefined {
    const { standings } = this.#ports;
    const tokens = tokensOf(this.#call);
    for (const offer of inOrder(this.#call, { standings, tokens, now })) {
      const second = this.#line(offer, now);
      if (second !== undefined) return second;
    }
    return undefined;
  }

  #line(offer: Offer | undefined, now: number): Second | undefined {
    if (offer === undefined) return undefined;
    const stand = this.#ports.standings.of(offer.offering);
    const line = this.#asked.has(stand) ? undefined : stand.line(tokensOf(this.#call), now);
    return line === undefined ? undefined : { offer, line };
  }

  #patienceMs(now: number): number | undefined {
    const { head, route, profile, arrived, question } = this.#call;
    if (route.late !== undefined && route.lateMs !== undefined) return route.lateMs;
    const totalMs = profile.latencyBudgetMs ?? route.verdict.latencyBudgetMs;
    if (route.late === undefined || totalMs === undefined) return undefined;
    const stand = this.#ports.standings.of(route.late.offering);
    if (this.#asked.has(stand)) return undefined;
    stand.times ??= { streams: new Latencies(LATE_QUANTILE), wholes: new Latencies(LATE_QUANTILE) };
    const times = question.stream ? stand.times.streams : stand.times.wholes;
    const localMs = times.quantile(now) ?? LATE_MS_ASSUMED;
    const { latencySteps: steps = 1, latencyToolsMs: toolsMs, latencyNetworkMs: networkMs } = head;
    const budgetMs = totalMs - (now - arrived);
    const split = segmentsOf({ budgetMs, steps, localMs, toolsMs, networkMs });
    if (this.#asked.size === 1) Object.assign(this.#call, { split });
    return split.cloudMs;
  }
}

/** Nothing happens twice that the caller would notice: no state, no tools that run over there. */
function mayRepeat({ head, question }: Scheduled): boolean {
  if (question.passing !== undefined) return false;
  if (head.operation === 'response' || question.statefulReference !== undefined) return false;
  return !question.toolsOffered || !RUNS_TOOLS.has(head.dialect);
}

/** In these dialects a tool may be one that the server runs. */
const RUNS_TOOLS: ReadonlySet<string> = new Set(['anthropic', 'gemini']);
