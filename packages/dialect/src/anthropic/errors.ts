// Errors of upstreams in any shape they have, and the words that this dialect has for ours.
import { encode } from '../bytes.ts';
import type { Json, UpstreamError } from '../canon/canon.ts';
import { isObject, member, textIn, tryParse } from '../canon/exact.ts';

type Kind = UpstreamError['kind'];

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['invalid_request_error', 'invalid'],
  ['authentication_error', 'auth'],
  ['permission_error', 'auth'],
  ['billing_error', 'quota'],
  ['not_found_error', 'not_found'],
  ['request_too_large', 'context_too_long'],
  ['rate_limit_error', 'rate_limited'],
  ['timeout_error', 'timeout'],
  ['api_error', 'internal'],
  ['overloaded_error', 'overloaded'],
  // Of a local server that speaks this dialect too.
  ['exceed_context_size_error', 'context_too_long'],
  ['not_supported_error', 'not_found'],
  ['unavailable_error', 'overloaded'],
  ['server_error', 'internal'],
]);

const STATUSES: ReadonlyMap<number, Kind> = new Map<number, Kind>([
  [401, 'auth'],
  [402, 'quota'],
  [403, 'auth'],
  [404, 'not_found'],
  [408, 'timeout'],
  [413, 'context_too_long'],
  [429, 'rate_limited'],
  [503, 'overloaded'],
  [504, 'timeout'],
  [529, 'overloaded'],
]);

/**
 * The provider has one type for a request that is wrong, one that does not fit, and one that nobody
 * pays for: only its sentence tells them apart.
 */
const SENTENCES: readonly (readonly [sentence: RegExp, kind: Kind])[] = [
  [
    /prompt is too long|exceed context limit|exceeds the (?:available )?context/i,
    'context_too_long',
  ],
  [/credit balance is too low|reached your specified API usage limits/i, 'quota'],
  [/blocked by (?:our )?content filter/i, 'filtered'],
];

const MESSAGE_CHARACTERS_MAX = 2_000;

/** Of an answer with a bad status. */
export function readError(status: number, body: Uint8Array): UpstreamError {
  const value = tryParse(body);
  if (!isObject(value)) {
    return { kind: kindOf(status), message: `status ${status}, and a body that is no JSON object` };
  }
  return readErrorIn(value, status);
}

/** Of a body or an event: `{error: {type, message}}`, `{error: "..."}`, `{message}`, `{detail}`. */
export function readErrorIn(value: Json, status: number): UpstreamError {
  const error = member(value, 'error') ?? value;
  const message = sentenceIn(error) ?? sentenceIn(value) ?? `status ${status}, without a message`;
  const found = textIn(error, 'type') ?? textIn(error, 'code');
  const type = found === 'error' ? undefined : found;
  const known = type === undefined ? undefined : KINDS.get(type);
  const told = known === undefined || known === 'invalid' ? bySentence(message) : undefined;
  return {
    kind: told ?? known ?? kindOf(status),
    message: message.slice(0, MESSAGE_CHARACTERS_MAX),
    ...(type === undefined ? {} : { type }),
  };
}

function sentenceIn(value: Json): string | undefined {
  if (typeof value === 'string') return value;
  return textIn(value, 'message') ?? textIn(value, 'detail');
}

function bySentence(message: string): Kind | undefined {
  const start = message.slice(0, MESSAGE_CHARACTERS_MAX);
  return SENTENCES.find(([sentence]) => sentence.test(start))?.[1];
}

function kindOf(status: number): Kind {
  const known = STATUSES.get(status);
  if (known !== undefined) return known;
  if (status >= 500) return 'internal';
  return status >= 400 ? 'invalid' : 'unknown';
}

const TYPES: Readonly<Record<Kind, string>> = {
  auth: 'authentication_error',
  not_found: 'not_found_error',
  rate_limited: 'rate_limit_error',
  quota: 'billing_error',
  overloaded: 'overloaded_error',
  context_too_long: 'invalid_request_error',
  invalid: 'invalid_request_error',
  filtered: 'invalid_request_error',
  timeout: 'timeout_error',
  internal: 'api_error',
  unknown: 'api_error',
};

const errorJson = ({ kind, message }: UpstreamError): string =>
  JSON.stringify({ type: 'error', error: { type: TYPES[kind], message } });

export const writeError = (error: UpstreamError): Uint8Array => encode(errorJson(error));

export const errorEventText = (error: UpstreamError): string =>
  `event: error\ndata: ${errorJson(error)}\n\n`;
