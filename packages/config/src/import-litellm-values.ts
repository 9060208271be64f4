/**
 * Values of a LiteLLM configuration: `os.environ/NAME` may stand for any of them. What is no secret
 * is looked up here; a secret stays a reference.
 */
import { readDurationMs } from './duration.ts';
import type { Variables } from './environment.ts';
import { type Importing, placeOf, refuse, type Start } from './importing.ts';
import { noticeAt } from './notice.ts';
import { childOf, isList, isMap, type Spot, type Tree, type TreeMap } from './source.ts';

/** The state of reading one file. */
export interface Litellm extends Importing {
  readonly start: Start;
  /** The file's own `environment_variables`, then the environment. */
  readonly variables: Variables;
}

/** A value and the place it comes from. */
export interface Stated<T> {
  readonly value: T;
  readonly spot: Spot | undefined;
}

/** Where a value stands: its mapping, its key, and its name for people. */
export interface At {
  readonly tree: TreeMap;
  readonly key: string;
  readonly path: string;
}

export const at = (tree: TreeMap, key: string, section: string): At => ({
  tree,
  key,
  path: section === '' ? key : `${section}.${key}`,
});

/** The name in `os.environ/NAME`. */
export function variableOf(value: Tree | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  return /^\s*os\.environ\/\s*(.*?)\s*$/s.exec(value)?.[1];
}

export function lookUp({ variables }: Litellm, name: string): string | undefined {
  const value = Object.hasOwn(variables, name) ? variables[name]?.trim() : undefined;
  return value === '' ? undefined : value;
}

export function note(litellm: Litellm, { tree, key, path }: At, message: string): void {
  litellm.notices.push(noticeAt(placeOf(litellm, tree, key), path, message));
}

/** The same about something that is not written: at the nearest place that is. */
export function noteAt(
  litellm: Litellm,
  { spot, path }: { readonly spot: Spot | undefined; readonly path: string },
  message: string,
): void {
  litellm.notices.push(noticeAt(spot, path, message));
}

export const leave = (litellm: Litellm, place: At, why: string): void =>
  note(litellm, place, `is not carried over: ${why}`);

/** A value with its reference followed; `null` is nothing. */
export function settledAt(litellm: Litellm, place: At): Tree | undefined {
  const written = childOf(place.tree, place.key) ?? undefined;
  const variable = variableOf(written);
  if (variable === undefined) return written;
  const value = lookUp(litellm, variable);
  if (value === undefined) leave(litellm, place, `\`${variable}\` is not set in the environment`);
  return value;
}

/** Text; a number stands for its digits. */
export function wordAt(litellm: Litellm, place: At): string | undefined {
  const value = settledAt(litellm, place);
  if (value === undefined || typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return refused(litellm, place, { message: 'must be text', hint: 'write one word, or in quotes' });
}

export function numberAt(litellm: Litellm, place: At): Stated<number> | undefined {
  const value = settledAt(litellm, place);
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const spot = placeOf(litellm, place.tree, place.key);
  if (typeof number === 'number' && Number.isFinite(number)) return { value: number, spot };
  return refused(litellm, place, { message: 'must be a number', hint: 'write digits' });
}

/** Milliseconds of what is written in seconds; the longest that there is, and no less than one. */
export function secondsAt(litellm: Litellm, place: At, mostMs: number): Stated<number> | undefined {
  const value = settledAt(litellm, place);
  if (value === undefined) return undefined;
  const ms = typeof value === 'object' ? undefined : readDurationMs(value);
  const spot = placeOf(litellm, place.tree, place.key);
  if (ms === undefined) {
    return refused(litellm, place, { message: 'is no duration', hint: 'write seconds: `30`' });
  }
  if (ms <= mostMs) return { value: Math.max(1, ms), spot };
  note(litellm, place, `is longer than there is; it is ${mostMs / 1_000} s here`);
  return { value: mostMs, spot };
}

/** Words of a list; one word is a list of it. */
export function wordsAt(litellm: Litellm, place: At): readonly string[] {
  const value = settledAt(litellm, place);
  if (value === undefined) return [];
  const list = isList(value) ? value : [value];
  const words = list.filter((one) => typeof one === 'string');
  if (words.length < list.length) {
    refused(litellm, place, { message: 'must be names', hint: 'write them as `[a, b]`' });
  }
  return words;
}

/** A list, or nothing. */
export function listAt(litellm: Litellm, place: At): readonly Tree[] {
  const value = childOf(place.tree, place.key) ?? [];
  if (isList(value)) return value;
  refused(litellm, place, { message: 'must be a list', hint: 'begin each entry with `- `' });
  return [];
}

/** A mapping of the file; an empty one where it is not written. */
export function sectionOf(litellm: Litellm, place: At): TreeMap {
  const value = childOf(place.tree, place.key) ?? undefined;
  if (value === undefined) return {};
  if (isMap(value)) return value;
  refused(litellm, place, {
    message: 'must be a mapping',
    hint: 'write each name on a line of its own, with `:` behind it',
  });
  return {};
}

function refused(
  litellm: Litellm,
  { tree, key }: At,
  remark: { readonly message: string; readonly hint: string },
): undefined {
  refuse(litellm, placeOf(litellm, tree, key), remark);
}
