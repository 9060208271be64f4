// Model servers that people run themselves: on this machine, in their own network.
import {
  ANTHROPIC_FINISH,
  OLLAMA_FINISH,
  OPENAI_FINISH,
  RESPONSES_FINISH,
} from './finish.table.ts';
import {
  AVAILABLE_CONTEXT,
  CONTEXT_HOLDS,
  EVERY_OVERFLOW,
  EXCEEDED_BY,
  INPUT_LENGTH,
  INPUTS_AND_NEW,
  INPUTS_LESS_THAN,
  KEEP_FIRST,
  KEEP_TOKENS,
  LONGER_THAN_CONTEXT,
  LONGER_THAN_MODEL,
  MAXIMUM_CONTEXT_LENGTH,
  REDUCE_LENGTH,
  TOO_LARGE_TO_PROCESS,
} from './overflow.table.ts';
import type { Gauges, ProbeRequest, ServerKind, WirePaths } from './server-kind.ts';

const BEARER = { header: 'authorization', prefix: 'Bearer ' };
const OPENAI: WirePaths = {
  chat: '/v1/chat/completions',
  completion: '/v1/completions',
  embedding: '/v1/embeddings',
};
/** The paths of OpenAI's own API that only pass, and the rerank of Jina's. */
const PASSED: Omit<WirePaths, 'chat'> = {
  moderation: '/moderations',
  image: '/images/generations',
  'image-edit': '/images/edits',
  'image-variation': '/images/variations',
  speech: '/audio/speech',
  transcription: '/audio/transcriptions',
  translation: '/audio/translations',
  rerank: '/rerank',
  file: '/files',
  batch: '/batches',
};
/** The same below `/v1`. */
const SIM_PASSED: Omit<WirePaths, 'chat'> = {
  moderation: '/v1/moderations',
  image: '/v1/images/generations',
  'image-edit': '/v1/images/edits',
  'image-variation': '/v1/images/variations',
  speech: '/v1/audio/speech',
  transcription: '/v1/audio/transcriptions',
  translation: '/v1/audio/translations',
  rerank: '/v1/rerank',
  file: '/v1/files',
  batch: '/v1/batches',
};
const RERANK: Pick<WirePaths, 'rerank'> = { rerank: '/v1/rerank' };
const RESPONSES: WirePaths = { chat: '/v1/responses' };
const MESSAGES: WirePaths = { chat: '/v1/messages' };
const COUNTED_MESSAGES = { ...MESSAGES, countTokens: '/v1/messages/count_tokens' } as const;

const HEALTH: ProbeRequest = {
  purpose: 'health',
  method: 'GET',
  path: '/health',
  reader: 'health',
};
const MODELS: ProbeRequest = {
  purpose: 'models',
  method: 'GET',
  path: '/v1/models',
  reader: 'models',
};
const METRICS: ProbeRequest = {
  purpose: 'queue',
  method: 'GET',
  path: '/metrics',
  reader: 'metrics',
};

const VLLM_GAUGES: Gauges = {
  waiting: ['vllm:num_requests_waiting'],
  running: ['vllm:num_requests_running'],
  inputTokensPerSecond: ['vllm:avg_prompt_throughput_toks_per_s'],
  outputTokensPerSecond: ['vllm:avg_generation_throughput_toks_per_s'],
};

type Own = Omit<
  ServerKind,
  | 'auth'
  | 'bases'
  | 'extraHeaders'
  | 'local'
  | 'modelsPath'
  | 'preferred'
  | 'rateHeaders'
  | 'missingEnd'
> &
  Partial<Pick<ServerKind, 'bases' | 'local' | 'missingEnd' | 'modelsPath' | 'preferred'>>;

/** What own servers share: a bearer key that most ignore, no rate limits, no hurry. */
const own = (kind: Own): ServerKind => ({
  bases: ['/v1'],
  preferred: 'openai',
  auth: BEARER,
  extraHeaders: [],
  modelsPath: '/v1/models',
  rateHeaders: [],
  missingEnd: false,
  local: true,
  ...kind,
});

