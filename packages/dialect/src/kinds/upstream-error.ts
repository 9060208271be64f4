// What an error of an upstream means: the words of its body, read with the table of its kind, then
// with the general one. Texts decide only where a provider has no word for it, and a table names
// each such text.
import type { Code, Headers } from '@signalbox/contract';
import type { UpstreamError } from '../canon/canon.ts';
import { EXACT_WORDS, STATUSES, VAGUE_WORDS } from './errors.table.ts';
import { retryAfterOf } from './limits.ts';
import { EVERY_OVERFLOW } from './overflow.table.ts';
import type { ErrorKind, ErrorMatch, ServerKind } from './server-kind.ts';
import { readShape, type Shape, shapeOf } from './shape.ts';

/** Waits up to here are a short limit: a client may wait. */
export const SHORT_WAIT_MS_MAX = 60_000;

/** An answer with a bad status, or with an error inside a good one. */
export type BadAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** Unix milliseconds, for waits that are given as a time. */
  readonly nowMs: number;
};

/** Tokens are of a prompt that does not fit, where the provider tells them. */
export type KindError = UpstreamError & {
  readonly tokens?: number;
  readonly tokensMax?: number;
};

export function readUpstreamError(kind: ServerKind, answer: BadAnswer): KindError {
  const { status, headers, body, nowMs } = answer;
  const shape = readShape(body);
  const waitMs = retryAfterOf(kind, headers, nowMs) ?? shape.waitMs;
  return judge(kind, { shape: withHeader(shape, headers), status, waitMs });
}

/**
 * An error that a codec met inside a good answer, read again with the table of the kind. What the
 * codec knows for sure stays.
 */
export function refineError(kind: ServerKind, error: UpstreamError): KindError {
  const { message, type, retryAfterMs } = error;
  const shape = shapeOf(type === undefined ? { message } : { message, type });
  const evidence = { shape, status: GOOD_STATUS, waitMs: retryAfterMs ?? shape.waitMs };
  const isOpen = error.kind === 'unknown' || error.kind === 'internal';
  const judged = judge(kind, isOpen ? evidence : { ...evidence, known: error.kind });
  // A codec that says internal has seen more than nothing.
  return judged.kind === 'unknown' ? { ...judged, kind: error.kind } : judged;
}

/** Our code for it, as a caller gets it when no other route is left. */
export function codeOfError(error: UpstreamError): Code {
  switch (error.kind) {
    // The credential is ours: the caller cannot mend it.
    case 'auth':
    case 'internal':
    case 'unknown':
      return 'upstream_failed';
    case 'not_found':
      return 'model_unknown';
    case 'rate_limited':
      return (error.retryAfterMs ?? 0) > SHORT_WAIT_MS_MAX ? 'quota_exhausted' : 'rate_limited';
    case 'quota':
      return 'quota_exhausted';
    case 'overloaded':
      return 'upstream_unavailable';
    case 'context_too_long':
      return 'context_too_long';
    case 'invalid':
      return 'body_invalid';
    case 'filtered':
      return 'policy_denied';
    case 'timeout':
      return 'upstream_timeout';
  }
}

const GOOD_STATUS = 200;

type Evidence = {
  readonly shape: Shape;
  readonly status: number;
  readonly waitMs: number | undefined;
  /** What is known otherwise; it counts more than vague words and the status. */
  readonly known?: ErrorKind;
};

function judge(kind: ServerKind, { shape, status, waitMs, known }: Evidence): KindError {
  const told = status >= 400 ? status : (shape.status ?? status);
  const sure = certain(kind, shape, told);
  const meaning =
    sure?.kind ?? known ?? STATUSES.get(told) ?? wordIn(VAGUE_WORDS, shape) ?? byClass(told);
  const tokens = sure?.tokens ?? shape.tokens;
  const tokensMax = sure?.tokensMax ?? shape.limit;
  const isLength = meaning === 'context_too_long';
  return {
    kind: meaning,
    message: messageOf(meaning, shape, told),
    ...(shape.type === undefined ? {} : { type: shape.type }),
    ...(waitMs === undefined || !isPassing(meaning) ? {} : { retryAfterMs: waitMs }),
    ...(isLength && tokens !== undefined ? { tokens } : {}),
    ...(isLength && tokensMax !== undefined ? { tokensMax } : {}),
  };
}

