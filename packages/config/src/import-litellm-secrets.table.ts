/** By what a secret is known in a configuration of others, and what people write instead of one. */

const NAMES: readonly string[] = [
  'api[-_]?key',
  'key[-_]secret',
  'secret',
  '(?:secret|master|salt|private|license|access|storage)[-_]key(?:[-_]id)?',
  'secret[-_]access[-_]key',
  'password|passwd|passphrase',
  'token|authorization|license',
];

/** Keys of a mapping that hold one. */
export const NAMED: RegExp = new RegExp(`(?:^|[_-])(?:${NAMES.join('|')})$`, 'i');
/** Digits alone are a password under these. */
export const NAMED_NUMBER: RegExp = /(?:^|[_-])(?:password|passwd)$/i;
/** Names that end like one and hold a price. */
export const PRICED: RegExp = /cost_per_/i;

/** Texts in which secrets are given out, whatever they are called. */
export const SHAPED: readonly RegExp[] = [
  /^(?:sk|pk|rk|sbx|ghp|gho|ghs|glpat|hf|gsk|xai|nvapi|r8|pplx|xox[a-z])[-_][A-Za-z0-9_-]{16,}$/,
  /^github_pat_\w{20,}$/,
  /^AKIA[A-Z0-9]{12,}$/,
  /^AIza[A-Za-z0-9_-]{20,}$/,
  /^eyJ[A-Za-z0-9_-]{10,}\./,
  /^(?:Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}$/i,
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
  /"private_key"\s*:/,
  /^https:\/\/hooks\.slack\.com\/services\/./,
];

/** `scheme://user:password@host`. */
export const IN_URL: RegExp = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@/i;

/** A hash that a database keeps of a key, the path of a file, an identity. */
export const NO_SECRET: RegExp = /^(?:[0-9a-f]{64}|(?:\.{0,2}\/|oidc\/|[A-Za-z]:\\)\S*)$/;

/** What somebody writes who has no key, or shows none. */
export const PLACEHOLDERS: readonly RegExp[] = [
  /^$/,
  /^(?:none|null|nil|na|n\/a|no|false|empty|any|anything|something|default|local)$/i,
  /^(?:(?:api[-_ ]?)?key|token|secret|password|passwd|pass|test|testing)$/i,
  /^(?:postgres|admin|root|user|guest)$/i,
  /^(?:foo|bar|baz|abc|x+|\*+|-+|\.+|0+|1234\d*)$/i,
  /^(?:sk|pk|hf|gsk)[-_]?(?:x*|\.*|1234\d*|123|0+|abc\d*|none|test|local\w*)$/i,
  /^(?:ollama|vllm|lm[-_ ]?studio|litellm|llamacpp|llama-cpp|sglang|localai|openai)$/i,
  /<[^>]*>|\$\{[^}]*\}|\{\{.*\}\}|^\$[A-Z_]+$|\.{3}|…|x{4,}|\*{3,}/i,
  /(?:^|[^a-z])(?:your|my|fake|dummy|mock|sample|example)(?:[^a-z]|$)/i,
  /(?:^|[^a-z])(?:placeholder|redacted|removed)(?:[^a-z]|$)/i,
  /(?:change|replace|insert|fill|put|paste)[-_ ]?(?:me|this|it|with|your|in|key|here)/i,
  /(?:not?|un)[-_ ]?(?:api[-_ ]?)?(?:key[-_ ]?)?(?:needed|required|used|necessary|set)/i,
  /^(?:no|test|some|any|a)[-_ ](?:api[-_ ])?(?:key|token|secret|password)(?:[-_ ]?\w{1,8})?$/i,
];
