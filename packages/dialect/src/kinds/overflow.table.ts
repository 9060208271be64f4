// How servers say that a prompt does not fit, each pattern with a sample. Groups: `tokens` as asked
// for, `limit`, `over` by how many. Matched against at most 2,000 characters; none has nested
// repetition, so that no text can make one slow.

/** "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (8000 in the messages, 1000 in the completion)"; "...your messages resulted in 9000 tokens"; "This endpoint's maximum context length is 131072 tokens. However, you requested about 200000 tokens" */
export const MAXIMUM_CONTEXT_LENGTH: RegExp =
  /maximum context length (?:is|of) (?<limit>\d+)(?: tokens)?(?:[^\d]{1,120}?(?<tokens>\d+) (?:input )?tokens)?/i;
/** "This model's maximum prompt length is 131072 but the request contains 136973 tokens." */
export const MAXIMUM_PROMPT_LENGTH: RegExp =
  /maximum prompt length is (?<limit>\d+)(?:\D{1,80}?(?<tokens>\d+) tokens)?/i;
/** "Your input exceeds the context window of this model." */
export const EXCEEDS_WINDOW: RegExp = /exceeds? (?:the |model )?context window/i;
/** "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens." */
export const CONFIGURED_LIMIT: RegExp =
  /exceed the configured limit of (?<limit>\d+) tokens(?:\D{1,80}?(?<tokens>\d+) tokens)?/i;
/** "prompt is too long: 210000 tokens > 200000 maximum" */
export const PROMPT_TOO_LONG: RegExp =
  /prompt is too long(?:: (?<tokens>\d+) tokens > (?<limit>\d+) maximum)?/i;
/** "The prompt is too long: 150000, model maximum context length: 131071" */
export const PROMPT_TOO_LONG_FOR: RegExp =
  /prompt is too long: (?<tokens>\d+), model maximum context length: (?<limit>\d+)/i;
/** "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000" */
export const CONTEXT_LIMIT: RegExp = /exceed context limit: (?<tokens>\d+) \+ \d+ > (?<limit>\d+)/i;
/** "Request too large for gpt-x on tokens per min (TPM): Limit 30000, Requested 30601": no wait makes it fit. */
export const REQUEST_TOO_LARGE: RegExp =
  /request too large .{0,200}limit (?<limit>\d+), requested (?<tokens>\d+)/i;
/** "Please reduce the length of the messages or completion." */
export const REDUCE_LENGTH: RegExp = /reduce the length of the (?:messages|prompt|input)/i;
/** "request (30014 tokens) exceeds the available context size (2048 tokens), try increasing it" */
export const AVAILABLE_CONTEXT: RegExp =
  /request(?: \((?<tokens>\d+) tokens\))? exceeds the available context size(?: \((?<limit>\d+) tokens\))?/i;
/** "input is too large to process. increase the physical batch size" (embeddings) */
export const TOO_LARGE_TO_PROCESS: RegExp = /input(?: \(\d+ tokens\))? is too large to process/i;
/** "prompt too long; exceeded max context length by 4711 tokens" */
export const EXCEEDED_BY: RegExp = /exceeded max context length(?: by (?<over>\d+))?/i;
/** "the input length exceeds the context length" */
export const INPUT_LENGTH: RegExp = /input length exceeds (?:the |maximum )?context length/i;
/** "Trying to keep the first 14538 tokens when context the overflows. However, the model is loaded with context length of only 2048 tokens" */
export const KEEP_FIRST: RegExp =
  /keep the first (?<tokens>\d+) tokens when .{0,100}context length of only (?<limit>\d+)/i;
/** "The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 13055>= n_ctx: 4096)" */
export const KEEP_TOKENS: RegExp =
  /greater than the context length(?: \(n_keep: (?<tokens>\d+)\s?>=\s?n_ctx: (?<limit>\d+)\))?/i;
/** "The decoder prompt (length 5000) is longer than the maximum model length of 4096." */
export const LONGER_THAN_MODEL: RegExp =
  /prompt \(length (?<tokens>\d+)\) is longer than the maximum model length of (?<limit>\d+)/i;
/** "The input (61709 tokens) is longer than the model's context length (40960 tokens)." */
export const LONGER_THAN_CONTEXT: RegExp =
  /input \((?<tokens>\d+) tokens\) is longer than the model's context length \((?<limit>\d+) tokens\)/i;
