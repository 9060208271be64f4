// Every code a caller can meet, in one table: status, whether an SDK should try again, meaning, and
// what to do. The docs' page is generated from it, metrics use the code itself as the label.

export type Code =
  | 'key_missing'
  | 'key_invalid'
  | 'key_expired'
  | 'key_revoked'
  | 'budget_exhausted'
  | 'not_entitled'
  | 'policy_denied'
  | 'no_eligible_route'
  | 'origin_denied'
  | 'model_unknown'
  | 'route_unknown'
  | 'decision_unknown'
  | 'object_unknown'
  | 'method_not_allowed'
  | 'idempotency_conflict'
  | 'config_conflict'
  | 'body_invalid'
  | 'body_too_large'
  | 'content_type_unsupported'
  | 'context_too_long'
  | 'need_unsatisfiable'
  | 'rate_limited'
  | 'session_limited'
  | 'concurrency_limited'
  | 'quota_exhausted'
  | 'internal'
  | 'output_rejected'
  | 'upstream_failed'
  | 'upstream_timeout'
  | 'upstream_unavailable'
  | 'queued'
  | 'queued_expired'
  | 'queue_full'
  | 'queue_unavailable'
  | 'shed'
  | 'journal_unavailable'
  | 'draining';

export type CodeFacts = {
  readonly status: number;
  /** OpenAI's `error.type`. */
  readonly type: string;
  /** `never` is told to SDKs as `x-should-retry: false`. */
  readonly retry: 'never' | 'later';
  readonly meaning: string;
  readonly hint: string;
};

const facts = (
  status: number,
  type: string,
  retry: 'never' | 'later',
  meaning: string,
  hint: string,
): CodeFacts => ({ status, type, retry, meaning, hint });

const AUTH = 'authentication_error';
const INVALID = 'invalid_request_error';
const DENIED = 'permission_error';
const LIMIT = 'rate_limit_error';
const SERVER = 'server_error';

