// What a kind of server is made of: facts, no code. Everything that treats one server otherwise
// than another reads it from here.
import type { Headers, PassedOperation } from '@signalbox/contract';
import type { ServerWire, StopReason, UpstreamError } from '../canon/canon.ts';
import type { WriteQuirks } from '../canon/codec.ts';

export const KIND_NAMES = [
  'openai-compatible',
  'embedded',
  'sim',
  'ollama',
  'llama-server',
  'llama-box',
  'lmstudio',
  'vllm',
  'sglang',
  'tgi',
  'nim',
  'openai',
  'azure',
  'anthropic',
  'gemini',
  'mistral',
  'groq',
  'deepseek',
  'openrouter',
  'xai',
  'bedrock',
  'vertex',
  'cohere',
  'perplexity',
  'together',
  'fireworks',
  'huggingface',
] as const;
export type KindName = (typeof KIND_NAMES)[number];

/**
 * Below the root of the server; `{model}` stands for the name that it knows the model by, `{id}`
 * for the same as one segment of the path, whatever stands in it.
 */
export type WirePaths = {
  /** Undefined: something else alone is asked in the format. */
  readonly chat?: string;
  /** Where a stream stands elsewhere. */
  readonly stream?: string;
  readonly completion?: string;
  readonly embedding?: string;
  readonly countTokens?: string;
} & {
  /** What passes as it is; of files and batches the path that ids stand below. */
  readonly [O in PassedOperation]?: string;
};
export type WireOperation = keyof WirePaths;

/**
 * When a stream of the OpenAI dialect tells usage. `asked`: with `stream_options.include_usage`
 * alone. `every-chunk`: cumulative; the last one counts, the sum of them never.
 */
export type UsageInStream = 'always' | 'asked' | 'never' | 'every-chunk';

/** `recorded`: seen in recorded traffic. `probed`: asked of a running server. */
export type FactSource = 'recorded' | 'probed' | 'documents';
export type FactGroup = 'paths' | 'streams' | 'errors' | 'overflow' | 'limits' | 'probe';

export type ErrorKind = UpstreamError['kind'];

/** Every condition that is stated must hold. */
export type ErrorMatch = {
  readonly status?: number;
  /** One of the provider's own words (type, code, status, reason), lower case. */
  readonly word?: string;
  readonly text?: RegExp;
  readonly kind: ErrorKind;
};

/** How a header tells when a limit is whole again. */
export type ResetUnit =
  /** `6m0s`, `1.5s`, `120ms`. */
  | 'duration'
  | 'seconds'
  | 'milliseconds'
  /** RFC 3339. */
  | 'time'
  | 'unix-seconds'
  | 'unix-milliseconds';

export type LimitOf = 'requests' | 'tokens' | 'input-tokens' | 'output-tokens' | 'images';

export type RateHeaders = {
  readonly of: LimitOf;
  /** Milliseconds over which the limit counts, where the name says it. */
  readonly windowMs?: number;
  readonly limit?: string;
  readonly remaining?: string;
  readonly reset?: string;
  readonly unit?: ResetUnit;
};

/** The format of an answer to a question about the server itself. */
export type ProbeReader =
  /** Good or bad by its status. */
  | 'health'
  /** The same, and bad means not yet: nobody is to give up on it. */
  | 'ready'
  /** A list of models, in any of the shapes that there are. */
  | 'models'
  /** Settings of one loaded model: context of a slot, slots, template, sleep. */
  | 'props'
  | 'slots'
  /** Prometheus text; which gauges are meant stands in `gauges`. */
  | 'metrics'
  /** What is on the disk. */
  | 'tags'
  /** One of them: trained context, capabilities, parameters. */
  | 'show'
  /** What is in memory now; all others are cold. */
  | 'loaded'
  /** Models with their loaded instances. */
  | 'instances'
  /** One model and the bounds it is served with. */
  | 'info'
  | 'version';

export type ProbePurpose =
  | 'health'
  | 'models'
  | 'model'
  | 'loaded'
  | 'context'
  | 'queue'
  | 'version';

