/**
 * YAML text to a tree with places. Everything a hostile text may try has a bound here: its size,
 * its depth, what its aliases expand to. YAML 1.2, core schema; no tags, no second document, no
 * `__proto__`, no key twice; merge keys only in files of others, in which they are usual.
 */
import { Composer, type Document, isAlias, isMap, isScalar, isSeq } from 'yaml';
import { LEXEMES_MAX, lex } from './lex.ts';
import { type Problem, problemIn } from './problem.ts';
import {
  newMap,
  type Places,
  positionOf,
  type Source,
  type Span,
  type Tree,
  type TreeList,
  type TreeMap,
} from './source.ts';

/** 4 MiB of ASCII; ten thousand tenants take about one. */
export const FILE_CHARACTERS_MAX = 4_194_304;
export const DEPTH_MAX = 32;
/** Values of one file, those that aliases repeat counted each time. */
export const VALUES_MAX = 500_000;
const ERRORS_MAX = 100;

export interface Parsed {
  /** Undefined when the text is no YAML that can be read; an empty text is an empty mapping. */
  readonly tree: TreeMap | undefined;
  readonly problems: readonly Problem[];
  /** Keys at the top below which something was left out of the tree. */
  readonly lost: ReadonlySet<string>;
}

export function parseSource(source: Source, places: Places): Parsed {
  const refuse = (span: Span, message: string, hint: string): Parsed => ({
    tree: undefined,
    problems: [problemIn(source, span, { message, hint })],
    lost: NONE,
  });
  const start = { from: 0, to: 1 };
  if (source.text.length > FILE_CHARACTERS_MAX) {
    return refuse(start, `the file is larger than ${FILE_CHARACTERS_MAX} characters`, 'split it');
  }
  const lexed = lex(source.text, DEPTH_MAX);
  if (lexed.kind !== 'tokens') {
    const span = { from: lexed.offset, to: lexed.offset + 1 };
    if (lexed.kind === 'too-deep')
      return refuse(span, `nests deeper than ${DEPTH_MAX} levels`, FLATTEN);
    return refuse(span, `the file has more than ${LEXEMES_MAX} words and signs`, 'split it');
  }
  const composer = new Composer({ ...YAML_OPTIONS });
  const documents = [...composer.compose(lexed.tokens, true, source.text.length)];
  const [document, second] = documents;
  if (document === undefined) return refuse(start, 'the file cannot be read', LOOK_AGAIN);
  const problems = syntaxProblems(source, document);
  if (problems.length > 0) return { tree: undefined, problems, lost: NONE };
  if (second !== undefined) {
    const from = second.range[0];
    return refuse({ from, to: from + 3 }, 'holds a second document', 'one file, one document');
  }
  return build(document.contents, {
    source,
    places,
    problems: [],
    lost: new Set(),
    anchors: new Map(),
    values: 0,
    whole: true,
    merges: MERGING.test(source.text),
  });
}

/** In a file of ours a value stands where it is written. */
const MERGING = /^["']?model_list["']?\s*:/m;

const NONE: ReadonlySet<string> = new Set();
const FLATTEN = 'take a level out';
const LOOK_AGAIN = 'look at the indentation, quotes and brackets here and on the line above';

const YAML_OPTIONS = {
  version: '1.2',
  schema: 'core',
  uniqueKeys: false,
  prettyErrors: false,
  merge: false,
  resolveKnownTags: false,
} as const;

function syntaxProblems(source: Source, document: Document.Parsed): Problem[] {
  const version = document.directives.yaml;
  const old = version.explicit === true && version.version !== '1.2';
  const found = [...document.errors, ...document.warnings].slice(0, ERRORS_MAX).map((error) => {
    const [from, to] = error.pos;
    const message = `not readable as YAML: ${error.message}`;
    return problemIn(source, { from, to }, { message, hint: LOOK_AGAIN });
  });
  if (!old) return found;
  const message = 'is written in another version of YAML; 1.2 is read';
  const hint = 'remove the line that begins with `%YAML`';
  return [problemIn(source, { from: 0, to: 5 }, { message, hint }), ...found];
}

interface Building {
  readonly source: Source;
  readonly places: Places;
  readonly problems: Problem[];
  readonly lost: Set<string>;
  readonly anchors: Map<string, Built>;
  values: number;
  /** False when a bound or an alias has cut something off: what is left means nothing. */
  whole: boolean;
  /** `<<` takes over the keys of another mapping. */
  readonly merges: boolean;
}

interface Built {
  readonly tree: Tree;
  readonly values: number;
  readonly height: number;
}

function build(contents: unknown, state: Building): Parsed {
  const { source, problems, lost } = state;
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    return { tree: newMap(), problems: [], lost };
  }
  const { tree } = convert(contents, state, 0);
  const mapping = isTreeMap(tree);
  if (!mapping && problems.length === 0) {
    const message = 'must be a mapping, with `version: 1` at its top';
    const hint = '`signalbox init` writes a configuration to start from';
    problems.push(problemIn(source, spanOf(contents), { message, hint }));
  }
  return { tree: mapping && state.whole ? tree : undefined, problems, lost };
}

const isTreeMap = (tree: Tree): tree is TreeMap =>
  typeof tree === 'object' && tree !== null && !Array.isArray(tree);

