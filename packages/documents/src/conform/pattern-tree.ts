/**
 * Regular expressions as JSON Schema writes them (ECMA-262), read into a tree. Read is the part
 * that a machine without memory can match in linear time: literals, classes, groups, alternatives,
 * repeats and the two anchors. What needs more (back references, looking around, word boundaries,
 * Unicode properties) is not read at all, so that whoever asks can say so.
 */

/** Sorted pairs of code points, both ends within. */
export type Ranges = readonly (readonly [from: number, to: number])[];

export type Tree =
  | { readonly kind: 'set'; readonly ranges: Ranges }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Tree[] }
  | {
      readonly kind: 'repeat';
      readonly of: Tree;
      readonly least: number;
      readonly most: number | undefined;
    }
  | { readonly kind: 'start' | 'end' };

const SOURCE_MAX = 1_000;
const REPEAT_MAX = 1_000;
const LAST = 0x10ffff;

/** Undefined: no expression of this subset. */
export function readPattern(source: string): Tree | undefined {
  if (source.length > SOURCE_MAX) return undefined;
  try {
    return new Reader(source).whole();
  } catch (error) {
    if (error instanceof Beyond) return undefined;
    throw error;
  }
}

class Beyond extends Error {}

function beyond(): never {
  throw new Beyond();
}

class Reader {
  readonly #signs: readonly string[];
  #at = 0;

  constructor(source: string) {
    this.#signs = [...source];
  }

  whole(): Tree {
    const tree = this.#any();
    return this.#at < this.#signs.length ? beyond() : tree;
  }

