// Which identifiers a run of groups could be: found by the lengths of the groups, one step a group,
// so that a table of a hundred types costs what a few do.
import type { Chain, Compact } from './chain.ts';
import { Columns, type Heading } from './columns.ts';
import { hasOddSeparator, isCell, isLone } from './edges.ts';
import { type GroupSet, groupSet, Surroundings, setOf } from './evidence.ts';
import { IDENTIFIERS, type Identifier, type Kind } from './identifiers.table.ts';
import { isCard, isLooseCard } from './money.ts';
import type { Page } from './page.ts';

type Shape = Identifier & {
  readonly own: GroupSet;
  /** Nothing but digits, or never only digits: known before the form is asked. */
  readonly digits: boolean;
  readonly lettered: boolean;
};

const CARD_GROUPS =
  '14 15 16 17 18 19 4-4-4-4 4-4-4-4-3 4-4-4-4-2 4-4-4-4-1 4-6-5 4-6-4 4-5-6 ' +
  '4-4-4-3 4-4-4-2 4-4-6 4-7-4 8-8 4-8-4';
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

/** Types of one length, in the order of the table. */
type List = {
  readonly all: readonly Shape[];
  /** Those that may count without a word, a check or a disguise; of one group, of several. */
  readonly single: readonly Shape[];
  readonly grouped: readonly Shape[];
  /** Every word that speaks for one of them. */
  readonly words: GroupSet;
};

/** What may have these lengths: nothing but digits, or with letters among them. */
export type Shapes = { readonly digits: List; readonly lettered: List };

function listOf(all: readonly Shape[]): List {
  return {
    all,
    single: all.filter(({ alone }) => alone === 'always'),
    grouped: all.filter(({ alone }) => alone !== 'never'),
    words: setOf([...new Set(all.flatMap(({ own }) => own.groups))]),
  };
}

/** Lengths of groups, one step a group: what fits up to here, and what may follow. */
type Step = { shapes: Shapes | undefined; readonly next: (Step | undefined)[] };

const SHAPES: readonly Identifier[] = [
  card('always', CARD_GROUPS),
  card('never', `12 13 4-4-4 4-4-4-1 4-4-5 ${CARD_GROUPS}`),
  ...IDENTIFIERS,
];
/** By the exact length of a group that stands for itself. */
const SINGLE: (Shapes | undefined)[] = [];
const FIRST: Step = { shapes: undefined, next: [] };
fill();

function fill(): void {
  const found = new Map<string, Shape[]>();
  for (const one of SHAPES) {
    const shape = shapeOf(one);
    for (const groups of new Set(one.groups)) {
      const list = found.get(groups) ?? [];
      list.push(shape);
      found.set(groups, list);
    }
  }
  for (const [groups, all] of found) {
    const shapes: Shapes = {
      digits: listOf(all.filter(({ lettered }) => !lettered)),
      lettered: listOf(all.filter(({ digits }) => !digits)),
    };
    const lengths = groups.split('-').map(Number);
    if (lengths.length === 1) SINGLE[lengths[0] ?? 0] = shapes;
    else stepAt(lengths).shapes = shapes;
  }
}

function stepAt(lengths: readonly number[]): Step {
  let step = FIRST;
  for (const length of lengths) {
    const next: Step = step.next[length] ?? { shapes: undefined, next: [] };
    step.next[length] = next;
    step = next;
  }
  return step;
}

