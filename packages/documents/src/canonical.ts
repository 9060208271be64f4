/**
 * One text for one meaning: the same configuration gives the same characters, however its files
 * were ordered or laid out. Its digest is the version that records name. Where things were written
 * is not part of it.
 */
import type { Configuration } from './configuration.ts';

/** JSON with sorted keys; maps as sorted pairs, integers beyond JSON as text. Holds no secrets. */
export function canonicalConfiguration(configuration: Configuration): string {
  return write(configuration);
}

/** The same of a part: one document. */
export const canonicalText = (document: object): string => write(document);

function write(value: unknown): string {
  if (typeof value === 'bigint') return JSON.stringify(`${value}n`);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  const pairs = value instanceof Map ? mapPairs(value) : Object.entries(value);
  const kept = pairs.filter(([key, one]) => one !== undefined && key !== 'origin');
  kept.sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  return `{${kept.map(([key, one]) => `${JSON.stringify(key)}:${write(one)}`).join(',')}}`;
}

function mapPairs(map: ReadonlyMap<unknown, unknown>): [string, unknown][] {
  return [...map].map(([key, value]) => [String(key), value]);
}
