// Token counts in the shapes of the wire.
import type { Usage } from '../answer.ts';

export function chatUsage(usage: Usage): object {
  return {
    prompt_tokens: usage.prompt,
    completion_tokens: usage.completion,
    total_tokens: usage.prompt + usage.completion,
    prompt_tokens_details: { cached_tokens: usage.cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

export function responsesUsage(usage: Usage): object {
  return {
    input_tokens: usage.prompt,
    input_tokens_details: { cached_tokens: usage.cached },
    output_tokens: usage.completion,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.prompt + usage.completion,
  };
}

/** Usage after the first `tokens` tokens, for servers that tell it in every chunk. */
export function usageSoFar(usage: Usage, tokens: number): Usage {
  return { ...usage, completion: Math.min(usage.completion, tokens) };
}
