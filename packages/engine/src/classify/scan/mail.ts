// E-mail addresses around an at-sign, walked by hand: no expression that could go back and forth.
import { FILES, NOBODYS_HOST, PRIVATE_HOST } from './forms.table.ts';
import { ROLES, STAND_INS } from './mailboxes.table.ts';
import { isDigit, isLatin, isLetter, isWord } from './text.ts';

const LOCAL_MAX = 64;
const DOMAIN_MAX = 190;
const POINT = 0x2e;
const DASH = 0x2d;
const BLANK = 0x20;
const LABELS_MIN = 2;

const setOfMarks = (marks: string): Uint8Array => {
  const set = new Uint8Array(128);
  for (const mark of marks) set[mark.charCodeAt(0)] = 1;
  return set;
};
const LOCAL_MARK = setOfMarks(".!#$%&'*+/=?^_`{|}~-");

const inLocal = (code: number): boolean =>
  isWord(code) || LOCAL_MARK[code] === 1 || (code > 127 && isLatin(code));
/** What an address may hold by the letter, but not begin with here; what it begins behind. */
const OUTER = setOfMarks("!#$%&'*/=?^`{|}~.-");
const BEGINS = setOfMarks("=/'`{|}?&");

/** The span of the address whose at-sign is at `at`, or undefined. */
export function mailAt(text: string, at: number): { start: number; end: number } | undefined {
  const spaced = text.charCodeAt(at - 1) === BLANK && text.charCodeAt(at + 1) === BLANK;
  const start = spaced ? localStart(text, at - 1) : localStart(text, at);
  if (start < 0) return undefined;
  const end = domainEnd(text, spaced ? at + 2 : at + 1, spaced);
  return end < 0 || isRemote(text, start, at, end) ? undefined : { start, end };
}

/**
 * Nobody's mailbox: that of a role (`noreply@`, `billing+eu@`, `product-feedback@`) where mail is
 * not private, and what stands for an address (`you@example.com`).
 */
export function isNobodysMail(address: string): boolean {
  const at = address.indexOf('@');
  const name = address.slice(0, at).toLowerCase();
  const joint = name.search(JOINT);
  const whole = joint < 0 ? name : name.replace(JOINTS, '');
  if (isRole(name, joint, whole)) return !PRIVATE_HOST.test(address.slice(at + 1));
  const counted = isDigit(name.charCodeAt(at - 1)) ? whole.replace(COUNT, '') : whole;
  if (!STAND_INS.has(counted)) return false;
  return whole.startsWith('your') || NOBODYS_HOST.test(address.slice(at + 1));
}

const JOINTS = /[-._]/g;
const JOINT = /[-._+]/;
const COUNT = /\d{1,3}$/;

function isRole(name: string, joint: number, whole: string): boolean {
  if (ROLES.has(whole)) return true;
  if (joint < 0) return false;
  if (ROLES.has(name.slice(0, joint))) return true;
  return name[joint] === '-' && ROLES.has(name.slice(joint + 1));
}

/** `git@host:path`, `//name:password@host`: who logs in somewhere, not where mail goes. */
function isRemote(text: string, start: number, at: number, end: number): boolean {
  if (at - start === 3 && /^(?:git|svn)$/.test(text.slice(start, at))) return true;
  // `jo@host:/srv`, `jo@host:~`: a path on another machine.
  if (text[end] === ':' && '/~'.includes(text[end + 1] ?? ' ')) return true;
  if (text[start - 1] !== ':') return false;
  let from = start - 1;
  while (start - from < LOCAL_MAX && inUser(text.charCodeAt(from - 1))) from -= 1;
  return text[from - 1] === '/' && text[from - 2] === '/';
}

const inUser = (code: number): boolean =>
  isWord(code) || code === POINT || code === DASH || code === 0x5f;

function localStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < LOCAL_MAX && inLocal(text.charCodeAt(start - 1))) start -= 1;
  // `to=a@b`, `{'a@b'`, `\na@b`.
  for (let i = at - 1; i >= start; i -= 1) {
    if (BEGINS[text.charCodeAt(i)] === 1) {
      start = i + 1;
      break;
    }
  }
  while (start < at && OUTER[text.charCodeAt(start)] === 1) start += 1;
  if (text[start - 1] === '\\' && /[nrt]/.test(text[start] ?? '')) start += 1;
  return start < at ? start : -1;
}

function domainEnd(text: string, from: number, spaced: boolean): number {
  let labels = 0;
  let at = from;
  let end = -1;
  while (at - from < DOMAIN_MAX) {
    const begun = at;
    while (isLabel(text.charCodeAt(at)) && at - from < DOMAIN_MAX) at += 1;
    let last = at;
    while (last > begun && text.charCodeAt(last - 1) === DASH) last -= 1;
    if (last === begun) break;
    labels += 1;
    if (labels >= LABELS_MIN && isTop(text, begun, last)) end = last;
    if (last !== at) break;
    const wide = spaced && text.startsWith(' . ', at);
    if (!wide && text.charCodeAt(at) !== POINT) break;
    at += wide ? 3 : 1;
  }
  return end;
}

const isLabel = (code: number): boolean => isWord(code) || code === DASH || isLatin(code);

function isTop(text: string, from: number, to: number): boolean {
  if (to - from < 2) return false;
  if (text.startsWith('xn--', from)) return true;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (isDigit(code) || !(isLetter(code) || isLatin(code))) return false;
  }
  return to - from > 5 || !FILES.test(text.slice(from, to));
}
