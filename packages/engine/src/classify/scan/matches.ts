// Which identifiers a run of groups could be: found by the lengths of the groups, so that a table
// of a hundred types costs one look-up.
import type { Chain } from './chain.ts';
import { Columns, type Heading } from './columns.ts';
import { hasOddSeparator, isCell, isLone } from './edges.ts';
import { type GroupSet, groupSet, Surroundings } from './evidence.ts';
import { IDENTIFIERS, type Identifier, type Kind } from './identifiers.table.ts';
import { isCard, isLooseCard } from './money.ts';
import type { Page } from './page.ts';
import { isDigit } from './text.ts';

/** A group of more characters stands alone; lengths of several fit into four bits each. */
const LENGTHS_BITS = 4;
const INNER_LENGTH_MAX = 15;

type Shape = Identifier & {
  readonly own: GroupSet;
  /** Nothing but digits, or never only digits: known before the form is asked. */
  readonly digits: boolean;
  readonly lettered: boolean;
};

const CARD_GROUPS =
  '14 15 16 17 18 19 4-4-4-4 4-4-4-4-3 4-4-4-4-2 4-4-4-4-1 4-6-5 4-6-4 4-5-6 ' +
  '4-4-4-3 4-4-4-2 4-4-6 4-7-4 8-8';
const card = (type: Identifier['alone'], groups: string): Identifier => ({
  type: 'credit-card',
  kind: 'financial',
  place: 'any',
  groups: groups.split(' '),
  form: /^\d+$/,
  valid: type === 'always' ? isCard : isLooseCard,
  alone: type,
  words: ['card'],
  checked: true,
});

