// models.dev's api.json (MIT): providers, each with models, prices in USD per million tokens.
import type { Omitted } from '../../packages/documents/src/prices.ts';
import type { ListedProvider } from '../../packages/documents/src/prices-providers.table.ts';
import { isRecord, numeralText } from './numerals.ts';
import {
  emptyStatement,
  entry,
  type RateField,
  type Reading,
  type Stated,
  type Statement,
  state,
} from './statement.ts';

export const MODELS_DEV_PROVIDERS: Readonly<Record<string, ListedProvider>> = {
  'amazon-bedrock': 'bedrock',
  anthropic: 'anthropic',
  azure: 'azure',
  cohere: 'cohere',
  deepseek: 'deepseek',
  'fireworks-ai': 'fireworks',
  google: 'gemini',
  'google-vertex': 'vertex',
  'google-vertex-anthropic': 'vertex',
  groq: 'groq',
  mistral: 'mistral',
  openai: 'openai',
  openrouter: 'openrouter',
  perplexity: 'perplexity',
  togetherai: 'together',
  xai: 'xai',
};

/** Some of its files misspell the fields of the cache. */
const FIELDS: Readonly<Record<string, RateField>> = {
  input: 'input',
  output: 'output',
  cache_read: 'cachedInput',
  cached_input: 'cachedInput',
  cache_input: 'cachedInput',
  cache_write: 'cacheWrite',
  cached_write: 'cacheWrite',
  reasoning: 'reasoning',
};
/** What it calls a request is a thousand searches. */
const OMITS: Readonly<Record<string, Omitted>> = {
  input_audio: 'audio',
  output_audio: 'audio',
  image: 'image',
  citation: 'citation',
  request: 'search',
};
/** It does not say what is an embedding. */
const EMBEDDING = /embed/i;
const STRUCTURE: ReadonlySet<string> = new Set(['tiers', 'tier']);

export function readModelsDev(file: unknown): Reading {
  const statements: Statement[] = [];
  const others = new Set<string>();
  const unread = new Set<string>();
  let date: string | undefined;
  const providers = isRecord(file) ? file : {};
  for (const [name, provider] of Object.entries(MODELS_DEV_PROVIDERS)) {
    const held = providers[name];
    const models = isRecord(held) && isRecord(held['models']) ? held['models'] : {};
    for (const [model, facts] of Object.entries(models)) {
      if (!isRecord(facts)) continue;
      date = later(date, facts['last_updated']);
      if (!writesText(facts)) {
        others.add(`${provider} ${model}`);
        continue;
      }
      statements.push(readModel(provider, model, facts['cost'], unread));
    }
  }
  return { statements, others, date, unread };
}

function readModel(provider: string, model: string, cost: unknown, unread: Set<string>): Statement {
  const statement = emptyStatement('models.dev', provider, model, EMBEDDING.test(model));
  if (!isRecord(cost)) return statement;
  readRates(statement, statement.rates, cost, unread);
  const steps = Array.isArray(cost['tiers']) ? cost['tiers'] : [];
  for (const step of steps) {
    if (!isRecord(step) || !isRecord(step['tier'])) continue;
    const above = Number(numeralText(step['tier']['size']));
    if (!Number.isInteger(above) || above < 1) continue;
    readRates(
      statement,
      entry(statement.steps, above, () => ({})),
      step,
      unread,
    );
  }
  return statement;
}

function readRates(
  statement: Statement,
  rates: Stated,
  cost: Readonly<Record<string, unknown>>,
  unread: Set<string>,
): void {
  for (const [field, value] of Object.entries(cost)) {
    const text = numeralText(value);
    const rate = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
    const omitted = Object.hasOwn(OMITS, field) ? OMITS[field] : undefined;
    if (omitted !== undefined) statement.omits.add(omitted);
    else if (rate !== undefined && text !== undefined) {
      state(rates, rate, text, { per: 1_000_000, rounded: statement.rounded, at: field });
    } else if (!STRUCTURE.has(field)) unread.add(field);
  }
}

function writesText(facts: Readonly<Record<string, unknown>>): boolean {
  const modalities = facts['modalities'];
  const output = isRecord(modalities) ? modalities['output'] : undefined;
  return !Array.isArray(output) || output.includes('text');
}

function later(a: string | undefined, b: unknown): string | undefined {
  if (typeof b !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(b)) return a;
  return a === undefined || b > a ? b : a;
}
