/**
 * Keys of a LiteLLM configuration that have no counterpart here, with what holds instead. A key
 * that is in none of these tables and is not read is said to be unknown.
 */

/** Why a key is left behind. */
export type Left = ReadonlyMap<string, string>;

const DATABASE = 'there is no database: records stand in the journal of the data folder';
const LOGGING = 'nothing is sent out about a call; `telemetry.otlp` names a place for spans';
const SHARED = 'each gateway keeps its own state';
const BREAKER = 'an endpoint that fails is passed over until it answers; the bounds are fixed';
const KEYS = 'keys are made with `signalbox key create`, with models, tiers, budget and expiry';
const TENANTS = 'tenants and their budgets stand under `tenants` and `plans`';
const LOGIN = 'callers show a key of the gateway';
const CONSOLE = 'the console and the admin API open with the admin key';
const LOG_LEVEL = '`telemetry.log_level` says what is logged; never content';
const CACHE = 'answers are not cached';
const GUARDS = 'labels and ceilings bound where data may go; content is not rewritten';
const ROUTES = 'the paths of the data plane are fixed';
const REQUEST = 'what a call asks for is the caller’s; nothing is added to it';
const ALERTS = 'incidents are seen at `/readyz` and in the log';
const TOOLS = 'tools are run by callers';
const DISCOVERED = 'what an endpoint can do is stated under `models`';
const PRICE = 'prices are per token and per request';
const TAGS = 'tags are for cost views; policies route by model, step, agent and label';
const AFFINITY = 'a session tends to stay where it was; nothing pins it';
const SECRETS = 'secrets are `env:`, `file:` or `exec:` references';
const SPEND = 'spend is in the journal, per call';

const left = (rows: readonly (readonly [keys: string, why: string])[]): Left =>
  new Map(rows.flatMap(([keys, why]) => keys.split(' ').map((key) => [key, why])));

/** At the top of the file. */
export const LEFT_TOP: Left = left([
  ['include', 'other files are not read; write their models into this one'],
  ['guardrails prompts policies policy_attachments', GUARDS],
  ['mcp_servers mcp_tools search_tools vector_store_registry agents agent_list', TOOLS],
  ['callback_settings', LOGGING],
  ['files_settings finetune_settings batch_settings assistant_settings', ROUTES],
  ['default_vertex_config', ROUTES],
  ['users customers organizations budgets', TENANTS],
]);

export const LEFT_ROUTER: Left = left([
  ['allowed_fails cooldown_time disable_cooldowns allowed_fails_policy', BREAKER],
  ['retry_policy model_group_retry_policy retry_after', '`retries` is a number per endpoint'],
  ['max_fallbacks', 'a chain is tried to its end, in the time that the call has'],
  [
    'redis_host redis_port redis_password redis_url redis_db redis_ssl cache_kwargs caching_groups',
    SHARED,
  ],
  ['cache_responses', CACHE],
  ['routing_strategy_args provider_budget_config', 'offers are ranked by rules that are fixed'],
  ['enable_tag_filtering tag_filtering_match_any', TAGS],
  ['default_litellm_params', REQUEST],
  ['default_priority polling_interval', 'priority is a header of the call'],
  ['set_verbose debug_level', LOG_LEVEL],
  ['alerting_config', ALERTS],
  ['optional_pre_call_checks deployment_affinity_ttl_seconds', AFFINITY],
  ['enable_pre_call_checks enable_pre_call_check', 'the context is looked at before every call'],
  ['client_ttl', 'connections are pooled'],
  ['assistants_config', ROUTES],
]);

export const LEFT_MODULE: Left = left([
  [
    'callbacks success_callback failure_callback service_callbacks default_team_settings ' +
      'langfuse_default_tags turn_off_message_logging redact_user_api_key_info ' +
      'redact_messages_in_exceptions langsmith_batch_size callback_settings',
    LOGGING,
  ],
  ['cache cache_params', `${CACHE}; those of LiteLLM are shared by all its tenants`],
  ['allowed_fails cooldown_time', BREAKER],
  ['set_verbose json_logs suppress_debug_info log_raw_request_response', LOG_LEVEL],
  ['guardrails', GUARDS],
  [
    'key_generation_settings default_key_generate_params upperbound_key_generate_params ' +
      'enable_key_alias_format_validation',
    KEYS,
  ],
  [
    'default_internal_user_params default_team_params max_internal_user_budget ' +
      'internal_user_budget_duration max_user_budget max_end_user_budget',
    TENANTS,
  ],
  ['drop_params', 'a field that cannot pass is left out and told in `x-signalbox-dropped`'],
  ['modify_params additional_drop_params', REQUEST],
  ['model_alias_map', 'write the alias under `router_settings.model_group_alias`'],
  ['ssl_verify ssl_certificate', 'certificates are checked with the authorities of the system'],
  ['mcp_aliases', TOOLS],
  ['telemetry', 'none leaves'],
  ['max_fallbacks', 'a chain is tried to its end, in the time that the call has'],
  ['public_model_groups', 'a key sees the models that it may call'],
  ['disable_end_user_cost_tracking tag_budget_config extra_spend_tag_headers', SPEND],
]);

