// Errors as vendors write them.
import { json, openai, type Sample } from './sample.fixture.ts';

export const VENDOR_ERRORS: readonly Sample[] = [
  {
    name: 'a bad key',
    from: 'openai',
    status: 401,
    body: openai(
      'Incorrect API key provided: sk-ab****yz.',
      'invalid_request_error',
      'invalid_api_key',
    ),
    kind: 'auth',
  },
  {
    name: 'an empty account behind a 429',
    from: 'openai',
    status: 429,
    body: openai('No money left.', 'insufficient_quota', 'insufficient_quota'),
    kind: 'quota',
  },
  {
    name: 'a limit a minute, with the wait in the text',
    from: 'openai',
    status: 429,
    body: openai('Rate limit reached. Please try again in 1.5s.', 'tokens', 'rate_limit_exceeded'),
    kind: 'rate_limited',
    retryAfterMs: 1_500,
  },
  {
    name: 'a request that alone is beyond the limit: no wait helps',
    from: 'openai',
    status: 429,
    body: openai(
      'Request too large for m in organization org-x on tokens per min (TPM): Limit ' +
        '30000, Requested 30601.',
      'tokens',
      'rate_limit_exceeded',
    ),
    kind: 'context_too_long',
    tokens: 30_601,
    tokensMax: 30_000,
  },
  {
    name: 'a prompt that does not fit',
    from: 'openai',
    status: 400,
    body: openai(
      "This model's maximum context length is 8192 tokens. However, your messages " +
        'resulted in 9000 tokens.',
      'invalid_request_error',
      'context_length_exceeded',
    ),
    kind: 'context_too_long',
    tokens: 9_000,
    tokensMax: 8_192,
  },
  {
    name: 'an unknown model',
    from: 'openai',
    status: 404,
    body: openai('There is no such model.', 'invalid_request_error', 'model_not_found'),
    kind: 'not_found',
  },
  {
    name: 'an unsupported parameter',
    from: 'openai',
    status: 400,
    body: openai('Use another field.', 'invalid_request_error', 'unsupported_parameter'),
    kind: 'invalid',
  },
  {
    name: 'an overloaded server that calls itself broken',
    from: 'openai',
    status: 503,
    body: openai('Too busy just now.', 'server_error', null),
    kind: 'overloaded',
  },
  {
    name: 'a failed response inside a good answer',
    from: 'openai',
    status: 200,
    body: json({
      type: 'response.failed',
      response: { error: { code: 'server_error', message: 'Broke.' } },
    }),
    kind: 'internal',
  },
  {
    name: 'a prompt that the filter refused',
    from: 'azure',
    status: 400,
    body: json({
      error: {
        message: 'The filter was triggered.',
        code: 'content_filter',
        status: 400,
        innererror: { code: 'ResponsibleAIPolicyViolation' },
      },
    }),
    kind: 'filtered',
  },
  {
    name: 'a number of a status as text',
    from: 'azure',
    status: 429,
    body: json({
      error: { code: '429', message: 'Too many tokens. Please retry after 86400 seconds.' },
    }),
    kind: 'rate_limited',
    retryAfterMs: 86_400_000,
  },
  {
    name: 'a wait in milliseconds, which counts more than seconds',
    from: 'azure',
    status: 429,
    headers: [
      ['retry-after', '20'],
      ['retry-after-ms', '19345'],
    ],
    body: json({
      error: { code: '429', message: 'Too many tokens. Please retry after 20 seconds.' },
    }),
    kind: 'rate_limited',
    retryAfterMs: 19_345,
  },
  {
    name: 'a wrong subscription, from the door in front',
    from: 'azure',
    status: 401,
    body: json({ statusCode: 401, message: 'Access denied.' }),
    kind: 'auth',
  },
  {
    name: 'an overloaded server',
    from: 'anthropic',
    status: 529,
    body: json({
      type: 'error',
      error: { type: 'overloaded_error', message: 'Overloaded' },
      request_id: 'r',
    }),
    kind: 'overloaded',
  },
  {
    name: 'an overloaded server in the middle of a stream',
    from: 'anthropic',
    status: 200,
    body: json({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
    kind: 'overloaded',
  },
  {
    name: 'a prompt that does not fit',
    from: 'anthropic',
    status: 400,
    body: json({
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'prompt is too long: 210000 tokens > 200000 maximum',
      },
    }),
    kind: 'context_too_long',
    tokens: 210_000,
    tokensMax: 200_000,
  },
  {
    name: 'an account without credit behind a 400',
    from: 'anthropic',
    status: 400,
    body: json({
      type: 'error',
      error: { type: 'invalid_request_error', message: 'Your credit balance is too low.' },
    }),
    kind: 'quota',
  },
  {
    name: 'a wait until a time',
    from: 'anthropic',
    status: 429,
    headers: [
      ['anthropic-ratelimit-requests-remaining', '0'],
      ['anthropic-ratelimit-requests-reset', '2026-01-01T00:00:12Z'],
    ],
    body: json({ type: 'error', error: { type: 'rate_limit_error', message: 'Slower.' } }),
    kind: 'rate_limited',
    retryAfterMs: 12_000,
  },
  {
    name: 'a list with an error in it, the wait in its details',
    from: 'gemini',
    status: 429,
    body: json([
      {
        error: {
          code: 429,
          message: 'Slower.',
          status: 'RESOURCE_EXHAUSTED',
          details: [
            { violations: [{ quotaId: 'GenerateRequestsPerMinutePerProjectPerModel' }] },
            { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' },
          ],
        },
      },
    ]),
    kind: 'rate_limited',
    retryAfterMs: 34_400,
  },
  {
    name: 'a limit of a day',
    from: 'gemini',
    status: 429,
    body: json({
      error: {
        code: 429,
        message: 'Enough.',
        status: 'RESOURCE_EXHAUSTED',
        details: [
          { violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }] },
        ],
      },
    }),
    kind: 'quota',
  },
  {
    name: 'a bad key behind a 400',
    from: 'gemini',
    status: 400,
    body: json({
      error: {
        code: 400,
        message: 'Bad key.',
        status: 'INVALID_ARGUMENT',
        details: [{ reason: 'API_KEY_INVALID' }],
      },
    }),
    kind: 'auth',
  },
  {
    name: 'a prompt that does not fit',
    from: 'vertex',
    status: 400,
    body: json({
      error: {
        code: 400,
        message:
          'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
        status: 'INVALID_ARGUMENT',
      },
    }),
    kind: 'context_too_long',
    tokens: 1_200_000,
    tokensMax: 1_048_576,
  },
  {
    name: 'a list of fields that are wrong',
    from: 'mistral',
    status: 422,
    body: json({
      detail: [
        { type: 'extra_forbidden', loc: ['body', 'seed'], msg: 'Not permitted', input: 'SECRET' },
      ],
    }),
    kind: 'invalid',
  },
  {
    name: 'a detail that is a word',
    from: 'mistral',
    status: 401,
    body: json({ detail: 'Unauthorized' }),
    kind: 'auth',
  },
  {
    name: 'no capacity, called an invalid request',
    from: 'mistral',
    status: 429,
    body: json({
      object: 'error',
      message: 'Service tier capacity exceeded.',
      type: 'invalid_request_error',
      code: null,
    }),
    kind: 'overloaded',
  },
  {
    name: 'a limit with a code of its own',
    from: 'mistral',
    status: 429,
    body: json({
      object: 'error',
      message: 'Rate limit exceeded',
      type: 'rate_limited',
      code: '1300',
    }),
    kind: 'rate_limited',
  },
  {
    name: 'an unknown model behind a 400',
    from: 'mistral',
    status: 400,
    body: json({
      object: 'error',
      message: 'Invalid model: x',
      type: 'invalid_model',
      code: '1500',
    }),
    kind: 'not_found',
  },
  {
    name: 'a tool call that nobody can read',
    from: 'groq',
    status: 400,
    body: json({
      error: {
        message: 'Failed to call a function.',
        type: 'invalid_request_error',
        code: 'tool_use_failed',
        failed_generation: 'SECRET',
      },
    }),
    kind: 'internal',
  },
  {
    name: 'tokens of a day',
    from: 'groq',
    status: 429,
    body: openai(
      'Rate limit reached on tokens per day (TPD). Please try again in 6m0s.',
      'tokens',
      'rate_limit_exceeded',
    ),
    kind: 'quota',
    retryAfterMs: 360_000,
  },
  {
    name: 'a request too large behind a 413',
    from: 'groq',
    status: 413,
    body: openai(
      'Request too large for model m on tokens per minute (TPM): Limit 6000, Requested 7000',
      'tokens',
      'rate_limit_exceeded',
    ),
    kind: 'context_too_long',
    tokens: 7_000,
    tokensMax: 6_000,
  },
  {
    name: 'an empty account',
    from: 'deepseek',
    status: 402,
    body: openai('Insufficient Balance', 'unknown_error', 'invalid_request_error'),
    kind: 'quota',
  },
  {
    name: 'a prompt that does not fit, of which only the text tells',
    from: 'deepseek',
    status: 400,
    body: openai(
      "This model's maximum context length is 131072 tokens. However, you requested " +
        '131134 tokens (122942 in the messages, 8192 in the completion).',
      'invalid_request_error',
      'invalid_request_error',
    ),
    kind: 'context_too_long',
    tokens: 131_134,
    tokensMax: 131_072,
  },
  {
    name: 'an error inside a good answer, with a number',
    from: 'openrouter',
    status: 200,
    body: json({ error: { code: 429, message: 'Slower.' }, user_id: 'u' }),
    kind: 'rate_limited',
  },
  {
    name: 'what the server behind the router said',
    from: 'openrouter',
    status: 400,
    body: json({
      error: {
        code: 400,
        message: 'Provider returned error',
        metadata: { raw: json({ error: { message: 'Input is too long for requested model.' } }) },
      },
    }),
    kind: 'context_too_long',
  },
  {
    name: 'a filter of the router',
    from: 'openrouter',
    status: 403,
    body: json({
      error: {
        code: 403,
        message: 'Flagged.',
        metadata: { reasons: ['x'], flagged_input: 'SECRET' },
      },
    }),
    kind: 'filtered',
  },
  {
    name: 'a code and an error, both sentences',
    from: 'xai',
    status: 400,
    body: json({
      code: 'Client specified an invalid argument',
      error: "This model's maximum prompt length is 131072 but the request contains 136973 tokens.",
    }),
    kind: 'context_too_long',
    tokens: 136_973,
    tokensMax: 131_072,
  },
  {
    name: 'a bad key behind a 400',
    from: 'xai',
    status: 400,
    body: json({
      code: 'Client specified an invalid argument',
      error: 'Incorrect API key provided: xa***dy.',
    }),
    kind: 'auth',
  },
];
