// Our noes in the words of this dialect.
import { type Code, codeFacts, type Refusal } from '@signalbox/contract';
import { encode } from '../bytes.ts';
import type { RefusalIds } from '../openai/refusal.ts';

/** Where the generated page of codes stands; every code has an anchor there. */
const DOCS = 'docs/reference/errors.md';

const OVERLOADED = 529;

/** The dialect has a status of its own for load that is shed. */
export const statusOf = (code: Code): number =>
  code === 'shed' ? OVERLOADED : codeFacts(code).status;

const TYPES: ReadonlyMap<number, string> = new Map([
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
  [OVERLOADED, 'overloaded_error'],
]);

function typeOf(status: number): string {
  return TYPES.get(status) ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
}

/** The body of an error answer. */
export const errorBody = (refusal: Refusal, ids: RefusalIds): Uint8Array =>
  encode(errorJson(refusal, ids));

/** The same as an event in a stream that has begun; nothing follows it, no `message_stop`. */
export const errorEvent = (refusal: Refusal, ids: RefusalIds): Uint8Array =>
  encode(`event: error\ndata: ${errorJson(refusal, ids)}\n\n`);

function errorJson(refusal: Refusal, ids: RefusalIds): string {
  return JSON.stringify({
    type: 'error',
    error: {
      type: typeOf(statusOf(refusal.code)),
      message: refusal.message,
      code: refusal.code,
      param: refusal.param ?? null,
      hint: refusal.hint,
      doc_url: `${DOCS}#${refusal.code}`,
      request_id: ids.request,
      decision_id: ids.decision ?? null,
    },
    request_id: ids.request,
  });
}
