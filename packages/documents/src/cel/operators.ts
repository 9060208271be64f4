// Operators by the types of their sides, as in CEL's standard definitions.
import {
  asList,
  asMap,
  both,
  compare,
  either,
  exact,
  FAULT,
  isEqual,
  not,
  one,
  type Run,
  two,
} from './run.ts';
import { type Node, type Span, Wrong } from './syntax.ts';
import { BOOL, common, isNumber, STRING, type Type, typeText } from './types.ts';

export type Binding = {
  readonly type: Type;
  readonly run: Run;
  /** Of what it reads, `call.step`; undefined: it is computed. */
  readonly path: string | undefined;
};

type Operated = Node & { readonly kind: 'unary' | 'binary' };
type Work = (a: unknown, b: unknown) => unknown;

const ORDERS: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** Results leave the exact integers as a fault; `%` has the sign of its left side. */
const WHOLE: Readonly<Record<string, Work>> = {
  '+': (a, b) => exact(Number(a) + Number(b)),
  '-': (a, b) => exact(Number(a) - Number(b)),
  '*': (a, b) => exact(Number(a) * Number(b)),
  '/': (a, b) => (b === 0 ? FAULT : exact(Math.trunc(Number(a) / Number(b)) + 0)),
  '%': (a, b) => (b === 0 ? FAULT : exact((Number(a) % Number(b)) + 0)),
};
const DECIMAL: Readonly<Record<string, Work>> = {
  '+': (a, b) => Number(a) + Number(b),
  '-': (a, b) => Number(a) - Number(b),
  '*': (a, b) => Number(a) * Number(b),
  '/': (a, b) => Number(a) / Number(b),
};

export function operated(node: Operated, [left, right]: readonly Binding[]): Binding {
  if (left === undefined) throw new Wrong(node, 'nothing to work on');
  if (node.kind === 'unary' || right === undefined) return unary(node, left);
  const of = (type: Type, run: Run): Binding => ({ type, run, path: undefined });
  const { operator } = node;
  if (operator === '==' || operator === '!=' || operator === 'in') {
    checkWords(left.type, node.right);
    checkWords(right.type, node.left);
  }
  switch (operator) {
    case '&&':
    case '||': {
      for (const [side, { type }] of [[node.left, left] as const, [node.right, right] as const]) {
        if (type.kind !== 'bool') {
          throw new Wrong(side, `\`${operator}\` takes true or false, not ${typeText(type)}`);
        }
      }
      return of(BOOL, (operator === '&&' ? both : either)(left.run, right.run));
    }
    case 'in':
      return of(BOOL, contained(node, left, right));
    case '==':
    case '!=': {
      if (common(left.type, right.type) === undefined) throw mismatch(node, left, right);
      const wanted = operator === '==';
      return of(
        BOOL,
        two(left.run, right.run, (a, b) => isEqual(a, b) === wanted),
      );
    }
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const isOrdered = isNumber(left.type) || ['string', 'bool'].includes(left.type.kind);
      if (!isOrdered || left.type.kind !== right.type.kind) throw mismatch(node, left, right);
      const holds = ORDERS[operator] ?? (() => false);
      return of(
        BOOL,
        two(left.run, right.run, (a, b) => isComparable(a, b) && holds(compare(a, b))),
      );
    }
    default:
      return arithmetic(node, left, right);
  }
}

/** A written word that the other side never is. */
export function checkWords(type: Type, node: Node): void {
  const of = type.kind === 'list' ? type.of : type;
  if (of.kind !== 'string' || of.words === undefined) return;
  const written = node.kind === 'list' ? node.items : [node];
  for (const item of written) {
    if (item.kind !== 'string' || item.value === '' || of.words.includes(item.value)) continue;
    throw new Wrong(item, `this is never "${item.value}"`, `one of ${of.words.join(', ')}`);
  }
}

const isComparable = (a: unknown, b: unknown): boolean => !Number.isNaN(a) && !Number.isNaN(b);

function unary(node: Operated, of: Binding): Binding {
  if (node.operator === '!') {
    if (of.type.kind !== 'bool') throw new Wrong(node, `\`!\` takes no ${typeText(of.type)}`);
    return { type: BOOL, run: not(of.run), path: undefined };
  }
  if (!isNumber(of.type)) throw new Wrong(node, `\`-\` takes no ${typeText(of.type)}`);
  const isWhole = of.type.kind === 'int';
  const run = one(of.run, (value) => (isWhole ? 0 - Number(value) : -Number(value)));
  return { type: of.type, run, path: undefined };
}

function contained(node: Operated, left: Binding, right: Binding): Run {
  const { type } = right;
  if (type.kind === 'map' && left.type.kind === 'string') {
    return two(left.run, right.run, (key, map) => Object.hasOwn(asMap(map), String(key)));
  }
  if (type.kind !== 'list' || common(left.type, type.of) === undefined) {
    throw mismatch(node, left, right);
  }
  return two(left.run, right.run, (value, list) =>
    asList(list).some((item) => isEqual(item, value)),
  );
}

function arithmetic(node: Operated, left: Binding, right: Binding): Binding {
  const { operator } = node;
  const type = common(left.type, right.type);
  const table = type?.kind === 'int' ? WHOLE : type?.kind === 'double' ? DECIMAL : undefined;
  const work = table?.[operator];
  if (type !== undefined && work !== undefined) {
    return { type, run: two(left.run, right.run, work), path: undefined };
  }
  if (operator === '+' && type?.kind === 'string') {
    const joined = two(left.run, right.run, (a, b) => `${String(a)}${String(b)}`);
    return { type: STRING, run: joined, path: undefined };
  }
  if (operator === '+' && type?.kind === 'list') {
    const joined = two(left.run, right.run, (a, b) => [...asList(a), ...asList(b)]);
    return { type, run: joined, path: undefined };
  }
  throw mismatch(node, left, right);
}

function mismatch(node: Operated & Span, left: Binding, right: Binding): Wrong {
  const given = `${typeText(left.type)} ${node.operator} ${typeText(right.type)}`;
  const isMixed = isNumber(left.type) && isNumber(right.type);
  const hint = isMixed ? 'write both as int, or both as double (`1.0`)' : undefined;
  return new Wrong(node, `\`${given}\` is not defined`, hint);
}
