// A call as it arrives: first its head, from which alone the caller is known; then its body,
// bounded, as bytes with the few fields that deciding needs. Bytes stay bytes: nothing here holds a
// parsed body.
import type { KeyName, RequestId, TenantName } from './ids.ts';
import type { Refusal } from './refusal.ts';
import type { Result } from './result.ts';
import type { Label, RecordedClearance } from './tiers.ts';
import type { CallTrace } from './trace.ts';

/** What a caller speaks; the OpenAI dialect has two formats, told apart by the operation. */
export type Dialect = 'openai' | 'anthropic' | 'gemini' | 'ollama';
/**
 * What is read here, and can be carried from one dialect to another. `count`: of the tokens of a
 * chat, asked in the caller's own dialect alone; nothing is answered, and nothing paid.
 */
export type SpokenOperation = 'chat' | 'completion' | 'response' | 'embedding' | 'count';
/** What passes as it is to an endpoint that has it, and is carried nowhere. */
export type PassedOperation =
  | 'moderation'
  | 'image'
  | 'image-edit'
  | 'image-variation'
  | 'speech'
  | 'transcription'
  | 'translation'
  | 'rerank'
  | 'file'
  | 'batch';
export type Operation = SpokenOperation | PassedOperation;

/** What the head tells: no content, checked lengths. Headers that are absent are undefined. */
export type CallHead = {
  readonly operation: Operation;
  readonly dialect: Dialect;
  /** The key as sent; verified by `tenant`, kept by nobody. */
  readonly keyText: string | undefined;
  /** The caller's network address. */
  readonly address: string;
  readonly session: string | undefined;
  readonly agent: string | undefined;
  readonly subject: string | undefined;
  readonly step: string | undefined;
  /** The step in `baggage`, where no header of ours says it. */
  readonly stepInTrace?: string | undefined;
  readonly sensitivity: DeclaredSensitivity | undefined;
  /** Where its data comes from, and what documents it holds, in the tenant's words. */
  readonly sources?: readonly string[] | undefined;
  /** Tools that its answer may call, and no other; empty: none. Undefined: not said. */
  readonly declaredTools?: readonly string[] | undefined;
  /** Of a document of the tenant, which says how far its data may go. */
  readonly consent?: string | undefined;
  readonly latencyBudgetMs: number | undefined;
  /** Calls that have to fit into it, this one among them; one where nothing is said. */
  readonly latencySteps?: number | undefined;
  /** What tools of those calls take of it altogether. Milliseconds; none where nothing is said. */
  readonly latencyToolsMs?: number | undefined;
  /** Between the caller and here and back, of each of those calls. Milliseconds. */
  readonly latencyNetworkMs?: number | undefined;
  /** Who waits for the answer, and how; undefined: not said. */
  readonly mode?: CallMode | undefined;
  readonly queueAllowed: boolean;
  readonly summaryWanted: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly idempotencyKey: string | undefined;
  readonly traceparent: string | undefined;
  /** Headers that may go on to an endpoint that lists them: name in lower case, value. */
  readonly forwardable: readonly (readonly [string, string])[];
};

/**
 * Of a call: somebody waits for it; nobody does; its tokens are shown as they come, and are to come
 * evenly.
 */
export type CallMode = 'interactive' | 'background' | 'streaming';

export type DeclaredSensitivity = { readonly label: Label; readonly kinds: readonly string[] };

/** A replacement inside the body: bytes [start, end) become `text`. Sorted, without overlap. */
export type Splice = { readonly start: number; readonly end: number; readonly text: string };

/** Of an operation that only passes: what its request is beside the bytes of its body. */
export type Passing = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** What follows the path of the operation, with the query: '', `/file-1/content`, `?limit=2`. */
  readonly below: string;
  /** Undefined: there is no body. */
  readonly contentType: string | undefined;
  /** A good answer is JSON, or bytes of any kind, or what its content type says. */
  readonly answers: 'json' | 'bytes' | 'either';
  /** It names no model: an endpoint is looked for, whatever it serves. */
  readonly modelless: boolean;
  /** It leaves state at the endpoint: it is not made twice, and not where nothing may be kept. */
  readonly stores: boolean;
  /** A model works for it: reading what is stored costs nothing. */
  readonly works: boolean;
  /** Answers with all that the credential can see, whoever made it. */
  readonly lists: boolean;
};

