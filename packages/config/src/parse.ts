/**
 * YAML text to a tree with places. Everything a hostile text may try has a bound here: its size,
 * its depth, what its aliases expand to. YAML 1.2, core schema; no tags, no merge keys, no second
 * document, no `__proto__`, no key twice.
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
}

export function parseSource(source: Source, places: Places): Parsed {
  const refuse = (span: Span, message: string, hint?: string): Parsed => ({
    tree: undefined,
    problems: [problemIn(source, span, { message, hint })],
  });
  const start = { from: 0, to: 1 };
  if (source.text.length > FILE_CHARACTERS_MAX) {
    return refuse(start, `the file is larger than ${FILE_CHARACTERS_MAX} characters`, 'split it');
  }
  const lexed = lex(source.text, DEPTH_MAX);
  if (lexed.kind !== 'tokens') {
    const span = { from: lexed.offset, to: lexed.offset + 1 };
    if (lexed.kind === 'too-deep') return refuse(span, `nests deeper than ${DEPTH_MAX} levels`);
    return refuse(span, `the file has more than ${LEXEMES_MAX} words and signs`, 'split it');
  }
  const composer = new Composer({ ...YAML_OPTIONS });
  const documents = [...composer.compose(lexed.tokens, true, source.text.length)];
  const [document, second] = documents;
  if (document === undefined) return refuse(start, 'the file cannot be read');
  const problems = syntaxProblems(source, document);
  if (problems.length > 0) return { tree: undefined, problems };
  if (second !== undefined) {
    const from = second.range[0];
    return refuse({ from, to: from + 3 }, 'holds a second document', 'one file, one document');
  }
  return build(document.contents, { source, places, problems: [], anchors: new Map(), values: 0 });
}

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
    return problemIn(source, { from, to }, { message: `not readable as YAML: ${error.message}` });
  });
  if (!old) return found;
  const message = 'is written in another version of YAML; 1.2 is read';
  return [problemIn(source, { from: 0, to: 5 }, { message }), ...found];
}

interface Building {
  readonly source: Source;
  readonly places: Places;
  readonly problems: Problem[];
  readonly anchors: Map<string, Built>;
  values: number;
}

interface Built {
  readonly tree: Tree;
  readonly values: number;
  readonly height: number;
}

function build(contents: unknown, state: Building): Parsed {
  const { source, problems } = state;
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    return { tree: newMap(), problems: [] };
  }
  const built = convert(contents, state, 0);
  const { tree } = built;
  const mapping = typeof tree === 'object' && tree !== null && !Array.isArray(tree);
  if (!mapping && problems.length === 0) {
    const message = 'must be a mapping, with `version: 1` at its top';
    problems.push(problemIn(source, spanOf(contents), { message }));
  }
  // `mapping` was just asked; TypeScript forgets it through the constant.
  return { tree: problems.length === 0 && isTreeMap(tree) ? tree : undefined, problems };
}

const isTreeMap = (tree: Tree): tree is TreeMap =>
  typeof tree === 'object' && tree !== null && !Array.isArray(tree);

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
  const refuse = (message: string): Built => {
    state.problems.push(problemIn(state.source, span, { message }));
    return NOTHING;
  };
  if (state.values > VALUES_MAX) return NOTHING;
  if (built === undefined)
    return refuse('the alias repeats an anchor that is not complete before it');
  state.values += built.values;
  if (state.values > VALUES_MAX) return refuse(`aliases expand to more than ${VALUES_MAX} values`);
  if (depth + built.height > DEPTH_MAX) return refuse(`nests deeper than ${DEPTH_MAX} levels`);
  return built;
}

function convertMap(
  pairs: readonly { readonly key: unknown; readonly value: unknown }[],
  state: Building,
  depth: number,
): Built {
  const tree = newMap();
  let values = 1;
  let height = 0;
  for (const pair of pairs) {
    const key = readKey(pair.key, state);
    if (key === undefined) continue;
    const built = pair.value === null ? NOTHING : convert(pair.value, state, depth + 1);
    const earlier = state.places.at(tree, key);
    if (earlier !== undefined) {
      const { line } = positionOf(state.source, earlier.key.from);
      const message = `\`${key}\` stands here twice; first on line ${line}`;
      state.problems.push(problemIn(state.source, spanOf(pair.key), { message }));
      continue;
    }
    tree[key] = built.tree;
    values += built.values;
    height = Math.max(height, built.height + 1);
    const span = spanOf(pair.key);
    const value = pair.value === null ? span : spanOf(pair.value, span);
    state.places.note(tree, key, { source: state.source, key: span, value });
  }
  return { tree, values, height };
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
  const refuse = (message: string, hint?: string): undefined => {
    state.problems.push(problemIn(state.source, spanOf(node), { message, hint }));
    return undefined;
  };
  if (!isScalar(node) || node.value === null) return refuse('a key must be plain text');
  const key = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  if (key === '__proto__') return refuse('this key is not allowed');
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
