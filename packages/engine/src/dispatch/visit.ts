// One attempt, as the place sees it that it goes to: what it met there is told to the breakers, the
// cool-downs and the load, each of which learns only what it is about. However an attempt ends, it
// is told once.
import type { FaultCode, Question } from '@signalbox/contract';
import type { UpstreamLimit } from '@signalbox/dialect';
import type { Pass } from './breaker.ts';
import { type Line, TROUBLE_MS } from './standing.ts';

/** Whose illness a failure is. */
type Illness =
  /** Nothing of the endpoint can be reached. */
  | 'endpoint'
  /** This model, or this credential, fails. */
  | 'line'
  /** A limit was met. */
  | 'limited'
  /** A server of one's own loads its model, or has too much to do. */
  | 'busy'
  /** Nobody's there: our own rules, or our own fault. */
  | 'none';

const TOO_MANY = 429;
const UNAVAILABLE = 503;

type Asking = Pick<Question, 'stream' | 'inputTokensEstimate'>;

export class Visit {
  readonly line: Line;
  readonly #isStream: boolean;
  readonly #inputTokens: number;
  /** What the call is thought to count for. */
  readonly #tokens: number;
  readonly began: number;
  readonly #endpointPass: Pass;
  readonly #linePass: Pass;
  /** At its endpoint when this one went, itself among them; 0: nobody counts. */
  readonly #inFlight: number;
  #isOut = true;

  /** A try that an operator's `retries` ask for goes out in any case; then it has no say. */
  constructor(line: Line, question: Asking, tokens: number, now: number) {
    this.line = line;
    this.#isStream = question.stream;
    this.#inputTokens = question.inputTokensEstimate;
    this.#tokens = tokens;
    this.began = now;
    this.#endpointPass = line.stand.endpoint.enter(now);
    this.#linePass = line.breaker.enter(now);
    if (line.published !== undefined) {
      line.published.take(tokens, now);
      line.stand.trouble.until = Math.max(line.stand.trouble.until, now + TROUBLE_MS);
    }
    line.stand.load.pending += 1;
    this.#inFlight = line.stand.gradient?.began() ?? 0;
  }

  /** The answer can be released. `firstByteMs` undefined: it tells nothing of how busy it is. */
  answered(firstByteMs: number | undefined, now: number): void {
    const { stand, breaker, limited } = this.line;
    stand.endpoint.succeeded(this.#endpointPass, now);
    breaker.succeeded(this.#linePass, now);
    limited.answered(now);
    stand.busy.answered(now);
    if (firstByteMs !== undefined) this.#took(firstByteMs, now);
  }

  /** Another attempt of the same call answered first: so much is known, this one took longer. */
  overtaken(now: number): void {
    this.left();
    this.#took(now - this.began, now);
  }

  #took(ms: number, now: number): void {
    const { load, hedging, times, gradient } = this.line.stand;
    if (this.#inFlight > 0) gradient?.took(ms, this.#inFlight, this.#isStream);
    load.took(ms, now, this.#isStream);
    hedging?.took(ms, this.#inputTokens, this.#isStream, now);
    (this.#isStream ? times?.streams : times?.wholes)?.took(ms, now);
  }

  /** `toldMs`: how long the other side asked to be left alone. */
  failed(
    why: FaultCode,
    status: number | undefined,
    toldMs: number | undefined,
    now: number,
  ): void {
    const { stand, breaker, limited, paused } = this.line;
    const illness = illnessOf(why, status, stand.isOwn);
    this.over(0);
    if (illness === 'none') {
      this.left();
      return;
    }
    const draw = stand.draws.next();
    if (illness === 'endpoint') {
      stand.endpoint.failed(this.#endpointPass, now, draw, why);
      breaker.abandoned(this.#linePass);
    } else {
      stand.endpoint.succeeded(this.#endpointPass, now);
      if (illness === 'line') breaker.failed(this.#linePass, now, draw);
      else breaker.abandoned(this.#linePass);
    }
    const { trouble } = stand;
    trouble.until = Math.max(trouble.until, now + TROUBLE_MS, now + (toldMs ?? 0));
    if (illness === 'limited') {
      limited.strike(now, toldMs);
      stand.hedging?.pushedBack(now, toldMs);
    } else if (toldMs !== undefined) paused.strike(now, toldMs);
    if (illness === 'busy') stand.busy.strike(now);
    stand.load.failed(now - this.began, now, this.#isStream);
  }

  /**
   * What the other side tells of its limits: a share of each stays unused. Where less is left, the
   * line rests until so much has come back.
   */
  heard(limits: readonly UpstreamLimit[], buffer: number, now: number): void {
    for (const { limit, remaining, resetMs } of limits) {
      if (limit === undefined || remaining === undefined || resetMs === undefined) continue;
      const lacking = limit * (1 - buffer) + 1 - remaining;
      if (lacking < 1 || remaining >= limit) continue;
      const restMs = resetMs * Math.min(1, lacking / (limit - remaining));
      this.line.limited.strike(now, restMs);
      const { trouble } = this.line.stand;
      trouble.until = Math.max(trouble.until, now + restMs);
    }
  }

  /** A stream that was released broke off. */
  broke(why: FaultCode, now: number): void {
    const { stand, breaker } = this.line;
    if (illnessOf(why, undefined, stand.isOwn) !== 'line') return;
    // What a probe meets after its first token is not counted: that told enough.
    breaker.failed(this.#linePass, now, stand.draws.next());
  }

  /** The caller went away before there was an answer. */
  left(): void {
    this.over();
    this.line.stand.endpoint.abandoned(this.#endpointPass);
    this.line.breaker.abandoned(this.#linePass);
  }

  /** Nothing of this attempt runs any more. `tokens`: what it counted for, where that was told. */
  over(tokens?: number): void {
    if (!this.#isOut) return;
    this.#isOut = false;
    const { stand } = this.line;
    stand.load.pending -= 1;
    if (this.#inFlight > 0) stand.gradient?.ended();
    if (tokens !== undefined) this.line.published?.correct(tokens - this.#tokens);
  }
}

/** Nothing of a call was sent: no connection stood. */
export const isUnconnected = (code: FaultCode): boolean =>
  illnessOf(code, undefined, false) === 'endpoint';

function illnessOf(why: FaultCode, status: number | undefined, isOwn: boolean): Illness {
  switch (why) {
    case 'connect_failed':
    case 'connect_timeout':
    case 'tls_failed':
    case 'certificate_untrusted':
    case 'certificate_expired':
    case 'certificate_name':
      return 'endpoint';
    case 'address_denied':
    case 'clearance_exceeded':
    case 'journal_full':
    case 'aborted':
    case 'internal':
      return 'none';
    case 'head_timeout':
    case 'idle_timeout':
    case 'total_timeout':
      return isOwn ? 'busy' : 'line';
    case 'status':
      if (status === TOO_MANY) return 'limited';
      return isOwn && status === UNAVAILABLE ? 'busy' : 'line';
    default:
      return 'line';
  }
}
