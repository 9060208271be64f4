/** A text that values come from, and the places of the values in it. */
import type { Path } from '@signalbox/documents';

/**
 * Who wrote a text. Only the operator's own files may run commands, read files, name private
 * addresses or attest tiers; a tenant's document speaks about that tenant alone.
 */
export type Owner =
  | { readonly kind: 'operator' }
  | { readonly kind: 'console' }
  | { readonly kind: 'tenant'; readonly tenant: string }
  /** Somebody is writing it: it stands for the document of its name, wherever that is kept. */
  | { readonly kind: 'draft' };

export interface Source {
  /** File name, or the name of the variable or flag. */
  readonly name: string;
  readonly kind: 'file' | 'environment' | 'flag';
  readonly owner: Owner;
  readonly text: string;
  /** Offset of the first character of every line. */
  readonly lineStarts: readonly number[];
}

/** Offsets into the text: from the first character to behind the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Spot {
  readonly source: Source;
  readonly key: Span;
  readonly value: Span;
}

export type Tree = null | boolean | number | string | TreeList | TreeMap;
export type TreeList = readonly Tree[];
/** Without a prototype, so that a key is there only when somebody wrote it. */
export type TreeMap = { readonly [key: string]: Tree };

export const OPERATOR: Owner = { kind: 'operator' };

export function makeSource(
  name: string,
  text: string,
  more: { readonly kind?: Source['kind']; readonly owner?: Owner } = {},
): Source {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    lineStarts.push(at + 1);
  }
  return { name, text, lineStarts, kind: more.kind ?? 'file', owner: more.owner ?? OPERATOR };
}

/** Line and column, both from 1. */
export function positionOf(source: Source, offset: number): { line: number; column: number } {
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((source.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (source.lineStarts[low] ?? 0) + 1 };
}

export function isMap(tree: Tree | undefined): tree is TreeMap {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree);
}

export function isList(tree: Tree | undefined): tree is TreeList {
  return Array.isArray(tree);
}

/** An empty mapping to write into, without a prototype. */
export function newMap(): { [key: string]: Tree } {
  const made: { [key: string]: Tree } = Object.create(null);
  return made;
}

/**
 * Where the values of a tree were written. Places hang on the mapping or list that holds a value,
 * so they stay true when trees of several files are joined.
 */
export class Places {
  readonly #spots = new WeakMap<object, Map<string, Spot>>();

  note(holder: TreeMap | TreeList, key: string | number, spot: Spot): void {
    const spots = this.#spots.get(holder) ?? new Map<string, Spot>();
    spots.set(String(key), spot);
    this.#spots.set(holder, spots);
  }

  at(holder: TreeMap | TreeList, key: string | number): Spot | undefined {
    return this.#spots.get(holder)?.get(String(key));
  }

  /** The place of a path, or of the nearest thing around it that was written. */
  find(root: Tree, path: Path): Spot | undefined {
    return this.locate(root, path).spot;
  }

  /** The same, and whether it is the place of the path itself. */
  locate(root: Tree, path: Path): { readonly spot: Spot | undefined; readonly exact: boolean } {
    let tree: Tree | undefined = root;
    let found: Spot | undefined;
    for (const key of path) {
      if (!isMap(tree) && !isList(tree)) return { spot: found, exact: false };
      const spot = this.at(tree, key);
      // What was put in from elsewhere may stand in a section that nobody wrote.
      if (spot !== undefined) found = spot;
      tree = childOf(tree, key);
    }
    return { spot: found, exact: tree !== undefined };
  }
}

export function childOf(tree: TreeMap | TreeList, key: string | number): Tree | undefined {
  if (isList(tree)) return tree[Number(key)];
  return Object.hasOwn(tree, key) ? tree[String(key)] : undefined;
}

export function treeAt(tree: Tree, path: Path): Tree | undefined {
  let at: Tree | undefined = tree;
  for (const key of path) {
    if (!isMap(at) && !isList(at)) return undefined;
    at = childOf(at, key);
  }
  return at;
}

/** Every path of a pattern that was written: `*` is one name or place, `#` one place of a list. */
export function pathsOf(tree: Tree, pattern: readonly string[]): readonly Path[] {
  return pathsFrom(tree, pattern, []);
}

function pathsFrom(
  tree: Tree | undefined,
  pattern: readonly string[],
  base: Path,
): readonly Path[] {
  const [first, ...rest] = pattern;
  if (first === undefined) return tree === undefined ? [] : [base];
  if (isList(tree)) {
    if (first !== '*' && first !== '#') return [];
    return tree.flatMap((one, index) => pathsFrom(one, rest, [...base, index]));
  }
  if (!isMap(tree) || first === '#') return [];
  const keys = first === '*' ? Object.keys(tree) : [first];
  return keys.flatMap((key) => pathsFrom(childOf(tree, key), rest, [...base, key]));
}
