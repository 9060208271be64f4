/** What the kind of an endpoint implies. The one table of the configuration that knows products. */
import type { EndpointKind } from './endpoint.ts';

export interface EndpointKindFacts {
  readonly meaning: string;
  /** Used when the document names no URL. */
  readonly url: string | undefined;
  /** Added to a URL that has no path; undefined: the URL is taken as written. */
  readonly path: string | undefined;
  /** The variable in which this provider's key is usually found. */
  readonly environmentName: string | undefined;
}

const facts = (
  meaning: string,
  more: { readonly url?: string; readonly path?: string; readonly environmentName?: string } = {},
): EndpointKindFacts => ({
  meaning,
  url: more.url,
  path: more.path,
  environmentName: more.environmentName,
});

export const ENDPOINT_KINDS: Readonly<Record<EndpointKind, EndpointKindFacts>> = {
  'openai-compatible': facts('Anything that speaks the OpenAI dialect at the URL as written.'),
  embedded: facts('A GGUF file that the gateway runs in a child process of its own.'),
  sim: facts('The deterministic model server that comes with Signalbox.', { path: '/v1' }),
  ollama: facts('An Ollama server.', { url: 'http://localhost:11434/v1', path: '/v1' }),
  vllm: facts('A vLLM server.', { url: 'http://localhost:8000/v1', path: '/v1' }),
  'llama-server': facts('A llama.cpp server.', { url: 'http://localhost:8080/v1', path: '/v1' }),
  lmstudio: facts('An LM Studio server.', { url: 'http://localhost:1234/v1', path: '/v1' }),
  openai: facts('The OpenAI API.', {
    url: 'https://api.openai.com/v1',
    path: '/v1',
    environmentName: 'OPENAI_API_KEY',
  }),
  anthropic: facts('The Anthropic API.', {
    url: 'https://api.anthropic.com/v1',
    path: '/v1',
    environmentName: 'ANTHROPIC_API_KEY',
  }),
  gemini: facts('The Gemini API.', {
    url: 'https://generativelanguage.googleapis.com/v1beta/openai',
    path: '/v1beta/openai',
    environmentName: 'GEMINI_API_KEY',
  }),
};
