// Who can read a recording: the formats of `packages/dialect`, told apart by what a message holds.
// Recordings of other formats are counted and left alone.
import {
  anthropic,
  anthropicStreamReader,
  type Codec,
  cohere,
  completions,
  converse,
  isObject,
  type Json,
  listIn,
  member,
  ollama,
  ollamaGenerate,
  openai,
  responses,
  type ServerCodec,
  type StreamReader,
  streamReader,
  textIn,
  tryParse,
} from '@signalbox/dialect';
import { eventFraming, lineFraming } from '../../packages/dialect/src/canon/framing.ts';
import { gemini, streamReader as geminiReader } from '../../packages/dialect/src/gemini/gemini.ts';
import { streamReader as ollamaReader } from '../../packages/dialect/src/ollama/ollama.ts';
import { isFramed } from './lines.ts';

export type Speaker = {
  readonly name: string;
  /** Reads what servers answer. */
  readonly codec: Omit<ServerCodec, 'writeAsk'>;
  /** Of a format that callers speak too: reads what they ask, and writes answers. */
  readonly caller: Omit<Codec, 'writeAsk'> | undefined;
  /** Watches bytes that pass; of a format that servers alone speak none do. */
  readonly reader: (() => StreamReader) | undefined;
  readonly isStream: (message: Json) => boolean;
  readonly isWhole: (body: Json) => boolean;
  /** What a recorder leaves out at the end of a stream. */
  readonly end: string;
  /** Of the request's address, where a body alone does not say. */
  readonly path: RegExp;
};

type Caller = Omit<Codec, 'writeAsk'>;

const first = (value: Json, key: string): Json | undefined => listIn(value, key)?.[0];
const has = (value: Json | undefined, key: string): boolean => member(value, key) !== undefined;
const MESSAGE_TYPES = new Set(['message_start', 'content_block_start', 'content_block_delta']);

/** Usage alone stands in the last messages of some streams, and in other APIs of the vendor. */
const hasCandidates = (value: Json): boolean =>
  has(value, 'candidates') ||
  has(value, 'promptFeedback') ||
  (has(value, 'usageMetadata') && has(value, 'modelVersion'));

const CALLERS: readonly (Omit<Speaker, 'codec' | 'caller'> & { readonly codec: Caller })[] = [
  {
    name: 'responses',
    codec: responses,
    reader: () => streamReader('response', false),
    isStream: (message) => textIn(message, 'type')?.startsWith('response.') === true,
    isWhole: (body) => textIn(body, 'object') === 'response',
    end: '',
    path: /\/responses$/,
  },
  {
    name: 'anthropic',
    codec: anthropic,
    reader: anthropicStreamReader,
    isStream: (message) => MESSAGE_TYPES.has(textIn(message, 'type') ?? ''),
    isWhole: (body) => textIn(body, 'type') === 'message' && has(body, 'content'),
    end: '',
    path: /\/messages$/,
  },
  {
    name: 'gemini',
    codec: gemini,
    reader: geminiReader,
    isStream: hasCandidates,
    isWhole: hasCandidates,
    end: '',
    path: /:(streamG|g)enerateContent$/,
  },
  {
    name: 'completions',
    codec: completions,
    reader: () => streamReader('completion', false),
    isStream: (message) => has(first(message, 'choices'), 'text'),
    isWhole: (body) => has(first(body, 'choices'), 'text'),
    end: 'data: [DONE]\n\n',
    path: /\/v1\/completions$/,
  },
  {
    name: 'openai',
    codec: openai,
    reader: () => streamReader('chat', false),
    isStream: (message) => has(message, 'choices'),
    isWhole: (body) => isObject(member(first(body, 'choices'), 'message')),
    end: 'data: [DONE]\n\n',
    path: /\/chat\/completions$/,
  },
  {
    name: 'ollama',
    codec: ollama,
    reader: ollamaReader,
    isStream: (message) => has(message, 'done') && isObject(member(message, 'message')),
    isWhole: (body) => has(body, 'done') && isObject(member(body, 'message')),
    end: '',
    path: /\/api\/chat$/,
  },
  {
    name: 'ollama generate',
    codec: ollamaGenerate,
    reader: ollamaReader,
    isStream: (message) => has(message, 'done') && has(message, 'response'),
    isWhole: (body) => has(body, 'done') && has(body, 'response'),
    end: '',
    path: /\/api\/generate$/,
  },
];

