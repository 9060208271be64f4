// Errors as Google words them: an object, or the same inside an array, with a status of gRPC and
// typed details. Facts: google.aip.dev/193 and recorded answers.
import type { Json, JsonObject, UpstreamError } from '../canon/canon.ts';
import { isObject, listIn, member, numberIn, textIn, tryParse } from '../canon/exact.ts';

type Kind = UpstreamError['kind'];

const BY_STATUS: ReadonlyMap<string, Kind> = new Map([
  ['INVALID_ARGUMENT', 'invalid'],
  ['FAILED_PRECONDITION', 'invalid'],
  ['OUT_OF_RANGE', 'invalid'],
  ['UNIMPLEMENTED', 'invalid'],
  ['UNAUTHENTICATED', 'auth'],
  ['PERMISSION_DENIED', 'auth'],
  ['NOT_FOUND', 'not_found'],
  ['RESOURCE_EXHAUSTED', 'rate_limited'],
  ['UNAVAILABLE', 'overloaded'],
  ['DEADLINE_EXCEEDED', 'timeout'],
  ['INTERNAL', 'internal'],
  ['UNKNOWN', 'internal'],
  ['DATA_LOSS', 'internal'],
]);

const BY_CODE: ReadonlyMap<number, Kind> = new Map([
  [400, 'invalid'],
  [401, 'auth'],
  [402, 'quota'],
  [403, 'auth'],
  [404, 'not_found'],
  [408, 'timeout'],
  [413, 'invalid'],
  [422, 'invalid'],
  [429, 'rate_limited'],
  [500, 'internal'],
  [502, 'overloaded'],
  [503, 'overloaded'],
  [504, 'timeout'],
  [529, 'overloaded'],
]);

/** What we write for each kind. */
const WORDS: Readonly<Record<Kind, readonly [code: number, status: string]>> = {
  auth: [401, 'UNAUTHENTICATED'],
  not_found: [404, 'NOT_FOUND'],
  rate_limited: [429, 'RESOURCE_EXHAUSTED'],
  quota: [429, 'RESOURCE_EXHAUSTED'],
  overloaded: [503, 'UNAVAILABLE'],
  context_too_long: [400, 'INVALID_ARGUMENT'],
  invalid: [400, 'INVALID_ARGUMENT'],
  filtered: [400, 'FAILED_PRECONDITION'],
  timeout: [504, 'DEADLINE_EXCEEDED'],
  internal: [500, 'INTERNAL'],
  unknown: [500, 'UNKNOWN'],
};

export const OUR_DOMAIN = 'signalbox';
export const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';
export const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';
const MESSAGE_CHARACTERS_MAX = 2_000;

const isKind = (word: string): word is Kind => Object.hasOwn(WORDS, word);

/** The body of a bad status, whatever its shape. */
export function readError(status: number, body: Uint8Array): UpstreamError {
  const parsed = tryParse(body);
  const error = errorIn(parsed);
  if (error !== undefined) return errorOf(error, status);
  const kind = kindOfCode(status);
  const message = textIn(parsed, 'message') ?? `The upstream answered with status ${status}.`;
  return { kind, message: message.slice(0, MESSAGE_CHARACTERS_MAX) };
}

const kindOfCode = (code: number): Kind =>
  BY_CODE.get(code) ?? (code >= 500 ? 'internal' : 'unknown');

/** The error that a body holds, also as the first of an array; undefined where it holds none. */
export function errorIn(body: Json | undefined): Json | undefined {
  const one = Array.isArray(body) ? body[0] : body;
  const error = member(one, 'error');
  return error === undefined || error === null ? undefined : error;
}

/** `status`: of the answer, where the error itself has no code. */
export function errorOf(error: Json, status = 500): UpstreamError {
  const type = textIn(error, 'status') ?? textIn(error, 'type');
  const code = numberIn(error, 'code') ?? status;
  const given = typeof error === 'string' ? error : textIn(error, 'message');
  const message = given ?? 'The upstream reported an error without words.';
  const details = (listIn(error, 'details') ?? []).filter(isObject);
  const retryAfterMs = retryIn(details);
  return {
    kind: kindOf({ type, code, message, details }),
    message: message.slice(0, MESSAGE_CHARACTERS_MAX),
    ...(type === undefined ? {} : { type }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

type Facts = {
  readonly type: string | undefined;
  readonly code: number;
  readonly message: string;
  readonly details: readonly JsonObject[];
};

/** Neither a status nor a detail says that a prompt is too long: only the sentence does. */
const TOO_LONG = /token count\b[^.]*\bexceeds|exceeds the maximum number of (?:input )?tokens/i;

function kindOf({ type, code, message, details }: Facts): Kind {
  for (const detail of details) {
    const reason = textIn(detail, 'reason') ?? '';
    const ours = reason.toLowerCase();
    if (textIn(detail, 'domain') === OUR_DOMAIN && isKind(ours)) return ours;
    if (reason.startsWith('API_KEY_') || reason === 'ACCESS_TOKEN_EXPIRED') return 'auth';
    if (isLongQuota(detail)) return 'quota';
  }
  const kind = BY_STATUS.get(type ?? '') ?? kindOfCode(code);
  return kind === 'invalid' && TOO_LONG.test(message) ? 'context_too_long' : kind;
}

/** A quota by the day is not over in a minute, whatever delay is told beside it. */
const isLongQuota = (detail: JsonObject): boolean =>
  (listIn(detail, 'violations') ?? []).some((one) =>
    /per(?:Day|Month)/i.test(textIn(one, 'quotaId') ?? ''),
  );

/** `retryDelay` is a duration in seconds: "34.4s". */
function retryIn(details: readonly JsonObject[]): number | undefined {
  for (const detail of details) {
    const delay = /^(\d{1,7}(?:\.\d{1,9})?)s$/.exec(textIn(detail, 'retryDelay') ?? '')?.[1];
    if (delay !== undefined) return Math.ceil(Number(delay) * 1_000);
  }
  return undefined;
}

export const retryInfo = (ms: number): JsonObject => ({
  '@type': RETRY_INFO,
  retryDelay: `${ms / 1_000}s`,
});

/** The envelope of an error that an upstream told, for a caller of this dialect. */
export function writeError({ kind, message, type, retryAfterMs }: UpstreamError): JsonObject {
  const [code, word] = WORDS[kind];
  const status = type !== undefined && BY_STATUS.has(type) ? type : word;
  const info = { '@type': ERROR_INFO, reason: kind.toUpperCase(), domain: OUR_DOMAIN };
  const details = retryAfterMs === undefined ? [info] : [info, retryInfo(retryAfterMs)];
  return { error: { code, message, status, details } };
}
