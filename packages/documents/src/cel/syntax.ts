// What a condition is made of, and what is wrong with one. A statically typed subset of CEL
// (Common Expression Language, cel-spec): no bytes, no unsigned integers, no timestamps, no
// protocol messages, no regular expressions; integers up to 2^53.

/** Where in the source, in UTF-16 units. */
export type Span = { readonly at: number; readonly end: number };

export type Problem = Span & { readonly message: string; readonly hint: string | undefined };

/** Thrown and caught inside this folder alone: parser and compiler leave from the depth. */
export class Wrong extends Error {
  readonly problem: Problem;
  constructor(span: Span, message: string, hint?: string) {
    super(message);
    this.problem = { at: span.at, end: span.end, message, hint };
  }
}

export type Literal = Span &
  (
    | { readonly kind: 'int'; readonly value: number }
    | { readonly kind: 'double'; readonly value: number }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'bool'; readonly value: boolean }
  );

export type UnaryOperator = '!' | '-';
export type BinaryOperator =
  | '||'
  | '&&'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%';

export type Node =
  | Literal
  | (Span & { readonly kind: 'name'; readonly name: string })
  | (Span & { readonly kind: 'member'; readonly of: Node; readonly name: string })
  | (Span & { readonly kind: 'index'; readonly of: Node; readonly key: Node })
  | Call
  | (Span & { readonly kind: 'list'; readonly items: readonly Node[] })
  | (Span & { readonly kind: 'map'; readonly entries: readonly (readonly [Node, Node])[] })
  | (Span & { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly of: Node })
  | (Span & {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Node;
      readonly right: Node;
    })
  | (Span & {
      readonly kind: 'choice';
      readonly condition: Node;
      readonly yes: Node;
      readonly no: Node;
    });

export type Call = Span & {
  readonly kind: 'call';
  /** Of a method; undefined of a function. */
  readonly of: Node | undefined;
  readonly name: string;
  readonly given: readonly Node[];
};
