// The calls themselves: attempt, judge, and the one-way door. Tries the offers of the route in
// order; an answer is withheld until it is judged, and once a part of it is released there is no
// other attempt. Adds the outcome: a whole answer still to be sent, a stream that has been sent, or
// why there is neither. It must never dial what the clearance does not allow (the dial function
// asks again), never invent an end that the upstream did not send, and never outlive its caller.
import {
  type Attempt,
  assert,
  type Fault,
  type Headers,
  type Keys,
  no,
  type Refusal,
  type Reply,
  type Result,
  refusal,
  type Upstream,
  type Usage,
  within,
  yes,
} from '@signalbox/contract';
import {
  asksUsage,
  droppedBy,
  isCarried,
  kindOf,
  limitsOf,
  type Rendered,
  render,
} from '@signalbox/dialect';
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
import { isUnreachable, isUnreached, type Nowhere, refusalOf } from './nowhere.ts';
import { type Piped, pipe } from './pipe.ts';
import type { Line } from './standing.ts';
import { type LeftOut, type TurnPorts, Turns, tokensOf } from './turns.ts';
import { Visit } from './visit.ts';

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

export type DispatchPorts = TurnPorts & {
  readonly upstream: Upstream;
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
  const turns = new Turns(call, ports);
  const run = new Run(call, reply, ports);
  try {
    for (const offer of turns.inOrder()) {
      for (let tries = 0; ; tries += 1) {
        if (run.left) return { kind: 'left', ...run.common() };
        const line = turns.next(offer, tries);
        if (line === undefined) turns.passed(offer);
        if (line === undefined || !call.permit.enter(offer)) break;
        const ended = await run.tryOnce(offer, line);
        if (ended.kind !== 'next') {
          turns.answered(line);
          return ended.outcome;
        }
        if (!turns.mayRepeat(offer, tries, ended.fault, ended.status)) break;
      }
    }
  } finally {
    run.end();
  }
  if (run.left) return { kind: 'left', ...run.common() };
  const nowhere = run.nowhere(turns.leftOut);
  const kind = isUnreached(nowhere) ? 'unreached' : 'failed';
  return { kind, refusal: refusalOf(nowhere), ...run.common() };
}

type Ended =
  | { readonly kind: 'next'; readonly fault: Fault; readonly status: number | undefined }
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
  /** Of the attempt that is under way. */
  #visit: Visit | undefined;
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

  /** However it ended: nothing of it is out any more. */
  end(): void {
    this.#visit?.left();
  }

  nowhere(leftOut: LeftOut | undefined): Nowhere {
    const [fault, retryAfterMs] = [this.#fault, this.#retryAfterMs];
    return { attempts: this.#attempts, fault, retryAfterMs, leftOut };
  }

  async tryOnce(offer: Offer, line: Line): Promise<Ended> {
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
    const { health, clock } = this.#ports;
    const started = clock.monotonic();
    const visit = new Visit(line, call.question.stream, tokensOf(call), started);
    this.#visit = visit;
    const tried = await this.#dial(offer, line, ready.value, started);
    const name = offer.offering.endpoint.name;
    if (tried === 'left') {
      this.#note(offer, started, { outcome: 'aborted', fault: 'aborted' });
      return { kind: 'over', outcome: { kind: 'left', ...this.common() } };
    }
    if (tried.kind === 'failed') {
      if (isUnreachable(tried.fault.code)) health.unreachable(name);
      visit.failed(tried.fault.code, undefined, undefined, clock.monotonic());
      const outcome = tried.fault.code === 'clearance_exceeded' ? 'blocked' : 'failed';
      this.#note(offer, started, { outcome, fault: tried.fault.code });
      return this.#next(tried.fault, undefined, undefined);
    }
    health.reached(name);
    this.#hear(visit, offer, tried.answer.headers);
    const judgement = judgeAnswer(tried.answer);
    if (judgement.kind === 'next') {
      tried.abort();
      const { code } = judgement.fault;
      const { status } = tried.answer;
      visit.failed(code, status, judgement.retryAfterMs, clock.monotonic());
      this.#note(offer, started, { outcome: 'failed', fault: code, status });
      return this.#next(judgement.fault, judgement.retryAfterMs, status);
    }
    const relayed = judgement.kind === 'relay';
    // The caller's own mistake is told fast.
    visit.answered(relayed ? undefined : this.#firstByteMs, clock.monotonic());
    const { dropped } = ready.value.rendered;
    return this.#deliver(offer, { started, dropped, relayed }, release(tried.answer));
  }

  /** Only where the documents ask for it: headers are read for it. */
  #hear(visit: Visit, { offering }: Offer, headers: Headers): void {
    const { kind, rateLimitBuffer } = offering.endpoint;
    const known = rateLimitBuffer === undefined ? undefined : kindOf(kind);
    if (known === undefined || rateLimitBuffer === undefined) return;
    const { clock } = this.#ports;
    visit.heard(limitsOf(known, headers, clock.now()), rateLimitBuffer, clock.monotonic());
  }

  #next(fault: Fault, retryAfterMs: number | undefined, status: number | undefined): Ended {
    this.#fault = fault;
    this.#retryAfterMs = retryAfterMs;
    return { kind: 'next', fault, status };
  }

  #dial(offer: Offer, line: Line, ready: Ready, started: number): Promise<Tried | 'left'> {
    const call = this.#call;
    this.#firstByteMs = undefined;
    return new Promise((resolve, reject) => {
      // By name: a function that is written into a property where it stands is allocated in the old
      // generation, and keeps the whole call with it until that is collected.
      const wake = (): void => resolve('left');
      this.#wake = wake;
      const dialling = {
        offer,
        credential: ready.lane.credentials.find(({ name }) => name === line.credential?.name),
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
      this.#visit?.over(totalOf(answer.facts.usage));
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
    this.#visit?.over(totalOf(piped.facts.usage));
    if (piped.ending === 'cut' && piped.fault !== undefined) {
      this.#visit?.broke(piped.fault.code, this.#ports.clock.monotonic());
    }
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
      credential: this.#visit?.line.credential?.name,
      modelAsked: offer.offering.upstream,
      modelClaimed: facts.modelClaimed,
      status: facts.status,
      firstByteMs: this.#firstByteMs,
      durationMs: this.#ports.clock.monotonic() - started,
      outcome: facts.outcome,
      fault: facts.fault,
    });
  }
}

const totalOf = (usage: Usage | undefined): number | undefined =>
  usage === undefined ? undefined : usage.inputTokens + usage.outputTokens;

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
