/**
 * Hides what looks like a secret in a line that is about to be shown. An excerpt exists to help,
 * and the line that needs help most is the one in which somebody pasted a key.
 */

const HIDDEN = '[hidden]';

const NAMES = [
  'secret',
  'token',
  'passw(?:or)?d',
  'api[-_]?key',
  'authorization',
  'credential',
  '(?:private|master|salt|access)[-_]?key',
  'pepper',
  'kek',
].join('|');
const REFERENCE = String.raw`\s*["']?(?:env|file|exec):`;
const QUOTED = `"[^"]*"?|'[^']*'?`;
const BARE = String.raw`[^\s,}\]#][^,}\]#]*`;

/** A key that names a secret, and what follows it up to the end of the value. */
const NAMED = new RegExp(
  String.raw`((?:${NAMES})["']?\s*[:=]\s*)(?!${REFERENCE})(${QUOTED}|${BARE})`,
  'gi',
);

/** Shapes in which providers give out keys, and any long run of letters with digits in it. */
const SHAPED: readonly RegExp[] = [
  /\b(?:sk|pk|rk|sbx|ghp|gho|ghs|xox[a-z]|glpat|hf|gsk|xai)[-_][A-Za-z0-9._-]{6,}/g,
  /\bAKIA[A-Z0-9]{12,}/g,
  /\bAIza[A-Za-z0-9_-]{20,}/g,
  /\beyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*)*/g,
  /\bBearer\s+(?!\[hidden\])\S+/gi,
  /\b(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9+/_-]{32,}={0,2}/g,
];

/** Name and password in front of a host. */
const USER_INFO = /(\/\/)[^/@\s"']*@/g;

export function conceal(text: string): string {
  const named = text.replace(NAMED, (_all, key: string) => `${key}${HIDDEN}`);
  const open = named.replace(USER_INFO, `$1${HIDDEN}@`);
  return SHAPED.reduce((rest, shape) => rest.replace(shape, HIDDEN), open);
}

/** What goes to a terminal is letters: a document may hold escape sequences. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, (one) =>
    one === '\t' ? ' ' : '?',
  );
}
