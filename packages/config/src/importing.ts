/**
 * What importers of other formats share: values are put down with the place they came from, and
 * what has no meaning here is said, with its line.
 */
import type { Tier } from '@signalbox/contract';
import { closest, ENDPOINT_KINDS, type EndpointKind } from '@signalbox/documents';
import { type Notice, noticeAt } from './notice.ts';
import { type Problem, problemAt } from './problem.ts';
import {
  childOf,
  isMap,
  newMap,
  type Places,
  type Spot,
  type Tree,
  type TreeMap,
} from './source.ts';

export type Writable = { [key: string]: Tree };
export type Remark = { readonly message: string; readonly hint: string };

export interface Importing {
  readonly from: TreeMap;
  readonly places: Places;
  readonly problems: Problem[];
  readonly notices: Notice[];
  readonly tree: Writable;
}

/** What an importer makes of a file. */
export interface Imported {
  readonly tree: TreeMap;
  readonly problems: readonly Problem[];
  readonly notices: readonly Notice[];
}

export type Privacy = 'observe' | 'enforce';

/** How imported tenants start, and how one of them is told to enforce. */
export interface Start {
  readonly privacy: Privacy;
  /** The file that the import is written to; undefined: it is served as it is. */
  readonly writtenTo: string | undefined;
}

/** The tenant of a file that knows none. */
export const IMPORTED_TENANT = 'default';
export const IMPORTED_POLICY = 'imported';

export const TIER_WORDS: ReadonlyMap<string, Tier> = new Map([
  ['local', 1],
  ['private', 2],
  ['cloud', 3],
  ['frontier', 3],
]);

export interface Field {
  readonly written: TreeMap;
  readonly key: string;
  readonly as?: string;
}

export function importTierWord(importing: Importing, into: Writable, field: Field): void {
  const word = textAt(importing, field.written, field.key);
  if (word === undefined) return;
  const tier = TIER_WORDS.get(word);
  const spot = placeOf(importing, field.written, field.key);
  if (tier === undefined) refuse(importing, spot, tierRemark(word));
  else put(importing, into, { key: field.as ?? field.key, value: tier, spot });
}

export function copy(importing: Importing, into: Writable, field: Required<Field>): void {
  const value = childOf(field.written, field.key);
  if (value === undefined) return;
  put(importing, into, {
    key: field.as,
    value,
    spot: placeOf(importing, field.written, field.key),
  });
}

export interface Value {
  readonly key: string;
  readonly value: Tree;
  readonly spot: Spot | undefined;
}

export function put(importing: Importing, into: Writable, { key, value, spot }: Value): void {
  into[key] = value;
  if (spot !== undefined) importing.places.note(into, key, spot);
}

export function section(importing: Importing, noun: string, spot: Spot | undefined): Writable {
  const made = newMap();
  put(importing, importing.tree, { key: noun, value: made, spot });
  return made;
}

export function leaveBehind(
  importing: Importing,
  written: TreeMap,
  known: readonly string[],
  prefix: string,
): void {
  for (const key of Object.keys(written)) {
    if (known.includes(key)) continue;
    const message = 'is not carried over: it has no meaning here';
    importing.notices.push(noticeAt(placeOf(importing, written, key), prefix + key, message));
  }
}

export function mapAt(importing: Importing, tree: TreeMap, key: string): TreeMap | undefined {
  const found = childOf(tree, key);
  if (found === undefined || found === null || isMap(found)) return found ?? undefined;
  refuse(importing, placeOf(importing, tree, key), {
    message: 'must be a mapping',
    hint: 'write each name on a line of its own, with `:` behind it',
  });
  return undefined;
}

export function textAt(importing: Importing, tree: TreeMap, key: string): string | undefined {
  const found = childOf(tree, key);
  if (found === undefined || typeof found === 'string') return found;
  refuse(importing, placeOf(importing, tree, key), {
    message: 'must be text',
    hint: 'write one word, in quotes where it is a number',
  });
  return undefined;
}

export function refuse(
  importing: Importing,
  spot: Spot | undefined,
  remark: Remark,
  at: 'key' | 'value' = 'value',
): void {
  importing.problems.push(problemAt(spot, at, remark));
}

export function tierRemark(word: string): Remark {
  const near = closest(word, TIER_WORDS.keys());
  const hint = near === undefined ? 'write local, private or cloud' : `did you mean \`${near}\`?`;
  return { message: `\`${word}\` is no tier`, hint };
}

/** Says of a tenant that it refuses nothing yet, with the command that changes this. */
export function tellObserving(
  importing: Importing,
  { privacy, writtenTo }: Start,
  { name, spot }: { readonly name: string; readonly spot: Spot | undefined },
): void {
  if (privacy === 'enforce') return;
  const command = `signalbox tenant set ${name} --privacy enforce`;
  const way =
    writtenTo === undefined
      ? `with: ${command}`
      : `by \`privacy: enforce\` in ${writtenTo}; where this file runs as it is, with: ${command}`;
  const message =
    'starts in `privacy: observe`: it labels and reports, and refuses nothing. ' +
    `Turn enforcement on ${way}`;
  importing.notices.push(noticeAt(spot, `tenants.${name}`, message));
}

export const placeOf = (importing: Importing, tree: TreeMap, key: string): Spot | undefined =>
  importing.places.at(tree, key);

export const isKind = (text: string): text is EndpointKind => Object.hasOwn(ENDPOINT_KINDS, text);