  #peek(): string | undefined {
    return this.#signs[this.#at];
  }

  #take(): string {
    const sign = this.#signs[this.#at] ?? beyond();
    this.#at += 1;
    return sign;
  }

  #skip(sign: string): boolean {
    const isHere = this.#peek() === sign;
    if (isHere) this.#at += 1;
    return isHere;
  }

  #any(): Tree {
    const of = [this.#all()];
    while (this.#skip('|')) of.push(this.#all());
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind: 'any', of };
  }

  #all(): Tree {
    const of: Tree[] = [];
    for (let sign = this.#peek(); sign !== undefined && sign !== '|' && sign !== ')'; ) {
      of.push(this.#repeated(this.#one()));
      sign = this.#peek();
    }
    return { kind: 'all', of };
  }

  #one(): Tree {
    const sign = this.#take();
    switch (sign) {
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '.':
        return set(complement(LINE_ENDS));
      case '(':
        return this.#group();
      case '[':
        return set(this.#class());
      case '\\':
        return set(this.#escape(false));
      case '*':
      case '+':
      case '?':
      case '{':
        return beyond();
      default:
        return set(only(sign));
    }
  }

  #group(): Tree {
    if (this.#skip('?')) {
      if (this.#skip('<')) this.#name();
      else if (!this.#skip(':')) beyond();
    }
    const inner = this.#any();
    return this.#skip(')') ? inner : beyond();
  }

  /** `(?<year>…)`; looking behind begins alike. */
  #name(): void {
    let sign = this.#take();
    if (sign === '=' || sign === '!') beyond();
    while (sign !== '>') sign = this.#take();
  }

  #repeated(of: Tree): Tree {
    const bounds = this.#bounds();
    if (bounds === undefined) return of;
    if (of.kind === 'start' || of.kind === 'end') beyond();
    // Lazy or not: whether it matches is the same.
    this.#skip('?');
    if (this.#peek() !== undefined && '*+?{'.includes(this.#peek() ?? '')) beyond();
    return { kind: 'repeat', of, ...bounds };
  }

  #bounds(): { readonly least: number; readonly most: number | undefined } | undefined {
    if (this.#skip('*')) return { least: 0, most: undefined };
    if (this.#skip('+')) return { least: 1, most: undefined };
    if (this.#skip('?')) return { least: 0, most: 1 };
    if (!this.#skip('{')) return undefined;
    const least = this.#count() ?? beyond();
    let most: number | undefined = least;
    if (this.#skip(',')) most = this.#count();
    if (!this.#skip('}') || (most !== undefined && most < least)) beyond();
    return { least, most };
  }

  #count(): number | undefined {
    let digits = '';
    while (/^\d$/.test(this.#peek() ?? '')) digits += this.#take();
    if (digits === '') return undefined;
    return Number(digits) <= REPEAT_MAX ? Number(digits) : beyond();
  }

  #class(): Ranges {
    const isNegated = this.#skip('^');
    const ranges: (readonly [number, number])[] = [];
    while (!this.#skip(']')) {
      const from = this.#inClass();
      const isRange = this.#peek() === '-' && this.#signs[this.#at + 1] !== ']';
      if (!isRange) {
        ranges.push(...from);
        continue;
      }
      this.#take();
      const to = this.#inClass();
      const [low, high] = [single(from), single(to)];
      if (low > high) beyond();
      ranges.push([low, high]);
    }
    const merged = sorted(ranges);
    return isNegated ? complement(merged) : merged;
  }

  #inClass(): Ranges {
    const sign = this.#take();
    return sign === '\\' ? this.#escape(true) : only(sign);
  }

  #escape(isInClass: boolean): Ranges {
    const sign = this.#take();
    const known = CLASSES.get(sign);
    if (known !== undefined) return known;
    if (sign === 'b' && isInClass) return point(0x08);
    const control = CONTROLS.indexOf(sign);
    if (control >= 0) return point(CONTROL_POINTS[control] ?? 0);
    if (sign === 'x') return point(this.#hex(2));
    if (sign === 'u') return point(this.#unicode());
    if (sign === '0' && !/^\d$/.test(this.#peek() ?? '')) return point(0);
    // Letters and digits that are left mean something beyond this subset.
    return /^[A-Za-z0-9]$/.test(sign) ? beyond() : only(sign);
  }

  #unicode(): number {
    if (!this.#skip('{')) {
      const unit = this.#hex(4);
      // Half of a pair: its other half would have to be read with it.
      return unit >= 0xd800 && unit <= 0xdfff ? beyond() : unit;
    }
    let digits = '';
    while (!this.#skip('}')) digits += this.#take();
    const value = /^[0-9A-Fa-f]{1,6}$/.test(digits) ? Number.parseInt(digits, 16) : LAST + 1;
    return value <= LAST ? value : beyond();
  }

  #hex(count: number): number {
    let digits = '';
    while (digits.length < count) digits += this.#take();
    return /^[0-9A-Fa-f]+$/.test(digits) ? Number.parseInt(digits, 16) : beyond();
  }
}

const set = (ranges: Ranges): Tree => ({ kind: 'set', ranges });
const point = (value: number): Ranges => [[value, value]];
const only = (sign: string): Ranges => point(sign.codePointAt(0) ?? 0);

/** The end of a range is one sign. */
function single(ranges: Ranges): number {
  const [first] = ranges;
  return first !== undefined && ranges.length === 1 && first[0] === first[1] ? first[0] : beyond();
}

function sorted(ranges: Ranges): Ranges {
  const merged: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

function complement(ranges: Ranges): Ranges {
  const others: [number, number][] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) others.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST) others.push([next, LAST]);
  return others;
}

const CONTROLS = 'tnrvf';
const CONTROL_POINTS = [0x09, 0x0a, 0x0d, 0x0b, 0x0c];
const LINE_ENDS: Ranges = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];
const DIGITS: Ranges = [[0x30, 0x39]];
const WORD: Ranges = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const SPACES: Ranges = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const CLASSES: ReadonlyMap<string, Ranges> = new Map([
  ['d', DIGITS],
  ['D', complement(DIGITS)],
  ['w', WORD],
  ['W', complement(WORD)],
  ['s', SPACES],
  ['S', complement(SPACES)],
]);
