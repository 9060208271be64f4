// The attempts of one call, one after another, or one beside another: what each met is judged, told
// to those who learn from it, and noted for the record. The door is here: the first answer that is
// good is released, and nothing is tried after it.
import {
  type Attempt,
  assert,
  type Fault,
  type Headers,
  type Refusal,
  type Reply,
  type Usage,
  within,
} from '@signalbox/contract';
import { droppedBy, kindOf, limitsOf } from '@signalbox/dialect';
import { costNanoUsd, priceOfService } from '@signalbox/documents';
import type { Offer } from '../resolve/offer.ts';
import type { Scheduled } from '../schedule/schedule.ts';
import { attempt, type Released, release, type Tried, type Withheld } from './attempt.ts';
import type { Beside } from './beside.ts';
import type { Found } from './check.ts';
import { judgeAnswer } from './judge.ts';
import { goneBy, type Nowhere } from './nowhere.ts';
import type { Common, DispatchPorts, Outcome } from './outcome.ts';
import { pipe } from './pipe.ts';
import { race } from './race.ts';
import { type Ready, readied } from './ready.ts';
import type { Rejected, Repair } from './repair.ts';
import type { Line } from './standing.ts';
import { type Role, Trial } from './trial.ts';
import { type LeftOut, tokensOf } from './turns.ts';
import { Visit } from './visit.ts';

export type Ended =
  | { readonly kind: 'next'; readonly fault: Fault; readonly status: number | undefined }
  /** It did not pass; what it was is kept by the repair. */
  | { readonly kind: 'rejected' }
  | { readonly kind: 'over'; readonly outcome: Outcome };

type Over = Extract<Ended, { kind: 'over' }>;

type Met =
  | { readonly kind: 'next'; readonly fault: Fault; readonly status: number | undefined }
  | { readonly kind: 'rejected' }
  | Good;
type Good = {
  readonly kind: 'good';
  readonly trial: Trial;
  readonly answer: Released;
  readonly relayed: boolean;
  readonly found: Found | undefined;
};

const NOBODY: readonly Trial[] = [];
const TOO_MANY = 429;
const BYTES_PER_TOKEN = 4;

export class Run {
  readonly #call: Scheduled;
  readonly #reply: Reply;
  readonly #ports: DispatchPorts;
  readonly #repair: Repair | undefined;
  readonly #began: number;
  readonly #attempts: Attempt[] = [];
  /** What is out now: one attempt, or several beside each other. */
  #out: readonly Trial[] = NOBODY;
  #wake: ((stops: boolean) => void) | undefined;
  #firstByteMs: number | undefined;
  #fault: Fault | undefined;
  #retryAfterMs: number | undefined;
  #isSpent = true;
  left = false;
  stops = false;

