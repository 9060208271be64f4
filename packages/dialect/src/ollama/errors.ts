// Errors of upstreams: whole with a status, inside a 200, in the middle of a stream.
import type { Json, UpstreamError } from '../canon/canon.ts';
import { member, textIn, tryParse } from '../canon/exact.ts';
import { STATUSES, TEXTS } from './error.table.ts';

const MESSAGE_CHARACTERS_MAX = 1_000;
const text = new TextDecoder();

/** Reads the body of a bad status, also one that a proxy wrote. */
export function readError(status: number, body: Uint8Array): UpstreamError {
  const told = errorIn(tryParse(body));
  const bare = told === undefined ? bareText(body) : undefined;
  const message = told?.message ?? bare ?? `HTTP ${status}`;
  const byText = told === undefined && bare === undefined ? undefined : kindOfText(message);
  const byStatus = STATUSES.get(status) ?? (status >= 500 ? 'internal' : 'unknown');
  // A text is more exact than "bad request" or "internal error", and than nothing else.
  const isVague = byStatus === 'invalid' || byStatus === 'internal' || byStatus === 'unknown';
  const refines = byText !== undefined && (isVague || byText === 'quota');
  return {
    kind: refines ? byText : byStatus,
    message,
    ...(told?.type === undefined ? {} : { type: told.type }),
  };
}

/** The error that a body or a line says to be; undefined where it is none. */
export function readErrorIn(value: Json | undefined): UpstreamError | undefined {
  const told = errorIn(value);
  if (told === undefined) return undefined;
  const kind = kindOfText(told.message) ?? 'internal';
  return { kind, message: told.message, ...(told.type === undefined ? {} : { type: told.type }) };
}

type Told = { readonly message: string; readonly type: string | undefined };

function errorIn(value: Json | undefined): Told | undefined {
  const error = member(value, 'error') ?? undefined;
  if (error === undefined || error === false || error === '') return undefined;
  const type = textIn(error, 'type') ?? textIn(error, 'code') ?? textIn(value, 'code');
  const message = typeof error === 'string' ? error : textIn(error, 'message');
  if (message !== undefined) return { message: message.slice(0, MESSAGE_CHARACTERS_MAX), type };
  return { message: 'the upstream told an error without a message', type };
}

/** One short line, never a page of HTML. */
function bareText(body: Uint8Array): string | undefined {
  const line = text.decode(body.subarray(0, MESSAGE_CHARACTERS_MAX)).trim();
  return line === '' || /^[<{[]/.test(line) || line.includes('\n') ? undefined : line;
}

const kindOfText = (message: string): UpstreamError['kind'] | undefined =>
  TEXTS.find(([pattern]) => pattern.test(message))?.[1];
