// Errors in the shapes that servers of this wire give them: with a bad status, inside a good one,
// or as an event of a stream. What their words mean stands with the kinds of servers.
import { assert } from '@signalbox/contract';
import { encode } from '../bytes.ts';
import type { Json, UpstreamError } from '../canon/canon.ts';
import { kindOf } from '../kinds/kinds.ts';
import { readUpstreamError } from '../kinds/upstream-error.ts';

/** Of an error inside a good answer. */
const GOOD = 200;

export function readError(status: number, body: Uint8Array): UpstreamError {
  const kind = kindOf('openai-compatible');
  assert(kind !== undefined, 'there is a kind for servers of which nothing else is known');
  const answer = { status, headers: [], body, nowMs: 0 };
  const { message, type, retryAfterMs, kind: read } = readUpstreamError(kind, answer);
  return {
    kind: read,
    message,
    ...(type === undefined ? {} : { type }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** An error that says nothing of its cause is the upstream's own. */
export function errorFrom(holder: Json): UpstreamError {
  const error = readError(GOOD, encode(JSON.stringify(holder)));
  return error.kind === 'unknown' ? { ...error, kind: 'internal' } : error;
}