  constructor(call: Scheduled, reply: Reply, ports: DispatchPorts, repair: Repair | undefined) {
    this.#call = call;
    this.#reply = reply;
    this.#ports = ports;
    this.#repair = repair;
    this.#began = ports.clock.monotonic();
    reply.onLeave((stops) => {
      this.left = true;
      this.stops = stops;
      for (const trial of this.#out) trial.abort();
      this.#wake?.(stops);
    });
  }

  common(): Common {
    return {
      startedAt: this.#began,
      attempts: this.#attempts,
      firstByteMs: this.#firstByteMs,
      upstreamMs: this.#ports.clock.monotonic() - this.#began,
    };
  }

  /** However it ended: nothing of it is out any more. */
  end(): void {
    for (const trial of this.#out) trial.visit.left();
  }

  nowhere(leftOut: LeftOut | undefined): Nowhere {
    const [fault, retryAfterMs, isSpent] = [this.#fault, this.#retryAfterMs, this.#isSpent];
    return { attempts: this.#attempts, fault, retryAfterMs, isSpent, leftOut };
  }

  async tryOnce(offer: Offer, line: Line, beside: Beside | undefined): Promise<Ended> {
    const ready = readied(this.#call, offer, this.#ports);
    if (!ready.ok) return this.#failed(ready.refusal);
    const trial = this.#trial(offer, line, ready.value, undefined);
    this.#out = [trial];
    const met = beside === undefined ? await this.#alone(trial) : await this.#beside(trial, beside);
    if (met === 'left') return this.#goneAway();
    return met.kind === 'good' ? this.#deliver(met) : met;
  }

  #failed(refusal: Refusal): Over {
    return { kind: 'over', outcome: { kind: 'failed', refusal, ...this.common() } };
  }

  #goneAway(): Ended {
    for (const trial of this.#out) {
      trial.visit.left();
      this.#note(trial, { outcome: 'aborted', fault: 'aborted' });
    }
    return { kind: 'over', outcome: goneBy(this) };
  }

  #trial(offer: Offer, line: Line, ready: Ready, role: Role | undefined): Trial {
    const { route, question } = this.#call;
    const { clock, upstream } = this.#ports;
    assert(
      within(route.clearance, offer.place) === undefined,
      'an attempt stays within its clearance',
    );
    const visit = new Visit(line, question, tokensOf(this.#call), clock.monotonic());
    const lists = question.passing?.lists === true;
    const isOwn = lists ? this.#ports.ownAt(this.#call, offer) : undefined;
    return new Trial({ offer, ready, visit, role, isOwn }, upstream, clock);
  }

  #alone(trial: Trial): Promise<Met | 'left'> {
    return new Promise((resolve, reject) => {
      // By name: a function that is written into a property where it stands is allocated in the old
      // generation, and keeps the whole call with it until that is collected.
      const wake = (): void => resolve('left');
      this.#wake = wake;
      attempt(this.#call, trial).then((tried) => {
        if (!this.left) resolve(this.#meet(trial, tried));
      }, reject);
    });
  }

  #beside(first: Trial, beside: Beside): Promise<Met | 'left'> {
    const { met, leave } = race<Met>(first, {
      clock: this.#ports.clock,
      moments: beside.moments(first.visit.line),
      second: (role) => this.#second(role, beside),
      dial: (trial) => attempt(this.#call, trial),
      meet: (trial, tried) => {
        const how = this.#left(trial, tried);
        if (how.kind === 'next' && how.status === TOO_MANY) beside.limited(this.#retryAfterMs);
        return how;
      },
      isGood: ({ kind }) => kind === 'good',
      overtaken: (trial) => this.#overtaken(trial),
    });
    this.#wake = leave;
    return met;
  }

  /** One of several: who fails gives its place back, the others go on. */
  #left(trial: Trial, tried: Tried): Met {
    const met = this.#meet(trial, tried);
    if (met.kind === 'good' || this.#out.length === 1) return met;
    this.#out = this.#out.filter((one) => one !== trial);
    this.#call.permit.leave(trial.offer);
    return met;
  }

  #second(role: Role, beside: Beside): Trial | undefined {
    if (this.left) return undefined;
    const { permit } = this.#call;
    const second = beside.second(role);
    const ready = second === undefined ? undefined : readied(this.#call, second.offer, this.#ports);
    if (second === undefined || ready?.ok !== true) return undefined;
    const { offer, line } = second;
    if (!permit.beside(offer)) return undefined;
    if (!this.#affords(offer)) {
      permit.leave(offer);
      return undefined;
    }
    const trial = this.#trial(offer, line, ready.value, role);
    this.#out = [...this.#out, trial];
    return trial;
  }

  /** What is spent twice is held before. */
  #affords(offer: Offer): boolean {
    const nanoUsd = this.#inputNanoUsd(offer) ?? 0n;
    return nanoUsd === 0n || this.#call.permit.extend(nanoUsd);
  }

  #inputNanoUsd({ offering }: Offer): bigint | undefined {
    const usage = { inputTokens: this.#call.question.inputTokensEstimate, outputTokens: 0 };
    const cost = costNanoUsd(offering.price, usage);
    return cost.kind === 'known' ? cost.nanoUsd : undefined;
  }

  #overtaken(trial: Trial): void {
    trial.abort();
    trial.visit.overtaken(this.#ports.clock.monotonic());
    this.#out = this.#out.filter((one) => one !== trial);
    this.#call.permit.leave(trial.offer);
    const costNanoUsd = this.#inputNanoUsd(trial.offer)?.toString();
    this.#note(trial, { outcome: 'overtaken', fault: undefined, costNanoUsd });
  }

  #meet(trial: Trial, tried: Tried): Met {
    const { clock } = this.#ports;
    const { offer, visit } = trial;
    this.#firstByteMs = trial.firstByteMs;
    if (tried.kind === 'failed') {
      const { code } = tried.fault;
      visit.failed(code, undefined, undefined, clock.monotonic());
      this.#note(trial, {
        outcome: code === 'clearance_exceeded' ? 'blocked' : 'failed',
        fault: code,
      });
      this.#isSpent = false;
      return this.#next(tried.fault, undefined, undefined);
    }
    this.#hear(visit, offer, tried.answer.headers);
    const { kind } = offer.offering.endpoint.probe;
    const judgement = judgeAnswer(tried.answer, kind, clock);
    if (judgement.kind === 'next') {
      trial.abort();
      const { status } = tried.answer;
      const { fault, retryAfterMs, isSpent } = judgement;
      visit.failed(fault.code, status, retryAfterMs, clock.monotonic());
      this.#note(trial, { outcome: 'failed', fault: fault.code, status });
      this.#isSpent &&= isSpent;
      return this.#next(fault, retryAfterMs, status);
    }
    const relayed = judgement.kind === 'relay';
    // The caller's own mistake is told fast, and so is a count, which runs no model.
    const isQuick = relayed || trial.lane.operation === 'count';
    visit.answered(isQuick ? undefined : trial.firstByteMs, clock.monotonic());
    const { answer, raw } = tried;
    const found =
      relayed || raw === undefined ? undefined : this.#repair?.check(answer, raw, trial);
    if (found?.rejected !== undefined) return this.#reject(trial, answer, found);
    return { kind: 'good', trial, answer: release(answer), relayed, found };
  }

