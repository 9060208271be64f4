// What the body of an error says, whatever its shape: objects with `error` in them or around them,
// lists, sentences, pages of a proxy. Reads facts alone; what they mean is asked elsewhere.
import type { Json } from '../canon/canon.ts';
import { countIn, isObject, listIn, member, textIn, tryParse } from '../canon/exact.ts';
import { durationMs, waitInText } from './duration.ts';

/** Longer bodies are no error of a model server; their beginning is enough. */
export const BODY_BYTES_MAX = 65_536;
/** Of a sentence, as passed on and as searched. */
export const MESSAGE_CHARACTERS_MAX = 500;
const SEARCHED_CHARACTERS_MAX = 2_000;
const WORD_CHARACTERS_MAX = 100;
const DEPTH_MAX = 4;

export type Shape = {
  /** One line; undefined: none. Never what the model wrote or the caller sent beside it. */
  readonly message: string | undefined;
  /** Types, codes, reasons, from the most exact to the vaguest, lower case. */
  readonly words: readonly string[];
  /** As the provider spells the first of them. */
  readonly type: string | undefined;
  /** Everything said, for patterns. */
  readonly searched: string;
  /** A status that the body tells, where HTTP's says nothing. */
  readonly status: number | undefined;
  readonly waitMs: number | undefined;
  readonly tokens: number | undefined;
  readonly limit: number | undefined;
};

/** Gathered while walking; the first message is the nearest one. */
type Gathered = {
  messages: string[];
  codes: string[];
  types: string[];
  status: number | undefined;
  waitMs: number | undefined;
  tokens: number | undefined;
  limit: number | undefined;
};

const decoder = new TextDecoder();

export function readShape(body: Uint8Array): Shape {
  const text = decoder.decode(body.subarray(0, BODY_BYTES_MAX)).trim();
  const parsed = text.startsWith('{') || text.startsWith('[') ? tryParse(text) : undefined;
  return shapeOf(parsed ?? (text.startsWith('<') ? page(text) : plain(text)));
}

/** The same of what is parsed already. */
export function shapeOf(body: Json): Shape {
  const gathered: Gathered = {
    messages: [],
    codes: [],
    types: [],
    status: undefined,
    waitMs: undefined,
    tokens: undefined,
    limit: undefined,
  };
  gather(body, gathered, 0);
  const written = [...gathered.codes, ...gathered.types];
  const searched = [...gathered.messages, ...written].join('\n').slice(0, SEARCHED_CHARACTERS_MAX);
  return {
    message: gathered.messages.map(line).find((one) => one !== ''),
    words: [...new Set(written.map((word) => word.toLowerCase()))],
    type: written[0],
    searched,
    status: gathered.status,
    waitMs: gathered.waitMs ?? waitInText(searched),
    tokens: gathered.tokens,
    limit: gathered.limit,
  };
}

function gather(value: Json | undefined, into: Gathered, depth: number): void {
  if (value === undefined || value === null || depth > DEPTH_MAX) return;
  if (typeof value === 'string') {
    if (value !== '') into.messages.push(value);
    return;
  }
  if (Array.isArray(value)) {
    // One error wrapped in a list, or several: the first speaks, the others are searched.
    for (const one of value.slice(0, 8)) gather(one, into, depth + 1);
    return;
  }
  if (!isObject(value)) return;
  const inner = errorIn(value);
  // Beside an error in a string, `code` is a sentence of its own, and the text says more.
  if (inner !== undefined && inner !== null) gather(inner, into, depth + 1);
  for (const key of MESSAGE_KEYS) {
    gather(member(value, key), into, depth + 1);
  }
  // Before the words around them: a reason says more than the status it stands under.
  details(value, into);
  words(value, into);
  numbers(value, into);
  behind(value, into, depth);
}

/** `fault` is what gates in front of servers write. */
function errorIn(value: Json): Json | undefined {
  const own = member(value, 'error') ?? member(value, 'fault');
  return own ?? member(member(value, 'response'), 'error');
}

