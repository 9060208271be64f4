// Finds personal and regulated data and credentials in a text, by local means and in linear time.
// One pass marks the anchors; everything else looks at bounded windows around them. It says where
// something stands, what kind it is and how sure that is; a value never leaves. Names and addresses
// of people are not found: that needs a model.
import { plainValue } from '@signalbox/documents';
import type { SensitiveRules } from '../../tenant/tenant.ts';
import { addressed, readable, setApart, type Undone, unpacked } from './disguise.ts';
import type { Finding } from './finding.ts';
import { GOES_ON } from './forms.table.ts';
import { IDENTIFIERS, type Kind } from './identifiers.table.ts';
import { findOwn } from './own.ts';
import { AT_SIGN, Page } from './page.ts';
import { joinedAt, seamsIn } from './seams.ts';
import { findSecrets } from './secrets.ts';
import { Survey } from './survey.ts';
import { LEXICON } from './words.ts';

export { type Finding, RAISES_FROM } from './finding.ts';
export type { Kind } from './identifiers.table.ts';

/** A text is looked at in slices of this many code units, each with a margin on both sides. */
export const SLICE: number = 65_536;
/** What a slice sees of its neighbours: the longest value and the words around it. */
const MARGIN = 512;
/** Disguises inside disguises. */
const DEPTH_MAX = 2;
const WINDOW_MARGIN = 48;
const WINDOW_MAX = 2_048;
/** Windows of disguises in one slice, in characters: four times the slice. */
const UNDONE_MAX = 4 * SLICE;

const OTHERS: readonly (readonly [type: string, kind: Kind])[] = [
  ['credit-card', 'financial'],
  ['iban-code', 'financial'],
  ['crypto', 'financial'],
  ['email-address', 'email'],
  ['phone-number', 'phone'],
  ['ip-address', 'ip'],
  ['mac-address', 'ip'],
  ['date-of-birth', 'date-of-birth'],
  ['medical-code', 'health'],
  ['secret', 'secret'],
];

/** Every type that a finding may have, with its kind. */
export const kindsOfTypes = (): readonly (readonly [type: string, kind: Kind])[] => [
  ...OTHERS,
  ...IDENTIFIERS.map(({ type, kind }) => [type, kind] as const),
];

/** Every type that a finding may have, in order. */
export const scannedTypes = (): readonly string[] =>
  [...new Set(kindsOfTypes().map(([type]) => type))].sort();

/** One desk a depth, kept: their arrays have grown to what texts need. */
type Desk = { readonly page: Page; readonly survey: Survey };
const desks: Desk[] = [];
function deskAt(depth: number): Desk {
  const desk = desks[depth] ?? { page: new Page(LEXICON), survey: new Survey() };
  desks[depth] = desk;
  return desk;
}

/** Everything found in a text, in order, without overlap. Long texts: see `Scan`. */
export function scan(text: string): readonly Finding[] {
  const whole = new Scan();
  whole.push(text);
  return whole.end();
}

/**
 * A scan in steps: push the text in pieces of any size, then ask. One piece of up to `SLICE` costs
 * one step; who has more gives the loop a turn between pieces.
 */
export class Scan {
  readonly #rules: SensitiveRules | undefined;
  readonly #found: Finding[] = [];
  /** What has been pushed and is not done with, and where it begins in the whole. */
  #held = '';
  /** It came in one piece. */
  #isFlat = true;
  #origin = 0;
  /** Offset in the whole before which everything has been said. */
  #settled = 0;

  /** @param rules what a tenant adds: types of its own, and values that are public for it. */
  constructor(rules?: SensitiveRules) {
    this.#rules = rules;
  }

