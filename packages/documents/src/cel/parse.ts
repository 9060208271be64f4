// The grammar of CEL's language definition, by recursive descent. Depth and size are bounded: a
// condition is written by people.
import { type BinaryOperator, type Node, type Span, Wrong } from './syntax.ts';
import { type Token, tokensOf } from './tokens.ts';

const DEPTH_MAX = 48;
const NODES_MAX = 1_000;

/** Loosest first; all of them bind to the left. */
const LEVELS: readonly ReadonlySet<string>[] = [
  new Set(['||']),
  new Set(['&&']),
  new Set(['==', '!=', '<', '<=', '>', '>=', 'in']),
  new Set(['+', '-']),
  new Set(['*', '/', '%']),
];
const RESERVED = new Set([
  ...['as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop'],
  ...['package', 'namespace', 'return', 'var', 'void', 'while'],
]);

/** Throws `Wrong`. */
export function parse(source: string): Node {
  const parser = new Parser(tokensOf(source));
  return parser.all();
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;
  #nodes = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  all(): Node {
    const node = this.#expression();
    const { kind, text } = this.#peek();
    if (kind !== 'end') throw new Wrong(this.#peek(), `\`${text}\` is not expected here`);
    return node;
  }

  #expression(): Node {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new Wrong(this.#peek(), 'too deeply nested');
    const condition = this.#level(0);
    let node = condition;
    if (this.#takes('?')) {
      const yes = this.#level(0);
      this.#want(':');
      const no = this.#expression();
      node = this.#made({ kind: 'choice', condition, yes, no, at: condition.at, end: no.end });
    }
    this.#depth -= 1;
    return node;
  }

  #level(level: number): Node {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#level(level + 1);
    for (;;) {
      const token = this.#peek();
      if (!isOperator(token, operators)) return left;
      this.#next += 1;
      const right = this.#level(level + 1);
      const operator = token.text as BinaryOperator; // one of the level's
      left = this.#made({ kind: 'binary', operator, left, right, at: left.at, end: right.end });
    }
  }

  #unary(): Node {
    const token = this.#peek();
    const isSign = token.kind === 'sign';
    if (!isSign || (token.text !== '!' && token.text !== '-')) return this.#member();
    this.#next += 1;
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new Wrong(token, 'too deeply nested');
    const of = this.#unary();
    this.#depth -= 1;
    return this.#made({ kind: 'unary', operator: token.text, of, at: token.at, end: of.end });
  }

  #member(): Node {
    let node = this.#primary();
    for (;;) {
      if (this.#takes('.')) node = this.#selected(node);
      else if (this.#takes('[')) {
        const key = this.#expression();
        const { end } = this.#want(']');
        node = this.#made({ kind: 'index', of: node, key, at: node.at, end });
      } else return node;
    }
  }

  #selected(of: Node): Node {
    const token = this.#peek();
    if (token.kind !== 'name') throw new Wrong(token, 'a dot is followed by a name');
    this.#next += 1;
    const name = token.text;
    if (!this.#takes('(')) {
      return this.#made({ kind: 'member', of, name, at: of.at, end: token.end });
    }
    const { items, end } = this.#listed(')');
    return this.#made({ kind: 'call', of, name, given: items, at: of.at, end });
  }

  #primary(): Node {
    const token = this.#peek();
    this.#next += 1;
    const { at, end, text } = token;
    switch (token.kind) {
      case 'int':
        return this.#made({ kind: 'int', value: intOf(token), at, end });
      case 'double':
        return this.#made({ kind: 'double', value: Number(text), at, end });
      case 'string':
        return this.#made({ kind: 'string', value: text, at, end });
      case 'name':
        return this.#named(token);
      case 'end':
        throw new Wrong(token, 'the condition ends too early');
      case 'sign':
        return this.#bracketed(token);
    }
  }

  #named(token: Token): Node {
    const { at, end, text } = token;
    if (text === 'true' || text === 'false') {
      return this.#made({ kind: 'bool', value: text === 'true', at, end });
    }
    if (text === 'null') throw new Wrong(token, '`null` is not part of this subset', 'use `has()`');
    if (text === 'in' || RESERVED.has(text)) {
      throw new Wrong(token, `\`${text}\` is a word of the language, not a name`);
    }
    if (!this.#takes('(')) return this.#made({ kind: 'name', name: text, at, end });
    const listed = this.#listed(')');
    const given = listed.items;
    return this.#made({ kind: 'call', of: undefined, name: text, given, at, end: listed.end });
  }

  #bracketed(token: Token): Node {
    const { at, text } = token;
    if (text === '(') {
      const inner = this.#expression();
      this.#want(')');
      return inner;
    }
    if (text === '[') {
      const { items, end } = this.#listed(']');
      return this.#made({ kind: 'list', items, at, end });
    }
    if (text !== '{') throw new Wrong(token, `\`${text}\` is not expected here`);
    const entries: (readonly [Node, Node])[] = [];
    while (!this.#sees('}')) {
      const key = this.#expression();
      this.#want(':');
      entries.push([key, this.#expression()]);
      if (!this.#takes(',')) break;
    }
    return this.#made({ kind: 'map', entries, at, end: this.#want('}').end });
  }

  #listed(closing: string): { readonly items: readonly Node[]; readonly end: number } {
    const items: Node[] = [];
    while (!this.#sees(closing)) {
      items.push(this.#expression());
      if (!this.#takes(',')) break;
    }
    return { items, end: this.#want(closing).end };
  }

  #made(node: Node): Node {
    this.#nodes += 1;
    if (this.#nodes > NODES_MAX) throw new Wrong(node, 'too long', 'split it into several rules');
    return node;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? this.#last();
  }

  #last(): Token {
    const last = this.#tokens.at(-1);
    if (last === undefined) throw new Wrong({ at: 0, end: 0 }, 'the condition is empty');
    return last;
  }

  #sees(sign: string): boolean {
    const token = this.#peek();
    return token.kind === 'sign' && token.text === sign;
  }

  #takes(sign: string): boolean {
    const isThere = this.#sees(sign);
    if (isThere) this.#next += 1;
    return isThere;
  }

  #want(sign: string): Span {
    const token = this.#peek();
    if (this.#takes(sign)) return token;
    const found = token.kind === 'end' ? 'the end' : `\`${token.text}\``;
    throw new Wrong(token, `\`${sign}\` is expected here, not ${found}`);
  }
}

const isOperator = ({ kind, text }: Token, operators: ReadonlySet<string>): boolean =>
  (kind === 'sign' || (kind === 'name' && text === 'in')) && operators.has(text);

function intOf(token: Token): number {
  const value = Number(token.text);
  if (Number.isSafeInteger(value)) return value;
  throw new Wrong(token, 'integers go up to 9007199254740991 here');
}
