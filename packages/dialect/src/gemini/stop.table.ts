// Why an answer ended, in Google's words and ours. STOP is also said when tools are to be run.
// Facts: ai.google.dev/api/generate-content and cloud.google.com/vertex-ai reference (FinishReason,
// BlockReason); the words of older servers from recordings.
import type { StopReason } from '../canon/canon.ts';

export const STOPS: ReadonlyMap<string, StopReason> = new Map([
  ['STOP', 'end'],
  // Google itself says STOP; servers that imitate it say this.
  ['FUNCTION_CALL', 'end'],
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'filtered'],
  ['RECITATION', 'filtered'],
  ['BLOCKLIST', 'filtered'],
  ['PROHIBITED_CONTENT', 'filtered'],
  ['SPII', 'filtered'],
  ['MODEL_ARMOR', 'filtered'],
  ['JAILBREAK', 'filtered'],
  ['IMAGE_SAFETY', 'filtered'],
  ['IMAGE_PROHIBITED_CONTENT', 'filtered'],
  ['IMAGE_RECITATION', 'filtered'],
  ['LANGUAGE', 'filtered'],
  ['MALFORMED_FUNCTION_CALL', 'error'],
  ['UNEXPECTED_TOOL_CALL', 'error'],
  ['TOO_MANY_TOOL_CALLS', 'error'],
  ['MISSING_THOUGHT_SIGNATURE', 'error'],
  ['MALFORMED_RESPONSE', 'error'],
  ['IMAGE_OTHER', 'error'],
  ['NO_IMAGE', 'error'],
  ['OTHER', 'error'],
]);

/** Said by older servers in every chunk that is not the last one. */
export const NO_STOP = 'FINISH_REASON_UNSPECIFIED';

/** The word for each of our reasons. */
export const WORDS: Readonly<Record<StopReason, string>> = {
  end: 'STOP',
  tools: 'STOP',
  stop_sequence: 'STOP',
  length: 'MAX_TOKENS',
  context: 'MAX_TOKENS',
  filtered: 'SAFETY',
  refusal: 'SAFETY',
  pause: 'OTHER',
  error: 'OTHER',
};