export const OWN_SERVERS: readonly ServerKind[] = [
  own({
    name: 'openai-compatible',
    title: 'Anything that speaks the OpenAI dialect',
    bases: [''],
    modelsPath: '/models',
    local: false,
    wires: {
      openai: {
        chat: '/chat/completions',
        completion: '/completions',
        embedding: '/embeddings',
        ...PASSED,
      },
      responses: { chat: '/responses' },
    },
    probe: [{ ...MODELS, path: '/models' }],
    able: { streaming: true },
    quirks: { outputTokensField: 'max_tokens', grammarField: 'none' },
    usageInStream: 'asked',
    endsWithDone: true,
    missingEnd: true,
    finishReasons: { ...OPENAI_FINISH, ...RESPONSES_FINISH, eos: 'end', max_tokens: 'length' },
    errors: [],
    overflow: EVERY_OVERFLOW,
    source: {
      paths: 'documents',
      streams: 'recorded',
      errors: 'recorded',
      overflow: 'recorded',
      probe: 'documents',
    },
    notes: [
      'The URL is taken as written; nothing is known beyond the wire format, so every tolerance holds.',
    ],
  }),
  own({
    name: 'embedded',
    title: 'A GGUF file in a child process of the gateway',
    wires: { openai: OPENAI },
    probe: [HEALTH, MODELS],
    able: { streaming: true, tools: true, jsonSchema: true, logprobs: true, embeddings: true },
    quirks: { grammarField: 'grammar' },
    usageInStream: 'asked',
    endsWithDone: true,
    finishReasons: OPENAI_FINISH,
    errors: [],
    overflow: [CONTEXT_HOLDS],
    source: {
      paths: 'probed',
      streams: 'probed',
      errors: 'probed',
      overflow: 'probed',
      probe: 'probed',
    },
    notes: ['`/health` tells slots and queue.'],
  }),
  own({
    name: 'sim',
    title: 'The model server that comes with Signalbox',
    wires: { openai: { ...OPENAI, ...SIM_PASSED }, responses: RESPONSES },
    probe: [HEALTH, MODELS],
    able: { streaming: true, tools: true, jsonSchema: true, logprobs: true, embeddings: true },
    quirks: { grammarField: 'none' },
    usageInStream: 'asked',
    endsWithDone: true,
    finishReasons: { ...OPENAI_FINISH, ...RESPONSES_FINISH },
    errors: [],
    overflow: [MAXIMUM_CONTEXT_LENGTH],
    source: {
      paths: 'probed',
      streams: 'probed',
      errors: 'probed',
      overflow: 'probed',
      probe: 'probed',
    },
    notes: ['Deterministic: the same question has the same bytes.'],
  }),
  own({
    name: 'ollama',
    title: 'Ollama',
    bases: ['/v1', '/api'],
    wires: {
      ollama: { chat: '/api/chat', completion: '/api/generate', embedding: '/api/embed' },
      openai: OPENAI,
      responses: RESPONSES,
      anthropic: MESSAGES,
    },
    preferred: 'ollama',
    probe: [
      { purpose: 'version', method: 'GET', path: '/api/version', reader: 'version' },
      { purpose: 'models', method: 'GET', path: '/api/tags', reader: 'tags' },
      {
        purpose: 'model',
        method: 'POST',
        path: '/api/show',
        each: 'model',
        body: '{"model":{model}}',
        reader: 'show',
      },
      { purpose: 'loaded', method: 'GET', path: '/api/ps', reader: 'loaded' },
    ],
    able: { streaming: true, jsonSchema: true },
    quirks: { outputTokensField: 'max_tokens', thoughtField: 'reasoning', grammarField: 'none' },
    usageInStream: 'asked',
    context: { wire: 'ollama', tokensUsual: 4_096 },
    endsWithDone: true,
    finishReasons: { ...OPENAI_FINISH, ...RESPONSES_FINISH, ...ANTHROPIC_FINISH, ...OLLAMA_FINISH },
    errors: [
      {
        status: 400,
        text: /does not support (?:tools|thinking|chat|generate|insert|vision)/i,
        kind: 'not_found',
      },
      { text: /model ["'].{1,200}["'] not found|try pulling it first/i, kind: 'not_found' },
      { text: /requires more (?:system )?memory/i, kind: 'overloaded' },
      { text: /server busy|maximum pending requests exceeded/i, kind: 'overloaded' },
      { text: /weekly usage limit|usage limit/i, kind: 'quota' },
    ],
    overflow: [EXCEEDED_BY, INPUT_LENGTH, AVAILABLE_CONTEXT, MAXIMUM_CONTEXT_LENGTH],
    source: {
      paths: 'documents',
      streams: 'recorded',
      errors: 'recorded',
      overflow: 'recorded',
      probe: 'documents',
    },
    notes: [
      'A model runs with the context it was loaded with (4,096 tokens or so unless told otherwise), not with the one it was trained for; a longer prompt is cut without a word. `/v1` cannot set it, the native API can: a chat that may not fit goes there, with room for it (`num_ctx`, which loads the model anew; for five minutes after it shorter ones go there too, with the same room). For callers of other dialects it is asked not to cut (`truncate: false`) and refuses instead; older ones cut all the same.',
      '`prompt_eval_count` is absent where the prompt came from the cache.',
      'Native arguments of tool calls are objects, and calls have no ids.',
      'A key is ignored by a local server.',
    ],
  }),
  own({
    name: 'llama-server',
    title: 'llama-server (llama.cpp)',
    wires: { openai: { ...OPENAI, ...RERANK }, responses: RESPONSES, anthropic: COUNTED_MESSAGES },
    probe: [
      HEALTH,
      MODELS,
      { purpose: 'context', method: 'GET', path: '/props', reader: 'props' },
      { purpose: 'queue', method: 'GET', path: '/slots', reader: 'slots', disturbs: true },
      { ...METRICS, purpose: 'queue', disturbs: true },
    ],
    gauges: {
      waiting: ['llamacpp:requests_deferred'],
      running: ['llamacpp:requests_processing'],
      inputTokensPerSecond: ['llamacpp:prompt_tokens_seconds'],
      outputTokensPerSecond: ['llamacpp:predicted_tokens_seconds'],
    },
    able: { streaming: true, jsonSchema: true, logprobs: true },
    quirks: {
      grammarField: 'grammar',
      outputTokensField: 'max_tokens',
      effortField: 'chat_template_kwargs',
    },
    usageInStream: 'asked',
    endsWithDone: true,
    finishReasons: { ...OPENAI_FINISH, ...RESPONSES_FINISH, ...ANTHROPIC_FINISH },
    errors: [
      // Only the router knows models by name; one server answers whatever it is called.
      { status: 400, text: /model .{0,200}not found/i, kind: 'not_found' },
      { status: 501, kind: 'not_found' },
    ],
    overflow: [AVAILABLE_CONTEXT, TOO_LARGE_TO_PROCESS],
    source: {
      paths: 'probed',
      streams: 'recorded',
      errors: 'recorded',
      overflow: 'recorded',
      probe: 'recorded',
    },
    notes: [
      'An unknown model name is answered by the loaded one, with status 200.',
      '`n_ctx` is per slot: `-c` divided by `-np`.',
      'With `n` above 1 the usage is that of one choice.',
      'Reported log-probabilities seem to be those before a grammar masks them.',
      '`/slots` and `/metrics` count as work: they wake a sleeping server (`--sleep-idle-seconds`), `/health`, `/props` and the list of models do not.',
      'Embeddings answer 501 unless it was started with `--embeddings`.',
    ],
  }),
  own({
    name: 'llama-box',
    title: 'llama-box (GPUStack)',
    wires: {
      openai: {
        ...OPENAI,
        ...RERANK,
        image: '/v1/images/generations',
        'image-edit': '/v1/images/edits',
      },
    },
    probe: [HEALTH, MODELS],
    able: { streaming: true },
    quirks: { outputTokensField: 'max_tokens' },
    usageInStream: 'always',
    endsWithDone: false,
    missingEnd: true,
    finishReasons: OPENAI_FINISH,
    errors: [],
    overflow: [AVAILABLE_CONTEXT, MAXIMUM_CONTEXT_LENGTH],
    source: {
      paths: 'documents',
      streams: 'recorded',
      errors: 'recorded',
      overflow: 'documents',
      probe: 'documents',
    },
    notes: [
      'Streams end without `[DONE]`; an error in the middle is a line `error: {…}`.',
      'Usage stands in the chunk with the finish reason, with figures of speed in it.',
    ],
  }),
  own({
    name: 'lmstudio',
    title: 'LM Studio',
    bases: ['/v1', '/api/v1', '/api/v0'],
    wires: { openai: OPENAI, responses: RESPONSES, anthropic: MESSAGES },
    probe: [
      { purpose: 'models', method: 'GET', path: '/api/v1/models', reader: 'instances' },
      { purpose: 'models', method: 'GET', path: '/api/v0/models', reader: 'models' },
      MODELS,
    ],
    able: { streaming: true, jsonSchema: true },
    quirks: { outputTokensField: 'max_tokens', grammarField: 'none' },
    usageInStream: 'asked',
    endsWithDone: true,
    finishReasons: { ...OPENAI_FINISH, ...RESPONSES_FINISH, ...ANTHROPIC_FINISH },
    errors: [
      {
        text: /no models? loaded|model .{0,200}not found|failed to load model/i,
        kind: 'not_found',
      },
      { text: /model (?:has )?unloaded|model (?:has )?crashed/i, kind: 'internal' },
    ],
    overflow: [KEEP_FIRST, KEEP_TOKENS],
    source: {
      paths: 'documents',
      streams: 'recorded',
      errors: 'documents',
      overflow: 'documents',
      probe: 'documents',
    },
    notes: [
      'A model that is not loaded is loaded by the first call to it, which then is slow.',
      'In the Responses dialect arguments of tools may come in `.done` alone.',
      'Errors may be `{"error":"text"}`.',
    ],
  }),
  own({
    name: 'vllm',
    title: 'vLLM',
    wires: {
      openai: {
        ...OPENAI,
        ...RERANK,
        transcription: '/v1/audio/transcriptions',
        translation: '/v1/audio/translations',
        countTokens: '/tokenize',
      },
      responses: RESPONSES,
      anthropic: MESSAGES,
    },
    probe: [HEALTH, MODELS, METRICS],
    gauges: VLLM_GAUGES,
    able: { streaming: true, jsonSchema: true, logprobs: true },
    quirks: {
      outputTokensField: 'max_tokens',
      grammarField: 'structured_outputs',
      thoughtField: 'reasoning_content',
      effortField: 'chat_template_kwargs',
    },
    usageInStream: 'asked',
    endsWithDone: true,
    finishReasons: { ...OPENAI_FINISH, ...RESPONSES_FINISH, ...ANTHROPIC_FINISH, abort: 'error' },
    errors: [],
    overflow: [MAXIMUM_CONTEXT_LENGTH, LONGER_THAN_MODEL],
    source: {
      paths: 'documents',
      streams: 'recorded',
      errors: 'documents',
      overflow: 'documents',
      probe: 'documents',
    },
    notes: [
      '`max_model_len` in the list of models is the context of input and output together.',
      'Unknown fields are ignored; `guided_*` gave way to `structured_outputs`.',
      'Older versions put the error at the top of the body, without `error`.',
    ],
  }),
  own({
    name: 'sglang',
    title: 'SGLang',
    wires: {
      openai: { ...OPENAI, ...RERANK },
      anthropic: { countTokens: COUNTED_MESSAGES.countTokens },
    },
    probe: [
      HEALTH,
      MODELS,
      { purpose: 'context', method: 'GET', path: '/server_info', reader: 'info' },
      { purpose: 'context', method: 'GET', path: '/get_server_info', reader: 'info' },
      METRICS,
    ],
    gauges: {
      waiting: ['sglang:num_queue_reqs'],
      running: ['sglang:num_running_reqs'],
      outputTokensPerSecond: ['sglang:gen_throughput'],
    },
    able: { streaming: true, jsonSchema: true, logprobs: true },
    quirks: {
      outputTokensField: 'max_tokens',
      thoughtField: 'reasoning_content',
      grammarField: 'none',
      effortField: 'chat_template_kwargs',
    },
    usageInStream: 'asked',
    endsWithDone: true,
    finishReasons: { ...OPENAI_FINISH, matched_stop: 'end', abort: 'error' },
    errors: [],
    overflow: [LONGER_THAN_CONTEXT, MAXIMUM_CONTEXT_LENGTH],
    source: {
      paths: 'documents',
      streams: 'documents',
      errors: 'documents',
      overflow: 'documents',
      probe: 'documents',
    },
    notes: [
      '`/health_generate` generates, and is never asked.',
      'Of its Anthropic paths the count of tokens alone is asked: older versions have neither, and a count that is refused is made by length.',
      'The index of a tool call may be missing; it counts as 0.',
    ],
  }),
  own({
    name: 'tgi',
    title: 'Text Generation Inference',
    wires: { openai: { chat: '/v1/chat/completions', completion: '/v1/completions' } },
    probe: [
      HEALTH,
      MODELS,
      { purpose: 'context', method: 'GET', path: '/info', reader: 'info' },
      METRICS,
    ],
    gauges: { waiting: ['tgi_queue_size'], running: ['tgi_batch_current_size'] },
    able: { streaming: true, jsonSchema: true, logprobs: true, embeddings: false },
    quirks: {
      schemaField: 'tool',
      outputTokensField: 'max_tokens',
      lacks: ['parallel_tool_calls'],
      grammarField: 'none',
    },
    usageInStream: 'asked',
    endsWithDone: true,
    missingEnd: true,
    finishReasons: { ...OPENAI_FINISH, eos_token: 'end', stop_sequence: 'stop_sequence' },
    errors: [{ status: 429, kind: 'overloaded' }],
    overflow: [INPUTS_AND_NEW, INPUTS_LESS_THAN],
    source: {
      paths: 'documents',
      streams: 'documents',
      errors: 'documents',
      overflow: 'documents',
      probe: 'documents',
    },
    notes: [
      'One model; the name in the request is ignored.',
      'Structured output goes through a tool; several tools and results of tools are unreliable.',
    ],
  }),
  own({
    name: 'nim',
    title: 'NVIDIA NIM',
    wires: { openai: OPENAI, responses: RESPONSES, anthropic: MESSAGES },
    probe: [
      { purpose: 'health', method: 'GET', path: '/v1/health/ready', reader: 'ready' },
      MODELS,
      { ...METRICS, path: '/v1/metrics' },
      METRICS,
    ],
    gauges: {
      ...VLLM_GAUGES,
      waiting: ['vllm:num_requests_waiting', 'num_requests_waiting'],
      running: ['vllm:num_requests_running', 'num_requests_running'],
    },
    able: { streaming: true, jsonSchema: true, logprobs: true },
    quirks: { outputTokensField: 'max_tokens', grammarField: 'none' },
    usageInStream: 'asked',
    endsWithDone: true,
    finishReasons: OPENAI_FINISH,
    errors: [],
    overflow: [MAXIMUM_CONTEXT_LENGTH, LONGER_THAN_MODEL, REDUCE_LENGTH],
    source: {
      paths: 'documents',
      streams: 'documents',
      errors: 'documents',
      overflow: 'documents',
      probe: 'documents',
    },
    notes: ['`/v1/health/ready` says 503 while the model loads.'],
  }),
];
