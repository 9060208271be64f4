// What the price list calls its providers, and how else they are called. Only catalogs, dialects
// and docs know providers by name.

/** The names in the list. */
export const LISTED_PROVIDERS = [
  'anthropic',
  'azure',
  'bedrock',
  'cohere',
  'deepseek',
  'fireworks',
  'gemini',
  'groq',
  'mistral',
  'openai',
  'openrouter',
  'perplexity',
  'together',
  'vertex',
  'xai',
] as const;

export type ListedProvider = (typeof LISTED_PROVIDERS)[number];

/** Hosts by their ending; an ending that begins with a dot stands for any host below it. */
const HOSTS: readonly (readonly [ending: string, provider: ListedProvider])[] = [
  ['api.anthropic.com', 'anthropic'],
  ['.openai.azure.com', 'azure'],
  ['.services.ai.azure.com', 'azure'],
  ['.cognitiveservices.azure.com', 'azure'],
  ['api.cohere.ai', 'cohere'],
  ['api.cohere.com', 'cohere'],
  ['api.deepseek.com', 'deepseek'],
  ['api.fireworks.ai', 'fireworks'],
  ['generativelanguage.googleapis.com', 'gemini'],
  ['api.groq.com', 'groq'],
  ['api.mistral.ai', 'mistral'],
  ['api.openai.com', 'openai'],
  ['openrouter.ai', 'openrouter'],
  ['api.perplexity.ai', 'perplexity'],
  ['api.together.ai', 'together'],
  ['api.together.xyz', 'together'],
  ['aiplatform.googleapis.com', 'vertex'],
  ['.aiplatform.googleapis.com', 'vertex'],
  ['api.x.ai', 'xai'],
];
const VERTEX_HOST = /^[a-z0-9-]+-aiplatform\.googleapis\.com$/;
const BEDROCK_HOST = /^bedrock-runtime(-fips)?\.[a-z0-9-]+\.amazonaws\.com$/;

/** Whose prices hold at a host (lower case, without port); undefined: nobody's that we list. */
export function providerOfHost(host: string): ListedProvider | undefined {
  if (VERTEX_HOST.test(host)) return 'vertex';
  if (BEDROCK_HOST.test(host)) return 'bedrock';
  for (const [ending, provider] of HOSTS) {
    if (ending.startsWith('.') ? host.endsWith(ending) : host === ending) return provider;
  }
  return undefined;
}

/**
 * The name that a model is listed under. A fine-tuned model is called after its base with the
 * owner's names behind it (`ft:gpt-4.1-2025-04-14:acme::b7`) and listed as `ft:` and the base.
 */
export function listedModel(model: string): string {
  if (!model.startsWith('ft:')) return model;
  const end = model.indexOf(':', 'ft:'.length);
  return end < 0 ? model : model.slice(0, end);
}