function shapeOf(one: Identifier): Shape {
  const source = one.form?.source ?? '';
  const lettered = !MAYBE_DIGITS.test(source) && source !== '';
  return { ...one, own: groupSet(one.words), digits: source === '^\\d+$', lettered };
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
  #start = -1;
  #end = -1;
  /** What has been looked at: up to the start, and from the end on. */
  #lookedBefore = false;
  #lookedAfter = false;
  #heading: Heading | undefined;

  begin(page: Page): void {
    this.#page = page;
    this.#start = -1;
    this.#end = -1;
    this.#columns.begin(page);
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  /** From here on it is asked about this value. */
  of(start: number, end: number): void {
    if (start !== this.#start) {
      this.#heading = undefined;
      this.#lookedBefore = false;
      this.#lookedAfter = false;
    } else if (end !== this.#end) this.#lookedAfter = false;
    this.#start = start;
    this.#end = end;
  }

  get around(): Surroundings {
    if (this.#lookedAfter) return this.#around;
    if (!this.#lookedBefore) {
      this.#around.lookBefore(this.#page, this.#start, this.#headingOf().groups);
      this.#lookedBefore = true;
    }
    this.#around.lookAfter(this.#page, this.#end);
    this.#lookedAfter = true;
    return this.#around;
  }

  /** There is a heading or a key, whatever it says. */
  get headed(): boolean {
    const { there } = this.#headingOf();
    return there === 'keyed' ? this.#columns.isNamed : there;
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

/** No identifier is written in more groups. */
export const SHAPE_GROUPS_MAX = 7;

/** What fits the lengths of some groups, and the last of them. */
export type Candidates = {
  many: number;
  readonly shapes: (Shapes | undefined)[];
  readonly to: Int32Array;
};

/** Shapes that groups `from` to at most `most` could have, the shortest first. */
export function findShapes(chain: Chain, from: number, most: number, into: Candidates): void {
  into.many = 0;
  const single = SINGLE[chain.lengthOf(from)];
  if (single !== undefined) add(into, single, from);
  let step: Step | undefined = FIRST;
  for (let to = from; to <= most; to += 1) {
    step = step.next[chain.lengthOf(to)];
    if (step === undefined) return;
    if (step.shapes !== undefined) add(into, step.shapes, to);
  }
}

function add(into: Candidates, shapes: Shapes, to: number): void {
  into.shapes[into.many] = shapes;
  into.to[into.many] = to;
  into.many += 1;
}

/** The best of the shapes for what the groups say, or undefined. */
export function bestOf(shapes: Shapes, compact: Compact, setting: Setting): Match | undefined {
  const { digitsOnly, grouped } = compact;
  const list = digitsOnly ? shapes.digits : shapes.lettered;
  const { around, lone } = setting;
  const against = digitsOnly ? around.against() : 255;
  // Some word of identity or of a person, or a disguise, speaks for every type with a check.
  const said = setting.hidden || around.holds(GENERIC) || around.holds(PERSON);
  const { cell } = setting;
  const spokenFor = lone || said || cell || around.holds(list.words);
  const asked = spokenFor ? list.all : grouped ? list.grouped : list.single;
  let best: Match | undefined;
  for (let i = 0; i < asked.length; i += 1) {
    const shape = asked[i] as Shape; // within: i is
    const own = around.nearest(shape.own);
    if (against < 255 && against <= own) continue;
    // Without a word, a check or a shape of its own it counts for nothing: nothing to compute.
    if (own > NEAR_MAX && !lone && !countsAlone(shape, grouped, said)) {
      if (!shape.checked || (!said && (best !== undefined || !cell))) continue;
    }
    if (!isOf(shape, compact)) continue;
    const confidence = confidenceOf(shape, own, compact, setting);
    const weak = confidence === 0 && shape.checked;
    if (confidence === 0 && !weak) continue;
    if (best === undefined || confidence > best.confidence) {
      best = { type: shape.type, kind: shape.kind, confidence, weak };
    }
  }
  return best;
}

const countsAlone = ({ alone }: Shape, grouped: boolean, said: boolean): boolean =>
  alone === 'always' || (alone === 'grouped' && (grouped || said));

const isOf = (shape: Shape, compact: Compact): boolean =>
  (shape.digits || shape.form === undefined || shape.form.test(compact.text)) &&
  (shape.valid === undefined || shape.valid(compact.text));

function confidenceOf(
  shape: Shape,
  own: number,
  { grouped, digitsOnly }: Compact,
  setting: Setting,
): number {
  const sure = shape.checked ? 0.02 : 0;
  if (own <= NEAR_MAX) return 0.97 + sure - own / 1_000;
  if (shape.alone === 'always') return 0.85 + sure;
  if (shape.alone === 'grouped' && grouped) return 0.75 + sure;
  const generic = setting.around.holds(GENERIC);
  if (generic && (shape.checked || shape.alone === 'grouped')) return 0.7 + sure;
  if (setting.hidden && (shape.checked || shape.alone === 'grouped')) return 0.65 + sure;
  if (setting.lone && isTelling(shape, digitsOnly)) return 0.55 + sure;
  const person = setting.around.holds(PERSON);
  return person && shape.checked && grouped && !setting.headed ? 0.55 : 0;
}

/** Enough when it is all that a text says: a check, or letters where a country puts them. */
const isTelling = (shape: Shape, digitsOnly: boolean): boolean =>
  shape.checked || (shape.place !== 'any' && (!digitsOnly || shape.type === 'us-ssn'));
