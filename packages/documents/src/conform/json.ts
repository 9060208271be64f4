/** JSON as a schema sees it: one text for one value, exact multiples, lengths in signs. */
import type { Json } from '../origin.ts';
import type { Work } from './work.ts';

export type JsonMap = { readonly [key: string]: Json };

export const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const own = (map: JsonMap, key: string): Json | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined;

/** Equal values have equal texts: keys are sorted, 1.0 is 1. */
export function textOf(value: Json, work: Work): string {
  work.left -= 1;
  if (typeof value === 'string') work.left -= value.length >> 6;
  if (work.left < 0) return '';
  if (Array.isArray(value)) return `[${value.map((one) => textOf(one, work)).join(',')}]`;
  if (!isMap(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  const pairs = keys.map(
    (key) => `${JSON.stringify(key)}:${textOf(own(value, key) ?? null, work)}`,
  );
  return `{${pairs.join(',')}}`;
}

/** Code points. */
export function signsIn(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Exact for the decimals as they are written: 0.0075 is a multiple of 0.0001. */
export function isMultiple(value: number, of: number): boolean {
  if (!Number.isFinite(value)) return false;
  if (Number.isSafeInteger(value) && Number.isSafeInteger(of)) return value % of === 0;
  const [digits, places] = decimalOf(value);
  const [step, stepPlaces] = decimalOf(of);
  const most = Math.max(places, stepPlaces);
  const whole = digits * 10n ** BigInt(most - places);
  return whole % (step * 10n ** BigInt(most - stepPlaces)) === 0n;
}

function decimalOf(value: number): readonly [digits: bigint, places: number] {
  const [, sign = '', whole = '0', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  const places = fraction.length - Number(exponent);
  const digits = BigInt(`${sign}${whole}${fraction}`);
  return places >= 0 ? [digits, places] : [digits * 10n ** BigInt(-places), 0];
}
