// A text that a regular expression matches, for the part of the language that schemas use:
// literals, classes, groups, alternatives, counted repeats, anchors. What is outside of it
// (look-around, back-references, properties) gives undefined, and the caller falls back to any
// text.

const patternUnitsMax = 500;
const repeatsMax = 16;
const lengthMax = 2_000;
const depthMax = 20;

type Reader = {
  readonly pattern: string;
  readonly draw: () => number;
  at: number;
  depth: number;
  made: number;
  failed: boolean;
};

/** A text for the pattern, or undefined when the pattern says more than is understood here. */
export function textMatching(pattern: string, draw: () => number): string | undefined {
  if (pattern.length > patternUnitsMax) return undefined;
  const reader: Reader = { pattern, draw, at: 0, depth: 0, made: 0, failed: false };
  const text = alternatives(reader);
  return reader.failed || reader.at !== pattern.length ? undefined : text;
}

/** Gives up: every loop ends at the pattern's end. */
function fail(reader: Reader): string {
  reader.failed = true;
  reader.at = reader.pattern.length;
  return '';
}

function alternatives(reader: Reader): string {
  const options = [sequence(reader)];
  while (reader.pattern[reader.at] === '|') {
    reader.at += 1;
    options.push(sequence(reader));
  }
  return options[Math.floor(reader.draw() * options.length)] ?? '';
}

function sequence(reader: Reader): string {
  let text = '';
  for (;;) {
    const unit = reader.pattern[reader.at];
    if (unit === undefined || unit === '|' || unit === ')') return text;
    const from = reader.at;
    const once = atom(reader);
    const after = reader.at;
    const count = Math.min(lengthMax + 1, repeats(reader));
    const end = reader.at;
    if (count > 0) text += once;
    // Each repeat reads the atom again, so that `[A-Z]{3}` is three draws and not one thrice.
    for (let more = 1; more < count; more += 1) {
      reader.at = from;
      text += atom(reader);
      if (reader.at !== after) return fail(reader);
    }
    reader.at = end;
    reader.made += count;
    if (reader.made > lengthMax) return fail(reader);
  }
}

function repeats(reader: Reader): number {
  const counted = /^(?:([?*+])|\{(\d+)(,(\d*))?\})\??/.exec(
    reader.pattern.slice(reader.at, reader.at + 12),
  );
  if (!counted) return 1;
  reader.at += counted[0].length;
  const [, sign, least, open, most] = counted;
  if (sign === '?') return reader.draw() < 0.5 ? 0 : 1;
  const low = sign === '*' ? 0 : sign === '+' ? 1 : Number(least);
  const high =
    sign !== undefined || most === '' ? low + 3 : open === undefined ? low : Number(most);
  return low + Math.floor(reader.draw() * (Math.min(high, low + repeatsMax) - low + 1));
}

function atom(reader: Reader): string {
  const unit = reader.pattern[reader.at] ?? '';
  reader.at += 1;
  switch (unit) {
    case '^':
    case '$':
      return '';
    case '.':
      return drawn('abcdefghijklmnopqrstuvwxyz', reader);
    case '(':
      return group(reader);
    case '[':
      return set(reader);
    case '\\':
      return drawn(escaped(reader), reader);
    case '*':
    case '+':
    case '?':
      return fail(reader);
    default:
      return unit;
  }
}

function group(reader: Reader): string {
  const mark = /^\?(?::|<[A-Za-z]\w*>)/.exec(reader.pattern.slice(reader.at, reader.at + 64))?.[0];
  if (mark !== undefined) reader.at += mark.length;
  else if (reader.pattern[reader.at] === '?') return fail(reader);
  reader.depth += 1;
  if (reader.depth > depthMax) return fail(reader);
  const text = alternatives(reader);
  reader.depth -= 1;
  if (reader.pattern[reader.at] !== ')') return fail(reader);
  reader.at += 1;
  return text;
}

const printable = Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at)).join('');

function set(reader: Reader): string {
  const negated = reader.pattern[reader.at] === '^';
  if (negated) reader.at += 1;
  let members = '';
  for (;;) {
    const unit = reader.pattern[reader.at];
    if (unit === undefined) return fail(reader);
    reader.at += 1;
    if (unit === ']') break;
    if (unit === '\\') {
      members += escaped(reader);
      continue;
    }
    const last = reader.pattern[reader.at + 1];
    if (reader.pattern[reader.at] !== '-' || last === undefined || last === ']') {
      members += unit;
      continue;
    }
    if (last === '\\') return fail(reader);
    reader.at += 2;
    members += rangeOf(unit, last);
  }
  const outside = [...printable].filter((unit) => !members.includes(unit)).join('');
  return drawn(negated ? outside : members, reader);
}

function rangeOf(first: string, last: string): string {
  const low = first.charCodeAt(0);
  const high = Math.min(last.charCodeAt(0), low + 255);
  let members = '';
  for (let code = low; code <= high; code += 1) members += String.fromCharCode(code);
  return members;
}

/** The characters that an escape stands for. */
function escaped(reader: Reader): string {
  const unit = reader.pattern[reader.at] ?? '';
  reader.at += 1;
  switch (unit) {
    case 'd':
      return '0123456789';
    case 'w':
      return 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_';
    case 's':
      return ' ';
    case 't':
      return '\t';
    case 'n':
      return '\n';
    default:
      return /\w/.test(unit) || unit === '' ? fail(reader) : unit;
  }
}

function drawn(members: string, reader: Reader): string {
  if (members === '') return fail(reader);
  return members.charAt(Math.floor(reader.draw() * members.length));
}
