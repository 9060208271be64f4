// Axes with round numbers.

const TICKS = 3;
const NICE = [1, 2, 2.5, 5, 10];

/** Round steps from 0 to something above the highest value. */
export function valueTicks(highest: number, whole: boolean): readonly number[] {
  if (highest <= 0) return [0, 1];
  const rough = highest / TICKS;
  // A power of ten by its digits: 0.004 has exponent -3.
  const exponent = Number(rough.toExponential().split('e')[1]);
  const scale = 10 ** exponent;
  const found = NICE.map((one) => one * scale).find((one) => one >= rough) ?? rough;
  const step = whole ? Math.max(1, Math.ceil(found)) : found;
  const count = Math.ceil(highest / step);
  return Array.from({ length: count + 1 }, (_, at) => at * step);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12, 24, 48].map((hours) => hours * HOUR),
];

export type TimeTick = { readonly at: number; readonly day: boolean };

/** Round moments of the reader's own day; @param countMax how many there is room for. */
export function timeTicks(from: number, to: number, countMax: number): readonly TimeTick[] {
  const rough = (to - from) / Math.max(1, countMax);
  const step = TIME_STEPS.find((one) => one >= rough) ?? 7 * 24 * HOUR;
  const offset = new Date(from).getTimezoneOffset() * MINUTE;
  const first = Math.ceil((from - offset) / step) * step + offset;
  const ticks: TimeTick[] = [];
  for (let at = first; at < to && ticks.length <= countMax; at += step) {
    ticks.push({ at, day: step >= 24 * HOUR });
  }
  return ticks;
}
