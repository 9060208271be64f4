// The calls themselves: attempt, judge, and the one-way door. Tries the offers of the route in
// order; an answer is withheld until it is judged, and once a part of it is released there is no
// other attempt. Adds the outcome: a whole answer still to be sent, a stream that has been sent, or
// why there is neither. It must never dial what the clearance does not allow (the dial function
// asks again), never invent an end that the upstream did not send, and never outlive its caller.
import {
  type Attempt,
  assert,
  type Clock,
  type Fault,
  type Headers,
  type Keys,
  no,
  type Refusal,
  type Reply,
  type Result,
  refusal,
  type Upstream,
  within,
  yes,
} from '@signalbox/contract';
import { asksUsage, droppedBy, isCarried, type Rendered, render } from '@signalbox/dialect';
import type { EndpointLane } from '../catalog/catalog.ts';
import type { Health } from '../catalog/health.ts';
import type { Offer } from '../resolve/offer.ts';
import type { Scheduled } from '../schedule/schedule.ts';
import {
  attempt,
  type OpenStream,
  type Released,
  release,
  type Tried,
  type WholeAnswer,
} from './attempt.ts';
import { judgeAnswer } from './judge.ts';
import { type Piped, pipe } from './pipe.ts';

export type Outcome =
  | (Answered & { readonly kind: 'whole'; readonly answer: WholeAnswer; readonly relayed: boolean })
  | (Answered & { readonly kind: 'streamed'; readonly piped: Piped })
  | (Common & { readonly kind: 'failed'; readonly refusal: Refusal })
  /** Every offer refused connections: the call may be parked. */
  | (Common & { readonly kind: 'unreached'; readonly refusal: Refusal })
  | (Common & { readonly kind: 'left' });

type Common = {
  /** On the monotonic clock. */
  readonly startedAt: number;
  readonly attempts: readonly Attempt[];
  readonly firstByteMs: number | undefined;
  readonly upstreamMs: number;
};
type Answered = Common & {
  readonly offer: Offer;
  /** What the upstream's format, or the caller's, could not carry. */
  readonly dropped: readonly string[];
};

export type DispatchPorts = {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly health: Health;
  /** The head of a stream's answer, asked for when it is released. */
  readonly streamHead: (
    call: Scheduled,
    offer: Offer,
    attempts: readonly Attempt[],
    answer: OpenStream,
    dropped: readonly string[],
  ) => Headers;
  /** An error event in the caller's dialect. */
  readonly errorEvent: (call: Scheduled, refusal: Refusal) => Uint8Array;
};

export async function dispatch(
  call: Scheduled,
  reply: Reply,
  ports: DispatchPorts,
): Promise<Outcome> {
  const run = new Run(call, reply, ports);
  for (const offer of inOrder(call)) {
    for (let tries = 0; tries <= offer.offering.endpoint.retries; tries += 1) {
      if (run.left) return { kind: 'left', ...run.common() };
      if (!call.permit.enter(offer)) break;
      const ended = await run.tryOnce(offer);
      if (ended.kind !== 'next') return ended.outcome;
      if (!mayRepeat(ended.fault)) break;
    }
  }
  if (run.left) return { kind: 'left', ...run.common() };
  const kind = run.unreached() ? 'unreached' : 'failed';
  return { kind, refusal: run.lastRefusal(), ...run.common() };
}

/** The place that was taken first, then the others as the route has them. */
function inOrder(call: Scheduled): readonly Offer[] {
  const { first } = call.permit;
  return [first, ...call.route.offers.filter((offer) => offer !== first)];
}

type Ended =
  | { readonly kind: 'next'; readonly fault: Fault }
  | { readonly kind: 'over'; readonly outcome: Outcome };

/** The state of one call's attempts. */
class Run {
  readonly #call: Scheduled;
  readonly #reply: Reply;
  readonly #ports: DispatchPorts;
  readonly #began: number;
  readonly #attempts: Attempt[] = [];
  #abort: (() => void) | undefined;
  #wake: (() => void) | undefined;
  #firstByteMs: number | undefined;
  #fault: Fault | undefined;
  #retryAfterMs: number | undefined;
  left = false;

