/**
 * Patterns of model names: `*` stands for any run of characters, also for none; all else for
 * itself.
 */

export function matchesPattern(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let index = 0;
  while (index < name.length) {
    if (at < pattern.length && pattern[at] === '*') {
      star = at;
      resume = index;
      at += 1;
    } else if (at < pattern.length && pattern[at] === name[index]) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      index = resume;
    } else {
      return false;
    }
  }
  while (at < pattern.length && pattern[at] === '*') at += 1;
  return at === pattern.length;
}

/**
 * True when everything `narrow` matches is matched by `wide` too. A name never holds a `*`, so the
 * one in `narrow` can only be taken by a `*` of `wide`.
 */
export function coversPattern(wide: string, narrow: string): boolean {
  return matchesPattern(wide, narrow);
}
