// Usage as this wire tells it.
import type { Json, ToldUsage } from '../canon/canon.ts';
import { countIn, isObject, member, restOf } from '../canon/exact.ts';

const KNOWN: ReadonlySet<string> = new Set([
  ...['input_tokens', 'output_tokens', 'total_tokens', 'prompt_tokens', 'completion_tokens'],
  ...['input_tokens_details', 'output_tokens_details'],
]);

export function readUsage(value: Json | undefined): ToldUsage | undefined {
  if (!isObject(value)) return undefined;
  const input = countIn(value, 'input_tokens') ?? countIn(value, 'prompt_tokens');
  const output = countIn(value, 'output_tokens') ?? countIn(value, 'completion_tokens');
  if (input === undefined && output === undefined) return undefined;
  const details = member(value, 'input_tokens_details');
  const wrote = countIn(details, 'cache_write_tokens');
  const rest = restOf(value, KNOWN);
  return {
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    cachedInputTokens: countIn(details, 'cached_tokens'),
    reasoningTokens: countIn(member(value, 'output_tokens_details'), 'reasoning_tokens'),
    source: 'measured',
    ...(wrote === undefined ? {} : { cacheWriteTokens: wrote }),
    ...(rest === undefined ? {} : { extra: { responses: rest } }),
  };
}

/** The details are required by the clients of this wire: what is not known is told as 0. */
export function writeUsage(usage: ToldUsage): Json {
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = usage;
  const wrote = usage.cacheWriteTokens;
  return {
    input_tokens: inputTokens,
    input_tokens_details: {
      cached_tokens: cachedInputTokens ?? 0,
      ...(wrote === undefined ? {} : { cache_write_tokens: wrote }),
    },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens ?? 0 },
    total_tokens: inputTokens + outputTokens,
    ...usage.extra?.responses,
  };
}