const MESSAGE_KEYS = [
  ...['message', 'Message', 'msg', 'detail', 'errors', 'error_description', 'faultstring', 'title'],
];

function words(value: Json, into: Gathered): void {
  for (const key of ['code', 'status', 'reason', '__type', 'error_code', 'errorcode']) {
    word(member(value, key), into.codes);
  }
  word(member(member(value, 'innererror'), 'code'), into.codes);
  for (const key of ['type', 'error_type']) word(member(value, key), into.types);
}

/** `com.amazon.coral#Throttling`: what stands after the mark. Numbers are statuses, not words. */
function word(value: Json | undefined, into: string[]): void {
  if (typeof value !== 'string' || value === '' || value.length > WORD_CHARACTERS_MAX) return;
  if (!/^\d{3}$/.test(value)) into.push(value.slice(value.lastIndexOf('#') + 1));
}

function numbers(value: Json, into: Gathered): void {
  for (const key of ['code', 'status', 'statusCode', 'status_code', 'raw_status_code']) {
    const found = member(value, key);
    const status = typeof found === 'string' ? Number(found) : found;
    if (typeof status === 'number' && status >= 400 && status < 600) into.status ??= status;
  }
  into.tokens ??= countIn(value, 'n_prompt_tokens');
  into.limit ??= countIn(value, 'n_ctx');
  for (const key of ['retry_after', 'retryAfter', 'estimated_time', 'retry_after_seconds']) {
    const wait = member(value, key);
    if (typeof wait === 'number' && wait >= 0) into.waitMs ??= durationMs(String(wait));
  }
}

/** `google.rpc`: reasons, quotas and the wait stand in a list of typed objects. */
function details(value: Json, into: Gathered): void {
  for (const one of listIn(value, 'details') ?? []) {
    word(member(one, 'reason'), into.codes);
    const delay = textIn(one, 'retryDelay');
    if (delay !== undefined) into.waitMs ??= durationMs(delay);
    for (const violation of listIn(one, 'violations') ?? []) {
      word(member(violation, 'quotaId'), into.types);
    }
  }
}

/** A router tells what the server behind it said, and whether a filter stood in the way. */
function behind(value: Json, into: Gathered, depth: number): void {
  const metadata = member(value, 'metadata');
  if ((listIn(metadata, 'reasons') ?? []).length > 0) into.codes.push('moderation');
  const raw = member(metadata, 'raw');
  if (raw === undefined) return;
  gather(typeof raw === 'string' ? (tryParse(raw) ?? raw) : raw, into, depth + 1);
}

/** Of a page the title alone: the rest is decoration. */
function page(text: string): Json {
  const title = /<title[^>]{0,100}>([^<]{1,200})<\/title>/i.exec(text)?.[1];
  return title === undefined ? 'a page instead of an answer' : `a page of HTML: ${title.trim()}`;
}

const plain = (text: string): Json => text.slice(0, SEARCHED_CHARACTERS_MAX);

/** What looks like a key, an account or a digest: providers repeat parts of the credential. */
const MASKED = String.raw`\S{0,64}\*{3,64}\S{0,64}`;
const LETTERS_AND_DIGITS = String.raw`(?=[A-Za-z]{0,60}\d)(?=\d{0,60}[A-Za-z])[A-Za-z0-9]{20,512}`;
const SECRET_RUN = new RegExp(`${MASKED}|(?<![A-Za-z0-9])${LETTERS_AND_DIGITS}`, 'g');

function line(text: string): string {
  const start = text.slice(0, SEARCHED_CHARACTERS_MAX);
  // Characters that are no text have no place in a header, a log or a terminal.
  const clean = start
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .replace(SECRET_RUN, '…');
  const points = [...clean.slice(0, MESSAGE_CHARACTERS_MAX + 1)];
  if (points.length <= MESSAGE_CHARACTERS_MAX) return clean;
  return `${points.slice(0, MESSAGE_CHARACTERS_MAX - 1).join('')}…`;
}
