/**
 * What stands before the slash in `litellm_params.model`, and what it is here. Facts from the
 * provider pages of LiteLLM's documents.
 */
import type { EndpointKind } from '@signalbox/documents';

export interface Provider {
  readonly kind: EndpointKind;
  /** Where LiteLLM looks for the key when the file names none, in this order. */
  readonly variables: readonly string[];
  /** Where the file names no address and the kind has none, or another. */
  readonly url: string | undefined;
  /** Its `api_base` is the root of the server; else it ends with the version path. */
  readonly rooted: boolean;
  /** It wants a key, which is sent to nobody else. */
  readonly isVendor: boolean;
}

type More = { readonly url?: string; readonly rooted?: true; readonly isVendor?: true };

const speaks = (
  kind: EndpointKind,
  variables: readonly string[] = [],
  more: More = {},
): Provider => ({
  kind,
  variables,
  url: more.url,
  rooted: more.rooted === true,
  isVendor: more.isVendor === true,
});

/** Who serves models to others, with a key. */
const vendor = (kind: EndpointKind, variables: readonly string[], more: More = {}): Provider =>
  speaks(kind, variables, { ...more, isVendor: true });

/** A host that speaks the OpenAI dialect and has no kind of its own. */
const hosted = (url: string, ...variables: readonly string[]): Provider =>
  vendor('openai-compatible', variables, { url });

const OPENAI = vendor('openai', ['OPENAI_API_KEY']);
const AZURE = vendor('azure', ['AZURE_API_KEY', 'AZURE_OPENAI_API_KEY'], { rooted: true });
const ANTHROPIC = vendor('anthropic', ['ANTHROPIC_API_KEY'], { rooted: true });
const VERTEX = vendor('vertex', ['VERTEX_ACCESS_TOKEN']);
const COHERE = vendor('cohere', ['COHERE_API_KEY', 'CO_API_KEY']);
const BEDROCK = vendor('bedrock', ['AWS_BEARER_TOKEN_BEDROCK']);
const OLLAMA = speaks('ollama', ['OLLAMA_API_KEY'], { rooted: true });
const VLLM = speaks('vllm', ['HOSTED_VLLM_API_KEY']);
const CODESTRAL = hosted('https://codestral.mistral.ai/v1', 'CODESTRAL_API_KEY');
const COMPATIBLE = speaks('openai-compatible');

