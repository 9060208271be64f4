// Walks the anchors of one page and says what stands there. A value is found where it could be
// one, is weighed by what stands around it, and a value that only company would make sure is
// decided at the end.
import {
  Chain,
  Compact,
  GROUP_CHARACTERS_MAX,
  hasDigit,
  isMixed,
  isNumberOrYears,
  isPairs,
  isTight,
  isUuid,
  wordEnd,
} from './chain.ts';
import { addCompany, type Weak } from './company.ts';
import { dateAt, isBirthYear } from './dates.ts';
import { isBlobPart } from './disguise.ts';
import { hasLetterOrLong, isJoint } from './edges.ts';
import { groupSet } from './evidence.ts';
import { type Finding, NOTED } from './finding.ts';
import type { Kind } from './identifiers.table.ts';
import { isNobodysMail, mailAt } from './mail.ts';
import {
  bestOf,
  type Candidates,
  findShapes,
  Setting,
  SHAPE_GROUPS_MAX,
  type Shapes,
} from './matches.ts';
import { ibanEnd } from './money.ts';
import { addressSure, networkAt } from './network.ts';
import type { Page } from './page.ts';
import { isFraction, isPhoneLike, isYears, Phone, phoneSure } from './phone.ts';
import { isDigit, isLetter, isWord, READS_AS } from './text.ts';
import { isWallet } from './wallet.ts';

const PHONE = groupSet(['phone']);
const BIRTH = groupSet(['birth']);
const CRYPTO = groupSet(['crypto']);
const IDENTITY = groupSet(['nid', 'nidstrict', 'ssn', 'tax', 'passport', 'card', 'bank', 'iban']);
const HEALTH = groupSet(['health']);

const PHONE_WORD_MAX = 48;
const BIRTH_WORD_MAX = 28;
const BLOB_MIN = 12;
const BLOB_LOOK_MAX = 5_000;
/** Shorter tokens are looked at only where something hangs on them. */
const SHORT = 5;
/** Written `DDMMYY-SSSS` a dash may be a part of the value. */
const SIGNED_AT = 6;
const SIGNED_AFTER = 4;
/** A chain as long as this is a row of numbers: only its single groups are looked at. */
const ROW_GROUPS = 16;
/** A blob that may spell text: the caller unpacks it. */
export type Blob = { readonly start: number; readonly end: number };

