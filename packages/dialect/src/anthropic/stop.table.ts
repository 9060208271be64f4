// Why an answer ended, in this dialect's words and in ours.
import type { StopReason } from '../canon/canon.ts';

/** Documented words first; the last two are of a beta, and of our own emitter. */
export const REASONS: ReadonlyMap<string, StopReason> = new Map<string, StopReason>([
  ['end_turn', 'end'],
  ['max_tokens', 'length'],
  ['stop_sequence', 'stop_sequence'],
  ['tool_use', 'tools'],
  ['pause_turn', 'pause'],
  ['refusal', 'refusal'],
  ['model_context_window_exceeded', 'context'],
  ['compaction', 'pause'],
  ['error', 'error'],
]);

/** `filtered` has no word of its own: it is a refusal of the category `FILTER`. */
export const WORDS: Readonly<Record<StopReason, string>> = {
  end: 'end_turn',
  length: 'max_tokens',
  stop_sequence: 'stop_sequence',
  tools: 'tool_use',
  filtered: 'refusal',
  refusal: 'refusal',
  pause: 'pause_turn',
  context: 'model_context_window_exceeded',
  error: 'error',
};

/** The category of a refusal that a provider's filter made and not the model. */
export const FILTER = 'content_filter';
