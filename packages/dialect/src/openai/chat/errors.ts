// Errors in the shapes that servers of this dialect give them: with a bad status, inside a good
// one, or as an event of a stream. What their words mean stands with the kinds of servers.
import { assert } from '@signalbox/contract';
import { encode } from '../../bytes.ts';
import type { Json, UpstreamError } from '../../canon/canon.ts';
import { isObject, member, textIn } from '../../canon/exact.ts';
import { kindOf } from '../../kinds/kinds.ts';
import { readUpstreamError } from '../../kinds/upstream-error.ts';

/** Of an error inside a good answer. */
const GOOD = 200;

export function readError(status: number, body: Uint8Array): UpstreamError {
  const kind = kindOf('openai-compatible');
  assert(kind !== undefined, 'there is a kind for servers of which nothing else is known');
  const { message, type, retryAfterMs, ...read } = readUpstreamError(kind, {
    status,
    headers: [],
    body,
    nowMs: 0,
  });
  return {
    // An error that says nothing of its cause is the upstream's own.
    kind: read.kind === 'unknown' ? 'internal' : read.kind,
    message,
    ...(type === undefined ? {} : { type }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

export const errorFrom = (body: Json): UpstreamError =>
  readError(GOOD, encode(JSON.stringify(body)));

/** An error that a body of a good status holds. */
export function errorIn(body: Json): UpstreamError | undefined {
  const error = member(body, 'error') ?? null;
  const isTyped = textIn(body, 'object') === 'error' || textIn(body, 'type') === 'error';
  if (error === null && !isTyped) return undefined;
  return errorFrom(isObject(error) || typeof error === 'string' ? { error } : body);
}

const internal = (message: string): UpstreamError => ({ kind: 'internal', message });

export const noAnswer = (): UpstreamError =>
  internal('The answer of the upstream holds no `choices`.');
export const noJson = (): UpstreamError =>
  internal('An event in the stream of the upstream is not valid JSON.');
export const noStream = (): UpstreamError =>
  internal('The upstream answered with neither a stream of events nor JSON.');
export const tooLong = (): UpstreamError =>
  internal('An event in the stream of the upstream is too long to hold.');
