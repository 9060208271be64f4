// What a call may fail with. A refusal of the gateway is an answer: nobody goes around it.
import { type Json, memberOf, textOf } from './json.ts';

/** Why the gateway was not asked, or could not be. */
export type Why =
  /** No connection, or it broke before the answer began. */
  | 'connection'
  /** The answer did not begin in time. */
  | 'timeout'
  /** 502, 503 or 504 of something between here and the gateway. */
  | 'network'
  /** Something answered that is not the gateway: a page to log in, a redirect. */
  | 'stranger'
  /** The gateway said that it is about to stop. */
  | 'draining'
  /** It was away a moment ago; whether it is back is being looked at. */
  | 'away';

export const REASONS: Readonly<Record<Why, string>> = {
  connection: 'no connection to the gateway',
  timeout: 'the gateway did not begin to answer in time',
  network: 'the network in front of the gateway said that it is not there',
  stranger: 'something answered that is not the gateway',
  draining: 'the gateway is about to stop',
  away: 'the gateway was away a moment ago',
};

/** The gateway's no, or an error that it told in a stream. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly status: number;
  /** `budget_exhausted`, `policy_denied`, ...; undefined: not told. */
  readonly code: string | undefined;
  readonly hint: string | undefined;
  readonly decision: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, body: Json | undefined, retryAfterMs?: number) {
    const error = memberOf(body, 'error');
    super(textOf(error, 'message') ?? `the gateway answered ${status}`);
    this.status = status;
    this.code = textOf(error, 'code');
    this.hint = textOf(error, 'hint');
    this.decision = textOf(error, 'decision_id');
    this.retryAfterMs = retryAfterMs;
  }
}

/** The gateway cannot be reached, and nothing local may answer. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  readonly why: Why;

  constructor(why: Why, more = '') {
    super(`${REASONS[why]}${more}`);
    this.why = why;
  }
}

/** The local endpoint failed too; `why` tells about the gateway. */
export class LocalError extends Error {
  override readonly name = 'LocalError';
  readonly why: Why;
  /** Undefined: it did not answer at all. */
  readonly status: number | undefined;

  constructor(why: Why, status: number | undefined, said: string) {
    const what = status === undefined ? 'did not answer' : `answered ${status}`;
    super(`${REASONS[why]}, and the local endpoint ${what}${said === '' ? '' : `: ${said}`}`);
    this.why = why;
    this.status = status;
  }
}

/** An answer began and broke. It is not asked for elsewhere: a part of it may have been used. */
export class Broken extends Error {
  override readonly name = 'Broken';
}
