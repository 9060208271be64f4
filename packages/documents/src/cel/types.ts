// Types of conditions and of what they read. Every name is declared, so that a misspelt one is
// found when a policy is published and never when a call comes.

export type Type =
  | { readonly kind: 'bool' | 'int' | 'double' }
  /** `words`: it is one of these, or empty; to compare it with another word is a mistake. */
  | { readonly kind: 'string'; readonly words?: readonly string[] }
  /** Of an empty list or map: fits every other. */
  | { readonly kind: 'open' }
  | { readonly kind: 'list'; readonly of: Type }
  /** Keys are strings. */
  | { readonly kind: 'map'; readonly of: Type }
  /**
   * Fields by name. One that a value lacks has the zero of its type, as in protocol messages;
   * `has()` tells the difference.
   */
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Type>> };

export const BOOL: Type = { kind: 'bool' };
export const INT: Type = { kind: 'int' };
export const DOUBLE: Type = { kind: 'double' };
export const STRING: Type = { kind: 'string' };
export const OPEN: Type = { kind: 'open' };
export const oneOf = (words: readonly string[]): Type => ({ kind: 'string', words });
export const listOf = (of: Type): Type => ({ kind: 'list', of });
export const mapOf = (of: Type): Type => ({ kind: 'map', of });

export function typeText(type: Type): string {
  switch (type.kind) {
    case 'list':
      return `list(${typeText(type.of)})`;
    case 'map':
      return `map(string, ${typeText(type.of)})`;
    case 'open':
      return 'anything';
    default:
      return type.kind;
  }
}

/** The type that both have; undefined: there is none. Numbers of two kinds are not mixed. */
export function common(a: Type, b: Type): Type | undefined {
  if (a.kind === 'open') return b;
  if (b.kind === 'open') return a;
  if ((a.kind === 'list' && b.kind === 'list') || (a.kind === 'map' && b.kind === 'map')) {
    const of = common(a.of, b.of);
    return of === undefined ? undefined : { kind: a.kind, of };
  }
  if (a.kind === 'object' || b.kind === 'object') return a === b ? a : undefined;
  if (a.kind === 'string' && b.kind === 'string') return a === b ? a : STRING;
  return a.kind === b.kind ? a : undefined;
}

export const isNumber = ({ kind }: Type): boolean => kind === 'int' || kind === 'double';

const NOTHING: readonly unknown[] = [];
const NO_ENTRIES: Readonly<Record<string, unknown>> = {};

export function zeroOf(type: Type): unknown {
  switch (type.kind) {
    case 'bool':
      return false;
    case 'int':
    case 'double':
      return 0;
    case 'string':
      return '';
    case 'list':
      return NOTHING;
    default:
      return NO_ENTRIES;
  }
}

/** What `has()` says of a field: set to something else than the zero of its type. */
export function isSet(value: unknown): boolean {
  if (value === undefined || value === false || value === 0 || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || value === null || Object.keys(value).length > 0;
}
