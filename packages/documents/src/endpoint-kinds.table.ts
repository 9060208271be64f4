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
  /** How long a stream may take to begin and still be well. */
  readonly headMs: number;
  /** How long it may say nothing between two lines and still be well. */
  readonly idleMs: number;
}

/** Who takes longer for the first token of a stream is taken to be ill. */
const HEAD_MS_USUAL = 60_000;
/** A model is loaded first (Ollama gives up after five minutes), or thoughts are not shown. */
const HEAD_MS_LONG = 300_000;

/** Who sends each token as it is made is never silent for long. */
export const IDLE_MS_USUAL = 10_000;
/** One machine, which reads the prompts of other calls between two tokens, or loads a model. */
const IDLE_MS_SHARED = 30_000;
/** The arguments of a tool are held back until a value of theirs is whole. */
const IDLE_MS_HELD_BACK = 60_000;
/** Thoughts that are not shown; who tells that it is alive does so after half a minute at best. */
const IDLE_MS_THINKING = 300_000;

const facts = (
  meaning: string,
  more: Partial<Omit<EndpointKindFacts, 'meaning'>> = {},
): EndpointKindFacts => ({
  meaning,
  url: more.url,
  path: more.path,
  environmentName: more.environmentName,
  headMs: more.headMs ?? HEAD_MS_USUAL,
  idleMs: more.idleMs ?? IDLE_MS_USUAL,
});

export const ENDPOINT_KINDS: Readonly<Record<EndpointKind, EndpointKindFacts>> = {
  'openai-compatible': facts('Anything that speaks the OpenAI dialect at the URL as written.'),
  embedded: facts('A GGUF file that the gateway runs in a child process of its own.', {
    headMs: HEAD_MS_LONG,
    idleMs: IDLE_MS_SHARED,
  }),
  sim: facts('The deterministic model server that comes with Signalbox.', { path: '/v1' }),
  ollama: facts('An Ollama server.', {
    url: 'http://localhost:11434/v1',
    path: '/v1',
    headMs: HEAD_MS_LONG,
    idleMs: IDLE_MS_SHARED,
  }),
  'llama-server': facts('A llama.cpp server.', {
    url: 'http://localhost:8080/v1',
    path: '/v1',
    headMs: HEAD_MS_LONG,
    idleMs: IDLE_MS_SHARED,
  }),
  'llama-box': facts('A llama-box server, as GPUStack runs it.', {
    path: '/v1',
    headMs: HEAD_MS_LONG,
    idleMs: IDLE_MS_SHARED,
  }),
  lmstudio: facts('An LM Studio server.', {
    url: 'http://localhost:1234/v1',
    path: '/v1',
    headMs: HEAD_MS_LONG,
    idleMs: IDLE_MS_SHARED,
  }),
  vllm: facts('A vLLM server.', { url: 'http://localhost:8000/v1', path: '/v1' }),
  sglang: facts('An SGLang server.', { url: 'http://localhost:30000/v1', path: '/v1' }),
  tgi: facts('A server of Text Generation Inference.', { path: '/v1' }),
  nim: facts('A container of NVIDIA NIM.', { url: 'http://localhost:8000/v1', path: '/v1' }),
  openai: facts('The OpenAI API.', {
    url: 'https://api.openai.com/v1',
    path: '/v1',
    environmentName: 'OPENAI_API_KEY',
    headMs: HEAD_MS_LONG,
    idleMs: IDLE_MS_THINKING,
  }),
  anthropic: facts('The Anthropic API.', {
    url: 'https://api.anthropic.com/v1',
    path: '/v1',
    environmentName: 'ANTHROPIC_API_KEY',
    idleMs: IDLE_MS_HELD_BACK,
  }),
  gemini: facts('The Gemini API.', {
    url: 'https://generativelanguage.googleapis.com/v1beta/openai',
    path: '/v1beta/openai',
    environmentName: 'GEMINI_API_KEY',
    headMs: HEAD_MS_LONG,
    idleMs: IDLE_MS_HELD_BACK,
  }),
  azure: facts('Azure OpenAI: a resource of your own, under `/openai/v1`.', {
    path: '/openai/v1',
    environmentName: 'AZURE_OPENAI_API_KEY',
    headMs: HEAD_MS_LONG,
    idleMs: IDLE_MS_THINKING,
  }),
  mistral: facts('The Mistral API.', {
    url: 'https://api.mistral.ai/v1',
    path: '/v1',
    environmentName: 'MISTRAL_API_KEY',
  }),
  groq: facts('The Groq API.', {
    url: 'https://api.groq.com/openai/v1',
    path: '/openai/v1',
    environmentName: 'GROQ_API_KEY',
  }),
  deepseek: facts('The DeepSeek API.', {
    url: 'https://api.deepseek.com/v1',
    path: '/v1',
    environmentName: 'DEEPSEEK_API_KEY',
  }),
  openrouter: facts('The OpenRouter API.', {
    url: 'https://openrouter.ai/api/v1',
    path: '/api/v1',
    environmentName: 'OPENROUTER_API_KEY',
    idleMs: IDLE_MS_HELD_BACK,
  }),
  xai: facts('The xAI API.', {
    url: 'https://api.x.ai/v1',
    path: '/v1',
    environmentName: 'XAI_API_KEY',
    headMs: HEAD_MS_LONG,
    idleMs: IDLE_MS_THINKING,
  }),
  bedrock: facts('Amazon Bedrock in one region, with a pair of keys or an API key.', {
    environmentName: 'AWS_BEARER_TOKEN_BEDROCK',
    idleMs: IDLE_MS_HELD_BACK,
  }),
  vertex: facts(
    'Vertex AI; the URL ends with project and location, for Claude with its publisher.',
    { headMs: HEAD_MS_LONG, idleMs: IDLE_MS_HELD_BACK },
  ),
  cohere: facts('The Cohere API, in its own chat and over its OpenAI path.', {
    url: 'https://api.cohere.ai/compatibility/v1',
    path: '/compatibility/v1',
    environmentName: 'COHERE_API_KEY',
  }),
  perplexity: facts('The Perplexity API.', {
    url: 'https://api.perplexity.ai/v1',
    path: '/v1',
    environmentName: 'PERPLEXITY_API_KEY',
    idleMs: IDLE_MS_HELD_BACK,
  }),
  together: facts('The Together API.', {
    url: 'https://api.together.xyz/v1',
    path: '/v1',
    environmentName: 'TOGETHER_API_KEY',
  }),
  fireworks: facts('The Fireworks API.', {
    url: 'https://api.fireworks.ai/inference/v1',
    path: '/inference/v1',
    environmentName: 'FIREWORKS_API_KEY',
  }),
  huggingface: facts('The Hugging Face router.', {
    url: 'https://router.huggingface.co/v1',
    path: '/v1',
    environmentName: 'HF_TOKEN',
  }),
};
