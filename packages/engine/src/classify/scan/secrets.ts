// Credentials: by the rules of their issuers, and by what they are assigned to. Prose alone never
// makes one: there is a prefix that is known, or a word with an assignment behind it.
import { byCommand, byCookie, byUrl, Sentences } from './credentials.ts';
import { unpacked } from './disguise.ts';
import type { Finding } from './finding.ts';
import { ABOUT, isPlaceholder, PASSWORDS, STANDS_FOR } from './forms.table.ts';
import type { Page } from './page.ts';
import { SECRET_RULES } from './secrets.table.ts';
import { entropy, factsOf } from './strength.ts';
import { isLetter, isWord } from './text.ts';
import { groupNumber, type Word } from './words.ts';

const SECRET = groupNumber('secret');

/** What may follow a word inside a longer name, what stands between name and value. */
const NAME_MAX = 48;
const BETWEEN_MAX = 24;
const QUOTED_MAX = 400;
const BARE_MAX = 200;
const VALUE_MIN = 8;
/** Of a value that nothing is assigned to. */
const NAMED_MIN = 20;
const NESTED_MAX = 64;
/** Shorter letters around a number are a name. */
const RANDOM_MIN = 14;
/** Nobody writes a password like `normalizeX509CredentialOptions`. */
const LONG_NAME = 20;
const PEM_MAX = 8_192;
const PEM_BODY_MIN = 40;

export function findSecrets(page: Page, found: Finding[]): void {
  let seen = -1;
  let past = -1;
  let read = -1;
  const sentences = new Sentences(page.text);
  for (let hit = 0; hit < page.hits; hit += 1) {
    const word = page.wordOf(hit);
    if (word === undefined) continue;
    const start = page.hitStart[hit] ?? 0;
    for (let i = 0; i < word.rules.length && start >= past; i += 1) {
      past = Math.max(past, byRule(page, word.rules[i] ?? 0, start, found));
    }
    if (word.role === 'none') continue;
    const end = page.hitEnd[hit] ?? 0;
    if (word.role === 'assigned') {
      const many = found.length;
      if (end > seen) seen = byAssignment(page, word, { start, end }, found);
      if (word.spoken && found.length === many && sentences.isNear(end)) {
        sentences.read(end, found);
      }
    } else if (word.role === 'pem') {
      if (start >= past) past = byPem(page.text, start, found);
    } else if (word.role === 'command') {
      if (start >= read) read = byCommand(page.text, { start, end }, found);
    } else if (word.role === 'cookie') {
      if (start >= read) read = byCookie(page.text, end, found);
    } else byUrl(page.text, end, found);
  }
}

function secret(start: number, end: number, confidence: number): Finding {
  return { start, end, type: 'secret', kind: 'secret', confidence };
}

/** Prefixes that stand inside a value, and how far before them it may begin. */
const INNER = new Set(['.atlasv1.', 'Q~', '_mmk', ':AA']);
const INNER_MAX = 40;

/** @returns where the value ends that the rule has looked at, or -1. */
function byRule(page: Page, number: number, at: number, found: Finding[]): number {
  const { text } = page;
  const rule = SECRET_RULES[number];
  if (rule === undefined || !text.startsWith(rule.prefix, at)) return -1;
  const inner = INNER.has(rule.prefix);
  const before = text.charCodeAt(at - 1);
  const escaped = text.charCodeAt(at - 2) === 0x5c;
  if (!inner && isWord(before) && !escaped && rule.prefix !== 'hooks.slack.com/') return -1;
  rule.form.lastIndex = at;
  const match = rule.form.exec(text);
  if (match === null) return -1;
  let start = at;
  if (inner) {
    while (at - start < INNER_MAX && /[A-Za-z0-9_~.-]/.test(text[start - 1] ?? '')) start -= 1;
    if (at - start < 3) return -1;
  }
  const value = text.slice(start, at + match[0].length);
  if (isPlaceholder(value) || entropy(value) < rule.entropy) return start + value.length;
  found.push(secret(start, start + value.length, 0.95));
  return start + value.length;
}

type Span = { readonly start: number; readonly end: number };

/** @returns up to where the text has been looked at as a value, or -1. */
function byAssignment(page: Page, word: Word, span: Span, found: Finding[]): number {
  const { text } = page;
  const value = valueAfter(text, span.end, word);
  if (value === undefined) return -1;
  const shown = text.slice(value.start, value.end);
  const issuer = !word.groups.includes(SECRET);
  if (!isSecretValue(shown, { ...value, issuer, word: word.text })) {
    // `key=key=key=`: what has been read as one value is not read again as many.
    return shown.length > NESTED_MAX ? value.end : -1;
  }
  found.push(secret(value.start, value.end, value.loose ? 0.7 : 0.85));
  return value.end;
}

