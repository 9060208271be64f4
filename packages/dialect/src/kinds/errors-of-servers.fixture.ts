// Errors of servers that people run themselves, and of what stands in front of them.
import { json, openai, type Sample } from './sample.fixture.ts';

export const SERVER_ERRORS: readonly Sample[] = [
  {
    name: 'an unknown model',
    from: 'ollama',
    status: 404,
    body: json({ error: "model 'x' not found" }),
    kind: 'not_found',
  },
  {
    name: 'a prompt that does not fit',
    from: 'ollama',
    status: 400,
    body: json({
      error: {
        message: 'prompt too long; exceeded max context length by 4711 tokens',
        type: 'api_error',
        param: null,
        code: null,
      },
    }),
    kind: 'context_too_long',
  },
  {
    name: 'too little memory',
    from: 'ollama',
    status: 500,
    body: json({
      error: 'model requires more system memory (5.6 GiB) than is available (3.9 GiB)',
    }),
    kind: 'overloaded',
  },
  {
    name: 'a model without tools',
    from: 'ollama',
    status: 400,
    body: json({ error: 'registry.example/x does not support tools' }),
    kind: 'not_found',
  },
  {
    name: 'a prompt that does not fit, with numbers',
    from: 'llama-server',
    status: 400,
    body: json({
      error: {
        code: 400,
        message:
          'request (30014 tokens) exceeds the available context size (2048 tokens), try ' +
          'increasing it',
        type: 'exceed_context_size_error',
        n_prompt_tokens: 30_014,
        n_ctx: 2_048,
      },
    }),
    kind: 'context_too_long',
    tokens: 30_014,
    tokensMax: 2_048,
  },
  {
    name: 'a model that is loading',
    from: 'llama-server',
    status: 503,
    body: json({ error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }),
    kind: 'overloaded',
  },
  {
    name: 'what it was not started for',
    from: 'llama-server',
    status: 501,
    body: json({
      error: { code: 501, message: 'No embeddings here.', type: 'not_supported_error' },
    }),
    kind: 'not_found',
  },
  {
    name: 'an error in the middle of a stream',
    from: 'llama-box',
    status: 200,
    body: json({ error: { code: 500, message: 'Broke.', type: 'server_error' } }),
    kind: 'internal',
  },
  {
    name: 'an error at the top of the body',
    from: 'vllm',
    status: 400,
    body: json({
      object: 'error',
      message:
        "This model's maximum context length is 16384 tokens. However, you requested " +
        '19591 tokens (9591 in the messages, 10000 in the completion).',
      type: 'BadRequestError',
      param: null,
      code: 400,
    }),
    kind: 'context_too_long',
    tokens: 19_591,
    tokensMax: 16_384,
  },
  {
    name: 'an unknown model',
    from: 'vllm',
    status: 404,
    body: json({
      error: { message: 'No such model.', type: 'NotFoundError', param: 'model', code: 404 },
    }),
    kind: 'not_found',
  },
  {
    name: 'a prompt that does not fit',
    from: 'sglang',
    status: 400,
    body: json({
      object: 'error',
      message: "The input (61709 tokens) is longer than the model's context length (40960 tokens).",
      type: 'BadRequestError',
      code: 400,
    }),
    kind: 'context_too_long',
    tokens: 61_709,
    tokensMax: 40_960,
  },
  {
    name: 'a prompt that does not fit',
    from: 'tgi',
    status: 422,
    body: json({
      error:
        'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. ' +
        'Given: 5000 `inputs` tokens and 20 `max_new_tokens`',
      error_type: 'validation',
    }),
    kind: 'context_too_long',
    tokens: 5_000,
    tokensMax: 4_096,
  },
  {
    name: 'an overloaded server behind a 429',
    from: 'tgi',
    status: 429,
    body: json({ error: 'Model is overloaded', error_type: 'overloaded' }),
    kind: 'overloaded',
  },
  {
    name: 'a prompt that does not fit, in a bare sentence',
    from: 'lmstudio',
    status: 400,
    body: json({
      error:
        'Trying to keep the first 14538 tokens when context the overflows. However, the ' +
        'model is loaded with context length of only 2048 tokens, which is not enough.',
    }),
    kind: 'context_too_long',
    tokens: 14_538,
    tokensMax: 2_048,
  },
  {
    name: 'a full queue of the embedded model',
    from: 'embedded',
    status: 429,
    headers: [['retry-after-ms', '250']],
    body: openai('Every slot is taken.', 'requests', 'slots_full'),
    kind: 'rate_limited',
    retryAfterMs: 250,
  },
  {
    name: 'a page of a proxy',
    from: 'openai-compatible',
    status: 502,
    body:
      '<html><head><title>502 Bad ' +
      'Gateway</title></head><body><h1>502</h1><p>nginx</p></body></html>',
    kind: 'internal',
  },
  {
    name: 'a sentence of a proxy',
    from: 'openai-compatible',
    status: 503,
    headers: [['retry-after', 'Thu, 01 Jan 2026 00:00:30 GMT']],
    body: 'no healthy upstream',
    kind: 'overloaded',
    retryAfterMs: 30_000,
  },
  {
    name: 'a gate in front of it',
    from: 'openai-compatible',
    status: 429,
    body: json({ fault: { faultstring: 'Quota violation.', detail: { errorcode: 'x.Quota' } } }),
    kind: 'rate_limited',
  },
  {
    name: 'a problem by the standard',
    from: 'openai-compatible',
    status: 503,
    body: json({ type: 'about:blank', title: 'Busy', status: 503, detail: 'Retry in 3 seconds.' }),
    kind: 'overloaded',
    retryAfterMs: 3_000,
  },
  { name: 'nothing at all', from: 'openai-compatible', status: 500, body: '', kind: 'internal' },
  {
    name: 'JSON that was cut off',
    from: 'openai-compatible',
    status: 500,
    body: '{"error":{"message":"half a sen',
    kind: 'internal',
  },
  {
    name: 'JSON that is no object',
    from: 'openai-compatible',
    status: 400,
    body: 'null',
    kind: 'invalid',
  },
  { name: 'a redirect', from: 'openai-compatible', status: 302, body: '', kind: 'unknown' },
  { name: 'a teapot', from: 'openai-compatible', status: 418, body: '{}', kind: 'invalid' },
  {
    name: 'a proxy that gave up',
    from: 'openai-compatible',
    status: 524,
    body: 'error code: 524',
    kind: 'timeout',
  },
];