const isTreeList = (tree: Tree): tree is TreeList => Array.isArray(tree);

const NOTHING: Built = { tree: null, values: 1, height: 0 };

function convert(node: unknown, state: Building, depth: number): Built {
  if (isAlias(node)) return repeat(node.source, spanOf(node), state, depth);
  state.values += 1;
  const built = isMap(node)
    ? convertMap(node.items, state, depth)
    : isSeq(node)
      ? convertList(node.items, state, depth)
      : isScalar(node)
        ? { tree: scalar(node.value), values: 1, height: 0 }
        : NOTHING;
  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
  if (anchor !== undefined) state.anchors.set(anchor, built);
  return built;
}

/** The same object again, not a copy: what it would expand to is counted all the same. */
function repeat(anchor: string, span: Span, state: Building, depth: number): Built {
  const built = state.anchors.get(anchor);
  const refuse = (message: string, hint: string): Built => {
    state.problems.push(problemIn(state.source, span, { message, hint }));
    state.whole = false;
    return NOTHING;
  };
  if (state.values > VALUES_MAX) return NOTHING;
  if (built === undefined)
    return refuse(
      'the alias repeats an anchor that is not complete before it',
      'move the anchor above the alias',
    );
  state.values += built.values;
  if (state.values > VALUES_MAX) {
    return refuse(`aliases expand to more than ${VALUES_MAX} values`, 'repeat less by alias');
  }
  if (depth + built.height > DEPTH_MAX) {
    return refuse(`nests deeper than ${DEPTH_MAX} levels`, FLATTEN);
  }
  return built;
}

function convertMap(
  pairs: readonly { readonly key: unknown; readonly value: unknown }[],
  state: Building,
  depth: number,
): Built {
  const tree = newMap();
  const merged: Tree[] = [];
  let values = 1;
  let height = 0;
  for (const pair of pairs) {
    const before = state.problems.length;
    if (state.merges && isMerge(pair.key)) {
      const built = convert(pair.value, state, depth);
      merged.push(...(isTreeList(built.tree) ? built.tree : [built.tree]));
      values += built.values;
      height = Math.max(height, built.height);
      continue;
    }
    const key = readKey(pair.key, state);
    if (key !== undefined) {
      const built = pair.value === null ? NOTHING : convert(pair.value, state, depth + 1);
      if (isNew(tree, key, { node: pair.key, state })) {
        tree[key] = built.tree;
        values += built.values;
        height = Math.max(height, built.height + 1);
        const span = spanOf(pair.key);
        const value = pair.value === null ? span : spanOf(pair.value, span);
        state.places.note(tree, key, { source: state.source, key: span, value });
      }
    }
    if (depth === 0 && state.problems.length > before) state.lost.add(key ?? '<<');
  }
  for (const other of merged) takeOver(tree, other, state);
  return { tree, values, height };
}

const isMerge = (node: unknown): boolean => isScalar(node) && node.value === '<<';

/** What is written, or merged before, goes first. */
function takeOver(tree: { [key: string]: Tree }, other: Tree, { places }: Building): void {
  if (!isTreeMap(other)) return;
  for (const [key, value] of Object.entries(other)) {
    if (Object.hasOwn(tree, key)) continue;
    tree[key] = value;
    const spot = places.at(other, key);
    if (spot !== undefined) places.note(tree, key, spot);
  }
}

function isNew(
  tree: TreeMap,
  key: string,
  { node, state }: { readonly node: unknown; readonly state: Building },
): boolean {
  const earlier = state.places.at(tree, key);
  if (earlier === undefined) return true;
  const { line } = positionOf(state.source, earlier.key.from);
  const message = `\`${key}\` stands here twice; first on line ${line}`;
  const hint = 'put what stands below both under the first';
  state.problems.push(problemIn(state.source, spanOf(node), { message, hint }));
  return false;
}

function convertList(items: readonly unknown[], state: Building, depth: number): Built {
  const tree: Tree[] = [];
  let values = 1;
  let height = 0;
  for (const [index, item] of items.entries()) {
    const built = convert(item, state, depth + 1);
    tree.push(built.tree);
    values += built.values;
    height = Math.max(height, built.height + 1);
    const span = spanOf(item);
    state.places.note(tree satisfies TreeList, index, {
      source: state.source,
      key: span,
      value: span,
    });
  }
  return { tree, values, height };
}

function readKey(node: unknown, state: Building): string | undefined {
  const refuse = (message: string, hint: string): undefined => {
    state.problems.push(problemIn(state.source, spanOf(node), { message, hint }));
    return undefined;
  };
  if (!isScalar(node) || node.value === null) {
    return refuse('a key must be plain text', 'write `name:`');
  }
  const key = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  if (key === '__proto__') return refuse('this key is not allowed', 'remove it');
  if (key === '<<')
    return refuse('merge keys are not read', 'repeat the keys, or use an alias as a value');
  return key;
}

function scalar(value: unknown): Tree {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return null;
}

function spanOf(node: unknown, otherwise: Span = { from: 0, to: 1 }): Span {
  const ranged = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
  const range = ranged ? node.range : undefined;
  if (range === undefined || range === null) return otherwise;
  return range[1] > range[0] ? { from: range[0], to: range[1] } : otherwise;
}
