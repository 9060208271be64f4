// Codes and types of errors as servers of the OpenAI family word them, by our kinds. Statuses
// decide what no word does. Facts: OpenAI's and Azure's references, recorded errors of Azure,
// Groq, OpenRouter, xAI, llama-server, vLLM.
import type { UpstreamError } from '../canon/canon.ts';

type Kind = UpstreamError['kind'];

const WORDS: readonly (readonly [Kind, readonly string[]])[] = [
  [
    'auth',
    [
      ...['invalid_api_key', 'incorrect_api_key', 'authentication_error', 'unauthorized'],
      ...['permission_denied', 'permission_error', 'forbidden', 'account_deactivated', 'no_access'],
      ...['invalid_authentication', 'invalid_organization', 'unsupported_country_region_territory'],
    ],
  ],
  [
    'not_found',
    [
      ...['model_not_found', 'not_found', 'not_found_error', 'deploymentnotfound', 'notfounderror'],
      ...['unknown_url', 'model_not_available'],
    ],
  ],
  [
    'rate_limited',
    [
      ...['rate_limit_exceeded', 'rate_limit_error', 'rate_limited', 'too_many_requests'],
      ...['tokens', 'requests', 'ratelimitreached', 'resource_exhausted'],
    ],
  ],
  [
    'quota',
    [
      ...[
        'insufficient_quota',
        'billing_hard_limit_reached',
        'billing_not_active',
        'billing_error',
      ],
      ...['quota_exceeded', 'insufficient_balance', 'payment_required', 'credits_exhausted'],
    ],
  ],
  [
    'overloaded',
    [
      ...['server_is_overloaded', 'overloaded_error', 'overloaded', 'slow_down'],
      ...['engine_overloaded', 'service_unavailable', 'unavailable_error', 'unavailable'],
      ...['no_capacity'],
    ],
  ],
  [
    'context_too_long',
    [
      ...['context_length_exceeded', 'exceed_context_size_error', 'context_window_exceeded'],
      ...['max_prompt_tokens_exceeded', 'string_above_max_length'],
    ],
  ],
  [
    'invalid',
    [
      ...['invalid_request_error', 'invalid_prompt', 'invalid_request', 'invalid_value'],
      ...['bad_request', 'badrequesterror', 'unsupported_parameter', 'unsupported_value'],
      ...['missing_required_parameter', 'unknown_parameter', 'invalid_type', 'invalid_argument'],
      ...['invalid_image', 'invalid_image_format', 'invalid_base64_image', 'invalid_image_url'],
      ...['image_too_large', 'image_too_small', 'image_parse_error', 'invalid_image_mode'],
      ...['image_file_too_large', 'unsupported_image_media_type', 'empty_image_file'],
      ...['failed_to_download_image', 'image_file_not_found', 'tool_use_failed'],
      ...['json_validate_failed', 'invalid_function_parameters', 'invalid_json_schema'],
      ...['not_supported_error', 'unsupported_model', 'data_residency_mismatch'],
    ],
  ],
  [
    'filtered',
    [
      ...['content_filter', 'content_policy_violation', 'image_content_policy_violation'],
      ...['bio_policy', 'cyber_policy', 'misalignment_policy_violation', 'moderation_blocked'],
      ...['responsibleaipolicyviolation', 'safety'],
    ],
  ],
  ['timeout', ['vector_store_timeout', 'timeout', 'timeout_error', 'request_timeout', 'timed_out']],
  [
    'internal',
    [
      ...['server_error', 'internal_error', 'internal_server_error', 'internalservererror'],
      ...['api_error', 'processing_error', 'internal'],
    ],
  ],
];

/** In lower case. */
export const KINDS: ReadonlyMap<string, Kind> = new Map(
  WORDS.flatMap(([kind, words]) => words.map((word): [string, Kind] => [word, kind])),
);

/** Words that only say whose fault it was: a status or another word says more. */
export const VAGUE: ReadonlySet<string> = new Set([
  ...['invalid_request_error', 'invalid_request', 'bad_request', 'api_error', 'badrequesterror'],
]);

export const STATUSES: ReadonlyMap<number, Kind> = new Map([
  [400, 'invalid'],
  [401, 'auth'],
  [402, 'quota'],
  [403, 'auth'],
  [404, 'not_found'],
  [405, 'not_found'],
  [408, 'timeout'],
  [409, 'invalid'],
  [413, 'invalid'],
  [415, 'invalid'],
  [422, 'invalid'],
  [429, 'rate_limited'],
  [500, 'internal'],
  [501, 'invalid'],
  [502, 'internal'],
  [503, 'overloaded'],
  [504, 'timeout'],
  [529, 'overloaded'],
]);
