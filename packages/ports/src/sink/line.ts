// One log line: what of an event and its fields may be written, and how.
//
// Fields are names, ids, sizes and codes; a few hold a sentence of our own or of the system. What
// is neither a string, a finite number nor a boolean is not written, nor is a text with blanks in a
// field that is for a name: it may be the content of a call. Long strings are cut, and what looks
// like a credential, or is one that was registered, is replaced: a last net under code that must
// not log such things in the first place.
import type { LogLevel } from '@signalbox/contract';

const STRING_CHARACTERS_MAX = 512;
const FIELDS_MAX = 32;
const NOT_LOGGED = '[not-logged]';

const FIELD = /^[a-zA-Z][\w.-]{0,63}$/;
/** No blanks, no quotes, no brackets of JSON. */
const NAME = /^[^\s"{}]*$/;
/** Hold sentences, or paths, in which blanks may stand. */
const SENTENCES: ReadonlySet<string> = new Set([
  ...['why', 'because', 'reason', 'detail', 'message', 'warning', 'advice'],
  ...['file', 'folder', 'path'],
]);
/** Shapes of keys and tokens: ours, `sk-…`, Google's, bearer values, JSON web tokens. */
const CREDENTIAL: RegExp = new RegExp(
  [
    'sbx_[a-z0-9]+_\\w{8,}',
    'sk-[\\w-]{8,}',
    'AIza[\\w-]{20,}',
    'Bearer\\s+\\S+',
    'eyJ[\\w-]{8,}\\.[\\w-]+\\.[\\w-]*',
  ]
    .map((shape) => `\\b${shape}`)
    .join('|'),
  'gi',
);

export type LogFields = Readonly<Record<string, string | number | boolean>>;

export type LogEvent = {
  /** Unix milliseconds. */
  readonly at: number;
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
};

/** @returns the line, and how many values were withheld because they looked like content. */
export function lineOf(
  { at, level, event, fields }: LogEvent,
  guarded: readonly string[],
): { readonly text: string; readonly withheld: number } {
  const when = new Date(at).toISOString();
  let text = `{"at":"${when}","level":"${level}","event":${quoted(event, guarded)}`;
  let left = FIELDS_MAX;
  let withheld = 0;
  for (const name in fields) {
    const value: unknown = fields[name];
    left -= 1;
    if (left < 0 || !FIELD.test(name)) continue;
    const isContent = typeof value === 'string' && !NAME.test(value) && !SENTENCES.has(name);
    if (isContent) withheld += 1;
    text += `,"${name}":${isContent ? `"${NOT_LOGGED}"` : written(value, guarded)}`;
  }
  return { text: `${text}}\n`, withheld };
}

function written(value: unknown, guarded: readonly string[]): string {
  if (typeof value === 'string') return quoted(value, guarded);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return `"${NOT_LOGGED}"`;
}

function quoted(value: string, guarded: readonly string[]): string {
  let text = value;
  for (const secret of guarded)
    if (text.includes(secret)) text = text.replaceAll(secret, '[secret]');
  text = text.replace(CREDENTIAL, '[secret]');
  if (text.length > STRING_CHARACTERS_MAX) text = `${text.slice(0, STRING_CHARACTERS_MAX)}…`;
  return JSON.stringify(text);
}
