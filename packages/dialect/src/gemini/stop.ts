// A stop reason to and from its word. Where the word alone says less than our reason (a stop
// sequence, a refusal, a pause), the candidate carries `stopDetails` beside it: official clients
// pass over it, and we read it back.
import type { Json, JsonObject, StopReason } from '../canon/canon.ts';
import { member, said, textIn } from '../canon/exact.ts';

import { NO_STOP, STOPS, WORDS } from './stop.table.ts';

export type Stop = {
  readonly reason: StopReason;
  readonly sequence?: string;
  readonly native?: string;
};

const DETAILS = 'stopDetails';

const isReason = (text: string): text is StopReason => Object.hasOwn(WORDS, text);

/** `called`: the answer holds calls. Undefined where the candidate has not stopped. */
export function readStop(candidate: Json, called: boolean): Stop | undefined {
  const word = textIn(candidate, 'finishReason');
  if (word === undefined || word === '' || word === NO_STOP) return undefined;
  const details = member(candidate, DETAILS);
  const reason = textIn(details, 'reason');
  if (reason === undefined || !isReason(reason)) return plainStop(word, called);
  const more = { sequence: textIn(details, 'sequence'), native: textIn(details, 'native') };
  return { reason, ...said(more) };
}

/** A word that is not in the table is an end that nobody should build upon. */
export function plainStop(word: string, called: boolean): Stop {
  const reason = STOPS.get(word) ?? 'error';
  if (reason === 'end') return { reason: called ? 'tools' : 'end' };
  return reason === 'length' ? { reason } : { reason, native: word };
}

/** `finishReason`, and `stopDetails` where that says less. */
export function writeStop(stop: Stop, called: boolean): JsonObject {
  const { reason, sequence, native } = stop;
  const known = native !== undefined && STOPS.get(native) === reason;
  const finishReason = known ? native : WORDS[reason];
  const read = plainStop(finishReason, called);
  const same = read.reason === reason && read.native === native && sequence === undefined;
  return same ? { finishReason } : { finishReason, [DETAILS]: said({ reason, sequence, native }) };
}
