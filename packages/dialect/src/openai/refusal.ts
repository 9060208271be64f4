// Our noes in the words of the OpenAI dialect.
import { codeFacts, type DecisionId, type Refusal, type RequestId } from '@signalbox/contract';
import { encode } from '../bytes.ts';

export type RefusalIds = {
  readonly request: RequestId;
  readonly decision: DecisionId | undefined;
};

/** Where the generated page of codes stands; every code has an anchor there. */
const DOCS = 'docs/reference/errors.md';

/** The body of an error answer. */
export const errorBody = (refusal: Refusal, ids: RefusalIds): Uint8Array =>
  encode(errorJson(refusal, ids));

/**
 * The same as an event in a stream that has begun: what follows is an unclean end, never `[DONE]`.
 */
export const errorEvent = (refusal: Refusal, ids: RefusalIds): Uint8Array =>
  encode(`event: error\ndata: ${errorJson(refusal, ids)}\n\n`);

const text = new TextDecoder();

/** A whole answer as an event of a stream: its bytes, line by line. */
export function answerEvent(body: Uint8Array, isError: boolean): Uint8Array {
  const lines = text.decode(body).split(/\r\n|\r|\n/);
  const name = isError ? 'event: error\n' : '';
  return encode(`${name}${lines.map((line) => `data: ${line}\n`).join('')}\n`);
}

function errorJson(refusal: Refusal, ids: RefusalIds): string {
  return JSON.stringify({
    error: {
      type: codeFacts(refusal.code).type,
      code: refusal.code,
      message: refusal.message,
      param: refusal.param ?? null,
      hint: refusal.hint,
      doc_url: `${DOCS}#${refusal.code}`,
      request_id: ids.request,
      decision_id: ids.decision ?? null,
    },
  });
}
