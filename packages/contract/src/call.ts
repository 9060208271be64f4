// A call as it arrives: first its head, from which alone the caller is known; then its body,
// bounded, as bytes with the few fields that deciding needs. Bytes stay bytes: nothing here holds a
// parsed body.
import type { RequestId } from './ids.ts';
import type { Refusal } from './refusal.ts';
import type { Result } from './result.ts';
import type { Label } from './tiers.ts';
import type { CallTrace } from './trace.ts';

/** What a caller speaks; the OpenAI dialect has two formats, told apart by the operation. */
export type Dialect = 'openai' | 'anthropic' | 'gemini' | 'ollama';
export type Operation = 'chat' | 'completion' | 'response' | 'embedding';

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
  readonly sensitivity: DeclaredSensitivity | undefined;
  readonly latencyBudgetMs: number | undefined;
  readonly queueAllowed: boolean;
  readonly summaryWanted: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly idempotencyKey: string | undefined;
  readonly traceparent: string | undefined;
  /** Headers that may go on to an endpoint that lists them: name in lower case, value. */
  readonly forwardable: readonly (readonly [string, string])[];
};

export type DeclaredSensitivity = { readonly label: Label; readonly kinds: readonly string[] };

/** A replacement inside the body: bytes [start, end) become `text`. Sorted, without overlap. */
export type Splice = { readonly start: number; readonly end: number; readonly text: string };

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
  /** `previous_response_id` or `conversation`: state that is held upstream. */
  readonly statefulReference: string | undefined;
  /** `metadata.session_id` of the body. */
  readonly sessionHint: string | undefined;
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

export type Call = {
  readonly id: RequestId;
  /** Unix milliseconds when the socket had the head. */
  readonly at: number;
  /** The same moment on the monotonic clock, milliseconds. */
  readonly arrived: number;
  readonly head: CallHead;
  /** Absent: nothing is traced, and the caller's `traceparent` goes on as it came. */
  readonly trace?: CallTrace | undefined;
  /** Reads and decodes the body; called after the caller is known. `bytesMax` bounds it. */
  readonly body: (bytesMax: number) => Promise<Result<Question, Refusal>>;
};
