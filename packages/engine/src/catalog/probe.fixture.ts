// Answers of servers about themselves, each in the shape of its server and with words of our own.
import { kindOf, type ProbeRequest, type ServerKind } from '@signalbox/dialect';
import { type Asked, type ProbeAnswer, probesOf } from './probe.ts';

export const AT_MS = 1_750_000_000_000;

export function kindNamed(name: string): ServerKind {
  const kind = kindOf(name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}

/** What a server answers by path; a path that is not there answers 404. `undefined`: no answer. */
export type Pages = Readonly<Record<string, Page | undefined>>;
export type Page = { readonly status?: number; readonly json?: unknown; readonly text?: string };

const encode = (page: Page): Uint8Array =>
  new TextEncoder().encode(page.text ?? JSON.stringify(page.json ?? { error: 'no' }));

export function answerOf(asked: Asked, pages: Pages): ProbeAnswer {
  const path = asked.path.split('?')[0] ?? '';
  const key = asked.model === undefined ? path : `${path} ${asked.model}`;
  if (key in pages && pages[key] === undefined) return { asked, answer: undefined };
  const page = pages[key] ?? { status: 404, text: 'not found' };
  return { asked, answer: { status: page.status ?? 200, body: encode(page) } };
}

/** A whole round, every question asked. */
export const roundOf = (kind: ServerKind, pages: Pages, urlPath = '/v1'): readonly ProbeAnswer[] =>
  probesOf(kind, urlPath, true).map((asked) => answerOf(asked, pages));

/** Nobody is there. */
export const silence = (kind: ServerKind): readonly ProbeAnswer[] =>
  probesOf(kind, '/v1', true).map((asked) => ({ asked, answer: undefined }));

export const purposes = (list: readonly { readonly request: ProbeRequest }[]): readonly string[] =>
  list.map(({ request }) => request.purpose);

export const LLAMA_SERVER: Pages = {
  '/health': { json: { status: 'ok' } },
  '/v1/models': {
    json: {
      models: [{ name: 'tiny', capabilities: ['completion'] }],
      object: 'list',
      data: [{ id: 'tiny', object: 'model', meta: { n_ctx: 2_048, n_ctx_train: 8_192, size: 4 } }],
    },
  },
  '/props': {
    json: {
      default_generation_settings: { params: { seed: 1 }, n_ctx: 2_048 },
      total_slots: 2,
      modalities: { vision: false },
      chat_template_caps: { supports_tools: true },
      build_info: 'b1-x',
      is_sleeping: false,
    },
  },
  '/slots': {
    json: [
      { id: 0, n_ctx: 2_048, is_processing: true },
      { id: 1, n_ctx: 2_048, is_processing: false },
    ],
  },
  '/metrics': {
    text: [
      '# HELP llamacpp:requests_deferred Waiting.',
      '# TYPE llamacpp:requests_deferred gauge',
      'llamacpp:requests_deferred 3',
      'llamacpp:requests_processing 2',
      'llamacpp:prompt_tokens_seconds 0',
      'llamacpp:predicted_tokens_seconds 41.5',
      'llamacpp:n_decode_total 17',
    ].join('\n'),
  },
};

export const OLLAMA: Pages = {
  '/api/version': { json: { version: '0.12.11' } },
  '/api/tags': {
    json: {
      models: [
        { name: 'big:latest', model: 'big:latest', size: 5, digest: 'a', details: { family: 'x' } },
        { name: 'embedder:1b', model: 'embedder:1b', size: 1, digest: 'b' },
      ],
    },
  },
  '/api/ps': {
    json: {
      models: [{ name: 'big:latest', model: 'big:latest', size_vram: 4, context_length: 4_096 }],
    },
  },
  '/api/show big:latest': {
    json: {
      parameters: 'stop    "<end>"\nnum_ctx                        8192\ntemperature 1',
      model_info: { 'general.architecture': 'x', 'x.context_length': 131_072 },
      capabilities: ['completion', 'tools', 'thinking'],
    },
  },
  '/api/show embedder:1b': {
    json: { model_info: { 'y.context_length': 512 }, capabilities: ['embedding'] },
  },
};

export const VLLM: Pages = {
  '/health': { text: '' },
  '/v1/models': {
    json: { object: 'list', data: [{ id: 'org/model', object: 'model', max_model_len: 32_768 }] },
  },
  '/metrics': {
    text: [
      'vllm:num_requests_running{engine="0",model_name="org/a b}"} 4.0',
      'vllm:num_requests_running{engine="1",model_name="org/a b"} 3.0',
      'vllm:num_requests_waiting{engine="0",model_name="org/a b"} 1.0 1750000000000',
      'vllm:num_requests_waiting{engine="1"} NaN',
    ].join('\n'),
  },
};

export const LM_STUDIO: Pages = {
  '/api/v1/models': {
    json: {
      models: [
        {
          type: 'llm',
          key: 'maker/loaded',
          max_context_length: 131_072,
          loaded_instances: [
            { id: 'maker/loaded', config: { context_length: 8_192 } },
            { id: 'maker/loaded:2', config: { context_length: 4_096 } },
          ],
          capabilities: { vision: true, trained_for_tool_use: true },
        },
        {
          type: 'llm',
          key: 'maker/on-disk',
          max_context_length: 32_768,
          loaded_instances: [],
          capabilities: { vision: false, trained_for_tool_use: false },
        },
        { type: 'embedding', key: 'maker/embed', max_context_length: 2_048, loaded_instances: [] },
      ],
    },
  },
  '/v1/models': { json: { data: [{ id: 'maker/loaded', object: 'model' }] } },
};

/** The list that came before. */
export const OLD_LM_STUDIO: Pages = {
  '/api/v0/models': {
    json: {
      object: 'list',
      data: [
        {
          id: 'loaded',
          object: 'model',
          type: 'vlm',
          state: 'loaded',
          max_context_length: 131_072,
          loaded_context_length: 4_096,
          capabilities: ['tool_use'],
        },
        { id: 'on-disk', type: 'llm', state: 'not-loaded', max_context_length: 32_768 },
        { id: 'embed', type: 'embeddings', state: 'not-loaded', max_context_length: 2_048 },
      ],
    },
  },
};

export const TGI: Pages = {
  '/health': { text: '' },
  '/info': {
    json: {
      model_id: 'org/model',
      max_concurrent_requests: 128,
      max_input_tokens: 4_095,
      max_total_tokens: 4_096,
      version: '3.3.0',
    },
  },
  '/metrics': { text: 'tgi_queue_size 5\ntgi_batch_current_size 2\ntgi_request_count 9' },
};

export const SGLANG: Pages = {
  '/health': { text: '' },
  '/v1/models': { json: { data: [{ id: 'org/model', max_model_len: 40_960 }] } },
  '/get_server_info': {
    json: {
      model_path: 'org/model',
      context_length: 40_960,
      max_total_num_tokens: 30_000,
      max_running_requests: 48,
      version: '0.5.0',
      internal_states: [{ last_gen_throughput: 123.5 }],
    },
  },
  '/metrics': {
    text: 'sglang:num_running_reqs{model_name="m"} 6.0\nsglang:num_queue_reqs{model_name="m"} 2.0',
  },
};