/** Forms that digits alone may fit; a form that begins with a letter's class cannot. */
const MAYBE_DIGITS = /^\^(?:\\d|\d|\(|\[[^\]]*(?:\d|\\d)|\[A-Z\]\{0)/;

const BY_LENGTHS: ReadonlyMap<number, readonly Shape[]> = byLengths([
  card('always', CARD_GROUPS),
  card('never', `12 13 4-4-4 4-4-4-1 4-4-5 ${CARD_GROUPS}`),
  ...IDENTIFIERS,
]);

function byLengths(identifiers: readonly Identifier[]): ReadonlyMap<number, readonly Shape[]> {
  const found = new Map<number, Shape[]>();
  for (const one of identifiers) {
    const shape = shapeOf(one);
    for (const groups of new Set(one.groups)) {
      const parts = groups.split('-').map(Number);
      const [only = 0] = parts;
      const key = parts.length === 1 ? -only : parts.reduce(addLength, 0);
      const list = found.get(key) ?? [];
      list.push(shape);
      found.set(key, list);
    }
  }
  return found;
}

function shapeOf(one: Identifier): Shape {
  const source = one.form?.source ?? '';
  const lettered = !MAYBE_DIGITS.test(source) && source !== '';
  return { ...one, own: groupSet(one.words), digits: source === '^\\d+$', lettered };
}

function areDigits(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (!isDigit(text.charCodeAt(i))) return false;
  return true;
}

function addLength(sum: number, length: number): number {
  return (sum << LENGTHS_BITS) | Math.min(length, INNER_LENGTH_MAX);
}

const GENERIC = groupSet(['nid', 'nidstrict']);
const PERSON = groupSet(['person']);
/** Words of any kind of identifier: a value near them belongs to them or to nothing. */
const NEAR_MAX = 72;

/** What is known of a value apart from its shape; found out when somebody asks. */
export class Setting {
  readonly #around: Surroundings = new Surroundings();
  readonly #columns: Columns = new Columns();
  #page!: Page; // set by `begin` before anything reads it
  #start = 0;
  #end = 0;
  #looked = false;
  #heading: Heading | undefined;

  begin(page: Page): void {
    this.#page = page;
    this.#start = -1;
    this.#looked = false;
    this.#heading = undefined;
    this.#columns.begin(page);
  }

  /** From here on it is asked about this value. */
  of(start: number, end: number): void {
    this.#looked = this.#looked && start === this.#start && end === this.#end;
    if (start !== this.#start) this.#heading = undefined;
    this.#start = start;
    this.#end = end;
  }

  get around(): Surroundings {
    if (this.#looked) return this.#around;
    this.#looked = true;
    this.#around.look(this.#page, this.#start, this.#end, this.#headingOf().groups);
    return this.#around;
  }

  /** There is a heading or a key, whatever it says. */
  get headed(): boolean {
    return this.#headingOf().there;
  }

  /** It stood behind a disguise, or has separators that no keyboard has. */
  get hidden(): boolean {
    return this.#page.disguised || hasOddSeparator(this.#page.text, this.#start, this.#end);
  }

  /** It is all that the text says. */
  get lone(): boolean {
    return isLone(this.#page.text, this.#start, this.#end);
  }

  get cell(): boolean {
    return isCell(this.#page.text, this.#start, this.#end);
  }

  #headingOf(): Heading {
    this.#heading ??= this.#columns.of(this.#start);
    return this.#heading;
  }
}

export type Match = { type: string; kind: Kind; confidence: number; weak: boolean };

/** More groups than this, of four bits each, are no key. */
export const SHAPE_GROUPS_MAX = 7;

/** Lengths of groups `from` to `to`, as a key; a single group has a negative one. */
function keyOf(chain: Chain, from: number, to: number): number {
  if (from === to) return (chain.start[from] ?? 0) - (chain.end[from] ?? 0);
  let key = 0;
  for (let i = from; i <= to; i += 1) {
    key = addLength(key, (chain.end[i] ?? 0) - (chain.start[i] ?? 0));
  }
  return key;
}

/** Shapes that fit groups `from` to `to`. */
export function shapesOf(chain: Chain, from: number, to: number): readonly Shape[] | undefined {
  return BY_LENGTHS.get(keyOf(chain, from, to));
}

/** The best of the shapes for the compact text, or undefined. */
export function bestOf(
  shapes: readonly Shape[],
  compact: string,
  grouped: boolean,
  setting: Setting,
): Match | undefined {
  const digitsOnly = areDigits(compact);
  const { around, lone } = setting;
  const against = digitsOnly ? around.against() : 255;
  // Some word of identity or of a person, or a disguise, speaks for every type with a check.
  const said =
    setting.hidden || around.nearest(GENERIC) <= NEAR_MAX || around.nearest(PERSON) <= NEAR_MAX;
  let best: Match | undefined;
  for (let i = 0; i < shapes.length; i += 1) {
    const shape = shapes[i] as Shape; // within: i is
    if (digitsOnly ? shape.lettered : shape.digits) continue;
    const own = around.nearest(shape.own);
    if (against < 255 && against <= own) continue;
    // Without a word, a check or a shape of its own it counts for nothing: nothing to compute.
    if (own > NEAR_MAX && shape.alone === 'never' && !lone) {
      if (!shape.checked || (!said && (best !== undefined || !setting.cell))) continue;
    }
    if (!isOf(shape, compact)) continue;
    const confidence = confidenceOf(shape, own, grouped, digitsOnly, setting);
    const weak = confidence === 0 && shape.checked;
    if (confidence === 0 && !weak) continue;
    if (best === undefined || confidence > best.confidence) {
      best = { type: shape.type, kind: shape.kind, confidence, weak };
    }
  }
  return best;
}

const isOf = (shape: Shape, compact: string): boolean =>
  (shape.digits || shape.form === undefined || shape.form.test(compact)) &&
  (shape.valid === undefined || shape.valid(compact));

function confidenceOf(
  shape: Shape,
  own: number,
  grouped: boolean,
  digitsOnly: boolean,
  setting: Setting,
): number {
  const sure = shape.checked ? 0.02 : 0;
  if (own <= NEAR_MAX) return 0.97 + sure - own / 1_000;
  if (shape.alone === 'always') return 0.85 + sure;
  if (shape.alone === 'grouped' && grouped) return 0.75 + sure;
  const generic = setting.around.nearest(GENERIC) <= NEAR_MAX;
  if (generic && (shape.checked || shape.alone === 'grouped')) return 0.7 + sure;
  if (setting.hidden && (shape.checked || shape.alone === 'grouped')) return 0.65 + sure;
  if (setting.lone && isTelling(shape, digitsOnly)) return 0.55 + sure;
  const person = setting.around.nearest(PERSON) <= NEAR_MAX;
  return person && shape.checked && grouped && !setting.headed ? 0.55 : 0;
}

/** Enough when it is all that a text says: a check, or letters where a country puts them. */
const isTelling = (shape: Shape, digitsOnly: boolean): boolean =>
  shape.checked || (shape.place !== 'any' && (!digitsOnly || shape.type === 'us-ssn'));
