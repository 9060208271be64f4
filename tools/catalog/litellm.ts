// LiteLLM's model_prices_and_context_window.json (MIT): one object of models, prices in USD per
// token, steps and service levels as endings of field names.
import type { Omitted } from '../../packages/documents/src/prices.ts';
import type { ListedProvider } from '../../packages/documents/src/prices-providers.table.ts';
import { isRecord, numeralText } from './numerals.ts';
import {
  emptyStatement,
  entry,
  type RateField,
  type Reading,
  type StatedTariff,
  type Statement,
  state,
} from './statement.ts';

/** Its provider -> ours, and the prefixes of its keys that are no part of a model's name. */
const PROVIDERS: Readonly<Record<string, readonly [ListedProvider, ...string[]]>> = {
  anthropic: ['anthropic', 'anthropic/'],
  azure: ['azure', 'azure/'],
  azure_ai: ['azure', 'azure_ai/'],
  azure_text: ['azure', 'azure/'],
  bedrock: ['bedrock', 'bedrock/'],
  bedrock_converse: ['bedrock', 'bedrock/'],
  bedrock_mantle: ['bedrock', 'bedrock_mantle/'],
  cohere: ['cohere', 'cohere/'],
  cohere_chat: ['cohere', 'cohere/', 'cohere_chat/'],
  deepseek: ['deepseek', 'deepseek/'],
  fireworks_ai: ['fireworks', 'fireworks_ai/'],
  'fireworks_ai-embedding-models': ['fireworks', 'fireworks_ai/'],
  gemini: ['gemini', 'gemini/'],
  groq: ['groq', 'groq/'],
  mistral: ['mistral', 'mistral/'],
  openai: ['openai', 'openai/'],
  openrouter: ['openrouter', 'openrouter/'],
  perplexity: ['perplexity', 'perplexity/'],
  'text-completion-openai': ['openai', 'text-completion-openai/'],
  together_ai: ['together', 'together_ai/'],
  vertex_ai: ['vertex', 'vertex_ai/'],
  xai: ['xai', 'xai/'],
};
/** `vertex_ai-anthropic_models` and its sisters. */
const VERTEX_FAMILY = /^vertex_ai-/;
export const MODES: ReadonlySet<string> = new Set(['chat', 'completion', 'responses', 'embedding']);
/** Rented capacity is paid by the hour and has no price per token. */
const COMMITMENT = /-month-commitment\//;
/** Prices by size class ("up to 4b"), which name no model. */
const SIZE_CLASS = /^(together-ai|fireworks-ai)-/;

/** A chat model that it lists as an embedding, so that its output would be free. */
const MISLISTED: ReadonlySet<string> = new Set(['gemini/gemini-1.5-flash']);

const FIELDS: Readonly<Record<string, RateField>> = {
  input_cost_per_token: 'input',
  output_cost_per_token: 'output',
  cache_read_input_token_cost: 'cachedInput',
  cache_creation_input_token_cost: 'cacheWrite',
  cache_creation_input_token_cost_above_1hr: 'cacheWriteHour',
  output_cost_per_reasoning_token: 'reasoning',
  input_cost_per_request: 'request',
};
const ENDINGS = /^(.+?)(?:_above_(\d{1,5})k_tokens)?(?:_(priority|flex|batches))?$/;
const OMITS: readonly (readonly [RegExp, Omitted])[] = [
  [/audio/, 'audio'],
  [/video/, 'video'],
  [/image|pixel/, 'image'],
  [/^search_context_cost_per_query$/, 'search'],
  [/^citation_cost_per_token$/, 'citation'],
  [/^regional_processing_uplift_multiplier_/, 'region'],
];
/** The same price in another unit, or of something that is no call. */
const IGNORED = /_per_character|_per_second$|_cost_per_session$|^input_cost_per_token_cache_hit$/;
const PRICE_LIKE = /cost|pric|multiplier/;

export function readLitellm(file: unknown): Reading {
  const statements: Statement[] = [];
  const others = new Set<string>();
  const unread = new Set<string>();
  const models = isRecord(file) ? file : {};
  for (const [key, facts] of Object.entries(models)) {
    if (!isRecord(facts) || MISLISTED.has(key)) continue;
    if (COMMITMENT.test(key) || SIZE_CLASS.test(key)) continue;
    const named = litellmName(key, facts['litellm_provider']);
    if (named === undefined) continue;
    const mode = facts['mode'];
    if (typeof mode !== 'string' || !MODES.has(mode)) {
      others.add(`${named.provider} ${named.model}`);
      continue;
    }
    const embedding = mode === 'embedding';
    const statement = emptyStatement('litellm', named.provider, named.model, embedding);
    for (const [field, value] of Object.entries(facts)) readField(statement, field, value, unread);
    const hit = numeralText(facts['input_cost_per_token_cache_hit']);
    if (hit !== undefined && statement.rates.cachedInput === undefined) {
      const more = { per: 1, rounded: statement.rounded, at: 'cachedInput' } as const;
      state(statement.rates, 'cachedInput', hit, more);
    }
    statements.push(statement);
  }
  const updated = models['last_updated'];
  const date = typeof updated === 'string' ? updated.slice(0, 10) : undefined;
  return { statements, others, date, unread };
}

/** Provider and model in our words; undefined: it is none that we list. */
export function litellmName(
  key: string,
  provider: unknown,
): { provider: string; model: string } | undefined {
  if (typeof provider !== 'string') return undefined;
  const [ours, ...prefixes] = VERTEX_FAMILY.test(provider)
    ? (['vertex', 'vertex_ai/'] as const)
    : (PROVIDERS[provider] ?? [undefined]);
  if (ours === undefined) return undefined;
  const prefix = prefixes.find((prefix) => key.startsWith(prefix)) ?? '';
  const model = key.slice(prefix.length);
  return model === '' || model.endsWith('/') ? undefined : { provider: ours, model };
}

function readField(statement: Statement, field: string, value: unknown, unread: Set<string>): void {
  const [, base = field, thousands, service] = ENDINGS.exec(field) ?? [];
  const rate = Object.hasOwn(FIELDS, base) ? FIELDS[base] : undefined;
  const text = numeralText(value);
  if (rate === undefined || text === undefined) {
    readOmitted(statement, field, unread);
    return;
  }
  const tariff: StatedTariff =
    service === undefined
      ? statement
      : entry(statement.services, service === 'batches' ? 'batch' : service, () => ({
          rates: {},
          steps: new Map(),
        }));
  const rates =
    thousands === undefined
      ? tariff.rates
      : entry(tariff.steps, Number(thousands) * 1000, () => ({}));
  state(rates, rate, text, { per: 1, rounded: statement.rounded, at: field });
}

function readOmitted(statement: Statement, field: string, unread: Set<string>): void {
  if (!PRICE_LIKE.test(field) || IGNORED.test(field)) return;
  const omitted = OMITS.find(([pattern]) => pattern.test(field));
  if (omitted === undefined) unread.add(field);
  else statement.omits.add(omitted[1]);
}
