// Usage as this dialect tells it: input without what was read from the cache or written to it, at
// the start of a stream and again, whole and later, at its end. Counts are never summed.
import type { Json, JsonObject, ToldUsage } from '../canon/canon.ts';
import { countIn, isObject, member, textIn } from '../canon/exact.ts';

const KNOWN = new Set([
  ...['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'],
  ...['output_tokens', 'output_tokens_details', 'service_tier'],
]);

export type Told = { readonly usage: ToldUsage; readonly service?: string };

/** Several tellings of one answer: the later value of a field counts. */
export class Telling {
  readonly #fields = new Map<string, Json>();

  add(usage: Json | undefined): boolean {
    if (!isObject(usage)) return false;
    for (const [key, value] of Object.entries(usage)) {
      if (value !== null) this.#fields.set(key, value);
    }
    return true;
  }

  told(): Told | undefined {
    return readUsage(Object.fromEntries(this.#fields));
  }
}

export function readUsage(from: Json | undefined): Told | undefined {
  const input = countIn(from, 'input_tokens');
  const output = countIn(from, 'output_tokens');
  if (!isObject(from) || (input === undefined && output === undefined)) return undefined;
  const wrote = countIn(from, 'cache_creation_input_tokens');
  const read = countIn(from, 'cache_read_input_tokens');
  const rest = Object.entries(from).filter(([key, value]) => !KNOWN.has(key) && value !== null);
  const usage: ToldUsage = {
    inputTokens: (input ?? 0) + (wrote ?? 0) + (read ?? 0),
    outputTokens: output ?? 0,
    cachedInputTokens: read,
    reasoningTokens: countIn(member(from, 'output_tokens_details'), 'thinking_tokens'),
    source: 'measured',
    ...(wrote === undefined ? {} : { cacheWriteTokens: wrote }),
    ...(rest.length === 0 ? {} : { extra: { anthropic: Object.fromEntries(rest) } }),
  };
  const service = textIn(from, 'service_tier');
  return service === undefined ? { usage } : { usage, service };
}

/** Clients read both counts unasked, so what is not known is 0 here. */
export function writeUsage(usage: ToldUsage | undefined, service: string | undefined): JsonObject {
  if (usage === undefined) return { input_tokens: 0, output_tokens: 0 };
  const { inputTokens, outputTokens, cachedInputTokens: read, cacheWriteTokens: wrote } = usage;
  const thought = usage.reasoningTokens;
  return {
    input_tokens: Math.max(0, inputTokens - (read ?? 0) - (wrote ?? 0)),
    ...(wrote === undefined ? {} : { cache_creation_input_tokens: wrote }),
    ...(read === undefined ? {} : { cache_read_input_tokens: read }),
    output_tokens: outputTokens,
    ...(thought === undefined ? {} : { output_tokens_details: { thinking_tokens: thought } }),
    ...(service === undefined ? {} : { service_tier: service }),
    ...usage.extra?.anthropic,
  };
}