export class Survey {
  readonly found: Finding[] = [];
  readonly blobs: Blob[] = [];
  /** Single characters that a separator may set apart. */
  readonly apart: number[] = [];
  readonly #weak: Weak[] = [];
  readonly #chain: Chain = new Chain();
  readonly #compact: Compact = new Compact();
  readonly #candidates: Candidates = {
    many: 0,
    shapes: [],
    to: new Int32Array(SHAPE_GROUPS_MAX + 1),
  };
  readonly #phone: Phone = new Phone();
  readonly #setting: Setting = new Setting();
  #page!: Page; // set by `walk` before anything reads it
  #past = 0;
  #blobPast = 0;

  walk(page: Page): void {
    this.found.length = 0;
    this.blobs.length = 0;
    this.apart.length = 0;
    this.#weak.length = 0;
    this.#setting.begin(page);
    this.#page = page;
    this.#past = 0;
    this.#blobPast = 0;
    this.#anchors(page);
    addCompany(page.text, this.#weak, this.found);
  }

  /** A function of its own: what stands behind a long loop is thrown out of optimised code. */
  #anchors(page: Page): void {
    for (let i = 0; i < page.anchors; i += 1) {
      const at = page.anchorAt[i] as number; // within: i is
      if (page.text.charCodeAt(at) === 0x40) this.#mail(at);
      else if (at >= this.#past) this.#digits(at);
    }
  }

  #add(start: number, end: number, type: string, kind: Kind, confidence: number): void {
    this.found.push({ start, end, type, kind, confidence });
    if (end > this.#past) this.#past = end;
  }

  #mail(at: number): void {
    const span = mailAt(this.#page.text, at);
    if (span === undefined) return;
    const nobodys = isNobodysMail(this.#page.text.slice(span.start, span.end));
    this.#add(span.start, span.end, 'email-address', 'email', nobodys ? NOTED : 0.95);
  }

  #digits(at: number): void {
    const { text } = this.#page;
    let start = at;
    while (start > this.#past && isWord(text.charCodeAt(start - 1))) start -= 1;
    if (text[start - 1] === '\\' && 'nrt'.includes(text[start] ?? '') && start < at) start += 1;
    // `%B4012888888881881^`: the first track of a card.
    if (text[start] === 'B' && text[start - 1] === '%') start += 1;
    const end = wordEnd(text, at);
    if (end - start < SHORT && this.#isIdle(start, end)) {
      this.#past = end;
      return;
    }
    if (end - start === 1) this.apart.push(start);
    if (this.#network(start, end, at) || this.#long(start, end)) return;
    this.#chain.read(text, start, end);
    this.#chained();
  }

  /** A few digits that nothing hangs on: a count, a price, a year. */
  #isIdle(start: number, end: number): boolean {
    const { text } = this.#page;
    const after = text.charCodeAt(end);
    const before = READS_AS[text.charCodeAt(start - 1)];
    if (before === 0x28 || before === 0x2b || before === 0x20 || before === 0x3a) return false;
    // A year before its sign: `1978年`, `1978년`.
    if (after === 0x3a || after === 0x5e74 || after === 0xb144) return false;
    return !isJoint(READS_AS[after] ?? 0) || !isWord(text.charCodeAt(end + 1));
  }

  /** IPv4, IPv6, MAC; true when the anchor is used up. */
  #network(start: number, end: number, at: number): boolean {
    const found = networkAt(this.#page.text, { start, end, at, past: this.#past });
    if (found === undefined) return false;
    if (found.type === 'ip-address') return this.#ip(found.start, found.end);
    this.#add(found.start, found.end, found.type, 'ip', 0.85);
    return true;
  }

  /** `10:11:12 84.210.212.99`, `eth0 2001:470::7`: an address behind what a blank parts from it. */
  #networkIn(group: number): void {
    const { text } = this.#page;
    const start = this.#chain.start[group] ?? 0;
    const end = this.#chain.end[group] ?? 0;
    if (isTight(this.#chain.before[group] ?? 0) || !isTight(text.charCodeAt(end))) return;
    if (start < this.#past) return;
    let at = start;
    while (at < end && !isDigit(text.charCodeAt(at))) at += 1;
    if (at < end) this.#network(start, end, at);
  }

  #ip(start: number, end: number): boolean {
    this.#setting.of(start, end);
    this.#add(start, end, 'ip-address', 'ip', addressSure(this.#page.text, this.#setting));
    return true;
  }

  /** Wallets, blobs, hashes: tokens too long for an identifier. */
  #long(start: number, end: number): boolean {
    const { text } = this.#page;
    const last = start < this.#blobPast ? end : this.#blobEnd(start, end);
    const length = end - start;
    if (length >= 14 && isWallet(text.slice(start, end))) {
      this.#add(start, end, 'crypto', 'financial', 0.95);
      return true;
    }
    if (text.startsWith('0x', start) && length === 42) return this.#hexWallet(start, end);
    if (last - start >= BLOB_MIN && hasLetterOrLong(text, start, last)) {
      this.blobs.push({ start, end: last });
    }
    if (length <= GROUP_CHARACTERS_MAX) return false;
    this.#past = last;
    return true;
  }

  /** A blob is looked for once where it begins, not at every word in it. */
  #blobEnd(start: number, end: number): number {
    const { text } = this.#page;
    let last = end;
    while (last - start < BLOB_LOOK_MAX && isBlobPart(text.charCodeAt(last))) last += 1;
    while (last - start < BLOB_LOOK_MAX && text.charCodeAt(last) === 0x3d) last += 1;
    this.#blobPast = last;
    return last;
  }

  #hexWallet(start: number, end: number): boolean {
    this.#setting.of(start, end);
    if (this.#setting.around.nearest(CRYPTO) < 72)
      this.#add(start, end, 'crypto', 'financial', 0.8);
    this.#past = end;
    return true;
  }

  #chained(): void {
    const chain = this.#chain;
    if (isPairs(this.#page.text, chain)) {
      this.blobs.push({ start: chain.start[0] ?? 0, end: chain.last });
    }
    if (isUuid(this.#page.text, chain)) {
      this.#past = chain.last;
      return;
    }
    const row = chain.groups >= ROW_GROUPS;
    let group = 0;
    while (group < chain.groups) {
      if (group > 0 && !row) this.#networkIn(group);
      if (row && isShort(chain, group)) {
        group += 1;
        continue;
      }
      const start = chain.start[group] ?? 0;
      const used = start < this.#past ? group + 1 : this.#group(group);
      group = Math.max(used, group + 1);
    }
    if (chain.last > this.#past) this.#past = chain.last;
  }

  /** @returns the first group after what was found at `group`, or the next one. */
  #group(group: number): number {
    const { text } = this.#page;
    const chain = this.#chain;
    const start = chain.start[group] ?? 0;
    if (group > 0 && isTight(chain.before[group] ?? 0) && this.#isOpen(group - 1)) return group + 1;
    // Whatever else has as many digits: a country's code stands before them.
    if (text.charCodeAt(start - 1) === 0x2b && this.#telephone(start, false)) return group + 1;
    const iban = ibanEnd(text, start);
    if (iban > 0) {
      this.#add(start, iban, 'iban-code', 'financial', 0.98);
      return group + 1;
    }
    const identifier = this.#identifier(group);
    if (identifier > 0) return identifier;
    const at = chain.start[group] ?? 0;
    if (!isDigit(text.charCodeAt(at))) return this.#code(group);
    const inner = group > 0 && this.#isOpen(group - 1);
    if (this.#date(at) || this.#telephone(at, inner)) return group + 1;
    return this.#code(group);
  }

  /** A group that is digits: what hangs on it by a dash is a part of it. */
  #isOpen(group: number): boolean {
    const { text } = this.#page;
    const end = this.#chain.end[group] ?? 0;
    if (end <= this.#past && this.#past > 0) return false;
    return hasDigit(text, this.#chain.start[group] ?? 0, end);
  }

  #identifier(group: number): number {
    const chain = this.#chain;
    const candidates = this.#candidates;
    const most =
      chain.groups >= ROW_GROUPS ? group : Math.min(chain.groups, group + SHAPE_GROUPS_MAX) - 1;
    findShapes(chain, group, most, candidates);
    for (let i = candidates.many - 1; i >= 0; i -= 1) {
      const to = candidates.to[i] as number; // within: below `many`
      const shapes = candidates.shapes[i];
      if (shapes === undefined || !this.#closes(group, to)) continue;
      if (this.#weigh(group, to, shapes)) return to + 1;
    }
    return 0;
  }

  /** One kind of separator, and nothing that goes on after. */
  #closes(from: number, to: number): boolean {
    const chain = this.#chain;
    const after = to + 1 < chain.groups ? (chain.before[to + 1] ?? 0) : 0;
    const { text } = this.#page;
    const end = chain.end[to] ?? 0;
    if (isTight(after) && !(after === 0x2e && !isDigit(text.charCodeAt(end + 1)))) return false;
    if (isNumberOrYears(text, chain, from, to)) return false;
    if (isMixed(text, chain, from, to)) return true;
    let dashes = 0;
    let others = 0;
    for (let i = from + 1; i <= to; i += 1) {
      const one = chain.before[i] ?? 0;
      if (one === 0x2d || one === 0x20) dashes += 1;
      else if (others === 0 || one === others) others = one;
      else return false;
    }
    // `313.998.051-50`: points, then one dash before the check digits.
    if (others === 0) return true;
    return dashes === 0 || (dashes === 1 && chain.before[to] === 0x2d && others === 0x2e);
  }

  #weigh(from: number, to: number, shapes: Shapes): boolean {
    const { text } = this.#page;
    const chain = this.#chain;
    this.#setting.of(chain.start[from] ?? 0, chain.end[to] ?? 0);
    if (to - from === 1 && chain.before[to] === 0x2d) {
      if (chain.lengthOf(from) === SIGNED_AT && chain.lengthOf(to) === SIGNED_AFTER) {
        this.#compact.of(text, chain, from, to, true);
        if (this.#best(shapes)) return true;
      }
    }
    this.#compact.of(text, chain, from, to, false);
    return this.#best(shapes);
  }

  #best(shapes: Shapes): boolean {
    const setting = this.#setting;
    const best = bestOf(shapes, this.#compact, setting);
    if (best === undefined) return false;
    const { start, end } = setting;
    if (best.weak) {
      if (setting.cell && !setting.headed) {
        this.#weak.push({ start, end, type: best.type, kind: best.kind });
      }
      return false;
    }
    this.#add(start, end, best.type, best.kind, best.confidence);
    return true;
  }

  #date(at: number): boolean {
    const { text } = this.#page;
    const date = dateAt(text, at);
    if (date === undefined || !isBirthYear(date.year)) return false;
    const setting = this.#setting;
    const start = date.start ?? at;
    setting.of(start, date.end);
    const born = setting.around.nearest(BIRTH) <= BIRTH_WORD_MAX;
    if (born) this.#add(start, date.end, 'date-of-birth', 'date-of-birth', 0.9);
    else if (date.year < 2016 && setting.cell && !setting.headed) {
      this.#weak.push({ start, end: date.end, type: 'date-of-birth', kind: 'date-of-birth' });
    }
    if (date.end > this.#past) this.#past = date.end;
    return true;
  }

  /** @param inner it begins inside a chain of digits that nothing was found in. */
  #telephone(at: number, inner: boolean): boolean {
    const phone = this.#phone;
    if (!phone.read(this.#page.text, at) || isYears(phone) || isFraction(phone)) return false;
    const alone = inner ? 0 : phoneSure(phone);
    const sure = phone.plus && alone > 0 ? alone : this.#phoneWeighed(phone, alone);
    if (sure > 0) this.#add(phone.start, phone.end, 'phone-number', 'phone', sure);
    return sure > 0;
  }

  #phoneWeighed(phone: Phone, alone: number): number {
    const setting = this.#setting;
    setting.of(phone.start, phone.end);
    const { around } = setting;
    const word = around.nearest(PHONE);
    const against = Math.min(around.against(), around.nearestBefore(IDENTITY));
    if (!phone.plus && against <= word && against < 32) return 0;
    const like = isPhoneLike(phone);
    if (word <= PHONE_WORD_MAX && (like || (phone.groups > 1 && phone.digits <= 12))) return 0.92;
    if (alone > 0) return alone;
    if (!like) return 0;
    if (setting.hidden || setting.lone) return 0.6;
    if (setting.cell && !setting.headed) {
      this.#weak.push({ start: phone.start, end: phone.end, type: 'phone-number', kind: 'phone' });
    }
    return 0;
  }

  /** A diagnosis code (ICD-10) beside a word of medicine. */
  #code(group: number): number {
    const { text } = this.#page;
    const chain = this.#chain;
    const start = chain.start[group] ?? 0;
    if (!isLetter(text.charCodeAt(start)) || !isDigit(text.charCodeAt(start + 1))) return group + 1;
    const next = group + 1 < chain.groups && chain.before[group + 1] === 0x2e ? group + 1 : group;
    const end = chain.end[next] ?? 0;
    if (
      end - start > 8 ||
      !/^[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?$/i.test(text.slice(start, end))
    ) {
      return group + 1;
    }
    const setting = this.#setting;
    setting.of(start, end);
    if (setting.around.nearest(HEALTH) <= 40) {
      this.#add(start, end, 'medical-code', 'health', 0.85);
    }
    return next + 1;
  }
}

const isShort = (chain: Chain, group: number): boolean =>
  (chain.end[group] ?? 0) - (chain.start[group] ?? 0) < 7;