  push(text: string): void {
    for (let at = 0, size = 0; at < text.length; at += size) {
      // Two slices become one page in any case: together they need not be joined first.
      this.#isFlat = this.#held === '';
      size = this.#isFlat ? 2 * SLICE : SLICE;
      this.#held += text.slice(at, at + size);
      if (this.#held.length > SLICE) this.#step(this.#held.length - MARGIN);
    }
  }

  /** The last step. */
  end(): readonly Finding[] {
    if (this.#held.length > 0) this.#step(this.#held.length);
    this.#held = '';
    return this.#found;
  }

  /** Says what begins before `limit` of what is held, and keeps the margin. */
  #step(limit: number): void {
    const origin = this.#origin;
    const found = scanPage(this.#held, this.#isFlat, this.#rules);
    for (let i = 0; i < found.length; i += 1) {
      const one = found[i] as Finding; // within: i is
      const start = one.start + origin;
      if (one.start >= limit || start < this.#settled) continue;
      this.#found.push(origin === 0 ? one : { ...one, start, end: one.end + origin });
      this.#settled = one.end + origin;
    }
    this.#settled = Math.max(this.#settled, this.#origin + limit);
    const keep = Math.max(0, limit - MARGIN);
    this.#origin += keep;
    this.#held = this.#held.slice(keep);
    this.#isFlat = false;
  }
}

/** What stands in one slice. */
function scanPage(
  text: string,
  isFlat: boolean,
  rules: SensitiveRules | undefined,
): readonly Finding[] {
  const found: Finding[] = [];
  const budget = { left: UNDONE_MAX };
  visit({ text, isFlat, depth: 0, plain: true, found, budget });
  acrossSeams(text, rules, found, budget);
  for (const { page } of desks) page.forget();
  if (rules === undefined) return withoutOverlap(found);
  findOwn(text, rules, found);
  return withoutOverlap(found).filter(
    ({ start, end }) => !rules.publicValues.has(plainValue(text.slice(start, end))),
  );
}

type Visit = {
  readonly text: string;
  readonly isFlat: boolean;
  readonly depth: number;
  /** No disguise has been undone. */
  readonly plain: boolean;
  readonly found: Finding[];
  readonly budget: Budget;
};
type Budget = { left: number };

/** What stands on both sides of a seam between two texts of a message. */
function acrossSeams(
  text: string,
  rules: SensitiveRules | undefined,
  found: Finding[],
  budget: Budget,
): void {
  const seams = seamsIn(text);
  if (seams === undefined) return;
  const { text: joined, from } = joinedAt(text, seams);
  const inner: Finding[] = [];
  visit({ text: joined, isFlat: false, depth: 1, plain: true, found: inner, budget });
  if (rules !== undefined) findOwn(joined, rules, inner);
  const marks = Int32Array.from(seams.from);
  for (const one of withoutOverlap(inner)) {
    const start = from[one.start] ?? 0;
    const end = (from[one.end - 1] ?? 0) + 1;
    if (holdsAny(marks, start, end)) found.push({ ...one, start, end });
  }
}

function visit(one: Visit): void {
  const { text, depth, found } = one;
  const { page, survey } = deskAt(depth);
  page.disguised = !one.plain;
  page.read(text, one.isFlat);
  if (page.hits > 0) findSecrets(page, found);
  if (page.anchors > 0) {
    survey.walk(page);
    for (let i = 0; i < survey.found.length; i += 1) found.push(survey.found[i] as Finding); // is
  }
  if (depth >= DEPTH_MAX) return;
  if (page.odds > 0) oddWindows(page, one);
  if (page.hasSigns) addressWindows(page, one);
  if (page.anchors > 0) {
    apartRuns(survey, one);
    blobs(survey, one);
  }
}

/** Looks at what a disguise hid; `keep` says whether a span of this text may count. */
function inside(undone: Undone, one: Visit, keep: (start: number, end: number) => boolean): void {
  const { text, from } = undone;
  one.budget.left -= text.length;
  if (text === '' || one.budget.left < 0) return;
  const found: Finding[] = [];
  visit({ ...one, text, isFlat: false, depth: one.depth + 1, plain: false, found });
  for (const each of withoutOverlap(found)) {
    const start = from[each.start] ?? 0;
    const end =
      (from[each.end - 1] ?? 0) === (from[each.end] ?? 0)
        ? (from[each.end] ?? 0)
        : endOf(from, each.end);
    if (keep(start, end)) one.found.push({ ...each, start, end });
  }
}

/** The end of a span is where the next character of the plain text began. */
const endOf = (from: Int32Array, end: number): number => from[end] ?? 0;

/** Characters that read as others lie in clusters; each is one window. */
function oddWindows(page: Page, one: Visit): void {
  const { text } = page;
  const odds = page.oddAt.slice(0, page.odds);
  let next = 0;
  while (next < odds.length) {
    const first = odds[next] ?? 0;
    let last = first;
    const begun = next;
    while (
      next < odds.length &&
      (odds[next] ?? 0) - last <= WINDOW_MARGIN &&
      (odds[next] ?? 0) - first < WINDOW_MAX
    ) {
      last = odds[next] ?? 0;
      next += 1;
    }
    const start = Math.max(0, first - WINDOW_MARGIN);
    const end = Math.min(text.length, last + WINDOW_MARGIN);
    const cluster = odds.subarray(begun, next);
    inside(readable(text, start, end), one, (from, to) => holdsAny(cluster, from, to));
  }
}

const holdsAny = (odds: Int32Array, from: number, to: number): boolean => {
  let low = 0;
  let high = odds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((odds[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return low < odds.length && (odds[low] ?? 0) < to;
};

const ADDRESS_BEFORE = 80;
const ADDRESS_AFTER = 120;
const OPENERS = '[({<';
/** `[at]` and ` at ` with a ` dot ` behind it lie in clusters too. */
function addressWindows(page: Page, one: Visit): void {
  const { text } = page;
  const places: number[] = [];
  for (let hit = 0; hit < page.hits; hit += 1) {
    const groups = page.wordOf(hit)?.groups;
    const at = page.hitStart[hit] ?? 0;
    if (groups?.length === 1 && groups[0] === AT_SIGN && isSign(text, at)) {
      places.push(at);
    }
  }
  for (let next = 0; next < places.length; ) {
    const first = places[next] ?? 0;
    let last = first;
    const cluster: number[] = [];
    while (
      next < places.length &&
      (places[next] ?? 0) - last <= ADDRESS_AFTER &&
      last - first < WINDOW_MAX
    ) {
      last = places[next] ?? 0;
      cluster.push(last);
      next += 1;
    }
    const end = Math.min(text.length, last + ADDRESS_AFTER);
    const start = Math.max(0, first - ADDRESS_BEFORE);
    const marks = Int32Array.from(cluster);
    inside(addressed(text, start, end), one, (from, to) => holdsAny(marks, from, to));
  }
}

/** In brackets, and no `[ ]`; without them only where an address goes on. */
function isSign(text: string, at: number): boolean {
  if (OPENERS.includes(text[at] ?? '')) return !' -_'.includes(text[at + 1] ?? ' ');
  return GOES_ON.test(text.slice(Math.max(0, at - ADDRESS_BEFORE), at + 16));
}

function apartRuns(survey: Survey, one: Visit): void {
  let past = 0;
  for (const at of survey.apart.slice()) {
    if (at < past) continue;
    const undone = setApart(one.text, at, past);
    if (undone === undefined) continue;
    past = undone.from.at(-1) ?? at;
    inside(undone, one, (from, to) => to - from > 12);
  }
}

/** `data:image/svg+xml;base64,`: numbers of a drawing. */
const IMAGE = /image\/[\w.+%-]{1,24};base64,$/;
const IMAGE_HEAD_MAX = 40;

function blobs(survey: Survey, one: Visit): void {
  for (const { start, end } of survey.blobs.slice()) {
    if (IMAGE.test(one.text.slice(Math.max(0, start - IMAGE_HEAD_MAX), start))) continue;
    const text = unpacked(one.text.slice(start, end));
    if (text === undefined) continue;
    // The blob as a whole hides the value: that is where it stands.
    const from = new Int32Array(text.length + 1).fill(start);
    from[text.length] = end;
    one.budget.left -= text.length;
    if (one.budget.left < 0) return;
    const found: Finding[] = [];
    visit({ ...one, text, isFlat: false, depth: one.depth + 1, plain: false, found });
    for (const each of withoutOverlap(found)) one.found.push({ ...each, start, end });
  }
}

/** The surest of those that overlap; of equals the longest. In order. */
function withoutOverlap(found: readonly Finding[]): readonly Finding[] {
  if (isApart(found)) return found;
  const kept: Finding[] = [];
  for (const one of [...found].sort(byPlace)) {
    const last = kept.at(-1);
    if (last === undefined || one.start >= last.end) kept.push(one);
    else if (isBetter(one, last)) kept[kept.length - 1] = one;
  }
  return kept;
}

const byPlace = (a: Finding, b: Finding): number =>
  a.start - b.start || b.confidence - a.confidence;

/** Each begins where the one before has ended: so it is nearly always. */
function isApart(found: readonly Finding[]): boolean {
  for (let i = 1; i < found.length; i += 1) {
    if ((found[i] as Finding).start < (found[i - 1] as Finding).end) return false; // within: i is
  }
  return true;
}

const isBetter = (one: Finding, other: Finding): boolean =>
  one.confidence > other.confidence + 0.05 ||
  (one.confidence >= other.confidence && one.end - one.start > other.end - other.start);
