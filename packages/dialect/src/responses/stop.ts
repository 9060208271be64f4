// Why a response ended: the wire says a status and perhaps a reason; that tools are to be run shows
// only in the output. What this cannot tell apart travels in extra fields of the response, which
// clients leave alone.
import type { Json, JsonObject, StopReason } from '../canon/canon.ts';
import { member, textIn } from '../canon/exact.ts';
import { CUT, INCOMPLETE, STOPS } from './words.table.ts';

export type Stop = {
  readonly reason: StopReason;
  readonly sequence?: string;
  readonly native?: string;
};

/** What the output holds. */
export type Holds = { readonly calls: boolean; readonly refusal: boolean };

const isStop = (word: string | undefined): word is StopReason =>
  word !== undefined && STOPS.has(word);

export function readStop(response: Json | undefined, holds: Holds): Stop {
  const cut = textIn(member(response, 'incomplete_details'), 'reason');
  const incomplete = textIn(response, 'status') === 'incomplete' || cut !== undefined;
  const said = textIn(response, 'stop_reason');
  const reason = isStop(said) ? said : byStatus(incomplete ? (cut ?? '') : undefined, holds);
  const sequence = textIn(response, 'stop_sequence');
  const unknown = cut === undefined || INCOMPLETE.has(cut) ? undefined : cut;
  const native = textIn(response, 'native_finish_reason') ?? unknown;
  return {
    reason,
    ...(sequence === undefined ? {} : { sequence }),
    ...(native === undefined ? {} : { native }),
  };
}

/** `cut`: why it is incomplete, undefined when it is not. */
function byStatus(cut: string | undefined, holds: Holds): StopReason {
  if (cut !== undefined) return INCOMPLETE.get(cut) ?? 'length';
  if (holds.calls) return 'tools';
  return holds.refusal ? 'refusal' : 'end';
}

export type Ending = {
  readonly status: 'completed' | 'incomplete' | 'failed';
  readonly fields: JsonObject;
};

/** An answer that ended without a reason completed. */
export function writeStop(stop: Stop | undefined, holds: Holds): Ending {
  const reason = stop?.reason;
  const cut = reason === undefined ? undefined : CUT.get(reason);
  const failed = reason === 'error';
  const extra = {
    ...(reason === undefined || reason === byStatus(cut, holds) ? {} : { stop_reason: reason }),
    ...(stop?.sequence === undefined ? {} : { stop_sequence: stop.sequence }),
    ...(stop?.native === undefined ? {} : { native_finish_reason: stop.native }),
  };
  // Without a type the AI SDK reads none of the answer, and says that it is no JSON.
  const error = failed ? { type: CODE, code: CODE, message: BROKE_OFF } : null;
  const incomplete = cut === undefined ? null : { reason: cut };
  return {
    status: failed ? 'failed' : incomplete === null ? 'completed' : 'incomplete',
    fields: { error, incomplete_details: incomplete, ...extra },
  };
}

const CODE = 'server_error';
const BROKE_OFF = 'The model broke off its answer.';
