// Dollars, and times from now, as people write them on a command line.
import type { Asked } from '../command.ts';
import { misused } from '../exit.ts';

const MICRO_DIGITS = 6;
const AMOUNT = /^(\d{1,9})(?:\.(\d{1,6}))?$/;
const SPAN = /^(\d{1,5})(m|h|d)$/;
const MS_BY_UNIT: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `--budget-usd 12.50 --budget-per day`, as the admin API says it. */
export function budgetOf(asked: Asked): object | undefined {
  const amount = asked.text('budget-usd');
  const per = asked.text('budget-per');
  if (amount === undefined) {
    if (per === undefined) return undefined;
    throw misused('--budget-per goes with --budget-usd.');
  }
  return { amount_micro_usd: microUsdOf(amount), ...(per === undefined ? {} : { per }) };
}

export function microUsdOf(text: string): number {
  const [, whole, fraction = ''] = AMOUNT.exec(text) ?? [];
  if (whole === undefined) {
    throw misused(`\`${text}\` is no amount in dollars.`, 'Like 25 or 0.50.');
  }
  return Number(`${whole}${fraction.padEnd(MICRO_DIGITS, '0')}`);
}

/** An ISO 8601 date as it is, `90d` as the time that is so far from now. */
export function instantOf(text: string, nowMs: number): string {
  const [, count, unit = ''] = SPAN.exec(text) ?? [];
  if (count === undefined) return text;
  return new Date(nowMs + Number(count) * (MS_BY_UNIT[unit] ?? 0)).toISOString();
}

/** `30d` as the time that is so long ago; a day or an instant of ISO 8601 as it is, in UTC. */
export function pastOf(text: string, nowMs: number, flag: string): string {
  const [, count, unit = ''] = SPAN.exec(text) ?? [];
  const ms =
    count === undefined ? Date.parse(text) : nowMs - Number(count) * (MS_BY_UNIT[unit] ?? 0);
  if (Number.isNaN(ms)) throw misused(`${flag} takes 24h, 30d, 2026-03-01 or an instant in UTC.`);
  return new Date(ms).toISOString();
}
