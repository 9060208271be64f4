// Words of the wire that have words of ours.
import type { StopReason } from '../canon/canon.ts';

/** `incomplete_details.reason`. The first two are OpenAI's, the others were seen at others. */
export const INCOMPLETE: ReadonlyMap<string, StopReason> = new Map([
  ['max_output_tokens', 'length'],
  ['content_filter', 'filtered'],
  ['max_tokens', 'length'],
  ['length', 'length'],
  ['max_tool_calls', 'pause'],
  ['max_prompt_tokens', 'context'],
  ['context_length', 'context'],
]);

/** What an answer that was cut off is called; other reasons complete it. */
export const CUT: ReadonlyMap<StopReason, string> = new Map([
  ['length', 'max_output_tokens'],
  ['context', 'max_output_tokens'],
  ['filtered', 'content_filter'],
]);

/** Our reasons travel in an extra field where the wire's own words do not say them. */
export const STOPS: ReadonlySet<string> = new Set<StopReason>([
  ...(['end', 'length', 'stop_sequence', 'tools', 'filtered'] as const),
  ...(['refusal', 'pause', 'context', 'error'] as const),
]);

export const EFFORTS: ReadonlySet<string> = new Set([
  ...['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
]);

/** Fields that have a word of ours, for the list of what was dropped. */
export const OURS: ReadonlyMap<string, string> = new Map([
  ['max_output_tokens', 'outputTokensMax'],
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['top_logprobs', 'logprobs'],
  ['tools', 'tools'],
  ['tool_choice', 'toolChoice'],
  ['parallel_tool_calls', 'parallelTools'],
  ['reasoning', 'reasoning'],
  ['text', 'format'],
  ['user', 'user'],
]);