export const PROVIDERS: ReadonlyMap<string, Provider> = new Map([
  ['openai', OPENAI],
  ['text-completion-openai', OPENAI],
  ['azure', AZURE],
  ['azure_text', AZURE],
  ['azure_ai', vendor('openai-compatible', ['AZURE_AI_API_KEY'])],
  ['anthropic', ANTHROPIC],
  ['anthropic_text', ANTHROPIC],
  ['gemini', vendor('gemini', ['GEMINI_API_KEY', 'GOOGLE_API_KEY'], { rooted: true })],
  ['vertex_ai', VERTEX],
  ['vertex_ai_beta', VERTEX],
  ['bedrock', BEDROCK],
  ['bedrock_converse', BEDROCK],
  ['mistral', vendor('mistral', ['MISTRAL_API_KEY'])],
  ['groq', vendor('groq', ['GROQ_API_KEY'])],
  ['deepseek', vendor('deepseek', ['DEEPSEEK_API_KEY'])],
  ['openrouter', vendor('openrouter', ['OPENROUTER_API_KEY', 'OR_API_KEY'])],
  ['xai', vendor('xai', ['XAI_API_KEY'])],
  ['cohere', COHERE],
  ['cohere_chat', COHERE],
  ['perplexity', vendor('perplexity', ['PERPLEXITYAI_API_KEY', 'PERPLEXITY_API_KEY'])],
  [
    'together_ai',
    vendor('together', ['TOGETHERAI_API_KEY', 'TOGETHER_AI_API_KEY', 'TOGETHER_API_KEY']),
  ],
  ['fireworks_ai', vendor('fireworks', ['FIREWORKS_AI_API_KEY', 'FIREWORKS_API_KEY'])],
  ['huggingface', vendor('huggingface', ['HF_TOKEN', 'HUGGINGFACE_API_KEY'], { rooted: true })],
  ['ollama', OLLAMA],
  ['ollama_chat', OLLAMA],
  ['vllm', VLLM],
  ['hosted_vllm', VLLM],
  ['sglang', speaks('sglang')],
  ['lm_studio', speaks('lmstudio', ['LM_STUDIO_API_KEY'])],
  ['llamafile', speaks('llama-server', [], { url: 'http://127.0.0.1:8080/v1' })],
  [
    'nvidia_nim',
    vendor('nim', ['NVIDIA_NIM_API_KEY'], { url: 'https://integrate.api.nvidia.com/v1' }),
  ],
  ['openai_like', COMPATIBLE],
  ['custom_openai', COMPATIBLE],
  ['litellm_proxy', speaks('openai-compatible', ['LITELLM_PROXY_API_KEY'])],
  ['xinference', speaks('openai-compatible', ['XINFERENCE_API_KEY'])],
  ['infinity', COMPATIBLE],
  ['oobabooga', COMPATIBLE],
  ['docker_model_runner', COMPATIBLE],
  ['lemonade', COMPATIBLE],
  ['databricks', vendor('openai-compatible', ['DATABRICKS_API_KEY', 'DATABRICKS_TOKEN'])],
  ['text-completion-codestral', CODESTRAL],
  ['codestral', CODESTRAL],
  ['cerebras', hosted('https://api.cerebras.ai/v1', 'CEREBRAS_API_KEY')],
  ['sambanova', hosted('https://api.sambanova.ai/v1', 'SAMBANOVA_API_KEY')],
  ['deepinfra', hosted('https://api.deepinfra.com/v1/openai', 'DEEPINFRA_API_KEY')],
  ['nebius', hosted('https://api.studio.nebius.ai/v1', 'NEBIUS_API_KEY')],
  ['github', hosted('https://models.inference.ai.azure.com', 'GITHUB_API_KEY', 'GITHUB_TOKEN')],
  ['moonshot', hosted('https://api.moonshot.ai/v1', 'MOONSHOT_API_KEY')],
  [
    'dashscope',
    hosted('https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'DASHSCOPE_API_KEY'),
  ],
  ['zai', hosted('https://api.z.ai/api/paas/v4', 'ZAI_API_KEY')],
  ['volcengine', hosted('https://ark.cn-beijing.volces.com/api/v3', 'VOLCENGINE_API_KEY')],
  ['minimax', hosted('https://api.minimax.io/v1', 'MINIMAX_API_KEY')],
  ['hyperbolic', hosted('https://api.hyperbolic.xyz/v1', 'HYPERBOLIC_API_KEY')],
  ['novita', hosted('https://api.novita.ai/v3/openai', 'NOVITA_API_KEY')],
  ['lambda_ai', hosted('https://api.lambda.ai/v1', 'LAMBDA_API_KEY')],
  ['featherless_ai', hosted('https://api.featherless.ai/v1', 'FEATHERLESS_AI_API_KEY')],
  ['ai21_chat', hosted('https://api.ai21.com/studio/v1', 'AI21_API_KEY')],
  ['nscale', hosted('https://inference.api.nscale.com/v1', 'NSCALE_API_KEY')],
  ['friendliai', hosted('https://api.friendli.ai/serverless/v1', 'FRIENDLI_TOKEN')],
  ['meta_llama', hosted('https://api.llama.com/compat/v1', 'LLAMA_API_KEY')],
  ['baseten', hosted('https://inference.baseten.co/v1', 'BASETEN_API_KEY')],
]);

/** Providers of LiteLLM whose own wire is not spoken here. */
export const UNSPOKEN: ReadonlySet<string> = new Set([
  ...['sagemaker', 'sagemaker_chat', 'replicate', 'watsonx', 'watsonx_text', 'cloudflare'],
  ...['nlp_cloud', 'aleph_alpha', 'palm', 'petals', 'clarifai', 'predibase', 'snowflake', 'oci'],
  ...['gigachat', 'maritalk', 'triton', 'voyage', 'jina_ai', 'deepgram', 'elevenlabs', 'topaz'],
  ...['assemblyai', 'recraft', 'datarobot', 'github_copilot', 'bytez', 'langgraph', 'custom'],
  ...['ai21', 'auto_router', 'sap', 'aiml', 'runwayml', 'fal_ai', 'stability', 'dify'],
]);

/** A model without a provider before it is found by its name. */
export const BARE_NAMES: readonly (readonly [pattern: RegExp, provider: string])[] = [
  [/^(gpt-|chatgpt-|o\d(-|$)|ft:|text-embedding-|dall-e|whisper|tts-|davinci|babbage)/, 'openai'],
  [/^(omni-moderation|text-moderation|codex-|computer-use)/, 'openai'],
  [/^claude-/, 'anthropic'],
  [/^(gemini-|text-bison|chat-bison)/, 'vertex_ai'],
  [/^(command(-|$)|embed-english|embed-multilingual|rerank-)/, 'cohere'],
  [/^([a-z]{2,4}\.)?(anthropic|amazon|meta|mistral|cohere|ai21)\.[a-z]/, 'bedrock'],
];
