// The one form between dialects: what a caller asks and what a model answers, in our words. A
// dialect reads its wire format into this form and writes it from this form, so that N callers'
// dialects in front of M upstreams' need N + M codecs. It is for crossing from one dialect to
// another; where both sides speak the same one, bytes pass and nothing of this is made.
//
// What a wire format says that has no word here is kept in `extra` under the dialect's name, so
// that the same dialect gets it back; another one drops it by name (`Dropped`).
import type { Usage } from '@signalbox/contract';

/** Every wire format that a caller or an upstream may speak. */
export const WIRES = ['openai', 'responses', 'anthropic', 'gemini', 'ollama'] as const;
export type Wire = (typeof WIRES)[number];

/** Formats that servers alone speak: they are asked in them, and nobody asks us in them. */
export type ServerWire = Wire | 'converse' | 'cohere';
export const SERVER_WIRES: readonly ServerWire[] = [...WIRES, 'converse', 'cohere'];

/** JSON as parsed by `parseExact`: numbers that a double cannot hold stay raw. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Fields without a word here, by the dialect that knows them. */
export type Extra = { readonly [W in Wire]?: JsonObject };

/** A request. Absent means: not said by the caller. */
export type Ask = {
  readonly model: string;
  readonly stream: boolean;
  /** The caller wants usage in the stream. Dialects that always tell it: true. */
  readonly usageWanted: boolean;
  /** Instructions above the conversation, in order. */
  readonly system: readonly Part[];
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelTools?: boolean;
  readonly outputTokensMax?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  /** Answers to this one question (`n`). */
  readonly answers?: number;
  /** Log-probabilities of so many alternatives a token; 0: of the chosen token alone. */
  readonly logprobs?: number;
  readonly format?: Format;
  readonly reasoning?: Reasoning;
  /** An opaque name of the end user. */
  readonly user?: string;
  readonly extra?: Extra;
};

export type Reasoning = {
  /** `none` switches it off. Providers' own words outside this list go to `extra`. */
  readonly effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';
  readonly tokensMax?: number;
  /** Thoughts are wanted in the answer. */
  readonly shown?: boolean;
};

export type Format =
  | { readonly kind: 'text' }
  | { readonly kind: 'json' }
  | {
      readonly kind: 'schema';
      readonly schema: Json;
      readonly name?: string;
      readonly description?: string;
      readonly strict?: boolean;
    }
  /** GBNF, as llama.cpp reads it. */
  | { readonly kind: 'grammar'; readonly grammar: string }
  | { readonly kind: 'regex'; readonly pattern: string }
  | { readonly kind: 'choice'; readonly choices: readonly string[] };

export type Tool = {
  /** `function`: the caller runs it. `hosted`: the provider does; only its own dialect can ask. */
  readonly kind: 'function' | 'hosted';
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments; undefined: none are described. */
  readonly parameters?: Json;
  readonly strict?: boolean;
  readonly extra?: Extra;
};

export type ToolChoice =
  | { readonly kind: 'auto' | 'none' | 'any' }
  | { readonly kind: 'tool'; readonly name: string };

export type Turn = {
  readonly role: 'user' | 'assistant' | 'tool' | 'system';
  readonly parts: readonly Part[];
  /** A speaker's name, where the dialect has one. */
  readonly name?: string;
  readonly extra?: Extra;
};

/** A piece of content. Order within a turn is the order of the wire. */
export type Part =
  | Text
  | Thought
  | Media
  | ToolCall
  | ToolResult
  /** What only its own dialect can read (a hosted tool's call and result, an unknown block). */
  | { readonly kind: 'opaque'; readonly wire: ServerWire; readonly value: Json };

export type Text = { readonly kind: 'text'; readonly text: string; readonly extra?: Extra };

export type Thought = {
  readonly kind: 'thought';
  readonly text: string;
  /**
   * What the provider wants back unchanged. In a caller's request it may bear the mark of its
   * origin (`origin.ts`), and so may `sealed` and the signature of a call.
   */
  readonly signature?: string;
  /** Encrypted or redacted: `text` is empty and this is all there is. */
  readonly sealed?: string;
  readonly extra?: Extra;
};

export type Media = {
  readonly kind: 'media';
  readonly medium: 'image' | 'audio' | 'video' | 'file';
  /** `image/png`, ...; undefined when only an address is known. */
  readonly type?: string;
  readonly source:
    | { readonly kind: 'base64'; readonly data: string }
    | { readonly kind: 'url'; readonly url: string }
    /** A file that the provider holds. */
    | { readonly kind: 'id'; readonly id: string };
  readonly name?: string;
  readonly extra?: Extra;
};

export type ToolCall = {
  readonly kind: 'call';
  /** Every call has one here: dialects without ids get one by position (`callIdFor`). */
  readonly id: string;
  readonly name: string;
  /** JSON text of an object, as the model wrote it; may be broken where the model was cut off. */
  readonly arguments: string;
  /** Of the thought that led to it, where the provider signs calls. */
  readonly signature?: string;
  readonly extra?: Extra;
};

