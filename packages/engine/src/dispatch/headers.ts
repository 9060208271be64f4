// What goes to an upstream beside the body: a short list of our own, the trace, and what the
// endpoint's document lists. Never the caller's credentials or cookies.
import type { Headers } from '@signalbox/contract';
import type { EndpointFacts } from '../catalog/catalog.ts';
import type { EndpointLane } from '../catalog/ways.ts';
import type { Scheduled } from '../schedule/schedule.ts';

const JSON_TYPE: readonly [string, string] = ['content-type', 'application/json'];
const ACCEPT_STREAM: readonly [string, string] = ['accept', 'text/event-stream'];
const ACCEPT_ANY: readonly [string, string] = ['accept', '*/*'];
const ACCEPT_JSON: readonly [string, string] = ['accept', 'application/json'];

export function upstreamHeaders(
  call: Scheduled,
  endpoint: EndpointFacts,
  lane: EndpointLane,
): Headers {
  const { passing, stream } = call.question;
  const headers: (readonly [string, string])[] = [];
  if (passing === undefined) headers.push(JSON_TYPE);
  else if (passing.contentType !== undefined) headers.push(['content-type', passing.contentType]);
  const accept = passing === undefined || passing.answers === 'json' ? ACCEPT_JSON : ACCEPT_ANY;
  headers.push(stream ? ACCEPT_STREAM : accept);
  const traceparent = call.trace?.dial() ?? call.head.traceparent;
  if (traceparent !== undefined) headers.push(['traceparent', traceparent]);
  for (const header of call.head.forwardable) {
    if (isOwn(header[0], lane) || endpoint.forwarded.has(header[0])) headers.push(header);
  }
  for (const header of endpoint.headers) headers.push(header);
  for (const header of lane.headers) {
    if (!headers.some(([name]) => name === header[0])) headers.push(header);
  }
  return headers;
}

/** A caller's headers that belong to its format go where the same format is spoken. */
function isOwn(name: string, { caller, upstream }: EndpointLane): boolean {
  if (caller !== upstream) return false;
  if (name === 'openai-beta') return caller === 'openai' || caller === 'responses';
  return caller === 'anthropic' && (name === 'anthropic-version' || name === 'anthropic-beta');
}
