// Questions to the admin API of the same origin, with the cookie of the session.
import { type Decode, maybe, object, text } from './decode.ts';
import { saySignedOut } from './signed-out.ts';

const NOT_ADMITTED = 401;

export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly hint: string | undefined;

  constructor(status: number, message: string, hint: string | undefined) {
    super(message);
    this.status = status;
    this.hint = hint;
  }
}

type Told = { readonly message: string; readonly hint: string | undefined };

const problem: Decode<Told> = object((read) => ({
  message: read(
    'error',
    object((of) => of('message', text)),
  ),
  hint: read(
    'error',
    object((of) => of('hint', maybe(text))),
  ),
}));

/** Where the server is not reached, the reason says so in words. */
const UNREACHED = 'The server cannot be reached.';
const UNREACHED_HINT = 'Is it running? This page asks again by itself.';

export async function ask<T>(path: string, decode: Decode<T>, signal: AbortSignal): Promise<T> {
  return decode(await answerOf(`/admin/v1/${path}`, { signal }), 'the answer');
}

export async function tell<T>(path: string, decode: Decode<T>, key?: string): Promise<T> {
  const headers: Record<string, string> =
    key === undefined ? {} : { authorization: `Bearer ${key}` };
  return decode(await answerOf(`/admin/v1/${path}`, { method: 'POST', headers }), 'the answer');
}

/** @param method `DELETE`: has no body. */
export async function change<T>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  decode: Decode<T>,
  body?: object,
): Promise<T> {
  const written =
    body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return decode(await answerOf(`/admin/v1/${path}`, { method, ...written }), 'the answer');
}

/** A document is put in the place of the one that was read, and of no later one. */
export async function replace<T>(
  path: string,
  decode: Decode<T>,
  { body, etag }: { readonly body: object; readonly etag: string },
): Promise<T> {
  const headers = { 'content-type': 'application/json', 'if-match': etag };
  const init = { method: 'PUT', headers, body: JSON.stringify(body) };
  return decode(await answerOf(`/admin/v1/${path}`, init), 'the answer');
}

async function answerOf(path: string, init: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refused(0, UNREACHED, UNREACHED_HINT);
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return body;
  let told: Told = { message: `The server answered ${response.status}.`, hint: undefined };
  try {
    told = problem(body, 'the refusal');
  } catch {
    // Something else than our server answered; its status is all there is to say.
  }
  // A wrong key that was just typed is no session that has ended.
  if (response.status === NOT_ADMITTED && !new Headers(init.headers).has('authorization')) {
    saySignedOut();
  }
  throw new Refused(response.status, told.message, told.hint);
}