  constructor(call: Scheduled, reply: Reply, ports: DispatchPorts) {
    this.#call = call;
    this.#reply = reply;
    this.#ports = ports;
    this.#began = ports.clock.monotonic();
    reply.onLeave(() => {
      this.left = true;
      this.#abort?.();
      this.#wake?.();
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

  async tryOnce(offer: Offer): Promise<Ended> {
    const call = this.#call;
    assert(
      within(call.route.clearance, offer.place) === undefined,
      'an attempt stays within its clearance',
    );
    const ready = readied(call, offer);
    if (!ready.ok) {
      return {
        kind: 'over',
        outcome: { kind: 'failed', refusal: ready.refusal, ...this.common() },
      };
    }
    const started = this.#ports.clock.monotonic();
    const tried = await this.#dial(offer, ready.value, started);
    const { health } = this.#ports;
    const name = offer.offering.endpoint.name;
    if (tried === 'left') {
      this.#note(offer, started, { outcome: 'aborted', fault: 'aborted' });
      return { kind: 'over', outcome: { kind: 'left', ...this.common() } };
    }
    if (tried.kind === 'failed') {
      if (isUnreachable(tried.fault)) health.unreachable(name);
      const outcome = tried.fault.code === 'clearance_exceeded' ? 'blocked' : 'failed';
      this.#note(offer, started, { outcome, fault: tried.fault.code });
      return this.#next(tried.fault, undefined);
    }
    health.reached(name);
    const judgement = judgeAnswer(tried.answer);
    if (judgement.kind === 'next') {
      tried.abort();
      const { code } = judgement.fault;
      this.#note(offer, started, { outcome: 'failed', fault: code, status: tried.answer.status });
      return this.#next(judgement.fault, judgement.retryAfterMs);
    }
    const { dropped } = ready.value.rendered;
    const answer = release(tried.answer);
    return this.#deliver(offer, { started, dropped, relayed: judgement.kind === 'relay' }, answer);
  }

  #next(fault: Fault, retryAfterMs: number | undefined): Ended {
    this.#fault = fault;
    this.#retryAfterMs = retryAfterMs;
    return { kind: 'next', fault };
  }

  #dial(offer: Offer, ready: Ready, started: number): Promise<Tried | 'left'> {
    const call = this.#call;
    this.#firstByteMs = undefined;
    return new Promise((resolve, reject) => {
      // By name: a function that is written into a property where it stands is allocated in the old
      // generation, and keeps the whole call with it until that is collected.
      const wake = (): void => resolve('left');
      this.#wake = wake;
      const dialling = {
        offer,
        credential: ready.lane.credentials[0],
        lane: ready.lane,
        path: ready.path,
        rendered: ready.rendered,
        hideUsage: ready.hideUsage,
        upstream: this.#ports.upstream,
        begun: (abort: () => void) => {
          this.#abort = abort;
          if (this.left) abort();
        },
        firstByte: () => {
          this.#firstByteMs = this.#ports.clock.monotonic() - started;
        },
      };
      attempt(call, dialling).then(resolve, reject);
    });
  }

  async #deliver(
    offer: Offer,
    { started, dropped, relayed }: Delivery,
    answer: Released,
  ): Promise<Ended> {
    if (answer.kind === 'whole') {
      const facts = {
        outcome: 'answered',
        status: answer.status,
        modelClaimed: answer.facts.model,
      } as const;
      this.#note(offer, started, facts);
      this.#call.permit.leave(offer);
      const told = { offer, dropped: joinedWords(dropped, answer.dropped), ...this.common() };
      return { kind: 'over', outcome: { kind: 'whole', answer, relayed, ...told } };
    }
    const provisional = this.#attempts.length;
    this.#note(offer, started, {
      outcome: 'answered',
      status: answer.status,
      modelClaimed: answer.reader.facts().model,
    });
    const words = joinedWords(dropped, droppedBy(answer.reader));
    const head = this.#ports.streamHead(this.#call, offer, this.#attempts, answer, words);
    this.#reply.begin(answer.status, head);
    const abort = (): void => this.#abort?.();
    const { errorEvent, keys } = this.#ports;
    const commitment = keys.begin('response');
    const ports = {
      errorEvent,
      commitment,
      abort,
      leave: (then: () => void) => this.#onLeave(then),
    };
    const piped = await pipe(this.#call, offer, { answer, reply: this.#reply, ports });
    this.#attempts.length = provisional;
    this.#note(offer, started, {
      outcome:
        piped.ending === 'answered' ? 'answered' : piped.ending === 'left' ? 'aborted' : 'failed',
      status: answer.status,
      modelClaimed: piped.facts.model,
      fault: piped.fault?.code,
    });
    const told = { offer, dropped: words, ...this.common() };
    return { kind: 'over', outcome: { kind: 'streamed', piped, ...told } };
  }

  #onLeave(then: () => void): void {
    this.#wake = then;
    if (this.left) then();
  }

  #note(
    offer: Offer,
    started: number,
    facts: Pick<Attempt, 'outcome'> & Partial<Pick<Attempt, 'fault' | 'status' | 'modelClaimed'>>,
  ): void {
    this.#attempts.push({
      endpoint: offer.offering.endpoint.name,
      tier: offer.place.tier,
      region: offer.place.region,
      credential: offer.offering.endpoint.credentials[0]?.name,
      modelAsked: offer.offering.upstream,
      modelClaimed: facts.modelClaimed,
      status: facts.status,
      firstByteMs: this.#firstByteMs,
      durationMs: this.#ports.clock.monotonic() - started,
      outcome: facts.outcome,
      fault: facts.fault,
    });
  }

  /** True when no offer took a connection. */
  unreached(): boolean {
    const codes = this.#attempts.map((one) => one.fault);
    return codes.length > 0 && codes.every((code) => code !== undefined && UNREACHABLE.has(code));
  }

  lastRefusal(): Refusal {
    const fault = this.#fault;
    const last = this.#attempts[this.#attempts.length - 1];
    const where = last === undefined ? '' : ` Last: ${wordsOf(last)}.`;
    if (last === undefined) {
      return refusal('concurrency_limited', 'No allowed endpoint has a free place.', {
        retryAfterMs: 1_000,
      });
    }
    const told = this.#retryAfterMs;
    const more = told === undefined ? {} : { retryAfterMs: told };
    if (last.status === 429) return limited(told, where);
    if (this.unreached()) {
      const again = { retryAfterMs: told ?? UNAVAILABLE_MS };
      return refusal('upstream_unavailable', `All allowed routes are down.${where}`, again);
    }
    const timeouts = fault !== undefined && TIMEOUTS.has(fault.code);
    if (timeouts) return refusal('upstream_timeout', `Every allowed route was too slow.${where}`);
    return refusal(
      'upstream_failed',
      `Every allowed route failed before the first byte.${where}`,
      more,
    );
  }
}

