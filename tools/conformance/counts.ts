// The provider's own counts, added up without the code that is judged.
import { countIn, type Json, member } from '@signalbox/dialect';

export type Counts = { readonly input: number; readonly output: number };

const sum = (...counts: readonly (number | undefined)[]): number =>
  counts.reduce<number>((all, one) => all + (one ?? 0), 0);

/** Where a message tells usage; undefined: it does not. */
function usageOf(message: Json): Json | undefined {
  for (const around of [undefined, 'response', 'message', 'x_groq', 'metadata', 'delta']) {
    const value = around === undefined ? message : member(message, around);
    const usage = member(value, 'usage') ?? member(value, 'usageMetadata');
    // Of two counts the one that is charged for.
    if (usage !== undefined && usage !== null) return member(usage, 'billed_units') ?? usage;
  }
  const isOllama = member(message, 'eval_count') !== undefined;
  return isOllama ? message : undefined;
}

const FIELDS = [
  ...['input_tokens', 'prompt_tokens', 'promptTokenCount', 'prompt_eval_count'],
  ...['cache_creation_input_tokens', 'cache_read_input_tokens', 'toolUsePromptTokenCount'],
  ...['output_tokens', 'completion_tokens', 'candidatesTokenCount', 'thoughtsTokenCount'],
  ...['eval_count', 'total_tokens', 'inputTokens', 'outputTokens'],
  ...['cacheReadInputTokens', 'cacheWriteInputTokens'],
] as const;

/** The last count of each field holds: what is cumulative is never added up. */
export function countsOf(messages: readonly Json[]): Counts | undefined {
  const last = new Map<string, number>();
  for (const message of messages) {
    const usage = usageOf(message);
    for (const field of FIELDS) {
      const count = countIn(usage, field);
      if (count !== undefined) last.set(field, count);
    }
  }
  if (last.size === 0) return undefined;
  const at = (field: (typeof FIELDS)[number]): number | undefined => last.get(field);
  const cache = [
    ...[at('cache_creation_input_tokens'), at('cache_read_input_tokens')],
    ...[at('cacheReadInputTokens'), at('cacheWriteInputTokens')],
  ];
  return {
    input:
      at('prompt_tokens') ??
      sum(at('input_tokens'), at('inputTokens'), ...cache) +
        sum(at('promptTokenCount'), at('toolUsePromptTokenCount'), at('prompt_eval_count')),
    output:
      completion(last) ??
      sum(at('output_tokens'), at('outputTokens'), at('eval_count')) +
        sum(at('candidatesTokenCount'), at('thoughtsTokenCount')),
  };
}

/** Some vendors leave thoughts out of the completion, and count them in the total alone. */
function completion(last: ReadonlyMap<string, number>): number | undefined {
  const said = last.get('completion_tokens');
  const prompt = last.get('prompt_tokens');
  const total = last.get('total_tokens');
  if (said === undefined || prompt === undefined || total === undefined) return said;
  return Math.max(said, total - prompt);
}