/** Of bytes; `end` is not in it. */
export type ByteRange = { readonly start: number; readonly end: number };

/**
 * Where content stands; `plain` is text as it stands, not text in JSON, `described` what describes
 * tools and formats.
 */
export type ContentRange = ByteRange & { readonly plain?: true; readonly described?: true };

/** How a request is built, without any of its words. */
export type Anatomy = {
  /** System prompt, tools, format of the answer, bounded: what a node of an agent always sends. */
  readonly identity: Uint8Array;
  /** Whose words stand last. */
  readonly last: 'user' | 'tool' | 'other';
  readonly turns: number;
  readonly toolResults: number;
  /** `choice`: a schema that lists the words allowed. */
  readonly format: 'text' | 'json' | 'schema' | 'choice';
  /** A tool must be called. */
  readonly toolForced: boolean;
};

/** The body with what deciding needs of it. */
export type Question = {
  readonly bytes: Uint8Array;
  readonly model: string;
  readonly stream: boolean;
  /** The caller asked for usage in the stream. */
  readonly usageWanted: boolean;
  /** Upper bound of output tokens that the caller set, for one answer. */
  readonly outputTokensMax: number | undefined;
  /** Answers to this one question: each may use the bound. */
  readonly answersWanted: number;
  /** A count by length: about four bytes a token. */
  readonly inputTokensEstimate: number;
  readonly toolsOffered: boolean;
  /** Parts that no text scanner can read: image, audio, file, URL. */
  readonly unreadableParts: boolean;
  /** Absent: it is read here, and may be carried. */
  readonly passing?: Passing | undefined;
  /** `previous_response_id`, `conversation`, or a file or batch: state that is held upstream. */
  readonly statefulReference: string | undefined;
  /** Files that an upstream holds and the content names; '' for one that nobody can know. */
  readonly fileReferences?: readonly string[];
  /** `metadata.session_id` of the body. */
  readonly sessionHint: string | undefined;
  /** `metadata.step` of the body. */
  readonly stepHint?: string | undefined;
  /** How it is built; absent: nothing here is said to a model that talks. */
  anatomy?(): Anatomy;
  /** Where in `bytes` its content stands, in order. */
  content(): readonly ContentRange[];
  /** The last instruction of the caller, at most 4,096 characters, for the rules of thumb. */
  lastInstruction(): string;
  /**
   * System prompt, tools and first user message: the bytes that name a session that has no header.
   */
  sessionBytes(prefix: string): Uint8Array;
  /**
   * The body for an upstream: another model name, usage asked for, storing forbidden; every other
   * byte as it came.
   */
  render(model: string, askUsage: boolean, storeNothing?: boolean): Uint8Array;
};

/**
 * What a call brings along that waited on disk while its node was stopped. It is asked everything
 * anew; what stands here only ever lowers what the documents allow now.
 */
export type Resumed = {
  readonly tenant: TenantName;
  readonly key: KeyName;
  /** The public part of its key, and the keyed hash of the rest: no key is kept. */
  readonly keyId: string;
  readonly keyMac: Uint8Array;
  readonly label: Label;
  /** What it was cleared for when it began to wait. */
  readonly bound: RecordedClearance;
  /** Milliseconds that it has waited, the time without a node among them. */
  readonly parkedMs: number;
  /** Held when the node died in the middle of an attempt: spent, as far as anybody knows. */
  readonly lostNanoUsd: bigint;
};

export type Call = {
  readonly id: RequestId;
  /** Unix milliseconds when the socket had the head. */
  readonly at: number;
  /** The same moment on the monotonic clock, milliseconds. */
  readonly arrived: number;
  readonly head: CallHead;
  /** Absent: nothing is traced, and the caller's `traceparent` goes on as it came. */
  readonly trace?: CallTrace | undefined;
  readonly resumed?: Resumed | undefined;
  /** Reads and decodes the body; called after the caller is known. `bytesMax` bounds it. */
  readonly body: (bytesMax: number) => Promise<Result<Question, Refusal>>;
};
