// What a condition compares what it reads with. Of integers both sides of each are all that it can
// tell apart, of texts each of them and one that is none of them.
import { parse } from './parse.ts';
import type { BinaryOperator, Node } from './syntax.ts';

export type Compared = {
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
  /** False: it is read in another way, too, so that these do not say all. */
  readonly isWhole: boolean;
};

const COMPARING: ReadonlySet<BinaryOperator> = new Set(['==', '!=', '<', '<=', '>', '>=']);
/** A text that is what is looked for has it, too. */
const PARTS: ReadonlySet<string> = new Set(['startsWith', 'endsWith', 'contains']);
const ASKING_EACH: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one']);
const TAGS = 'call.tags';

/**
 * By what is read: `call.input_tokens`, `call.tags.team`.
 *
 * @param source a condition that `readCondition` takes.
 */
export function comparedIn(source: string): ReadonlyMap<string, Compared> {
  const walk = new Walk();
  walk.node(parse(source), new Map());
  return walk.found;
}

/** Variables of macros, by what they are elements of. */
type Locals = ReadonlyMap<string, string>;

class Walk {
  readonly found: Map<string, Compared> = new Map();

  node(node: Node, locals: Locals): void {
    if (this.#isCompared(node, locals) || this.#isLooked(node, locals)) return;
    if (this.#isOverEach(node, locals)) return;
    const path = pathOf(node, locals);
    if (path !== undefined) this.#add(path, [], false);
    else for (const child of childrenOf(node)) this.node(child, locals);
  }

  #isCompared(node: Node, locals: Locals): boolean {
    if (node.kind !== 'binary') return false;
    const { operator, left, right } = node;
    if (COMPARING.has(operator)) {
      const path = pathOf(left, locals) ?? pathOf(right, locals);
      const value = literalOf(left) ?? literalOf(right);
      const isOrder = operator !== '==' && operator !== '!=';
      if (path === undefined || value === undefined) return false;
      return this.#add(path, [value], typeof value === 'number' || !isOrder);
    }
    if (operator !== 'in') return false;
    const text = literalOf(left);
    const within = pathOf(right, locals);
    if (text !== undefined && within !== undefined) {
      return within === TAGS ? this.#add(`${TAGS}.${text}`, []) : this.#add(within, [text]);
    }
    const path = pathOf(left, locals);
    if (path === undefined || right.kind !== 'list') return false;
    const values = right.items.flatMap((one) => literalOf(one) ?? []);
    return this.#add(path, values, values.length === right.items.length);
  }

  /** Whether it is there, or what it has in it. */
  #isLooked(node: Node, locals: Locals): boolean {
    if (node.kind !== 'call') return false;
    const [first] = node.given;
    const value = first && literalOf(first);
    const path = node.of && pathOf(node.of, locals);
    if (path !== undefined && value !== undefined && PARTS.has(node.name)) {
      return this.#add(path, [value], false);
    }
    const asked = node.name === 'has' && first ? pathOf(first, locals) : undefined;
    return asked !== undefined && this.#add(asked, []);
  }

  #isOverEach(node: Node, locals: Locals): boolean {
    if (node.kind !== 'call' || node.of === undefined) return false;
    const path = pathOf(node.of, locals);
    const [variable, ...bodies] = node.given;
    if (path === undefined || variable?.kind !== 'name' || bodies.length === 0) return false;
    this.#add(path, [], ASKING_EACH.has(node.name) && path !== TAGS);
    const inside = new Map(locals).set(variable.name, path);
    for (const body of bodies) this.node(body, inside);
    return true;
  }

  #add(path: string, values: readonly (number | string)[], isWhole = true): true {
    const known = this.found.get(path) ?? { numbers: [], texts: [], isWhole: true };
    this.found.set(path, {
      numbers: [...known.numbers, ...values.filter((one) => typeof one === 'number')],
      texts: [...known.texts, ...values.filter((one) => typeof one === 'string')],
      isWhole: known.isWhole && isWhole,
    });
    return true;
  }
}

function pathOf(node: Node, locals: Locals): string | undefined {
  if (node.kind === 'name') return locals.get(node.name);
  if (node.kind !== 'member' && node.kind !== 'index') return undefined;
  const key = node.kind === 'member' ? node.name : literalOf(node.key);
  if (typeof key !== 'string') return undefined;
  const { of } = node;
  if (of.kind === 'name') return locals.has(of.name) ? undefined : `${of.name}.${key}`;
  return pathOf(of, locals) === TAGS ? `${TAGS}.${key}` : undefined;
}

const literalOf = (node: Node): number | string | undefined =>
  node.kind === 'int' || node.kind === 'string' ? node.value : undefined;

function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'bool':
    case 'int':
    case 'double':
    case 'string':
    case 'name':
      return [];
    case 'member':
    case 'unary':
      return [node.of];
    case 'index':
      return [node.of, node.key];
    case 'call':
      return node.of === undefined ? node.given : [node.of, ...node.given];
    case 'list':
      return node.items;
    case 'map':
      return node.entries.flat();
    case 'binary':
      return [node.left, node.right];
    case 'choice':
      return [node.condition, node.yes, node.no];
  }
}
