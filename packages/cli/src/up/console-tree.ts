// The written form of what the desk keeps: documents by name under their noun.
import { readFile } from 'node:fs/promises';
import type { WrittenDocument } from '@signalbox/control';
import type { Json } from '@signalbox/documents';
import { parse, stringify } from 'yaml';

export type KeptNoun = 'endpoints' | 'tenants' | 'keys' | 'consents';
export type ConsoleTree = { readonly [noun in KeptNoun]?: Documents };
type Documents = { readonly [name: string]: WrittenDocument };

export const CONSOLE_HEAD: string =
  '# Kept by Signalbox: what was changed through the admin API. Documents of the same name in a\n' +
  '# configuration file win over these. `signalbox config export` prints everything as one file.\n';

/** Throws when somebody has made another thing of it. */
export async function readTree(file: string): Promise<ConsoleTree> {
  const text = await readFile(file, 'utf8').catch(missing);
  const value: unknown = text === undefined ? {} : parse(text);
  if (!isTree(value)) throw new Error(`${file} is no mapping; remove it to begin anew.`);
  return {
    ...section(value, 'endpoints'),
    ...section(value, 'tenants'),
    ...section(value, 'keys'),
    ...section(value, 'consents'),
  };
}

/** Of the file that `signalbox endpoint add` keeps. */
export const OPERATOR_HEAD: string =
  '# Kept by `signalbox endpoint add` and `remove`, and read like a file of your own.\n';

export function textOfTree(tree: ConsoleTree, head: string): string {
  return (
    head + stringify({ version: 1, ...tree }, { lineWidth: 100, aliasDuplicateObjects: false })
  );
}

export const withDocument = (
  tree: ConsoleTree,
  noun: KeptNoun,
  name: string,
  document: WrittenDocument,
): ConsoleTree => ({ ...tree, [noun]: { ...tree[noun], [name]: document } });

export function without(tree: ConsoleTree, noun: KeptNoun, name: string): ConsoleTree {
  const { [name]: _gone, ...rest } = tree[noun] ?? {};
  return { ...tree, [noun]: rest };
}

type Tree = { readonly [key: string]: Json };

/** True of a mapping that a YAML parser made: it holds what JSON holds. */
export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function section(value: Tree, noun: KeptNoun): ConsoleTree {
  const found = value[noun];
  if (!isTree(found)) return {};
  const documents = Object.entries(found).filter((entry): entry is [string, Tree] =>
    isTree(entry[1]),
  );
  return { [noun]: Object.fromEntries(documents) };
}

function missing(cause: unknown): undefined {
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
}
