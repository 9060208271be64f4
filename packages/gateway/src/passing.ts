// What the head of a request says that only passes: its method, the object it is about, the query
// that goes on, and the body that belongs to it.
import {
  no,
  type PassedOperation,
  type Refusal,
  type Result,
  refusal,
  yes,
} from '@signalbox/contract';
import { PASSED, type PassedHead } from '@signalbox/dialect';
import type { Exchange, Target } from '@signalbox/ports';
import { readBody } from './body.ts';
import type { CallEntry, Method } from './paths.table.ts';

/** Ours: where an operation without a model is to go, as `endpoint/*`. */
const MODEL = 'model';
const QUERY_CHARACTERS_MAX = 2_048;
const NO_BYTES = new Uint8Array(0);

export function passedHead(
  exchange: Exchange,
  { object }: CallEntry,
  { query }: Target,
): PassedHead {
  const asked = new URLSearchParams(query);
  const model = asked.get(MODEL) ?? '';
  const after = asked.get('after') ?? undefined;
  asked.delete(MODEL);
  const lists = exchange.head.method === 'GET' && object === undefined;
  return {
    method: exchange.head.method as Method, // the path's own methods were checked before
    id: object?.id,
    deed: object?.deed,
    // Only pages of a list are asked for in a query.
    query: lists ? asked.toString() : '',
    after: lists ? after : undefined,
    model,
    contentType: exchange.head.header('content-type'),
  };
}

/** Nothing where nothing is made: what came there belongs to no operation. */
export async function passedBody(
  exchange: Exchange,
  operation: PassedOperation,
  head: PassedHead,
  { bytesMax, ms }: { readonly bytesMax: number; readonly ms: number },
): Promise<Result<Uint8Array, Refusal>> {
  if (head.query.length > QUERY_CHARACTERS_MAX) {
    const message = `The query is longer than ${QUERY_CHARACTERS_MAX} characters.`;
    return no(refusal('body_invalid', message, { param: 'query' }));
  }
  const makes = head.method === 'POST' && head.id === undefined;
  return makes ? readBody(exchange, bytesMax, ms, PASSED[operation].body) : yes(NO_BYTES);
}