  /** It is paid for and noted; nothing of it goes out unless the policy lets it. */
  #reject(trial: Trial, answer: Withheld, found: Found): Met {
    const facts = answer.kind === 'stream' ? answer.reader.facts() : answer.facts;
    const usage = facts.usage ?? this.#estimate(answer);
    const cost = costNanoUsd(priceOfService(trial.offer.offering.price, facts.service), usage);
    trial.visit.over(totalOf(facts.usage));
    const at = this.#attempts.length;
    this.#note(trial, {
      outcome: 'judged-away',
      status: answer.status,
      modelClaimed: facts.model,
      costNanoUsd: cost.kind === 'known' ? cost.nanoUsd.toString() : undefined,
      usage,
      found,
    });
    this.#repair?.reject({ trial, answer, found, at });
    return { kind: 'rejected' };
  }

  #estimate(answer: Withheld): Usage {
    const { inputTokensEstimate: inputTokens } = this.#call.question;
    const outputTokens =
      answer.kind === 'stream'
        ? answer.reader.facts().events
        : Math.ceil(answer.body.length / BYTES_PER_TOKEN);
    const untold = { cachedInputTokens: undefined, reasoningTokens: undefined };
    return { inputTokens, outputTokens, ...untold, source: 'estimated' };
  }

  /** What the hold of the route is not for: better offers, and who follows one that is paid for. */
  affordsAgain(offer: Offer): boolean {
    const { question, permit, route } = this.#call;
    if (this.#repair?.last === undefined && !route.better.includes(offer)) return true;
    const inputTokens = question.inputTokensEstimate;
    const cost = costNanoUsd(offer.offering.price, {
      inputTokens,
      outputTokens: permit.outputTokensReserved,
    });
    return cost.kind === 'unknown' || cost.nanoUsd === 0n || permit.extend(cost.nanoUsd);
  }

  /** No answer passed: the best one goes out marked, or none does. */
  async unrepaired(rejected: Rejected, repair: Repair): Promise<Outcome> {
    if (!repair.flags) return this.#failed(repair.refusal(rejected)).outcome;
    const { trial, answer, found, at } = rejected;
    // It is the attempt that answers now, and no longer one beside it.
    this.#attempts.splice(at, 1);
    const good = { trial, answer: release(answer), relayed: false, found };
    return (await this.#deliver({ kind: 'good', ...good })).outcome;
  }

  /** Only where the documents ask for it: headers are read for it. */
  #hear(visit: Visit, { offering }: Offer, headers: Headers): void {
    const { kind, rateLimitBuffer } = offering.endpoint;
    const known = rateLimitBuffer === undefined ? undefined : kindOf(kind);
    if (known === undefined || rateLimitBuffer === undefined) return;
    const { clock } = this.#ports;
    visit.heard(limitsOf(known, headers, clock.now()), rateLimitBuffer, clock.monotonic());
  }

  #next(fault: Fault, retryAfterMs: number | undefined, status: number | undefined): Met {
    this.#fault = fault;
    this.#retryAfterMs = retryAfterMs;
    return { kind: 'next', fault, status };
  }

  async #deliver({ trial, answer, relayed, found }: Good): Promise<Over> {
    const { offer, visit } = trial;
    const { dropped } = trial.rendered;
    if (answer.kind === 'whole') {
      const { status, facts } = answer;
      this.#note(trial, { outcome: 'answered', status, modelClaimed: facts.model, found });
      visit.over(totalOf(facts.usage));
      this.#call.permit.leave(offer);
      const told = { offer, dropped: joinedWords(dropped, answer.dropped), ...this.common() };
      return { kind: 'over', outcome: { kind: 'whole', answer, relayed, ...told } };
    }
    const provisional = this.#attempts.length;
    const { status, reader } = answer;
    this.#note(trial, { outcome: 'answered', status, modelClaimed: reader.facts().model, found });
    const words = joinedWords(dropped, droppedBy(reader));
    const head = this.#ports.streamHead(this.#call, offer, this.#attempts, answer, words);
    this.#reply.begin(status, head);
    const abort = (): void => trial.abort();
    const leave = (then: (stops: boolean) => void): void => this.#onLeave(then);
    const { errorEvent, keys } = this.#ports;
    const ports = { errorEvent, commitment: keys.begin('response'), abort, leave };
    const piped = await pipe(this.#call, offer, { answer, reply: this.#reply, ports });
    visit.over(totalOf(piped.facts.usage));
    if (piped.ending === 'cut' && piped.fault !== undefined) {
      visit.broke(piped.fault.code, this.#ports.clock.monotonic());
    }
    this.#attempts.length = provisional;
    const { ending, facts, fault } = piped;
    this.#note(trial, {
      outcome: ending === 'answered' ? 'answered' : this.left ? 'aborted' : 'failed',
      status,
      modelClaimed: facts.model,
      fault: fault?.code,
      found,
    });
    const told = { offer, dropped: words, ...this.common() };
    return { kind: 'over', outcome: { kind: 'streamed', piped, ...told } };
  }

  #onLeave(then: (stops: boolean) => void): void {
    this.#wake = then;
    if (this.left) then(this.stops);
  }

  #note({ offer, visit, role, firstByteMs, started, rendered }: Trial, facts: Noted): void {
    const { endpoint } = offer.offering;
    const attempt: Attempt = {
      endpoint: endpoint.name,
      tier: offer.place.tier,
      region: offer.place.region,
      legalEntity: endpoint.legalEntity,
      own: offer.place.own ? true : undefined,
      credential: visit.line.credential?.name,
      modelAsked: offer.offering.upstream,
      modelClaimed: facts.modelClaimed,
      status: facts.status,
      firstByteMs,
      durationMs: this.#ports.clock.monotonic() - started,
      outcome: facts.outcome,
      fault: facts.fault,
    };
    const { costNanoUsd, usage, found } = facts;
    const { rewritten } = rendered;
    const isSpecial = role !== undefined || costNanoUsd !== undefined || found !== undefined;
    if (!isSpecial && rewritten === undefined) this.#attempts.push(attempt);
    else this.#attempts.push({ ...attempt, role, costNanoUsd, usage, rewritten, ...found });
  }
}

type Noted = Pick<Attempt, 'outcome'> &
  Partial<Pick<Attempt, 'fault' | 'status' | 'modelClaimed' | 'costNanoUsd' | 'usage'>> & {
    readonly found?: Found | undefined;
  };

const totalOf = (usage: Usage | undefined): number | undefined =>
  usage === undefined ? undefined : usage.inputTokens + usage.outputTokens;

const joinedWords = (a: readonly string[], b: readonly string[]): readonly string[] =>
  a.length === 0 ? b : b.length === 0 ? a : [...new Set([...a, ...b])].sort();
