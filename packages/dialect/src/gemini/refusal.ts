// Our noes in Google's envelope: a code of HTTP, a status of gRPC, and typed details that hold our
// code, what to do, and the ids. Facts: google.aip.dev/193.

import { codeFacts, type Refusal } from '@signalbox/contract';
import { encode } from '../bytes.ts';
import type { JsonObject } from '../canon/canon.ts';
import { said } from '../canon/exact.ts';
import type { RefusalIds } from '../openai/refusal.ts';
import { ERROR_INFO, OUR_DOMAIN, retryInfo } from './errors.ts';

/** Where the generated page of codes stands; every code has an anchor there. */
const DOCS = 'docs/reference/errors.md';

const STATUSES: ReadonlyMap<number, string> = new Map([
  [401, 'UNAUTHENTICATED'],
  [402, 'FAILED_PRECONDITION'],
  [403, 'PERMISSION_DENIED'],
  [404, 'NOT_FOUND'],
  [405, 'UNIMPLEMENTED'],
  [409, 'ABORTED'],
  [410, 'NOT_FOUND'],
  [429, 'RESOURCE_EXHAUSTED'],
  [500, 'INTERNAL'],
  [502, 'UNAVAILABLE'],
  [503, 'UNAVAILABLE'],
  [504, 'DEADLINE_EXCEEDED'],
]);

function statusOf(code: number): string {
  return STATUSES.get(code) ?? (code >= 500 ? 'UNKNOWN' : 'INVALID_ARGUMENT');
}

/** The body of an error answer. */
export const errorBody = (refusal: Refusal, ids: RefusalIds): Uint8Array =>
  encode(errorJson(refusal, ids));

/** The same as an event in a stream that has begun; what follows is an unclean end. */
export const errorEvent = (refusal: Refusal, ids: RefusalIds): Uint8Array =>
  encode(`data: ${errorJson(refusal, ids)}\r\n\r\n`);

/** The same as the last element of an array, after what `closing` of its reader says. */
export const errorElement = (refusal: Refusal, ids: RefusalIds): Uint8Array =>
  encode(`${errorJson(refusal, ids)}]`);

function errorJson(refusal: Refusal, ids: RefusalIds): string {
  const { code, message, hint, param, retryAfterMs } = refusal;
  const status = codeFacts(code).status;
  const info: JsonObject = {
    '@type': ERROR_INFO,
    reason: code.toUpperCase(),
    domain: OUR_DOMAIN,
    metadata: said({
      code,
      hint,
      doc_url: `${DOCS}#${code}`,
      param,
      request_id: ids.request,
      decision_id: ids.decision,
    }),
  };
  const details: JsonObject[] = [info];
  if (param !== undefined) {
    const fieldViolations = [{ field: param, description: message }];
    details.push({ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations });
  }
  if (retryAfterMs !== undefined) details.push(retryInfo(retryAfterMs));
  return JSON.stringify({ error: { code: status, message, status: statusOf(status), details } });
}
