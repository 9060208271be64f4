// Usage, wherever servers put it, both ways.
import type { Json, JsonObject, ToldUsage } from '../../canon/canon.ts';
import { countIn, isObject, listIn, member, numberOf, restOf } from '../../canon/exact.ts';
import { extraOf, objectIn } from './extra.ts';

/** At the top, under the name of a vendor, or (one more) inside the choice. */
export function readUsage(body: Json): ToldUsage | undefined {
  const direct = member(body, 'usage');
  if (isObject(direct)) return usageOf(direct);
  const around = member(member(body, 'x_groq'), 'usage');
  if (isObject(around)) return usageOf(around);
  const inner = member(listIn(body, 'choices')?.[0], 'usage');
  return isObject(inner) ? usageOf(inner) : undefined;
}

function usageOf(usage: JsonObject): ToldUsage | undefined {
  const input = countIn(usage, 'prompt_tokens') ?? countIn(usage, 'input_tokens');
  const output = countIn(usage, 'completion_tokens') ?? countIn(usage, 'output_tokens');
  if (input === undefined && output === undefined) return undefined;
  const inputs = member(usage, 'prompt_tokens_details') ?? member(usage, 'input_tokens_details');
  const outputs =
    member(usage, 'completion_tokens_details') ?? member(usage, 'output_tokens_details');
  const reasoning = countIn(outputs, 'reasoning_tokens') ?? countIn(usage, 'reasoning_tokens');
  const written =
    countIn(inputs, 'cache_write_tokens') ?? countIn(inputs, 'cache_creation_input_tokens');
  return {
    inputTokens: input ?? 0,
    outputTokens: (output ?? 0) + (isBeside(usage, reasoning) ? (reasoning ?? 0) : 0),
    cachedInputTokens:
      countIn(inputs, 'cached_tokens') ??
      countIn(usage, 'prompt_cache_hit_tokens') ??
      countIn(usage, 'cached_tokens'),
    reasoningTokens: reasoning,
    source: 'measured',
    ...(written === undefined ? {} : { cacheWriteTokens: written }),
    ...extraOf(besideCounts(usage)),
  };
}

const COUNTS = new Set(['prompt_tokens', 'completion_tokens', 'total_tokens']);
const INPUT_DETAILS = 'prompt_tokens_details';
const OUTPUT_DETAILS = 'completion_tokens_details';
const DETAILS = new Set(['cached_tokens', 'cache_write_tokens', 'reasoning_tokens']);

/** Times, costs, counts by medium: numbers and flags alone. */
function besideCounts(usage: JsonObject): JsonObject | undefined {
  const found: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(usage)) {
    if (isScalar(value) && !COUNTS.has(key)) found[key] = value;
    else if (key === INPUT_DETAILS || key === OUTPUT_DETAILS) {
      const rest = Object.entries(restOf(value, DETAILS) ?? {}).filter(([, one]) => isScalar(one));
      if (rest.length > 0) found[key] = Object.fromEntries(rest);
    }
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

const isScalar = (value: Json): boolean =>
  typeof value === 'boolean' || numberOf(value) !== undefined;

/** Some count reasoning beside the completion, not in it: their own total says so. */
function isBeside(usage: JsonObject, reasoning: number | undefined): boolean {
  const total = countIn(usage, 'total_tokens');
  const input = countIn(usage, 'prompt_tokens');
  const output = countIn(usage, 'completion_tokens');
  if (!reasoning || total === undefined || input === undefined || output === undefined)
    return false;
  return total === input + output + reasoning;
}

export function writeUsage(usage: ToldUsage): JsonObject {
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens, cacheWriteTokens } = usage;
  const beside = usage.extra?.openai ?? {};
  const inputs = {
    ...objectIn(beside, INPUT_DETAILS),
    ...(cachedInputTokens === undefined ? {} : { cached_tokens: cachedInputTokens }),
    ...(cacheWriteTokens === undefined ? {} : { cache_write_tokens: cacheWriteTokens }),
  };
  const outputs = {
    ...objectIn(beside, OUTPUT_DETAILS),
    ...(reasoningTokens === undefined ? {} : { reasoning_tokens: reasoningTokens }),
  };
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...beside,
    ...(Object.keys(inputs).length === 0 ? {} : { [INPUT_DETAILS]: inputs }),
    ...(Object.keys(outputs).length === 0 ? {} : { [OUTPUT_DETAILS]: outputs }),
  };
}
