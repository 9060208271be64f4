// The list as a file: one line a row, so that a diff of two versions shows prices and nothing else.
import { createHash } from 'node:crypto';
import {
  type PriceRow,
  type PriceSnapshot,
  SNAPSHOT_VERSION,
} from '../../packages/documents/src/prices-snapshot.ts';
import { RATE_FIELDS } from './statement.ts';

/** SHA-256 over the rows' lines: what a record's price version is an abbreviation of. */
export function digestOf(rows: readonly PriceRow[]): string {
  return sha256(rows.map(lineOf).join('\n'));
}

/** Keys in this order, others after them by name: a line is the same whoever built its value. */
const KEYS: readonly string[] = [
  'provider',
  'model',
  'from',
  'kind',
  'why',
  'above',
  ...RATE_FIELDS,
  'steps',
  'services',
  'omits',
  'by',
];

function lineOf(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => rank(a, b)));
  });
}

function rank(a: string, b: string): number {
  const left = KEYS.indexOf(a) + 1 || KEYS.length + 1;
  const right = KEYS.indexOf(b) + 1 || KEYS.length + 1;
  return left - right || (a < b ? -1 : 1);
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

export function snapshotOf(parts: Omit<PriceSnapshot, 'version' | 'digest'>): PriceSnapshot {
  return { version: SNAPSHOT_VERSION, digest: digestOf(parts.prices), ...parts };
}

export function textOf(snapshot: PriceSnapshot): string {
  const { version, digest, date, sources, disagreements, rounded, doubts, prices } = snapshot;
  return [
    '{',
    `"version":${version},`,
    `"digest":${JSON.stringify(digest)},`,
    `"date":${JSON.stringify(date)},`,
    `"sources":${list(sources)},`,
    `"disagreements":${list(disagreements)},`,
    `"rounded":${list(rounded)},`,
    `"doubts":${list(doubts)},`,
    `"prices":${list(prices)}`,
    '}',
    '',
  ].join('\n');
}

function list(values: readonly unknown[]): string {
  if (values.length === 0) return '[]';
  return `[\n${values.map(lineOf).join(',\n')}\n]`;
}