export const LEFT_GENERAL: Left = left([
  [
    'database_url database_connection_pool_limit database_connection_timeout database_type ' +
      'database_args allow_requests_on_db_unavailable store_model_in_db proxy_batch_write_at ' +
      'disable_prisma_schema_update supported_db_objects use_redis_transaction_buffer ' +
      'proxy_budget_rescheduler_min_time proxy_budget_rescheduler_max_time disable_reset_budget ' +
      'proxy_batch_polling_interval',
    DATABASE,
  ],
  [
    'disable_spend_logs disable_spend_updates store_prompts_in_spend_logs ' +
      'maximum_spend_logs_retention_period maximum_spend_logs_retention_interval ' +
      'spend_report_frequency disable_adding_master_key_hash_to_db',
    SPEND,
  ],
  [
    'custom_auth custom_sso enable_jwt_auth litellm_jwtauth enable_oauth2_auth ' +
      'enable_oauth2_proxy_auth oauth2_config_mappings allow_user_auth litellm_key_header_name ' +
      'user_header_name user_header_mappings allow_client_side_credentials ' +
      'use_client_credentials_pass_through_routes service_account_settings infer_model_from_keys',
    LOGIN,
  ],
  ['custom_key_generate default_team_disabled user_api_key_cache_ttl', KEYS],
  ['ui_access_mode disable_master_key_return user_mcp_management_mode', CONSOLE],
  ['key_management_system key_management_settings', SECRETS],
  ['use_azure_key_vault use_google_kms use_aws_secret_manager', SECRETS],
  ['alerting alerting_threshold alerting_args alert_types alert_to_webhook_url', ALERTS],
  ['pass_through_endpoints allowed_routes admin_only_routes public_routes', ROUTES],
  ['enforce_user_param enforced_params reject_clientside_metadata_tags', 'keys may demand tags'],
  ['completion_model embedding_model moderation_model image_generation_model', REQUEST],
  ['global_max_parallel_requests', 'places are per endpoint and per plan: `in_flight_max`'],
  ['max_response_size_mb', 'an answer is bounded by the timers of its endpoint'],
  ['allowed_ips', 'a key may name `networks` that it is used from'],
  ['use_x_forwarded_for', 'the address is that of the connection'],
  ['forward_client_headers_to_llm_api', 'an endpoint lists what it takes in `headers.forward`'],
  ['forward_openai_org_id', 'an endpoint says it in `headers.set`'],
  ['health_check_details', '`/readyz` says what can be served'],
  ['background_health_checks', 'endpoints are looked after anyway'],
  ['litellm_license', 'there are no licences'],
]);

export const LEFT_PARAMETERS: Left = left([
  ['max_budget budget_duration', 'budgets are of tenants, plans and keys'],
  ['tags', TAGS],
  ['cooldown_time allowed_fails', BREAKER],
  ['mock_response mock_timeout mock_tool_calls', 'a `sim` endpoint answers what tests need'],
  ['input_cost_per_second output_cost_per_second input_cost_per_pixel', PRICE],
  ['input_cost_per_character output_cost_per_character', PRICE],
  [
    'aws_access_key_id aws_secret_access_key aws_session_token aws_session_name aws_role_name ' +
      'aws_profile_name aws_web_identity_token aws_sts_endpoint aws_batch_role_arn',
    'requests are not signed: the endpoint takes an API key of Bedrock',
  ],
  [
    'azure_ad_token azure_ad_token_provider tenant_id client_id client_secret azure_username ' +
      'azure_password azure_scope',
    'the endpoint takes the key of the resource',
  ],
  ['vertex_credentials', 'an access token is wanted, which a command named by `exec:` may print'],
  ['use_in_pass_through allowed_openai_params use_litellm_proxy', ROUTES],
  ['ssl_verify', 'certificates are checked with the authorities of the system'],
  ['litellm_trace_id callbacks success_callback', LOGGING],
]);

export const LEFT_INFORMATION: Left = left([
  ['base_model', 'prices are found by the upstream’s name; state others under `prices`'],
  ['access_groups team_id team_public_model_name', 'models stand under `plans` and `keys`'],
  ['max_tokens max_output_tokens', DISCOVERED],
  ['description version created_at updated_at db_model', 'it is for people'],
  ['input_cost_per_second output_cost_per_second input_cost_per_pixel', PRICE],
  ['health_check_timeout health_check_model disable_background_health_check', BREAKER],
]);

/** What holds when a parameter of a deployment is in no table. */
export const LEFT_REQUEST: string = REQUEST;

/** Said by these only when they are false: true holds here anyway. */
export const HOLDS_ANYWAY: ReadonlySet<string> = new Set([
  'drop_params',
  'enable_pre_call_checks',
  'enable_pre_call_check',
  'background_health_checks',
  'turn_off_message_logging',
  'redact_user_api_key_info',
  'redact_messages_in_exceptions',
]);

/** Strategies by which LiteLLM picks among deployments, and what holds instead. */
export const STRATEGIES: Left = left([
  ['least-busy latency-based-routing', 'the gateway picks among equals by itself'],
  [
    'usage-based-routing usage-based-routing-v2',
    'the gateway picks among equals by itself; stated limits are those of a credential',
  ],
  ['cost-based-routing', 'write the cheaper first: `order` is kept'],
]);
