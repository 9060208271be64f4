// Reads and writes why an answer ended: `stop_reason`, `stop_sequence`, `stop_details`. A refusal's
// words stand in `stop_details.explanation`, since a refused answer has no content here. Another
// provider's own word goes beside them as `native_stop_reason`.
import type { Json, JsonObject, StopReason } from '../canon/canon.ts';
import { member, textIn } from '../canon/exact.ts';
import { FILTER, REASONS, WORDS } from './stop.table.ts';

export type Stop = {
  readonly reason: StopReason;
  readonly sequence?: string;
  readonly native?: string;
};

export type Stopped = { readonly stop: Stop; readonly refusal: string | undefined };

/** Of a message or of the delta that ends it; undefined: it has not ended. */
export function readStop(from: Json | undefined): Stopped | undefined {
  const word = textIn(from, 'stop_reason');
  if (word === undefined || word === '') return undefined;
  const details = member(from, 'stop_details');
  const category = textIn(details, 'category');
  const isFiltered = word === 'refusal' && category === FILTER;
  const sequence = textIn(from, 'stop_sequence');
  const beside = textIn(from, 'native_stop_reason');
  if (word === 'refusal' && beside === WORDS.end) {
    return { stop: { reason: 'end' }, refusal: textIn(details, 'explanation') || undefined };
  }
  const native = beside ?? nativeOf(word, category);
  const stop: Stop = {
    reason: isFiltered ? 'filtered' : (REASONS.get(word) ?? 'end'),
    ...(sequence === undefined ? {} : { sequence }),
    ...(native === undefined ? {} : { native }),
  };
  return { stop, refusal: textIn(details, 'explanation') || undefined };
}

/** Only where it says more than our word. */
function nativeOf(word: string, category: string | undefined): string | undefined {
  if (word === 'refusal') return category === FILTER ? undefined : category;
  const reason = REASONS.get(word);
  return reason !== undefined && WORDS[reason] === word ? undefined : word;
}

/** The members of a message, or of the delta that ends one. */
export function writeStop(stop: Stop | undefined, refusal: string | undefined): JsonObject {
  if (stop === undefined) return { stop_reason: null, stop_sequence: null };
  const { sequence, native } = stop;
  if (stop.reason === 'end' && refusal !== undefined) return writeRefused(refusal);
  const { reason } = stop;
  const isOwn = native !== undefined && REASONS.get(native) === reason;
  const word = isOwn ? native : WORDS[reason];
  const category = reason === 'filtered' ? FILTER : reason === 'refusal' ? (native ?? null) : null;
  const hasDetails = word === 'refusal' || refusal !== undefined;
  const isToldBeside = native !== undefined && !isOwn && reason !== 'refusal';
  return {
    stop_reason: word,
    stop_sequence: sequence ?? null,
    ...(hasDetails
      ? { stop_details: { type: 'refusal', category, explanation: refusal ?? null } }
      : {}),
    ...(isToldBeside ? { native_stop_reason: native } : {}),
  };
}

/**
 * An answer that ended by itself, and whose words are those of a refusal: clients look for them
 * only where it ended with one.
 */
function writeRefused(explanation: string): JsonObject {
  return {
    stop_reason: WORDS.refusal,
    stop_sequence: null,
    stop_details: { type: 'refusal', category: null, explanation },
    native_stop_reason: WORDS.end,
  };
}
