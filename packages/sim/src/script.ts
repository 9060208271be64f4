// What the sim is told to do with one request beside answering it: pace, wrongness, faults.
// One small language serves the header, the prompt directive, the endpoint and the program:
// words and `word=value` pairs between commas, `latency-first=50,tokens=200,fault=die-after:10`.
// `fault=NAME:VALUE` is another way to write `NAME=VALUE`. README.md lists every word.
import type { Problem, Result } from './problem.ts';
import { accept, invalid, refuse } from './problem.ts';

export type Script = {
  readonly latencyFirstMs?: number;
  readonly latencyTokenMs?: number;
  /** Exactly this many tokens of text. */
  readonly tokens?: number;
  /** Exactly this text. */
  readonly text?: string;
  /** Calls this tool, offered or not. */
  readonly call?: string;
  /** The calls' arguments, valid JSON or not. */
  readonly args?: string;
  readonly sure?: boolean;
  readonly right?: boolean;
  /** The model that the answer claims to come from. */
  readonly model?: string;
  readonly finish?: string;
  readonly cachedTokens?: number;
  readonly reasoningTokens?: number;
  readonly usage?: 'none' | 'every-chunk';
  /** Of a model that wants to be asked otherwise: manners.ts. */
  readonly noSystem?: true;
  readonly noTools?: true;
  readonly noFormat?: true;
  /** Tokens that fit into its context, where that is fewer than the model's own. */
  readonly contextTokens?: number;

  readonly status?: number;
  readonly code?: string;
  readonly retryAfterS?: number;
  readonly retryAfterMs?: number;
  readonly headers?: readonly (readonly [string, string])[];
  readonly redirect?: string;
  readonly html502?: true;

  readonly down?: true;
  readonly hang?: true;
  readonly endlessHeaders?: true;
  readonly dieAfter?: number;
  readonly silentAfter?: number;
  readonly errorAfter?: number;
  readonly malformedAfter?: number;
  readonly truncate?: true;
  readonly noDone?: true;
  readonly twoFinish?: true;
  readonly comments?: true;
  readonly crlf?: true;
  readonly slowByteMs?: number;
  readonly wrongContentType?: true;
  readonly gzip?: true;
  readonly gzipBombMiB?: number;
  readonly closeIdleMs?: number;
  readonly closeReused?: true;
};

export const scriptBytesMax = 8_192;
const waitMsMax = 600_000;
const tokensMax = 100_000;
const bombMiBMax = 4_096;
const headersMax = 16;

type Reader = (value: string | undefined) => Script | undefined;

/** Every word of the language; a reader answers undefined when the value does not fit the word. */
const words: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['latency-first', whole(waitMsMax, (latencyFirstMs) => ({ latencyFirstMs }))],
  ['latency-token', whole(waitMsMax, (latencyTokenMs) => ({ latencyTokenMs }))],
  ['tokens', whole(tokensMax, (tokens) => ({ tokens }))],
  ['text', text((value) => ({ text: value }))],
  ['call', text((call) => ({ call }))],
  ['args', text((args) => ({ args }))],
  ['sure', flag({ sure: true })],
  ['unsure', flag({ sure: false })],
  ['right', flag({ right: true })],
  ['wrong', flag({ right: false })],
  ['model', text((model) => ({ model }))],
  ['finish', text((finish) => ({ finish }))],
  ['cached', whole(tokensMax, (cachedTokens) => ({ cachedTokens }))],
  ['reasoning', whole(tokensMax, (reasoningTokens) => ({ reasoningTokens }))],
  ['no-usage', flag({ usage: 'none' })],
  ['usage-every-chunk', flag({ usage: 'every-chunk' })],
  ['no-system', flag({ noSystem: true })],
  ['no-tools', flag({ noTools: true })],
  ['no-format', flag({ noFormat: true })],
  ['context', whole(tokensMax, (contextTokens) => ({ contextTokens }))],
  ['status', status],
  ['code', text((code) => ({ code }))],
  ['retry-after', whole(waitMsMax, (retryAfterS) => ({ retryAfterS }))],
  ['retry-after-ms', whole(waitMsMax, (retryAfterMs) => ({ retryAfterMs }))],
  ['header', header],
  ['redirect', text((redirect) => (isHeaderText(redirect) ? { redirect } : undefined))],
  ['html-502', flag({ html502: true })],
  ['down', flag({ down: true })],
  ['hang', flag({ hang: true })],
  ['endless-headers', flag({ endlessHeaders: true })],
  ['die-after', whole(tokensMax, (dieAfter) => ({ dieAfter }))],
  ['silent-after', whole(tokensMax, (silentAfter) => ({ silentAfter }))],
  ['error-in-stream', whole(tokensMax, (errorAfter) => ({ errorAfter }), 1)],
  ['malformed-json', whole(tokensMax, (malformedAfter) => ({ malformedAfter }), 1)],
  ['truncate', flag({ truncate: true })],
  ['no-done', flag({ noDone: true })],
  ['two-finish', flag({ twoFinish: true })],
  ['comments', flag({ comments: true })],
  ['crlf', flag({ crlf: true })],
  ['slow-bytes', whole(waitMsMax, (slowByteMs) => ({ slowByteMs }), 1_000)],
  ['wrong-content-type', flag({ wrongContentType: true })],
  ['gzip', flag({ gzip: true })],
  ['gzip-bomb', whole(bombMiBMax, (gzipBombMiB) => ({ gzipBombMiB }), 256)],
  ['close-idle', whole(waitMsMax, (closeIdleMs) => ({ closeIdleMs }), 0)],
  ['close-reused', flag({ closeReused: true })],
]);