/** A question that costs nothing: no tokens, no money, no model loaded for it. */
export type ProbeRequest = {
  /** Of several with one purpose the first that is answered well is enough. */
  readonly purpose: ProbePurpose;
  readonly method: 'GET' | 'POST';
  /** Below the root of the server. */
  readonly path: string;
  /** Once for every model; `{model}` in `body` is its name as JSON. */
  readonly each?: 'model';
  readonly body?: string;
  readonly reader: ProbeReader;
  /** It counts as work there: it wakes a sleeping server, or keeps an idle one awake. */
  readonly disturbs?: true;
};

/** Names of gauges; several are alternatives between versions. */
export type Gauges = {
  readonly waiting?: readonly string[];
  readonly running?: readonly string[];
  readonly inputTokensPerSecond?: readonly string[];
  readonly outputTokensPerSecond?: readonly string[];
};

/** What every server of the kind can do; absent: it depends on the model, or nobody knows. */
export type Able = {
  readonly streaming?: boolean;
  readonly tools?: boolean;
  readonly jsonSchema?: boolean;
  readonly logprobs?: boolean;
  readonly embeddings?: boolean;
};

/** How a request is signed where the credential is a pair of keys. */
export type SigningRule = {
  readonly kind: 'sigv4';
  readonly service: string;
  /** The region in the name of a host, as its first group. */
  readonly region: RegExp;
};

/** Where the key travels, and what stands before it. */
export type Auth = {
  readonly header: string;
  readonly prefix: string;
  readonly signing?: SigningRule;
};

/** What is otherwise at some of a kind's URLs. */
export type Variant = Partial<
  Pick<ServerKind, 'bases' | 'wires' | 'preferred' | 'modelsPath' | 'probe' | 'extraHeaders'>
> & {
  /** Of the path and the query of an endpoint's URL. */
  readonly url: RegExp;
  /** For people, after `at a URL that ...`. */
  readonly when: string;
};

export type ServerKind = {
  readonly name: KindName;
  /** For people. */
  readonly title: string;
  /**
   * Paths that a base URL of the kind may end with. The first is the usual one: a URL that ends
   * with none of them is taken to stand for it.
   */
  readonly bases: readonly [string, ...string[]];
  readonly wires: { readonly [W in ServerWire]?: WirePaths };
  /** Taken where the caller's own dialect is not spoken. */
  readonly preferred: ServerWire;
  /** Of one URL this is spoken, of another that: the first whose `url` fits counts. */
  readonly variants?: readonly Variant[];
  readonly auth: Auth;
  /** Where a dialect wants the key elsewhere. */
  readonly authByWire?: { readonly [W in ServerWire]?: Auth };
  /** Sent with every request that does not bring them. */
  readonly extraHeaders: Headers;
  /** Below the root; undefined: it tells nobody. */
  readonly modelsPath: string | undefined;
  readonly probe: readonly ProbeRequest[];
  readonly gauges?: Gauges;
  readonly able: Able;
  /**
   * This and the next three are about the OpenAI dialect, in which servers differ; the others have
   * one rule each (`streamRules`).
   */
  readonly quirks: WriteQuirks;
  /** Where it differs in another dialect. */
  readonly quirksByWire?: { readonly [W in ServerWire]?: WriteQuirks };
  readonly usageInStream: UsageInStream;
  /**
   * A model runs with less context than it was made for, `tokensUsual` where nobody says how much,
   * and what does not fit is cut without a word; more is asked for in this format alone.
   */
  readonly context?: { readonly wire: ServerWire; readonly tokensUsual: number };
  /** Reasoning tokens are not part of the output tokens that it tells: both are billed. */
  readonly reasoningApart?: true;
  readonly endsWithDone: boolean;
  /** A stream that closes after its finish reason is whole. */
  readonly missingEnd: boolean;
  /** The provider's word to ours, for every dialect it speaks. */
  readonly finishReasons: { readonly [word: string]: StopReason };
  /** Before the general rules, in this order. */
  readonly errors: readonly ErrorMatch[];
  /** Texts of a prompt that does not fit; groups `tokens` (asked), `limit` and `over`. */
  readonly overflow: readonly RegExp[];
  readonly rateHeaders: readonly RateHeaders[];
  /**
   * Runs on hardware of one's own: a first token may take its time. Of a kind that says no, the
   * tier of the endpoint still may.
   */
  readonly local: boolean;
  readonly source: { readonly [G in FactGroup]?: FactSource };
  /** What is odd about it, in sentences for people. */
  readonly notes: readonly string[];
};
