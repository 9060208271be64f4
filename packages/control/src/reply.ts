// Answers in one form: JSON, the envelope of the house for a no, and the headers that keep a
// browser from doing more with an answer than showing it.
import { codeFacts, type Refusal, type RequestId } from '@signalbox/contract';
import { encode, errorBody } from '@signalbox/dialect';
import { refusalHeaders } from '@signalbox/engine';
import type { Exchange } from '@signalbox/ports';

/** Scripts, styles and requests of our own alone; no frames, no plug-ins, no other base. */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const GUARDS: readonly string[] = [
  ...['content-security-policy', CONTENT_POLICY],
  ...['x-content-type-options', 'nosniff'],
  ...['referrer-policy', 'no-referrer'],
  ...['x-frame-options', 'DENY'],
  ...['cross-origin-opener-policy', 'same-origin'],
  ...['cross-origin-resource-policy', 'same-origin'],
];

/** @param headers names and values in turn. */
export function send(
  exchange: Exchange,
  status: number,
  headers: readonly string[],
  bytes: Uint8Array,
): void {
  exchange.reply(status, [...headers, ...GUARDS], bytes);
}

export function sendJson(
  exchange: Exchange,
  status: number,
  body: unknown,
  headers: readonly string[] = [],
): void {
  const own = ['content-type', 'application/json', 'cache-control', 'no-store'];
  send(exchange, status, [...own, ...headers], encode(`${JSON.stringify(body)}\n`));
}

export function sendRefusal(
  exchange: Exchange,
  no: Refusal,
  request: RequestId,
  headers: readonly string[] = [],
): void {
  const ids = { request, decision: undefined };
  const own = [...refusalHeaders(no, ids).flat(), 'cache-control', 'no-store', ...headers];
  send(exchange, codeFacts(no.code).status, own, errorBody(no, ids));
}

/** Opens a stream of server-sent events. */
export function beginEvents(exchange: Exchange): void {
  const own = ['content-type', 'text/event-stream', 'cache-control', 'no-store'];
  exchange.begin(200, [...own, 'x-accel-buffering', 'no', ...GUARDS]);
}
