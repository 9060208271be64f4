// Usage as Google tells it: cumulative in every chunk, the last one counts. Thoughts are not among
// the candidates' tokens and are output; what tools brought in is not among the prompt's and is
// input; what came from the cache is part of the prompt's.
import type { Json, JsonObject, ToldUsage } from '../canon/canon.ts';
import { countIn, said, textIn } from '../canon/exact.ts';

export type Told = { readonly usage: ToldUsage; readonly service?: string };

/** Google's words for a level of service, and those that prices are listed under. */
const SERVICES: ReadonlyMap<string, string> = new Map([
  ['ON_DEMAND', 'default'],
  ['ON_DEMAND_PRIORITY', 'priority'],
  ['ON_DEMAND_FLEX', 'flex'],
]);
const TRAFFIC: ReadonlyMap<string, string> = new Map(
  [...SERVICES].map(([traffic, service]) => [service, traffic]),
);

/** Undefined where no tokens are told: early chunks may name the kind of traffic alone. */
export function readUsage(metadata: Json | undefined): Told | undefined {
  const prompt = countIn(metadata, 'promptTokenCount');
  const candidates = countIn(metadata, 'candidatesTokenCount');
  const thoughts = countIn(metadata, 'thoughtsTokenCount');
  const total = countIn(metadata, 'totalTokenCount');
  if (prompt === undefined && candidates === undefined && total === undefined) return undefined;
  const traffic = textIn(metadata, 'trafficType');
  return {
    usage: {
      inputTokens: (prompt ?? 0) + (countIn(metadata, 'toolUsePromptTokenCount') ?? 0),
      outputTokens: (candidates ?? 0) + (thoughts ?? 0),
      cachedInputTokens: countIn(metadata, 'cachedContentTokenCount'),
      reasoningTokens: thoughts,
      source: 'measured',
    },
    ...(traffic === undefined ? {} : { service: SERVICES.get(traffic) ?? traffic }),
  };
}

export const sameUsage = (a: Told, b: Told | undefined): boolean =>
  b !== undefined &&
  a.usage.inputTokens === b.usage.inputTokens &&
  a.usage.outputTokens === b.usage.outputTokens &&
  a.usage.cachedInputTokens === b.usage.cachedInputTokens &&
  a.usage.reasoningTokens === b.usage.reasoningTokens &&
  a.service === b.service;

export function writeUsage(usage: ToldUsage, service: string | undefined): JsonObject {
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = usage;
  const thoughts = Math.min(reasoningTokens ?? 0, outputTokens);
  return said({
    promptTokenCount: inputTokens,
    candidatesTokenCount: outputTokens - thoughts,
    totalTokenCount: inputTokens + outputTokens,
    cachedContentTokenCount: cachedInputTokens,
    thoughtsTokenCount: reasoningTokens === undefined ? undefined : thoughts,
    trafficType: service === undefined ? undefined : (TRAFFIC.get(service) ?? service),
  });
}
