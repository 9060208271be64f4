// When two answers say the same, and what chunks the bytes of one may come in.
import { isDeepStrictEqual } from 'node:util';
import { type Answer, tryParse } from '@signalbox/dialect';

/** Head fields are the context's where an upstream leaves them out; usage is told as 0 by some. */
export function told(answer: Answer): unknown {
  const { answers, usage, ended, error } = answer;
  const { cachedInputTokens = 0, reasoningTokens = 0, cacheWriteTokens = 0 } = usage ?? {};
  const counts =
    usage === undefined
      ? undefined
      : {
          input: usage.inputTokens,
          output: usage.outputTokens,
          cached: cachedInputTokens,
          reasoning: reasoningTokens,
          cacheWrite: cacheWriteTokens,
        };
  return { answers: answers.map(bare), counts, ended, error: error?.kind };
}

/** Without what a format adds of its own. */
function bare(one: Answer['answers'][number]): unknown {
  const parts = one.parts.map((part) => {
    if (part.kind === 'refusal' || part.kind === 'opaque') return part;
    const { extra: _, ...rest } = part;
    return rest.kind === 'call' ? { ...rest, arguments: written(rest.arguments) } : rest;
  });
  return { ...one, parts };
}

/** Formats with object arguments write them anew: blanks between them may be others. */
export function written(text: string): string {
  const value = tryParse(text);
  return value === undefined ? text : JSON.stringify(value);
}

export const same = (one: Answer, other: Answer): boolean =>
  isDeepStrictEqual(told(one), told(other));

/** Where two answers differ: the path and both values, cut short, never a text as a whole. */
export function difference(one: unknown, other: unknown, path = ''): string {
  if (isDeepStrictEqual(one, other)) return '';
  if (!isRecord(one) || !isRecord(other)) return `${path}: ${short(one)} is not ${short(other)}`;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  for (const key of keys) {
    const found = difference(one[key], other[key], path === '' ? key : `${path}.${key}`);
    if (found !== '') return found;
  }
  return `${path}: other keys`;
}

type Fields = { readonly [key: string]: unknown };
const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const SHOWN_CHARACTERS = 48;
const short = (value: unknown): string =>
  (JSON.stringify(value) ?? 'nothing').slice(0, SHOWN_CHARACTERS);

/** Chunks of `size` bytes; 0: of sizes that look random and are always the same. */
export function chunks(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  const out: Uint8Array[] = [];
  let state = 0x9e3779b9;
  for (let at = 0; at < bytes.length; ) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const end = at + (size === 0 ? 1 + ((state >>> 0) % 509) : size);
    out.push(bytes.subarray(at, end));
    at = end;
  }
  return out;
}

/** The same stream with its lines ended by CRLF. */
export const withReturns = (bytes: Uint8Array): Uint8Array =>
  new TextEncoder().encode(new TextDecoder().decode(bytes).replace(/\r?\n/g, '\r\n'));