export type ToolResult = {
  readonly kind: 'result';
  readonly id: string;
  /** Where the dialect names the tool again. */
  readonly name?: string;
  readonly parts: readonly Part[];
  readonly failed?: boolean;
  readonly extra?: Extra;
};

/**
 * Why an answer ended. `tools`: the caller is to run tools. `pause`: the provider wants the turn
 * back to go on. `context`: the window was full.
 */
export type StopReason =
  | 'end'
  | 'length'
  | 'stop_sequence'
  | 'tools'
  | 'filtered'
  | 'refusal'
  | 'pause'
  | 'context'
  | 'error';

export type TokenLogprob = {
  readonly token: string;
  readonly logprob: number;
  readonly bytes?: readonly number[];
  readonly top: readonly {
    readonly token: string;
    readonly logprob: number;
    readonly bytes?: readonly number[];
  }[];
};

/** Of an upstream, in its words and ours. Never holds content of the request. */
export type UpstreamError = {
  /** Our reading of it; the table of server kinds refines it. */
  readonly kind:
    | 'auth'
    | 'not_found'
    | 'rate_limited'
    | 'quota'
    | 'overloaded'
    | 'context_too_long'
    | 'invalid'
    | 'filtered'
    | 'timeout'
    | 'internal'
    | 'unknown';
  readonly message: string;
  /** The provider's own type or code, as text. */
  readonly type?: string;
  readonly retryAfterMs?: number;
};

/** Usage as a provider tells it; what `Usage` of the contract has no word for stays beside it. */
export type ToldUsage = Usage & {
  /** Input tokens written into the provider's cache; part of `inputTokens`. */
  readonly cacheWriteTokens?: number;
  /** What the same dialect tells beside the counts: times and speeds. Never content. */
  readonly extra?: Extra;
};

/**
 * What an answer says, one thing after the other. A whole answer is the same events at once, so
 * that `fold` of a stream and `fold` of its unary twin can be compared. `answer` counts choices
 * from 0; `part` counts the parts of one answer from 0, in the order in which they began: events
 * with one number belong to one part.
 *
 * Order: `start`; then for every part its events; `stop` for every answer; `usage` anywhere after
 * `start`, the last one wins; `end` last, once, only when the upstream ended cleanly. After `error`
 * nothing comes.
 */
export type AnswerEvent =
  | {
      readonly kind: 'start';
      readonly id: string | undefined;
      readonly model: string | undefined;
      /** Unix seconds. */
      readonly created: number | undefined;
      readonly extra?: Extra;
    }
  | { readonly kind: 'text'; readonly answer: number; readonly part: number; readonly text: string }
  | {
      readonly kind: 'thought';
      readonly answer: number;
      readonly part: number;
      readonly text: string;
    }
  | {
      readonly kind: 'signature';
      readonly answer: number;
      readonly part: number;
      readonly signature: string;
      /** `sealed`: it stands for a thought that is not shown. */
      readonly sealed?: true;
    }
  | {
      readonly kind: 'refusal';
      readonly answer: number;
      readonly part: number;
      readonly text: string;
    }
  | {
      readonly kind: 'call';
      readonly answer: number;
      readonly part: number;
      readonly id: string;
      readonly name: string;
    }
  | {
      readonly kind: 'arguments';
      readonly answer: number;
      readonly part: number;
      /** A fragment of the JSON text. */
      readonly text: string;
    }
  | {
      readonly kind: 'logprobs';
      readonly answer: number;
      readonly tokens: readonly TokenLogprob[];
    }
  | {
      readonly kind: 'media';
      readonly answer: number;
      readonly part: number;
      readonly media: Media;
    }
  /** What only its own dialect can read: a citation, a hosted tool's block, a grounding. */
  | {
      readonly kind: 'opaque';
      readonly answer: number;
      readonly part: number;
      readonly wire: ServerWire;
      readonly value: Json;
    }
  | {
      readonly kind: 'stop';
      readonly answer: number;
      readonly reason: StopReason;
      /** The stop sequence that was met. */
      readonly sequence?: string;
      /** The provider's own word, where it says more than ours. */
      readonly native?: string;
    }
  | { readonly kind: 'usage'; readonly usage: ToldUsage; readonly service?: string }
  | { readonly kind: 'error'; readonly error: UpstreamError }
  | { readonly kind: 'end' };

/** A whole answer: what `fold` makes of the events. */
export type Answer = {
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly created: number | undefined;
  readonly answers: readonly {
    readonly parts: readonly (Part | { readonly kind: 'refusal'; readonly text: string })[];
    readonly logprobs: readonly TokenLogprob[];
    readonly stop: StopReason | undefined;
    readonly sequence?: string;
    readonly native?: string;
  }[];
  readonly usage: ToldUsage | undefined;
  readonly service: string | undefined;
  readonly error: UpstreamError | undefined;
  readonly ended: boolean;
  readonly extra?: Extra;
};

/** Names of what could not cross: paths in our words (`topK`, `tools.hosted`, `part.audio`). */
export type Dropped = Set<string>;