const CONVERSED: readonly string[] = [
  ...['messageStart', 'contentBlockStart', 'contentBlockDelta', 'contentBlockStop'],
  ...['messageStop', 'metadata'],
];

const COHERE: ReadonlySet<string> = new Set([
  ...['message-start', 'content-start', 'content-delta', 'tool-plan-delta', 'message-end'],
  ...['tool-call-start', 'tool-call-delta'],
]);

/** Formats that servers alone speak. */
const SERVERS: readonly Speaker[] = [
  {
    name: 'converse',
    codec: converse,
    caller: undefined,
    reader: undefined,
    isStream: (message) => CONVERSED.some((name) => isObject(member(message, name))),
    isWhole: (body) => has(member(member(body, 'output'), 'message'), 'content'),
    end: '',
    path: /\/converse(?:-stream)?$/,
  },
  {
    name: 'cohere',
    codec: cohere,
    caller: undefined,
    reader: undefined,
    isStream: (message) => COHERE.has(textIn(message, 'type') ?? ''),
    isWhole: (body) => has(body, 'finish_reason') && isObject(member(body, 'message')),
    end: '',
    path: /\/v2\/chat$/,
  },
];

export const SPEAKERS: readonly Speaker[] = [
  ...CALLERS.map((one) => ({ ...one, caller: one.codec })),
  ...SERVERS,
];

export type Spoken =
  | { readonly kind: 'stream' | 'whole'; readonly speaker: Speaker }
  /** A bad status, or nothing but an error: of a stream, the message that holds it. */
  | { readonly kind: 'error'; readonly message?: Json }
  /** In none of our formats. */
  | { readonly kind: 'other' };

/** The first messages of a stream may say nothing of its format (a comment, a `ping`, an error). */
const MESSAGES_LOOKED_AT = 8;

export function spoken(status: number, bytes: Uint8Array, url: string | undefined): Spoken {
  const text = new TextDecoder().decode(bytes);
  const body = tryParse(text);
  if (status >= 400) return { kind: 'error' };
  if (body !== undefined) return ofWhole(body);
  const messages = messagesOf(text);
  const streaming = streamOf(messages);
  if (streaming !== undefined) return streaming;
  const path = url?.split('?')[0] ?? '';
  const byPath = text === '' ? undefined : SPEAKERS.find((one) => one.path.test(path));
  if (byPath !== undefined) return { kind: 'stream', speaker: byPath };
  const message = messages.find(isError);
  return message === undefined ? { kind: 'other' } : { kind: 'error', message };
}

function streamOf(messages: readonly Json[]): Spoken | undefined {
  for (const message of messages) {
    const speaker = SPEAKERS.find((one) => one.isStream(message));
    if (speaker !== undefined) return { kind: 'stream', speaker };
  }
  return undefined;
}

/** Of an answer that holds nothing else. */
function isError(value: Json): boolean {
  const error = member(value, 'error') ?? null;
  return error !== null && error !== '' && !has(value, 'object');
}

function ofWhole(body: Json): Spoken {
  const [answer, isList] = Array.isArray(body) ? [body[0] ?? null, true] : [body, false];
  if (isError(answer)) return { kind: 'error' };
  // One format streams the elements of one list.
  if (isList) return hasCandidates(answer) ? (streamOf([answer]) ?? OTHER) : OTHER;
  const speaker = SPEAKERS.find((one) => one.isWhole(answer));
  return speaker === undefined ? OTHER : { kind: 'whole', speaker };
}

const OTHER: Spoken = { kind: 'other' };

/** The first messages of a stream: events, lines, or the elements of a list. */
export function messagesOf(text: string, most: number = MESSAGES_LOOKED_AT): readonly Json[] {
  const list = text.trimStart().startsWith('[') ? tryParse(text) : undefined;
  if (Array.isArray(list)) return list.filter(isObject).slice(0, most);
  const framing = isFramed(text) ? eventFraming() : lineFraming();
  const found: Json[] = [];
  for (const { data } of [...framing.push(new TextEncoder().encode(text)), ...framing.end()]) {
    const value = tryParse(data);
    if (isObject(value)) found.push(value);
    if (found.length === most) break;
  }
  return found;
}
