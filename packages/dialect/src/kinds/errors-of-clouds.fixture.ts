// Errors as clouds, and hosts of models of others, write them.
import { json, openai, type Sample } from './sample.fixture.ts';

export const CLOUD_ERRORS: readonly Sample[] = [
  {
    name: 'a type in a header',
    from: 'bedrock',
    status: 429,
    headers: [['x-amzn-errortype', 'ThrottlingException:http://internal/']],
    body: json({ message: 'Too many requests.' }),
    kind: 'rate_limited',
  },
  {
    name: 'a prompt that does not fit',
    from: 'bedrock',
    status: 400,
    headers: [['x-amzn-errortype', 'ValidationException']],
    body: json({ message: 'Input is too long for requested model.' }),
    kind: 'context_too_long',
  },
  {
    name: 'a type with its package',
    from: 'bedrock',
    status: 400,
    body: json({ __type: 'com.amazon.coral.service#AccessDeniedException', Message: 'No.' }),
    kind: 'auth',
  },
  {
    name: 'an id and a message',
    from: 'cohere',
    status: 400,
    body: json({
      id: 'x',
      message:
        'too many tokens: size limit exceeded by 500 tokens. Try fewer. The limit for ' +
        'this model is 4096 tokens.',
    }),
    kind: 'context_too_long',
    tokens: 4_596,
    tokensMax: 4_096,
  },
  {
    name: 'a trial that is over',
    from: 'cohere',
    status: 429,
    body: json({
      message: 'You are using a Trial key, which is limited to 1000 API calls / month.',
    }),
    kind: 'quota',
  },
  {
    name: 'a model that is loading, with the time it takes',
    from: 'huggingface',
    status: 503,
    body: json({ error: 'Model x is currently loading', estimated_time: 20.5 }),
    kind: 'overloaded',
    retryAfterMs: 20_500,
  },
  {
    name: 'a trial key that is too fast, and not over',
    from: 'cohere',
    status: 429,
    body: json({
      message: 'You are using a Trial key, which is limited to 40 API calls / minute.',
    }),
    kind: 'rate_limited',
  },
  {
    name: 'turns that do not alternate',
    from: 'perplexity',
    status: 400,
    body: openai('Roles should be alternating.', 'invalid_message', 400),
    kind: 'invalid',
  },
  {
    name: 'a page of the proxy in front of it',
    from: 'perplexity',
    status: 401,
    body: '<html><head><title>401 Authorization Required</title></head></html>',
    kind: 'auth',
  },
  {
    name: 'an account without credit',
    from: 'together',
    status: 402,
    body: json({
      id: 'x',
      error: { message: 'Credit limit exceeded.', type: 'credit_limit', param: null, code: null },
    }),
    kind: 'quota',
  },
  {
    name: 'a prompt and a bound that do not fit together, as an input that is invalid',
    from: 'together',
    status: 422,
    body: openai(
      'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 65537. ' +
        'Given: 79993 `inputs` tokens and 1024 `max_new_tokens`',
      'invalid_request_error',
      null,
    ),
    kind: 'context_too_long',
    tokens: 79_993,
    tokensMax: 65_537,
  },
  {
    name: 'the same as something forbidden',
    from: 'together',
    status: 403,
    body: openai(
      'Input token count + max_tokens parameter must be less than the context length.',
      'invalid_request_error',
      null,
    ),
    kind: 'context_too_long',
  },
  {
    name: 'a key that is no good, under the same status',
    from: 'together',
    status: 403,
    body: openai('This key may not call that model.', 'invalid_request_error', null),
    kind: 'auth',
  },
  {
    name: 'a prompt that does not fit',
    from: 'fireworks',
    status: 400,
    body: json({
      error: {
        object: 'error',
        type: 'invalid_request_error',
        code: 'invalid_request_error',
        message: 'The prompt is too long: 264613, model maximum context length: 262141',
      },
    }),
    kind: 'context_too_long',
    tokens: 264_613,
    tokensMax: 262_141,
  },
  {
    name: 'an account that is suspended',
    from: 'fireworks',
    status: 412,
    body: json({ error: { message: 'Account is suspended.' } }),
    kind: 'quota',
  },
  {
    name: 'a model that no enabled host serves',
    from: 'huggingface',
    status: 400,
    body: json({
      error: {
        message: "The requested model 'a/b' is not supported by any provider you have enabled.",
        type: 'invalid_request_error',
        param: 'model',
        code: 'model_not_supported',
      },
    }),
    kind: 'not_found',
  },
  {
    name: 'credits that are used up',
    from: 'huggingface',
    status: 402,
    body: json({ error: 'You have exceeded your monthly included credits.' }),
    kind: 'quota',
  },
  {
    name: 'a prompt that does not fit, without the marks around names',
    from: 'huggingface',
    status: 422,
    body: json({
      error:
        'Input validation error: inputs tokens + max_new_tokens must be <= 32768. ' +
        'Given: 71508 inputs tokens and 0 max_new_tokens',
      error_type: 'validation',
    }),
    kind: 'context_too_long',
    tokens: 71_508,
    tokensMax: 32_768,
  },
];