export const scriptWords: readonly string[] = [...words.keys()];

/** Reads a script; an unknown word or a value that does not fit is refused, never skipped. */
export function parseScript(source: string): Result<Script> {
  if (source.length > scriptBytesMax) return refuse(scriptProblem('it is too long'));
  let script: Script = {};
  for (const piece of source.split(',')) {
    const term = piece.trim();
    if (term === '') continue;
    const [name, value] = nameAndValue(term);
    const reader = words.get(name);
    if (!reader) return refuse(scriptProblem(`it has no word '${name.slice(0, 40)}'`));
    const read = reader(value);
    if (!read) return refuse(scriptProblem(`the value of '${name}' does not fit`));
    script = merged(script, read);
  }
  return accept(script);
}

/** The second script's words win; headers of both are sent. */
export function merged(first: Script, second: Script): Script {
  if (!first.headers || !second.headers) return { ...first, ...second };
  const headers = [...first.headers, ...second.headers].slice(0, headersMax);
  return { ...first, ...second, headers };
}

export function scriptProblem(reason: string): Problem {
  const known = `Words: ${scriptWords.join(', ')}.`;
  return invalid(`The sim cannot follow this script: ${reason}. ${known}`, 'x-sim', 'bad_script');
}

function nameAndValue(term: string): [string, string | undefined] {
  const equals = term.indexOf('=');
  if (equals < 0) return [term, undefined];
  const name = term.slice(0, equals);
  const value = term.slice(equals + 1);
  if (name !== 'fault') return [name, value];
  const colon = value.indexOf(':');
  return colon < 0 ? [value, undefined] : [value.slice(0, colon), value.slice(colon + 1)];
}

function flag(script: Script): Reader {
  return (value) => (value === undefined ? script : undefined);
}

function whole(max: number, make: (value: number) => Script, absent?: number): Reader {
  return (value) => {
    if (value === undefined) return absent === undefined ? undefined : make(absent);
    if (!/^\d{1,7}$/.test(value) || Number(value) > max) return undefined;
    return make(Number(value));
  };
}

/** Texts are percent-encoded, so that they may hold commas. */
function text(make: (value: string) => Script | undefined): Reader {
  return (value) => {
    try {
      return value === undefined ? undefined : make(decodeURIComponent(value));
    } catch {
      return undefined;
    }
  };
}

function status(value: string | undefined): Script | undefined {
  return value !== undefined && /^[2-5]\d\d$/.test(value) ? { status: Number(value) } : undefined;
}

function header(value: string | undefined): Script | undefined {
  const found = /^([\w-]{1,100}):(.*)$/.exec(value ?? '');
  const [, name, encoded] = found ?? [];
  if (name === undefined || encoded === undefined) return undefined;
  return text((decoded) => (isHeaderText(decoded) ? { headers: [[name, decoded]] } : undefined))(
    encoded,
  );
}

function isHeaderText(value: string): boolean {
  return /^[\x20-\x7e]*$/.test(value);
}
