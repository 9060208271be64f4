// What words and statuses mean, whoever says them. A kind's own rules come before these.
import type { ErrorKind } from './server-kind.ts';

/**
 * Types, codes, statuses and reasons that say what happened, in lower case. They count more than
 * the HTTP status: some providers send 400 for a bad key, 429 for an empty account, 200 for all.
 */
export const EXACT_WORDS: ReadonlyMap<string, ErrorKind> = new Map<string, ErrorKind>([
  ...words('auth', [
    ...['authentication_error', 'authenticationerror', 'invalid_authentication', 'unauthenticated'],
    ...['invalid_api_key', 'api_key_invalid', 'incorrect_api_key', 'account_deactivated'],
    ...['permission_error', 'permission_denied', 'permission_denied_error', 'permissiondenied'],
    ...['accessdeniedexception', 'unrecognizedclientexception', 'expiredtokenexception'],
    ...['invalidsignatureexception', 'incompletesignatureexception', 'access_terminated_error'],
    ...['missingauthenticationtokenexception', 'unauthorized', 'unauthorizederror', 'forbidden'],
    ...['key_missing', 'key_invalid', 'key_expired', 'key_revoked', 'not_entitled'],
    ...['consumer_invalid', 'service_disabled', 'access_token_expired'],
  ]),
  ...words('not_found', [
    ...['model_not_found', 'not_found_error', 'notfounderror', 'not_found', 'deploymentnotfound'],
    ...['resourcenotfoundexception', 'resourcenotfound', 'model_not_available', 'unknown_model'],
    ...['model_unknown', 'route_unknown', 'unknown_url', 'model_decommissioned', 'modelnotfound'],
    ...['not_supported_error', 'unimplemented', 'unsupported_country_region_territory'],
    ...['method_not_allowed', 'invalid_model', 'model_not_supported'],
  ]),
  ...words('quota', [
    ...['insufficient_quota', 'billing_error', 'billing_not_active', 'insufficient_balance'],
    ...['billing_hard_limit_reached', 'payment_required', 'quota_exceeded', 'quota_exhausted'],
    ...['exceeded_current_quota_error', 'servicequotaexceededexception', 'budget_exhausted'],
    ...['insufficient_credits', 'usage_limit_reached', 'quotaexceeded'],
  ]),
  ...words('rate_limited', [
    ...['rate_limit_error', 'rate_limit_exceeded', 'rate_limited', 'rate_limit_reached_error'],
    ...['ratelimiterror', 'ratelimitreached', 'too_many_requests', 'toomanyrequests'],
    ...['throttlingexception', 'throttling_error', 'throttled', 'resource_exhausted'],
    ...['session_limited', 'concurrency_limited', 'slots_full', 'tokens', 'requests', 'slow_down'],
  ]),
  ...words('overloaded', [
    ...['overloaded_error', 'overloaded', 'engine_overloaded', 'engine_overloaded_error'],
    ...[
      'server_is_overloaded',
      'server_overloaded',
      'capacity_exceeded',
      'insufficient_capacity',
      'unavailable',
    ],
    ...['unavailable_error', 'service_unavailable', 'serviceunavailable', 'shed', 'draining'],
    ...['serviceunavailableexception', 'modelnotreadyexception', 'model_loading', 'queue_full'],
    ...['upstream_unavailable', 'journal_unavailable', 'service_unavailable_error'],
    ...['serviceunavailableerror', 'nocapacity', 'model_overloaded'],
  ]),
  ...words('context_too_long', [
    ...['context_length_exceeded', 'exceed_context_size_error', 'context_too_long'],
    ...['model_max_prompt_tokens_exceeded', 'context_window_exceeded', 'request_too_large'],
    ...['body_too_large', 'max_tokens_exceeded', 'prompt_too_long'],
  ]),
  ...words('filtered', [
    ...['content_filter', 'content_policy_violation', 'responsibleaipolicyviolation'],
    ...['moderation_blocked', 'content_filtered', 'policy_denied', 'safety', 'prohibited_content'],
    ...['data_inspection_failed', 'guardrail_intervened', 'image_safety', 'cyber_policy_violation'],
    ...['invalid_prompt', 'content_moderation', 'moderation'],
  ]),
  ...words('timeout', [
    ...[
      'timeout_error',
      'timeout',
      'deadline_exceeded',
      'modeltimeoutexception',
      'request_timeout',
    ],
    ...['upstream_timeout', 'requesttimeout', 'gateway_timeout'],
  ]),
  ...words('internal', [
    ...['modelerrorexception', 'modelstreamerrorexception', 'upstream_failed', 'upstream_error'],
    // The model wrote what its server could not read: another may do better.
    ...['tool_use_failed', 'json_validate_failed', 'generation', 'incomplete_generation'],
  ]),
  ...words('invalid', [
    ...[
      'unsupported_parameter',
      'unknown_parameter',
      'unsupported_value',
      'missing_required_parameter',
    ],
    ...[
      'validationexception',
      'invalid_argument',
      'failed_precondition',
      'out_of_range',
      'body_invalid',
    ],
    ...[
      'validation',
      'template_error',
      'tool_error',
      'invalid_type',
      'invalid_value',
      'empty_array',
    ],
    ...['need_unsatisfiable', 'content_type_unsupported'],
    ...['integer_below_min_value', 'integer_above_max_value', 'string_above_max_length'],
  ]),
]);

/** Words that are put on anything; the HTTP status counts more. */
export const VAGUE_WORDS: ReadonlyMap<string, ErrorKind> = new Map<string, ErrorKind>([
  ...words('invalid', [
    ...['invalid_request_error', 'badrequesterror', 'bad_request', 'badrequest', 'invalid_request'],
    ...['invalid_request_invalid_args', 'unprocessableentityerror', 'invalid_input', 'value_error'],
  ]),
  ...words('internal', [
    ...['api_error', 'upstream_api_error', 'error', 'unknown_error', 'server_error'],
    ...['internal_error', 'internal', 'internal_server_error', 'internalservererror'],
    ...['internalserverexception'],
  ]),
]);

/** Statuses that speak for themselves; 400 and 200 do not. */
export const STATUSES: ReadonlyMap<number, ErrorKind> = new Map<number, ErrorKind>([
  [401, 'auth'],
  [402, 'quota'],
  [403, 'auth'],
  [404, 'not_found'],
  [405, 'not_found'],
  [408, 'timeout'],
  [410, 'not_found'],
  [413, 'context_too_long'],
  [415, 'invalid'],
  [422, 'invalid'],
  [424, 'internal'],
  [425, 'overloaded'],
  [429, 'rate_limited'],
  [451, 'filtered'],
  // A capacity exceeded, at one vendor.
  [498, 'overloaded'],
  [499, 'timeout'],
  [500, 'internal'],
  // What it cannot do, another may.
  [501, 'not_found'],
  [502, 'internal'],
  [503, 'overloaded'],
  [504, 'timeout'],
  // Of proxies in front of it.
  [520, 'internal'],
  [521, 'overloaded'],
  [522, 'timeout'],
  [523, 'overloaded'],
  [524, 'timeout'],
  [529, 'overloaded'],
]);

function words(
  kind: ErrorKind,
  list: readonly string[],
): readonly (readonly [string, ErrorKind])[] {
  return list.map((word): readonly [string, ErrorKind] => [word, kind]);
}
