// Numbers, money and times as people read them. Unknown is a dash with a word for it, never 0.

export const UNKNOWN = '–';

const LOCALE: string | undefined = undefined;
const COUNT: Intl.NumberFormat = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const SHORT: Intl.NumberFormat = new Intl.NumberFormat(LOCALE, {
  notation: 'compact',
  maximumFractionDigits: 1,
});
const CENTS: Intl.NumberFormat = new Intl.NumberFormat(LOCALE, {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});
const SHORT_FROM = 100_000;
const MICRO = 1_000_000;

export const count = (value: number): string =>
  value >= SHORT_FROM ? SHORT.format(value) : COUNT.format(value);

export const exactCount = (value: number): string => COUNT.format(value);

/** Dollars from micro-USD: cents for what has them, else as many digits as say something. */
export function money(microUsd: number): string {
  const sign = microUsd < 0 ? '−' : '';
  const size = Math.abs(microUsd);
  if (size === 0) return '$0';
  const usd = size / MICRO;
  if (usd >= SHORT_FROM) return `${sign}$${SHORT.format(usd)}`;
  if (usd >= 1) return `${sign}$${CENTS.format(usd)}`;
  return `${sign}$${trimmed(usd.toFixed(6), usd >= 0.01 ? 4 : 6)}`;
}

/** For an axis: `$5`, not `$5.00`. */
export const shortMoney = (microUsd: number): string => money(microUsd).replace(/\.00$/, '');

/** Dollars for a row: to the micro-dollar. */
export function rowMoney(usd: string | undefined): string {
  if (usd === undefined) return UNKNOWN;
  const micro = Math.round(Number(usd) * MICRO);
  return micro === 0 && Number(usd) > 0 ? '<$0.000001' : money(micro);
}

/** Dollars as the server wrote them, without the zeros that say nothing. */
export function exactMoney(usd: string | undefined): string {
  if (usd === undefined) return UNKNOWN;
  const [whole = '0', fraction = ''] = usd.replace('-', '').split('.');
  const kept = fraction.replace(/0+$/, '');
  const sign = usd.startsWith('-') ? '−' : '';
  return kept === '' ? `${sign}$${whole}` : `${sign}$${whole}.${kept.padEnd(2, '0')}`;
}

function trimmed(text: string, decimals: number): string {
  const [whole = '0', fraction = ''] = text.split('.');
  const kept = fraction.slice(0, decimals).replace(/0+$/, '');
  return kept === '' ? whole : `${whole}.${kept.padEnd(2, '0')}`;
}

export function duration(ms: number): string {
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

export const share = (part: number, whole: number): string =>
  whole === 0 ? UNKNOWN : percent(part / whole);

function percent(value: number): string {
  const hundredths = value * 100;
  if (hundredths > 0 && hundredths < 0.1) return '<0.1 %';
  const isWhole = hundredths >= 10 || hundredths === 0;
  return `${isWhole ? Math.round(hundredths) : hundredths.toFixed(1)} %`;
}

const STEPS: readonly (readonly [ms: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
];
const RELATIVE: Intl.RelativeTimeFormat = new Intl.RelativeTimeFormat(LOCALE, {
  numeric: 'always',
  style: 'narrow',
});

export function ago(at: number, now: number): string {
  const past = Math.max(0, now - at);
  for (const [ms, unit] of STEPS) {
    if (past >= ms) return RELATIVE.format(-Math.floor(past / ms), unit);
  }
  return 'now';
}

const CLOCK: Intl.DateTimeFormat = new Intl.DateTimeFormat(LOCALE, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const MINUTE: Intl.DateTimeFormat = new Intl.DateTimeFormat(LOCALE, {
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});
const DAY: Intl.DateTimeFormat = new Intl.DateTimeFormat(LOCALE, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
});

export const clockTime = (at: number): string => CLOCK.format(at);
export const minuteTime = (at: number): string => MINUTE.format(at);
export const dayTime = (at: number): string => DAY.format(at);

/** A day of UTC, with its year. */
export const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The same moment wherever it is read. */
export const utc = (at: number): string =>
  `${new Date(at).toISOString().replace('T', ' ').slice(0, 23)} UTC`;
