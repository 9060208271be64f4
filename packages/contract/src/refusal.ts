// A refusal is an expected no; a fault is the world failing at a port. Both carry ids and sizes,
// never content.
import { type Code, codeFacts } from './codes.table.ts';
import { type RequestId, shareOf } from './ids.ts';

export type Refusal = {
  readonly kind: 'refusal';
  readonly code: Code;
  /** What is wrong and where, in words for the caller. Holds no content of the call. */
  readonly message: string;
  readonly hint: string;
  /** The field or header at fault. */
  readonly param: string | undefined;
  readonly retryAfterMs: number | undefined;
};

export type RefusalMore = {
  readonly hint?: string;
  readonly param?: string;
  readonly retryAfterMs?: number;
};

/** A refusal with the table's hint unless a better one is known here. */
export function refusal(code: Code, message: string, more: RefusalMore = {}): Refusal {
  return {
    kind: 'refusal',
    code,
    message,
    hint: more.hint ?? codeFacts(code).hint,
    param: more.param,
    retryAfterMs: more.retryAfterMs,
  };
}

/**
 * A wait, and up to as much again: callers that were told the same would all be back at once.
 * Never earlier than an upstream said.
 */
export const apart = (ms: number, request: RequestId): number => ms * (1 + shareOf(request));

/** Rounded up: nobody is asked to come too early. */
export const waitHeaders = (ms: number): [string, string][] => [
  ['retry-after-ms', String(Math.ceil(ms))],
  ['retry-after', String(Math.ceil(ms / 1_000))],
];

export type FaultCode =
  | 'address_denied'
  | 'clearance_exceeded'
  | 'connect_failed'
  | 'tls_failed'
  | `certificate_${'untrusted' | 'expired' | 'name'}`
  | `${'connect' | 'head' | 'idle' | 'total'}_timeout`
  | 'closed_early'
  | 'aborted'
  | 'malformed'
  | 'too_large'
  | 'redirected'
  | 'status'
  | 'body_error'
  | 'journal_full'
  | 'internal';

export type Fault = {
  readonly kind: 'fault';
  readonly code: FaultCode;
  readonly source: 'caller' | 'tenant' | 'upstream' | 'ourselves';
  /** `same`: the same place may be tried again; `other`: another place; `never`: neither. */
  readonly retry: 'never' | 'same' | 'other';
  /** For operators: ids, sizes, names. */
  readonly detail: string;
};

export const fault = (
  code: FaultCode,
  source: Fault['source'],
  retry: Fault['retry'],
  detail: string,
): Fault => ({ kind: 'fault', code, source, retry, detail });
