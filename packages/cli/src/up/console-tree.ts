// The written form of what the desk keeps: documents by name under their noun, and those that
// people write as text, as they wrote them.
import { readFile } from 'node:fs/promises';
import { TEXT_NOUNS, type TextNoun, type WrittenDocument } from '@signalbox/control';
import type { Json } from '@signalbox/documents';
import { parse, stringify } from 'yaml';
import { listOfPrices, textsOfPrices } from '../configuration/kept-prices.ts';
import { below, textBelow } from '../configuration/written-text.ts';

export type KeptNoun = 'endpoints' | 'tenants' | 'keys' | 'consents';
export type ConsoleTree = { readonly [noun in KeptNoun]?: Documents } & {
  readonly texts?: Texts;
};
type Documents = { readonly [name: string]: WrittenDocument };
type Texts = { readonly [noun in TextNoun]?: { readonly [name: string]: string } };

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
    texts: Object.fromEntries(
      TEXT_NOUNS.map((noun) => [noun, textsOf(file, text ?? '', { noun, section: value[noun] })]),
    ),
  };
}

type Section = { readonly noun: TextNoun; readonly section: Json | undefined };

function textsOf(
  file: string,
  text: string,
  { noun, section: found }: Section,
): Readonly<Record<string, string>> {
  if (noun === 'prices') return textsOfPrices(text);
  if (!isTree(found)) return {};
  const texts = Object.keys(found).map((name) => {
    const own = textBelow(text, noun, name);
    if (own !== undefined) return [name, own] as const;
    throw new Error(`${file}: ${noun}.${name} leans on other parts of the file; write it out.`);
  });
  return Object.fromEntries(texts);
}

/** Of the file that `signalbox endpoint add` keeps. */
export const OPERATOR_HEAD: string =
  '# Kept by `signalbox endpoint add` and `remove`, and read like a file of your own.\n';

export function textOfTree({ texts = {}, ...tree }: ConsoleTree, head: string): string {
  const options = { lineWidth: 100, aliasDuplicateObjects: false };
  const { prices = {}, ...others } = texts;
  const listed = listOfPrices(prices);
  const list = listed.length === 0 ? {} : { prices: listed };
  const written = Object.entries(others).flatMap(([noun, named]) => {
    const entries = Object.entries(named);
    return entries.length === 0 ? [] : [`${noun}:\n`, ...entries.map((one) => below(...one))];
  });
  return head + stringify({ version: 1, ...tree, ...list }, options) + written.join('');
}

export function withText(
  tree: ConsoleTree,
  { noun, name }: { readonly noun: TextNoun; readonly name: string },
  text: string | undefined,
): ConsoleTree {
  const { [name]: _before, ...rest } = tree.texts?.[noun] ?? {};
  const own = text === undefined ? rest : { ...rest, [name]: text };
  return { ...tree, texts: { ...tree.texts, [noun]: own } };
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