/** `public_key`, `key_length`, `token_file`: names of what is no secret, or about one. */
const isAbout = (before: string, after: string): boolean =>
  /public[-_ ]?$/i.test(before) || ABOUT.test(after);

type Value = Span & {
  readonly quoted: boolean;
  /** Only a blank or a verb stands between word and value. */
  readonly loose: boolean;
  /** The name ends in `id`. */
  readonly id: boolean;
  /** `Basic` stands before it: a name and a password in base64. */
  readonly basic: boolean;
};

const ASSIGNS = /[:=]|\bis\b|\bist\b|\best\b|\bes\b|\bis:|=>|->|>|,|\(|\|/;

function valueAfter(text: string, from: number, word: Word): Value | undefined {
  let at = from;
  while (at - from < NAME_MAX && isNamePart(text.charCodeAt(at))) at += 1;
  if (
    isAbout(
      text.slice(Math.max(0, from - word.text.length - 8), from - word.text.length),
      text.slice(from, at),
    )
  ) {
    return undefined;
  }
  const id = /id$/i.test(text.slice(from, at));
  const begun = at;
  let between = '';
  while (at - begun < BETWEEN_MAX && isBetween(text, at)) {
    between += text[at];
    at += 1;
  }
  // `is` and `Bearer` are words between: take at most two of them.
  for (let i = 0; i < 2; i += 1) {
    const verb = isLetter(text.charCodeAt(at)) ? VERB.exec(text.slice(at, at + 10)) : null;
    if (verb === null) break;
    between += verb[0];
    at += verb[0].length;
  }
  // `secret=""`: what stands behind it belongs to something else.
  if (NOTHING.test(between)) return undefined;
  const direct = /^(?:bearer|basic|authorization|credentials?)$/.test(word.text) && between !== '';
  // `auth token 3f2a...`: two words that name a credential, and it.
  const named = at === from + 1 && word.text.includes(' ') && isLongWord(text, at);
  if (COMPARES.test(between) || (!direct && !named && !ASSIGNS.test(between))) return undefined;
  const quote = text[at - 1] ?? '';
  const quoted = QUOTES.includes(quote);
  if (!quoted && !direct && !named && !/[:=>]|is|est?|ist/.test(between)) return undefined;
  if (!quoted && NEXT.test(between)) return undefined;
  const end = quoted ? quotedEnd(text, at, quote) : bareEnd(text, at);
  const loose = !/[:=>]/.test(between) && !quoted;
  const basic = /basic[ :="']*$/i.test(between);
  return end < 0 ? undefined : { start: at, end, quoted, loose, id, basic };
}

function isLongWord(text: string, from: number): boolean {
  let at = from;
  while (at - from < NAMED_MIN && text.charCodeAt(at) > BLANK) at += 1;
  return at - from === NAMED_MIN;
}

const BLANK = 0x20;
const QUOTES = '"\'`';
const NOTHING = /(?:""|''|``)[\s,|(]/;
/** A quote that is closed, and a comma: what follows is another argument. */
const NEXT = /["'`]\s?,\s*$/;
/** `X-Amz-Credential`, `ID:SECRET`: names of headers and of parts. */
const NAME = /^[A-Z][a-z]*(?:-[A-Z][a-z]+)+$|^[A-Z]+(?:[_:-][A-Z]+)+$/;
/** `Optional[str`, `files[name`: a type or a place in a list. */
const SUBSCRIPT = /^[A-Za-z_$][\w$.]*\[/;
/** `env:KEY`, `vault:path`: where a value is to be had. */
const REFERENCE =
  /^(?:env|file|vault|arn|op|ssm|kms|sops|ref|secretref|secret|keyring|keychain|tag|urn|node):/i;
/** `iam::123456789012:role/x`: the name of something in a cloud. */
const RESOURCE = /^[a-z0-9-]*:[a-z0-9-]*:\d{12}:/;
/** `KEY_OVER_1024_CHARS`. */
const CONSTANT = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+){2,}$/;
/** A comparison, not an assignment. */
const COMPARES = /==/;
/** `data.confirmPassword`: a name of the program, not a value. */
const PATH = /^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+$/;
/** `X509Credential`: letters around one short number. */
const IDENTIFIER = /^[A-Za-z_$]+\d{1,4}[A-Za-z_$]+$/;
const TYPE_NAME = /^[A-Z][A-Za-z]*\d{1,4}[A-Z][a-z]{3,}/;
const VERB = /^(?:value|is|ist|est|es|bearer|basic|token|to|was|equals?)(?:[ :="'`\\]+)/i;

const isNamePart = (code: number): boolean =>
  isWord(code) || code === 0x5f || code === 0x2d || code === 0x2e;

const isBetween = (text: string, at: number): boolean =>
  ' \t:=>"\'`|,([{\\?'.includes(text[at] ?? '~') && at < text.length;

function quotedEnd(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length && at - from < QUOTED_MAX; at += 1) {
    const here = text[at];
    if (here === quote) return text[at - 1] === '\\' ? at - 1 : at;
    if (here === '\n') break;
  }
  return bareEnd(text, from);
}

function bareEnd(text: string, from: number): number {
  let at = from;
  while (
    at < text.length &&
    at - from < BARE_MAX &&
    !(text[at] === '|' && text[at + 1] === ' ') &&
    !' \t\r\n"\'`,;<>)]}&\\'.includes(text[at] ?? '')
  ) {
    at += 1;
  }
  while (at > from && '.:!?'.includes(text[at - 1] ?? '')) at -= 1;
  return at > from ? at : -1;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Said = Value & { readonly issuer: boolean; readonly word: string };

const PASSWORD_MIN = 6;

function isSecretValue(value: string, said: Said): boolean {
  const password = PASSWORDS.test(said.word);
  if (value.length < (password ? PASSWORD_MIN : VALUE_MIN) || isPlaceholder(value)) return false;
  if (/[\s(){}<>]/.test(value) || /^[[/.$%#@]/.test(value) || value.includes('://')) return false;
  if (said.basic) return isBasic(value);
  if (REFERENCE.test(value) || RESOURCE.test(value) || (!said.quoted && SUBSCRIPT.test(value)))
    return false;
  const facts = factsOf(value);
  if (!said.quoted && password && TYPE_NAME.test(value)) return false;
  if (!said.quoted && IDENTIFIER.test(value)) {
    // Random letters have as many capitals as others.
    const isNamed = facts.letters >= 3 * (facts.capitals + 1);
    const isLong = facts.capitals > 1 && facts.letters >= LONG_NAME;
    if (password ? isNamed && isLong : isNamed || value.length < RANDOM_MIN) return false;
  }
  if (!said.quoted && PATH.test(value) && (facts.digits === 0 || entropy(value) < 4)) return false;
  if (NAME.test(value) || (facts.digits < 6 && CONSTANT.test(value))) return false;
  if (facts.words || (said.id && UUID.test(value))) return false;
  const bits = entropy(value);
  if (password && !said.loose) {
    return facts.digits > 0 ? bits >= 2 : facts.marks > 0 && facts.capitals > 0 && bits >= 2.5;
  }
  if (facts.digits === 0) {
    // `getSecurityToken`: words run together have few capitals.
    const words = facts.letters >= 3.5 * (facts.capitals + 1);
    return said.quoted && value.length >= 16 && bits >= 3.5 && facts.mixed && !words;
  }
  if (facts.letters === 0) return said.quoted && value.length >= 14 && facts.marks === 0;
  if (said.loose) return value.length >= 14 && bits >= 3.2 && facts.digits > 2;
  if (said.issuer || said.word === 'key' || said.word === 'auth' || said.word === 'login') {
    const min = said.quoted ? 14 : 16;
    return value.length >= min && bits >= 3 && facts.digits > 1;
  }
  return bits >= (value.length >= 12 ? 2.7 : 3.1);
}

/** What `Basic` stands before: a name, a colon, a password (RFC 7617). */
function isBasic(value: string): boolean {
  const password = /^[^:\s]*:(.+)$/.exec(unpacked(value) ?? '')?.[1];
  return password !== undefined && !isPlaceholder(password) && !STANDS_FOR.test(password);
}

/** @returns the end of the key, or `start`. */
function byPem(text: string, start: number, found: Finding[]): number {
  const head = text.slice(start, start + 64);
  if (!/^-----BEGIN[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/.test(head)) return start;
  const close = text.indexOf('-----END', start);
  const until =
    close < 0 || close - start > PEM_MAX ? Math.min(text.length, start + PEM_MAX) : close;
  if (until - start < PEM_BODY_MIN + 30) return start;
  const end = close === until ? text.indexOf('-----', close + 8) + 5 : until;
  found.push(secret(start, Math.max(end, until), 0.98));
  return Math.max(end, until);
}
