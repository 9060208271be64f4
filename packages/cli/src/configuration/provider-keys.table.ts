// Providers by the variable in which their key is usually found. What is found is listed and
// switched off: nothing is sent to it, not even a probe, until somebody enables it.
import type { EndpointKind } from '@signalbox/documents';

export type ProviderKey = {
  readonly name: string;
  readonly variable: string;
  readonly kind: EndpointKind;
  /** Where the kind has no URL of its own. */
  readonly url?: string;
  /** Some that the provider knows, or none; any other can be asked for as `NAME/MODEL`. */
  readonly models: readonly string[];
};

const compatible = (
  name: string,
  variable: string,
  url: string,
  models: readonly string[],
): ProviderKey => ({ name, variable, kind: 'openai-compatible', url, models });

export const PROVIDER_KEYS: readonly ProviderKey[] = [
  {
    name: 'openai',
    variable: 'OPENAI_API_KEY',
    kind: 'openai',
    models: ['gpt-5.5', 'gpt-5.4-mini'],
  },
  {
    name: 'anthropic',
    variable: 'ANTHROPIC_API_KEY',
    kind: 'anthropic',
    models: ['claude-sonnet-4-5', 'claude-haiku-4-5'],
  },
  {
    name: 'gemini',
    variable: 'GEMINI_API_KEY',
    kind: 'gemini',
    models: ['gemini-2.5-pro', 'gemini-2.5-flash'],
  },
  compatible('mistral', 'MISTRAL_API_KEY', 'https://api.mistral.ai/v1', [
    'mistral-large-latest',
    'mistral-small-latest',
  ]),
  compatible('groq', 'GROQ_API_KEY', 'https://api.groq.com/openai/v1', [
    'llama-3.3-70b-versatile',
    'llama-3.1-8b-instant',
  ]),
  compatible('deepseek', 'DEEPSEEK_API_KEY', 'https://api.deepseek.com/v1', [
    'deepseek-chat',
    'deepseek-reasoner',
  ]),
  compatible('openrouter', 'OPENROUTER_API_KEY', 'https://openrouter.ai/api/v1', []),
  compatible('xai', 'XAI_API_KEY', 'https://api.x.ai/v1', ['grok-4.3']),
  compatible('together', 'TOGETHER_API_KEY', 'https://api.together.xyz/v1', [
    'meta-llama/Llama-3.3-70B-Instruct-Turbo',
  ]),
  compatible('fireworks', 'FIREWORKS_API_KEY', 'https://api.fireworks.ai/inference/v1', []),
];
