// Times as upstreams write them: in headers, in fields and in sentences.
import type { ResetUnit } from './server-kind.ts';

/** Longer waits are a week: nobody plans beyond it, and it fits every timer that is chained. */
export const WAIT_MS_MAX = 604_800_000;

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const PLAIN = /^\d{1,15}(?:\.\d{1,15})?$/;
const PIECES = /^(?:\d{1,12}(?:\.\d{1,12})?(?:ms|s|m|h|d)){1,5}$/;
const PIECE = /(\d{1,12}(?:\.\d{1,12})?)(ms|s|m|h|d)/g;

/** "6m0s", "1.5s", "120ms"; a plain number is seconds. Undefined: no duration. */
export function durationMs(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  if (PLAIN.test(trimmed)) return bounded(Number(trimmed) * 1_000);
  if (!PIECES.test(trimmed)) return undefined;
  let ms = 0;
  for (const [, amount, unit] of trimmed.matchAll(PIECE)) {
    ms += Number(amount) * (UNIT_MS.get(unit ?? '') ?? 0);
  }
  return bounded(ms);
}

/** From `nowMs` (Unix) on, by what the header's unit is. */
export function resetMs(text: string, unit: ResetUnit, nowMs: number): number | undefined {
  const trimmed = text.trim();
  if (unit === 'duration') return durationMs(trimmed);
  if (unit === 'time') {
    // A number here would be read as a year.
    const at = /^\d{4}-\d\d-\d\dT/.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
    return Number.isNaN(at) ? undefined : bounded(at - nowMs);
  }
  if (!PLAIN.test(trimmed)) return undefined;
  const amount = Number(trimmed);
  if (unit === 'seconds') return bounded(amount * 1_000);
  if (unit === 'milliseconds') return bounded(amount);
  return bounded(amount * (unit === 'unix-seconds' ? 1_000 : 1) - nowMs);
}

/** `retry-after`: seconds, or a date of HTTP. */
export function retryAfterMs(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim();
  if (PLAIN.test(trimmed)) return bounded(Number(trimmed) * 1_000);
  if (!/^[A-Za-z]{3},? /.test(trimmed)) return durationMs(trimmed);
  const at = Date.parse(trimmed);
  return Number.isNaN(at) ? undefined : bounded(at - nowMs);
}

const AMOUNT = String.raw`\d{1,9}(?:\.\d{1,9})?`;
const UNITS = 'ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?';
const WAIT_TEXT = new RegExp(
  '(?:try again|retry|wait)(?: in| after| for)? (?:about )?' +
    String.raw`(${AMOUNT})\s?(${UNITS})(?![a-z])((?:${AMOUNT}(?:ms|s|m|h)){0,4})`,
  'i',
);

/** "Please try again in 7.66s", "retry after 20 seconds", "in 6m0s". */
export function waitInText(text: string): number | undefined {
  const found = WAIT_TEXT.exec(text);
  if (found === null) return undefined;
  const [, amount = '', word = '', rest = ''] = found;
  const lower = word.toLowerCase();
  const unit = lower.startsWith('ms') || lower.startsWith('milli') ? 'ms' : lower.slice(0, 1);
  return durationMs(`${amount}${unit}${rest}`);
}

/** Whole milliseconds from 0, rounded up: who comes a little late is let in. */
const bounded = (ms: number): number => Math.min(WAIT_MS_MAX, Math.max(0, Math.ceil(ms)));