export const CODES: Readonly<Record<Code, CodeFacts>> = {
  key_missing: facts(
    401,
    AUTH,
    'never',
    'The request carries no key.',
    'Send `authorization: Bearer sbx_…`; `signalbox key create` makes one.',
  ),
  key_invalid: facts(
    401,
    AUTH,
    'never',
    'The key is unknown or mistyped.',
    'Check that the whole key was copied, and that it belongs to this gateway.',
  ),
  key_expired: facts(
    401,
    AUTH,
    'never',
    'The key has expired.',
    'Ask its tenant for a new one: `signalbox key rotate`.',
  ),
  key_revoked: facts(
    401,
    AUTH,
    'never',
    'The key was revoked.',
    'Ask its tenant for a new one: `signalbox key create`.',
  ),
  budget_exhausted: facts(
    402,
    'insufficient_quota',
    'never',
    'The budget is spent.',
    'Raise it: `signalbox tenant set NAME --budget-usd AMOUNT`, or call a cheaper tier.',
  ),
  not_entitled: facts(
    403,
    DENIED,
    'never',
    'The plan or the key does not include this.',
    'Ask the operator; `GET /v1/key` shows what this key may do.',
  ),
  policy_denied: facts(
    403,
    DENIED,
    'never',
    'A policy forbids this call.',
    '`signalbox explain` names the rule.',
  ),
  no_eligible_route: facts(
    403,
    DENIED,
    'never',
    'No endpoint may receive this call.',
    "Add an endpoint on an allowed tier, or raise the call's label no higher than its data needs; `signalbox explain` names every gate.",
  ),
  origin_denied: facts(
    403,
    DENIED,
    'never',
    "The request was sent to a host name, or comes from a page, that is not this server's own.",
    'Open the address that the server printed, or ask from a program with the admin key.',
  ),
  model_unknown: facts(
    404,
    INVALID,
    'never',
    'No model, alias or endpoint has this name.',
    '`GET /v1/models` lists what this key may call.',
  ),
  route_unknown: facts(
    404,
    INVALID,
    'never',
    'There is nothing at this path.',
    '`GET /openapi.json` lists the paths.',
  ),
  decision_unknown: facts(
    404,
    INVALID,
    'never',
    'No decision of yours has this id.',
    'The response header `x-signalbox-decision-id` names it; `signalbox tail` lists recent ones.',
  ),
  object_unknown: facts(
    404,
    INVALID,
    'never',
    'No file or batch of this tenant has that id.',
    'Use an id that this gateway has answered to the same tenant, at most 30 days ago.',
  ),
  method_not_allowed: facts(
    405,
    INVALID,
    'never',
    'The path exists, the method does not.',
    'See the `allow` header.',
  ),
  idempotency_conflict: facts(
    409,
    'conflict_error',
    'later',
    'A call with this idempotency key is running, or had another body.',
    'Wait for the first call, or use a new key.',
  ),
  config_conflict: facts(
    409,
    'conflict_error',
    'never',
    'This is owned by a configuration file, or changed meanwhile.',
    'Change the file that owns it, or read it again.',
  ),
  body_invalid: facts(
    400,
    INVALID,
    'never',
    'The body or a header cannot be understood.',
    'The message says where; compare with `GET /openapi.json`.',
  ),
  body_too_large: facts(
    413,
    INVALID,
    'never',
    'The body is larger than this server takes.',
    'Send less, or raise `server.body_bytes_max`.',
  ),
  content_type_unsupported: facts(
    415,
    INVALID,
    'never',
    'The content type is not one this path takes.',
    'Send `content-type: application/json`.',
  ),
  context_too_long: facts(
    422,
    INVALID,
    'never',
    'The input does not fit into any allowed model.',
    'Shorten it, or allow a model with a longer context.',
  ),
  need_unsatisfiable: facts(
    422,
    INVALID,
    'never',
    'No known model satisfies the declared need.',
    'Drop a demand; `signalbox model list` shows what there is.',
  ),
  rate_limited: facts(
    429,
    LIMIT,
    'later',
    'Too many requests in a short time.',
    'Wait as `retry-after-ms` says.',
  ),
  session_limited: facts(
    429,
    LIMIT,
    'later',
    'The session sends faster than it may.',
    'Wait as `retry-after-ms` says.',
  ),
  concurrency_limited: facts(
    429,
    LIMIT,
    'later',
    'Too many calls are in flight.',
    'Wait as `retry-after-ms` says, or raise the limit of the plan.',
  ),
  quota_exhausted: facts(
    429,
    LIMIT,
    'never',
    'The quota of a longer window is spent.',
    'Wait for the window to end, or raise the quota.',
  ),
  internal: facts(
    500,
    SERVER,
    'never',
    'A fault of ours; the call failed closed.',
    'Report it with the request id.',
  ),
  output_rejected: facts(
    502,
    SERVER,
    'never',
    'No answer passed the checks of the policy.',
    'The message names the check; ask for less, or let the policy escalate or flag.',
  ),
  upstream_failed: facts(
    502,
    SERVER,
    'later',
    'Every allowed route failed before the first byte.',
    '`signalbox explain` shows each attempt.',
  ),
  upstream_timeout: facts(
    504,
    SERVER,
    'later',
    'Every allowed route was too slow.',
    "`signalbox explain` shows each attempt; the endpoint's timers are configurable.",
  ),
  upstream_unavailable: facts(
    503,
    SERVER,
    'later',
    'All allowed routes are down.',
    'Wait as `retry-after-ms` says, or send `x-signalbox-queue: allow`.',
  ),
  queued: facts(202, 'queued', 'later', 'The call waits for a route.', 'Ask the `location` again.'),
  queued_expired: facts(
    410,
    INVALID,
    'never',
    'The parked call or its answer has expired.',
    'Send the call again.',
  ),
  queue_full: facts(
    429,
    LIMIT,
    'later',
    'No more calls may wait for a route, of this tenant or of all.',
    'Fetch the answers that are ready, or raise `queue.per_tenant_max`, `queue.calls_max`, `queue.per_tenant_bytes_max` or `queue.bytes_max`.',
  ),
  queue_unavailable: facts(
    503,
    SERVER,
    'later',
    'A call that is to wait for a route cannot be written to the disk.',
    'Free disk space in the data folder; `/readyz` says more. Without `x-signalbox-queue` the call waits on its connection.',
  ),
  shed: facts(503, SERVER, 'later', 'The server sheds load.', 'Wait as `retry-after-ms` says.'),
  journal_unavailable: facts(
    503,
    SERVER,
    'later',
    'The journal cannot keep up or its disk is full.',
    'Free disk space in the data folder; `/readyz` says more.',
  ),
  draining: facts(
    503,
    SERVER,
    'later',
    'The server is about to stop.',
    'Send the call again: another server, or this one after its restart, takes it.',
  ),
};

/** The facts of a code. */
export const codeFacts = (code: Code): CodeFacts => CODES[code];
