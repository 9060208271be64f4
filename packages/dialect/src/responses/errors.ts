// Errors of servers of this family: a body with a bad status, an error inside a 200, an event. Only
// codes, types and statuses decide, never the words of a message.
import type { Json, UpstreamError } from '../canon/canon.ts';
import { isObject, member, numberIn, textIn, tryParse } from '../canon/exact.ts';
import { KINDS, STATUSES, VAGUE } from './error-kinds.table.ts';

/** Longer messages are cut: they are shown to people. */
const MESSAGE_CHARACTERS_MAX = 2_000;

export function readError(status: number, body: Uint8Array): UpstreamError {
  const parsed = tryParse(body);
  const json = Array.isArray(parsed) ? parsed[0] : parsed;
  return errorFrom(isObject(json) ? json : undefined, status);
}

/**
 * Of an object that is or holds an error: `{error: {...}}`, `{error: "text", code}`, `{message}`,
 * `{detail}`. Status undefined: it came inside an answer that began well.
 */
export function errorFrom(holder: Json | undefined, status: number | undefined): UpstreamError {
  const inner = member(holder, 'error');
  const error = isObject(inner) ? inner : holder;
  const words = [wordIn(error, 'code'), wordIn(error, 'type'), wordIn(holder, 'code')].filter(
    (word) => word !== undefined,
  );
  const said =
    (typeof inner === 'string' ? inner : undefined) ??
    textIn(error, 'message') ??
    textIn(holder, 'message') ??
    textIn(error, 'detail') ??
    textIn(holder, 'detail');
  const message = said === undefined || said === '' ? told(status) : said;
  const type = words.find((word) => !VAGUE.has(word.toLowerCase())) ?? words[0];
  return {
    kind: kindOf(words, status ?? numberIn(error, 'status') ?? numberIn(error, 'code')),
    message: message.slice(0, MESSAGE_CHARACTERS_MAX),
    ...(type === undefined ? {} : { type }),
  };
}

const told = (status: number | undefined): string =>
  status === undefined ? 'The upstream reported an error.' : `The upstream answered ${status}.`;

function wordIn(value: Json | undefined, key: string): string | undefined {
  const word = textIn(value, key);
  return word === '' || word === 'error' ? undefined : word;
}

function kindOf(words: readonly string[], status: number | undefined): UpstreamError['kind'] {
  const known = words.map((word) => word.toLowerCase()).filter((word) => KINDS.has(word));
  const exact = known.find((word) => !VAGUE.has(word));
  if (exact !== undefined) return KINDS.get(exact) ?? 'unknown';
  const byStatus = status === undefined ? undefined : STATUSES.get(status);
  if (byStatus !== undefined) return byStatus;
  return KINDS.get(known[0] ?? '') ?? 'unknown';
}
