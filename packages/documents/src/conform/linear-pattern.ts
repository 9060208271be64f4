/**
 * Whether a text holds what a pattern means, in time linear in the text: all ways through the
 * pattern are followed at once, one sign of the text after the other (Thompson's simulation). No
 * pattern and no text can make it take longer than their product, and what it takes is counted.
 */
import { type Ranges, readPattern, type Tree } from './pattern-tree.ts';
import type { Work } from './work.ts';

type Step =
  | { readonly kind: 'set'; readonly ranges: Ranges }
  | { readonly kind: 'split'; readonly to: readonly number[] }
  | { readonly kind: 'start' | 'end' | 'found' };

const PROGRAM_MAX = 2_000;

export class LinearPattern {
  readonly #program: readonly Step[];
  readonly #seen: Uint32Array;
  readonly #open: number[] = [];
  #round = 0;
  #visits = 0;

  constructor(program: readonly Step[]) {
    this.#program = program;
    this.#seen = new Uint32Array(program.length);
  }

  /** Steps that it is made of. */
  get size(): number {
    return this.#program.length;
  }

  /** Anywhere in the text, as JSON Schema wants it. Undefined: there was too much to do. */
  test(text: string, work: Work): boolean | undefined {
    let here: number[] = [];
    for (let at = 0; at <= text.length; ) {
      const isEnd = at === text.length;
      this.#round = this.#round >= 0xfffffffe ? this.#anew() : this.#round + 1;
      const stood: number[] = [];
      this.#visits = 1;
      let isFound = false;
      for (let one = 0; one < here.length && !isFound; one += 1) {
        isFound = this.#follow(here[one] ?? 0, at === 0, isEnd, stood);
      }
      if (isFound || this.#follow(0, at === 0, isEnd, stood)) return true;
      work.left -= this.#visits;
      if (work.left < 0) return undefined;
      if (isEnd) return false;
      const sign = text.codePointAt(at) ?? 0;
      const next: number[] = [];
      for (const place of stood) {
        const step = this.#program[place];
        if (step?.kind === 'set' && holds(step.ranges, sign)) next.push(place + 1);
      }
      here = next;
      at += sign > 0xffff ? 2 : 1;
    }
    return false;
  }

  #anew(): number {
    this.#seen.fill(0);
    return 1;
  }

  /** Goes on without a sign, as far as that leads; true: it led to the end of the pattern. */
  #follow(from: number, isStart: boolean, isEnd: boolean, stood: number[]): boolean {
    const open = this.#open;
    open.length = 0;
    open.push(from);
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (this.#seen[place] === this.#round) continue;
      this.#seen[place] = this.#round;
      this.#visits += 1;
      const step = this.#program[place];
      if (step === undefined || step.kind === 'found') return true;
      if (step.kind === 'set') stood.push(place);
      else if (step.kind === 'split') open.push(...step.to);
      else if (step.kind === 'start' ? isStart : isEnd) open.push(place + 1);
    }
    return false;
  }
}

/** Undefined: the pattern is not of the linear kind, or too large. */
export function linearPattern(source: string): LinearPattern | undefined {
  const tree = readPattern(source);
  if (tree === undefined) return undefined;
  const program: Step[] = [];
  if (!write(tree, program)) return undefined;
  program.push({ kind: 'found' });
  return new LinearPattern(program);
}

function write(tree: Tree, program: Step[]): boolean {
  if (program.length > PROGRAM_MAX) return false;
  switch (tree.kind) {
    case 'set':
      program.push(tree);
      return true;
    case 'start':
    case 'end':
      program.push({ kind: tree.kind });
      return true;
    case 'all':
      return tree.of.every((one) => write(one, program));
    case 'any':
      return writeAny(tree.of, program);
    case 'repeat':
      return writeRepeat(tree, program);
  }
}

function writeAny(of: readonly Tree[], program: Step[]): boolean {
  const ends: number[] = [];
  const starts: number[] = [];
  const fork = program.push({ kind: 'split', to: starts }) - 1;
  for (const one of of) {
    starts.push(program.length);
    if (!write(one, program)) return false;
    ends.push(program.push({ kind: 'split', to: [] }) - 1);
  }
  for (const end of ends) program[end] = { kind: 'split', to: [program.length] };
  return program[fork] !== undefined;
}

function writeRepeat(
  { of, least, most }: Extract<Tree, { kind: 'repeat' }>,
  program: Step[],
): boolean {
  for (let count = 0; count < least; count += 1) {
    const before = program.length;
    if (!write(of, program)) return false;
    // Nothing, so many times, is nothing.
    if (program.length === before) break;
  }
  if (most === undefined) {
    const fork = program.push({ kind: 'split', to: [] }) - 1;
    if (!write(of, program)) return false;
    program.push({ kind: 'split', to: [fork] });
    program[fork] = { kind: 'split', to: [fork + 1, program.length] };
    return true;
  }
  const forks: number[] = [];
  for (let count = least; count < most; count += 1) {
    forks.push(program.push({ kind: 'split', to: [] }) - 1);
    if (!write(of, program)) return false;
  }
  for (const fork of forks) program[fork] = { kind: 'split', to: [fork + 1, program.length] };
  return true;
}

function holds(ranges: Ranges, sign: number): boolean {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle];
    if (range === undefined) return false;
    if (sign < range[0]) high = middle - 1;
    else if (sign > range[1]) low = middle + 1;
    else return true;
  }
  return false;
}
