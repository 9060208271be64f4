// The request target, split without `URL`: origin form only, nothing decoded, nothing normalised.
// What could mean two things to two programs is `invalid`; what is merely unknown is left to the
// router.

export type Target = { readonly path: string; readonly query: string };

const TARGET_BYTES_MAX = 8_192;
const QUESTION = 0x3f;

/**
 * `invalid`: not beginning with one `/`; a second `/` anywhere in a row; a `.` or `..` segment; a
 * control character, space, `#`, `\` or a byte above ASCII; a percent-encoded `/`, `\`, `.`, `%` or
 * NUL in the path; longer than 8 KiB.
 */
export function splitTarget(target: string): Target | 'invalid' {
  const length = target.length;
  if (length === 0 || length > TARGET_BYTES_MAX || target.charCodeAt(0) !== 0x2f) return 'invalid';
  const plain = plainUntil(target);
  if (plain < 0) return 'invalid';
  return plain === length
    ? { path: target, query: '' }
    : { path: target.slice(0, plain), query: target.slice(plain + 1) };
}

/** The path's end (the question mark or the end of the text), or -1. */
function plainUntil(target: string): number {
  let pathEnd = target.length;
  let segment = 0;
  for (let at = 1; at < target.length; at += 1) {
    const code = target.charCodeAt(at);
    if (code <= 0x20 || code >= 0x7f || code === 0x23 || code === 0x5c) return -1;
    if (pathEnd < target.length) continue;
    if (code === QUESTION) {
      pathEnd = at;
    } else if (code === 0x2f) {
      if (at === segment + 1 || isDots(target, segment + 1, at)) return -1;
      segment = at;
    } else if (code === 0x25 && isMasked(target, at)) {
      return -1;
    }
  }
  return isDots(target, segment + 1, pathEnd) ? -1 : pathEnd;
}

function isDots(target: string, from: number, to: number): boolean {
  if (to - from < 1 || to - from > 2 || target.charCodeAt(from) !== 0x2e) return false;
  return to - from === 1 || target.charCodeAt(from + 1) === 0x2e;
}

const MASKED: ReadonlySet<string> = new Set(['2f', '5c', '2e', '25', '00']);

function isMasked(target: string, at: number): boolean {
  const hex = target.slice(at + 1, at + 3).toLowerCase();
  return MASKED.has(hex) || !/^[0-9a-f]{2}$/.test(hex);
}
