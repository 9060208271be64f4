/**
 * Text to tokens, with an eye on what a hostile text does to those who read them: brackets are
 * counted while they are lexed, indentation before anything recurses over it. Composing a hundred
 * thousand brackets would exhaust the stack.
 */
import { CST, Lexer, Parser } from 'yaml';

/** A file of 4 MiB with short values has about two and a half million. */
export const LEXEMES_MAX = 3_000_000;

export type Lexed =
  | { readonly kind: 'tokens'; readonly tokens: readonly CST.Token[] }
  | { readonly kind: 'too-deep'; readonly offset: number }
  | { readonly kind: 'too-many'; readonly offset: number };

export function lex(text: string, depthMax: number): Lexed {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let offset = 0;
  let count = 0;
  let depth = 0;
  let inScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    count += 1;
    if (count > LEXEMES_MAX) return { kind: 'too-many', offset };
    // What follows the mark of a scalar is its text, whatever it looks like.
    if (!inScalar && (lexeme === '[' || lexeme === '{')) depth += 1;
    if (!inScalar && (lexeme === ']' || lexeme === '}')) depth -= 1;
    if (depth > depthMax) return { kind: 'too-deep', offset };
    inScalar = lexeme === CST.SCALAR;
    offset += isMark(lexeme) ? 0 : lexeme.length;
    tokens.push(...parser.next(lexeme));
  }
  tokens.push(...parser.end());
  const deep = depthOf(tokens, depthMax);
  return deep === undefined ? { kind: 'tokens', tokens } : { kind: 'too-deep', offset: deep };
}

/** Marks are control characters that the lexer puts between pieces of the text. */
function isMark(lexeme: string): boolean {
  return lexeme === CST.SCALAR || lexeme === CST.DOCUMENT || lexeme === CST.FLOW_END;
}

interface Level {
  readonly token: CST.Token;
  readonly depth: number;
}

function depthOf(tokens: readonly CST.Token[], depthMax: number): number | undefined {
  const open: Level[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let level = open.pop(); level !== undefined; level = open.pop()) {
    const { token, depth } = level;
    if (depth > depthMax) return token.offset;
    for (const child of childrenOf(token)) {
      open.push({ token: child, depth: isCollection(child) ? depth + 1 : depth });
    }
  }
  return undefined;
}

function childrenOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!isCollection(token)) return [];
  const children: CST.Token[] = [];
  for (const item of token.items) {
    if (item.key) children.push(item.key);
    if (item.value) children.push(item.value);
  }
  return children;
}

function isCollection(
  token: CST.Token,
): token is CST.BlockMap | CST.BlockSequence | CST.FlowCollection {
  return (
    token.type === 'block-map' || token.type === 'block-seq' || token.type === 'flow-collection'
  );
}