type Certain = Overflow & { readonly kind: ErrorKind };

/** What a rule of the kind, a known text of length or an exact word says. */
function certain(kind: ServerKind, shape: Shape, status: number): Certain | undefined {
  const rule = ruled(kind.errors, shape, status);
  if (rule !== undefined) return { kind: rule, ...NO_OVERFLOW };
  const overflow = overflowIn(kind, shape, status);
  if (overflow !== undefined) return { kind: 'context_too_long', ...overflow };
  const word = wordIn(EXACT_WORDS, shape);
  return word === undefined ? undefined : { kind: word, ...NO_OVERFLOW };
}

function ruled(rules: readonly ErrorMatch[], shape: Shape, status: number): ErrorKind | undefined {
  for (const { status: wanted, word, text, kind } of rules) {
    if (wanted !== undefined && wanted !== status) continue;
    if (word !== undefined && !shape.words.includes(word)) continue;
    if (text?.test(shape.searched) === false) continue;
    return kind;
  }
  return undefined;
}

type Overflow = { readonly tokens: number | undefined; readonly tokensMax: number | undefined };
const NO_OVERFLOW: Overflow = { tokens: undefined, tokensMax: undefined };

/** Statuses that say something else, whatever the text holds. */
const NEVER_LENGTH: ReadonlySet<number> = new Set([401, 403, 404]);

function overflowIn(kind: ServerKind, shape: Shape, status: number): Overflow | undefined {
  if (NEVER_LENGTH.has(status)) return undefined;
  for (const pattern of [...kind.overflow, ...EVERY_OVERFLOW]) {
    const found = pattern.exec(shape.searched);
    if (found === null) continue;
    const tokensMax = count(found.groups?.['limit']);
    const over = count(found.groups?.['over']);
    const tokens =
      count(found.groups?.['tokens']) ??
      (over === undefined || tokensMax === undefined ? undefined : tokensMax + over);
    return { tokens, tokensMax };
  }
  return undefined;
}

function count(text: string | undefined): number | undefined {
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

function wordIn(table: ReadonlyMap<string, ErrorKind>, shape: Shape): ErrorKind | undefined {
  for (const word of shape.words) {
    const kind = table.get(word);
    if (kind !== undefined) return kind;
  }
  return undefined;
}

function byClass(status: number): ErrorKind {
  if (status >= 500) return 'internal';
  return status >= 400 ? 'invalid' : 'unknown';
}

/** A wait is only told where waiting helps. */
const isPassing = (kind: ErrorKind): boolean =>
  kind === 'rate_limited' || kind === 'quota' || kind === 'overloaded' || kind === 'internal';

function messageOf(kind: ErrorKind, { message }: Shape, status: number): string {
  const by = status >= 400 ? ` (status ${status})` : '';
  // It would repeat parts of our credential, and our account is none of the caller's business.
  if (kind === 'auth') return `the upstream refused the gateway's credential${by}`;
  return message ?? `the upstream failed and said nothing more${by}`;
}

/** One cloud keeps the type out of the body: `ThrottlingException:http://…`. */
function withHeader(shape: Shape, headers: Headers): Shape {
  const header = headers.find(([name]) => name === 'x-amzn-errortype')?.[1];
  const type = header?.split(/[:,]/)[0]?.trim();
  if (type === undefined || type === '' || type.length > 100) return shape;
  return { ...shape, type, words: [type.toLowerCase(), ...shape.words] };
}
