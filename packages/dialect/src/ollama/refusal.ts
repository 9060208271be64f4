// Our noes in the words of this dialect: its clients read `error` as a text and pass by the rest.
import type { Refusal } from '@signalbox/contract';
import { encode } from '../bytes.ts';
import type { RefusalIds } from '../openai/refusal.ts';

/** The body of an error answer. */
export const errorBody = (refusal: Refusal, ids: RefusalIds): Uint8Array =>
  encode(errorJson(refusal, ids));

/** The same as a line of a stream that has begun: what follows is an unclean end. */
export const errorEvent = (refusal: Refusal, ids: RefusalIds): Uint8Array =>
  encode(`${errorJson(refusal, ids)}\n`);

const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;

/** A whole answer as a line of a stream. Ends of lines inside of it are white space of JSON. */
export function answerEvent(body: Uint8Array): Uint8Array {
  const line = new Uint8Array(body.length + 1);
  line.set(body);
  line[body.length] = LINE_FEED;
  for (let i = 0; i < body.length; i += 1) {
    if (line[i] === LINE_FEED || line[i] === RETURN) line[i] = SPACE;
  }
  return line;
}

function errorJson(refusal: Refusal, ids: RefusalIds): string {
  const { code, message, hint, param } = refusal;
  return JSON.stringify({
    error: message,
    code,
    ...(param === undefined ? {} : { param }),
    hint,
    request_id: ids.request,
    decision_id: ids.decision ?? null,
  });
}