type Delivery = {
  readonly started: number;
  readonly dropped: readonly string[];
  readonly relayed: boolean;
};

type Ready = {
  readonly lane: EndpointLane;
  readonly path: string;
  readonly rendered: Rendered;
  readonly hideUsage: boolean;
};

/** A no is the caller's mistake, seen when its request is read for another format. */
function readied(call: Scheduled, offer: Offer): Result<Ready, Refusal> {
  const { question, head } = call;
  const { endpoint, upstream: model } = offer.offering;
  const lane = endpoint.lanes[head.dialect][head.operation];
  assert(lane !== undefined, 'resolve offers only what can carry the call');
  const path = lane.path(model, question.stream);
  if (path === undefined) {
    return no(refusal('model_unknown', `The name of the model can stand in no path.`));
  }
  const askUsage = asksUsage(lane, question);
  const storeNothing = keepsNothing(call, offer);
  const rendered = render(question, lane, { model, askUsage, storeNothing });
  if (!rendered.ok) {
    const { message, param } = rendered.refusal;
    return no(refusal('body_invalid', message, param === undefined ? {} : { param }));
  }
  return yes({ lane, path, rendered: rendered.value, hideUsage: askUsage && !isCarried(lane) });
}

const joinedWords = (a: readonly string[], b: readonly string[]): readonly string[] =>
  a.length === 0 ? b : b.length === 0 ? a : [...new Set([...a, ...b])].sort();

/** On tier 1 what is stored stays where it is. */
const keepsNothing = ({ tenant }: Scheduled, { place }: Offer): boolean =>
  tenant.retention === 'zero' && place.tier !== 1;

/** SDKs wait for a minute at most: what is further away is no short limit. */
const SHORT_MS_MAX = 60_000;
const LIMITED_MS = 1_000;
const UNAVAILABLE_MS = 5_000;

function limited(toldMs: number | undefined, where: string): Refusal {
  if ((toldMs ?? 0) > SHORT_MS_MAX) {
    return refusal('quota_exhausted', `The endpoint has no quota left for now.${where}`);
  }
  const retryAfterMs = toldMs ?? LIMITED_MS;
  return refusal('rate_limited', `The endpoint limits the rate.${where}`, { retryAfterMs });
}

/** Faults of a connection that may not come twice; nothing of an answer was released. */
const PASSING: ReadonlySet<Fault['code']> = new Set([
  'connect_failed',
  'connect_timeout',
  'closed_early',
]);

/** Whether the operator's `retries` apply. */
const mayRepeat = ({ code, retry }: Fault): boolean => retry === 'same' || PASSING.has(code);

const UNREACHABLE: ReadonlySet<Fault['code']> = new Set(['connect_failed', 'connect_timeout']);
const TIMEOUTS: ReadonlySet<Fault['code']> = new Set([
  'head_timeout',
  'idle_timeout',
  'total_timeout',
]);
const isUnreachable = (fault: Fault): boolean => UNREACHABLE.has(fault.code);

function wordsOf({ endpoint, fault, status }: Attempt): string {
  const answered = status === undefined ? '' : ` (status ${status})`;
  return `\`${endpoint}\`, ${fault ?? 'busy'}${answered}`;
}
