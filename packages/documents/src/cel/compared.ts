// Which integers a condition compares what it reads with: on both sides of each lies all that it
// can tell apart.
import { parse } from './parse.ts';
import type { BinaryOperator, Node } from './syntax.ts';

const COMPARING: ReadonlySet<BinaryOperator> = new Set(['==', '!=', '<', '<=', '>', '>=']);

/**
 * By what is read, `call.input_tokens`; undefined where it is read in another way, too, so that
 * these integers do not say all.
 * @param source a condition that `readCondition` takes.
 */
export function comparedIn(source: string): ReadonlyMap<string, readonly number[] | undefined> {
  const found = new Map<string, readonly number[] | undefined>();
  walk(parse(source), found);
  return found;
}

function walk(node: Node, found: Map<string, readonly number[] | undefined>): void {
  const compared = comparison(node);
  if (compared !== undefined) {
    const { path, value } = compared;
    const known = found.has(path) ? found.get(path) : [];
    found.set(path, known && [...known, value]);
    return;
  }
  const path = pathOf(node);
  if (path !== undefined) found.set(path, undefined);
  for (const child of childrenOf(node)) walk(child, found);
}

function comparison(node: Node): { readonly path: string; readonly value: number } | undefined {
  if (node.kind !== 'binary' || !COMPARING.has(node.operator)) return undefined;
  const path = pathOf(node.left) ?? pathOf(node.right);
  const value = integerOf(node.left) ?? integerOf(node.right);
  return path === undefined || value === undefined ? undefined : { path, value };
}

const pathOf = (node: Node): string | undefined =>
  node.kind === 'member' && node.of.kind === 'name' ? `${node.of.name}.${node.name}` : undefined;

const integerOf = (node: Node): number | undefined =>
  node.kind === 'int' ? node.value : undefined;

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
