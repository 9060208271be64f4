// What every dialect implements. A codec is pure and keeps no state of its own; streams have an
// object each. All work is linear in the bytes, whatever their chunking.
import type { Result } from '@signalbox/contract';
import type { Answer, AnswerEvent, Ask, Dropped, Json, UpstreamError, Wire } from './canon.ts';

/** Why a request of a caller cannot be read: the field and a sentence for its sender. */
export type BadAsk = { readonly param: string | undefined; readonly message: string };

/**
 * How an upstream differs from its dialect's reference. From the table of server kinds; absent
 * means: like the reference. Codecs read only this, never a provider's name.
 */
export type WriteQuirks = {
  /** The field for the bound of output tokens. */
  readonly outputTokensField?: 'max_tokens' | 'max_completion_tokens';
  /** Where structured output is asked for. */
  readonly schemaField?:
    | 'response_format'
    | 'structured_outputs'
    | 'format'
    | 'json_schema'
    | 'tool'
    | 'none';
  /** Where a grammar is asked for. */
  readonly grammarField?: 'grammar' | 'structured_outputs' | 'none';
  /** How thoughts of earlier turns are given back. */
  readonly thoughtField?: 'reasoning_content' | 'reasoning' | 'content_parts' | 'none';
  /** How effort is asked for. */
  readonly effortField?:
    | 'reasoning_effort'
    | 'reasoning'
    | 'thinking'
    | 'chat_template_kwargs'
    | 'none';
  /** Fields of the dialect that this server refuses or ignores; they count as dropped. */
  readonly lacks?: readonly string[];
  /** A tool's result may hold images. */
  readonly mediaInResults?: boolean;
  /** System instructions go into the conversation under this role. */
  readonly systemRole?: 'system' | 'developer';
  /** The server wants an output bound even when the caller said none. */
  readonly outputTokensDefault?: number;
  /** The model stands in the path, and the body names this version of the dialect instead. */
  readonly versionInBody?: string;
  /** A count of tokens takes the whole request, inside this field. */
  readonly countField?: string;
  /** Ids of tool calls must match this shape: they are renamed both ways. */
  readonly callIdShape?: 'nine-alphanumeric';
};

export type WriteTo = {
  /** The name that the upstream knows the model by. */
  readonly model: string;
  readonly quirks: WriteQuirks;
  /** Ask for usage in the stream although the caller did not. */
  readonly askUsage: boolean;
  /** Tokens that have to fit, where the format can ask for them; undefined: as it is. */
  readonly contextTokens?: number | undefined;
};

export type Written = { readonly body: Uint8Array; readonly dropped: Dropped };

/** Facts of the request that the answer's wire format repeats or depends on. */
export type AnswerContext = {
  /** The model as the caller named it. */
  readonly model: string;
  /** `chatcmpl-...`, `msg_...`: made by the caller of the codec when the upstream gave none. */
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly usageWanted: boolean;
  /** The request, where the format repeats it (responses). */
  readonly ask?: Ask;
};

/** Bytes of a stream into events. Tolerates any chunking, CRLF, comments, and what servers do. */
export interface StreamDecoder {
  push(chunk: Uint8Array): readonly AnswerEvent[];
  /**
   * The connection ended cleanly. Adds `end` only if the dialect's own was seen, or it has none.
   */
  end(): readonly AnswerEvent[];
}

/**
 * Events into bytes of a stream. A state machine: what comes in no order it can say is an error of
 * ours.
 */
export interface StreamEncoder {
  push(event: AnswerEvent): Uint8Array;
  /** What the format cannot say, up to now. */
  readonly dropped: Dropped;
}

/** Of a format in which servers are asked and answer. */
export type ServerCodec = Pick<Codec, 'writeAsk' | 'readWhole' | 'decoder'>;

export interface Codec {
  readonly wire: Wire;
  readAsk(body: Json): Result<Ask, BadAsk>;
  writeAsk(ask: Ask, to: WriteTo): Written;
  /** A whole answer with a good status, as events with `end`; an error inside a 200 as `error`. */
  readWhole(body: Json): readonly AnswerEvent[];
  writeWhole(answer: Answer, context: AnswerContext): Written;
  decoder(): StreamDecoder;
  encoder(context: AnswerContext): StreamEncoder;
  /** Reads the body of a bad status, whatever its shape. */
  readError(status: number, body: Uint8Array): UpstreamError;
  /** Content type of this format's streams. */
  readonly streamType: string;
}
