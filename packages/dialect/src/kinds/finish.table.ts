// Words for why an answer ended, by the dialect that says them.
import type { StopReason } from '../canon/canon.ts';

type Reasons = { readonly [word: string]: StopReason };

export const OPENAI_FINISH: Reasons = {
  stop: 'end',
  length: 'length',
  tool_calls: 'tools',
  function_call: 'tools',
  content_filter: 'filtered',
};

export const RESPONSES_FINISH: Reasons = {
  completed: 'end',
  max_output_tokens: 'length',
  content_filter: 'filtered',
  failed: 'error',
};

export const ANTHROPIC_FINISH: Reasons = {
  end_turn: 'end',
  max_tokens: 'length',
  stop_sequence: 'stop_sequence',
  tool_use: 'tools',
  pause_turn: 'pause',
  refusal: 'refusal',
  model_context_window_exceeded: 'context',
};

export const BEDROCK_FINISH: Reasons = {
  end_turn: 'end',
  max_tokens: 'length',
  stop_sequence: 'stop_sequence',
  tool_use: 'tools',
  guardrail_intervened: 'filtered',
  content_filtered: 'filtered',
  malformed_model_output: 'error',
  malformed_tool_use: 'error',
  model_context_window_exceeded: 'context',
};

export const COHERE_FINISH: Reasons = {
  COMPLETE: 'end',
  STOP_SEQUENCE: 'stop_sequence',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tools',
  ERROR: 'error',
  TIMEOUT: 'error',
};

export const GEMINI_FINISH: Reasons = {
  STOP: 'end',
  FUNCTION_CALL: 'tools',
  MAX_TOKENS: 'length',
  SAFETY: 'filtered',
  RECITATION: 'filtered',
  LANGUAGE: 'filtered',
  BLOCKLIST: 'filtered',
  PROHIBITED_CONTENT: 'filtered',
  SPII: 'filtered',
  IMAGE_SAFETY: 'filtered',
  MODEL_ARMOR: 'filtered',
  MALFORMED_FUNCTION_CALL: 'error',
  UNEXPECTED_TOOL_CALL: 'error',
  TOO_MANY_TOOL_CALLS: 'error',
  OTHER: 'error',
};

export const OLLAMA_FINISH: Reasons = {
  stop: 'end',
  length: 'length',
  load: 'end',
  unload: 'end',
};
