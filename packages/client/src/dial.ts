// One request, and what became of it: it was answered, or nobody was there. Told apart before the
// first byte of an answer; from there on it is the answer, however it ends.
import type { Why } from './errors.ts';
import { bytesOf } from './events.ts';
import { type Json, memberOf, parse, textOf } from './json.ts';
import type { Platform } from './platform.ts';

export type Dialled =
  | { readonly kind: 'answered'; readonly begun: Begun }
  /** A bad status, its body read. */
  | { readonly kind: 'refused'; readonly response: Response; readonly body: Json | undefined }
  | { readonly kind: 'gone'; readonly why: Why; readonly detail: string };

/** An answer whose body is still to come. */
export type Begun = {
  readonly response: Response;
  /** The caller's. */
  readonly signal: AbortSignal | undefined;
  /** Ends it, and lets the caller's signal go. */
  readonly abort: () => void;
};

export type Dialling = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: a GET. */
  readonly body?: string;
  readonly signal: AbortSignal | undefined;
  /** Undefined: it may take as long as it wants to begin. */
  readonly firstByteMsMax: number | undefined;
};

/** Of the body of a bad status so much is read. */
const REFUSAL_CHARACTERS_MAX = 65_536;
const NETWORK = new Set([502, 503, 504]);
const TIMED_OUT = new Error('the answer did not begin in time');

/** Throws the caller's own reason when the caller gives up. */
export async function dial(platform: Platform, dialling: Dialling): Promise<Dialled> {
  const { url, headers, body, signal, firstByteMsMax } = dialling;
  signal?.throwIfAborted();
  const stop = new AbortController();
  const given = (): void => stop.abort(signal?.reason);
  const abort = (): void => {
    signal?.removeEventListener('abort', given);
    stop.abort();
  };
  signal?.addEventListener('abort', given, { once: true });
  const untimed =
    firstByteMsMax === undefined
      ? undefined
      : platform.after(firstByteMsMax, () => stop.abort(TIMED_OUT));
  try {
    const response = await platform.fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: stop.signal,
    });
    return await judged({ response, signal, abort });
  } catch (cause) {
    signal?.removeEventListener('abort', given);
    signal?.throwIfAborted();
    const why = stop.signal.reason === TIMED_OUT ? 'timeout' : 'connection';
    return { kind: 'gone', why, detail: detailOf(cause) };
  } finally {
    untimed?.();
  }
}

async function judged(begun: Begun): Promise<Dialled> {
  const { response, signal, abort } = begun;
  const { status, headers } = response;
  const type = headers.get('content-type') ?? '';
  if (response.ok && /^(?:application\/json|text\/event-stream)\b/.test(type)) {
    return { kind: 'answered', begun };
  }
  // The gateway sends nobody elsewhere, and no pages.
  const isElsewhere = response.type === 'opaqueredirect' || (status >= 300 && status < 400);
  if (response.ok || isElsewhere) {
    abort();
    return { kind: 'gone', why: 'stranger', detail: `${status} ${type}` };
  }
  // What broke within a refusal is a refusal.
  const body = parse(await boundedText(response).catch(() => ''));
  signal?.throwIfAborted();
  abort();
  const error = memberOf(body, 'error');
  if (textOf(error, 'code') === 'draining') return { kind: 'gone', why: 'draining', detail: '' };
  const isOwn = headers.has('x-signalbox-decision-id') || textOf(error, 'request_id') !== undefined;
  if (NETWORK.has(status) && !isOwn) {
    return { kind: 'gone', why: 'network', detail: String(status) };
  }
  return { kind: 'refused', response, body };
}

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of bytesOf(response)) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > REFUSAL_CHARACTERS_MAX) break;
  }
  return text;
}

/** The system's word for it (`ECONNREFUSED`); messages may hold addresses and are left out. */
function detailOf(cause: unknown): string {
  const inner = cause instanceof Error ? (cause.cause ?? cause) : cause;
  const code: unknown = inner instanceof Object ? Reflect.get(inner, 'code') : undefined;
  return typeof code === 'string' ? code : '';
}