/** "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 20 `max_new_tokens`"; routers hand it on without the marks */
export const INPUTS_AND_NEW: RegExp =
  /`?inputs`? tokens \+ `?max_new_tokens`? must be <= (?<limit>\d+)\. given: (?<tokens>\d+)/i;
/** "`inputs` must have less than 4095 tokens. Given: 5000" */
export const INPUTS_LESS_THAN: RegExp =
  /`inputs` must have less than (?<limit>\d+) tokens\. given: (?<tokens>\d+)/i;
/** "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)." */
export const INPUT_TOKEN_COUNT: RegExp =
  /input token count(?: \((?<tokens>\d+)\))? exceeds the maximum number of tokens allowed(?: \((?<limit>\d+)\))?/i;
/** "the input token count is 33000 but model only supports up to 32768" */
export const ONLY_SUPPORTS: RegExp =
  /input token count is (?<tokens>\d+) but (?:the )?model only supports up to (?<limit>\d+)/i;
/** "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length" */
export const PROMPT_CONTAINS: RegExp =
  /prompt contains (?<tokens>\d+) tokens.{0,60}too large for model with (?<limit>\d+) maximum context/i;
/** "prompt token count of 140000 exceeds the limit of 128000" */
export const PROMPT_TOKEN_COUNT: RegExp =
  /token count of (?<tokens>\d+) exceeds the limit of (?<limit>\d+)/i;
/** "Input is too long for requested model." */
export const TOO_LONG_FOR_MODEL: RegExp = /input is too long for (?:the )?requested model/i;
/** "Input Tokens Exceeded: Number of input tokens exceeds maximum length." */
export const INPUT_TOKENS_EXCEEDED: RegExp =
  /input tokens exceeded|number of input tokens exceeds/i;
/** "too many tokens: size limit exceeded by 500 tokens. ... The limit for this model is 4096 tokens." */
export const SIZE_LIMIT: RegExp =
  /too many tokens: size limit exceeded by (?<over>\d+) tokens(?:.{0,120}?limit for this model is (?<limit>\d+))?/i;
/** "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 5000." */
export const CANNOT_EXCEED: RegExp =
  /tokens in the prompt cannot exceed (?<limit>\d+)(?: - received (?<tokens>\d+))?/i;
/** "exceeded model token limit: 131072 (requested: 140000)" and the like. */
export const MODEL_TOKEN_LIMIT: RegExp =
  /exceeded model token limit(?:: (?<limit>\d+) \(requested: (?<tokens>\d+)\))?/i;
/** Our own: "this model's context holds 4096 tokens, answer included; the prompt alone has 5000" */
export const CONTEXT_HOLDS: RegExp =
  /context holds (?<limit>\d+) tokens.{0,60}the prompt alone has (?<tokens>\d+)/i;

/** All of them: what stands behind a router or a proxy may use any. The exact ones come first. */
export const EVERY_OVERFLOW: readonly RegExp[] = [
  ...[AVAILABLE_CONTEXT, KEEP_FIRST, KEEP_TOKENS, LONGER_THAN_MODEL, LONGER_THAN_CONTEXT],
  ...[INPUTS_AND_NEW, INPUTS_LESS_THAN, INPUT_TOKEN_COUNT, ONLY_SUPPORTS, PROMPT_CONTAINS],
  ...[PROMPT_TOKEN_COUNT, MAXIMUM_PROMPT_LENGTH, MAXIMUM_CONTEXT_LENGTH, CONFIGURED_LIMIT],
  ...[
    PROMPT_TOO_LONG_FOR,
    PROMPT_TOO_LONG,
    CONTEXT_LIMIT,
    REQUEST_TOO_LARGE,
    SIZE_LIMIT,
    CANNOT_EXCEED,
  ],
  ...[MODEL_TOKEN_LIMIT, CONTEXT_HOLDS, EXCEEDED_BY, INPUT_LENGTH, TOO_LARGE_TO_PROCESS],
  ...[TOO_LONG_FOR_MODEL, INPUT_TOKENS_EXCEEDED, EXCEEDS_WINDOW, REDUCE_LENGTH],
];
