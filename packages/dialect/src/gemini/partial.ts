// A call's arguments that come in pieces: each names its place by a JSONPath (`$.items[0].name`)
// and brings a value, or a fragment of a text that goes on in the next one. The pieces are put
// together into the text of one object; every fragment is kept once and joined at the end.
import type { Json } from '../canon/canon.ts';
import { isObject, member, textIn } from '../canon/exact.ts';

type Node =
  | { readonly kind: 'object'; readonly members: Map<string, Node> }
  | { readonly kind: 'array'; readonly items: (Node | undefined)[] }
  | { readonly kind: 'text'; readonly pieces: string[] }
  | { readonly kind: 'value'; readonly value: Json };

/** A place deeper than this, or so far behind the end of a list, is nobody's arguments. */
const DEPTH_MAX = 256;
const GAP_MAX = 1_024;

const STEP = /\.([^.[\]'"\s]+)|\[(\d{1,7})\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;

export class Assembly {
  #root: Node = { kind: 'object', members: new Map() };

  /** @returns false when the piece has no place or no value: the arguments cannot be trusted. */
  push(piece: Json): boolean {
    const steps = stepsOf(textIn(piece, 'jsonPath') ?? '');
    const value = valueIn(piece);
    if (steps === undefined || !isObject(piece)) return false;
    if (value === undefined) return true;
    const last = steps.pop();
    if (last === undefined) {
      this.#root = nodeOf(value);
      return this.#root.kind === 'object' || isObject(value);
    }
    let at: Node = this.#root;
    for (const [i, step] of steps.entries()) {
      const next = i + 1 < steps.length ? steps[i + 1] : last;
      const found = child(at, step);
      if (found === undefined) {
        const made: Node =
          typeof next === 'number'
            ? { kind: 'array', items: [] }
            : { kind: 'object', members: new Map() };
        if (!put(at, step, made)) return false;
        at = made;
      } else at = found;
    }
    const held = child(at, last);
    if (held?.kind === 'text' && typeof value === 'string') {
      held.pieces.push(value);
      return true;
    }
    return put(at, last, nodeOf(value));
  }

  text(): string {
    return written(this.#root);
  }

  /** The text of arguments that were cut off: not closed, so that nobody takes them for whole. */
  cutText(): string {
    return this.text().slice(0, -1);
  }
}

const nodeOf = (value: Json): Node =>
  typeof value === 'string' ? { kind: 'text', pieces: [value] } : { kind: 'value', value };

function valueIn(piece: Json): Json | undefined {
  for (const key of ['stringValue', 'numberValue', 'boolValue', 'structValue', 'listValue']) {
    const found = member(piece, key);
    if (found !== undefined && found !== null) return found;
  }
  return member(piece, 'nullValue') === undefined ? undefined : null;
}

/** Undefined for what is no path from the root. */
function stepsOf(path: string): (string | number)[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: (string | number)[] = [];
  for (let at = 1; at < path.length; ) {
    STEP.lastIndex = at;
    const found = STEP.exec(path);
    if (found === null || steps.length === DEPTH_MAX) return undefined;
    const [whole, name, index, single, double] = found;
    const quoted = single ?? double;
    if (index !== undefined) steps.push(Number(index));
    else steps.push(quoted === undefined ? (name ?? '') : unescaped(quoted));
    at += whole.length;
  }
  return steps;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

const unescaped = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_all, code: string | undefined, sign: string) =>
    code === undefined
      ? (ESCAPES.get(sign) ?? sign)
      : String.fromCharCode(Number.parseInt(code, 16)),
  );

function child(node: Node, step: string | number): Node | undefined {
  if (typeof step === 'string') {
    return node.kind === 'object' ? node.members.get(step) : undefined;
  }
  return node.kind === 'array' ? node.items[step] : undefined;
}

function put(node: Node, step: string | number, made: Node): boolean {
  if (typeof step === 'string') {
    if (node.kind === 'object') node.members.set(step, made);
    return node.kind === 'object';
  }
  if (node.kind !== 'array') return false;
  if (step > node.items.length + GAP_MAX) return false;
  while (node.items.length < step) node.items.push(undefined);
  node.items[step] = made;
  return true;
}

function written(node: Node | undefined): string {
  switch (node?.kind) {
    case 'object': {
      const members = [...node.members].map(
        ([name, one]) => `${JSON.stringify(name)}:${written(one)}`,
      );
      return `{${members.join(',')}}`;
    }
    case 'array':
      return `[${node.items.map(written).join(',')}]`;
    case 'text':
      return JSON.stringify(node.pieces.join(''));
    case 'value':
      return JSON.stringify(node.value);
    case undefined:
      return 'null';
  }
}
