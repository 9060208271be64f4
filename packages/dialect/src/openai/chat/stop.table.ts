// Words for the end of an answer: the reference's, and those that other servers put in its place.
import type { StopReason } from '../../canon/canon.ts';

export const FINISH: ReadonlyMap<string, StopReason> = new Map<string, StopReason>([
  ['stop', 'end'],
  ['length', 'length'],
  ['tool_calls', 'tools'],
  ['function_call', 'tools'],
  ['content_filter', 'filtered'],
  // Not of the reference.
  ['eos', 'end'],
  ['eos_token', 'end'],
  ['end_turn', 'end'],
  ['COMPLETE', 'end'],
  ['max_tokens', 'length'],
  ['MAX_TOKENS', 'length'],
  ['tool_use', 'tools'],
  ['safety', 'filtered'],
  ['recitation', 'filtered'],
  ['error', 'error'],
  ['abort', 'error'],
]);

/** What we say beside the reference's word, where it has none of its own. */
export const NATIVE_WORDS: ReadonlyMap<StopReason, string> = new Map<StopReason, string>([
  ['stop_sequence', 'stop_sequence'],
  ['refusal', 'refusal'],
  ['pause', 'pause_turn'],
  ['context', 'model_context_window_exceeded'],
]);

/** Words that say more than the one that they stand beside. */
export const NATIVE: ReadonlyMap<string, StopReason> = new Map<string, StopReason>([
  ...[...NATIVE_WORDS].map(([reason, word]): [string, StopReason] => [word, reason]),
  ['model_length', 'context'],
  ['insufficient_system_resource', 'error'],
]);
