// The pieces of a JSON grammar in the engine's notation. Compact JSON: one optional space behind
// a colon or a comma, because that is how models have seen it, and no other white space.

export const PRIMITIVES: readonly string[] = [
  'value ::= object | array | string | number | boolean | null',
  'object ::= "{" ( member ( "," space member )* )? "}"',
  'member ::= string ":" space value',
  'array ::= "[" ( value ( "," space value )* )? "]"',
  'string ::= "\\"" char* "\\""',
  'char ::= [^"\\\\\\x00-\\x1F\\x7F] | "\\\\" ( ["\\\\/bfnrt] | "u" hex hex hex hex )',
  'hex ::= [0-9a-fA-F]',
  'number ::= integer ( "." [0-9]{1,15} )? ( [eE] [-+]? [0-9]{1,3} )?',
  'integer ::= "-"? ( "0" | [1-9] [0-9]{0,15} )',
  'boolean ::= "true" | "false"',
  'null ::= "null"',
  'space ::= " "?',
  'break ::= "\\n"?',
];

export type Property = {
  readonly name: string;
  /** The name of the rule for its value. */
  readonly value: string;
  readonly required: boolean;
};

/** Exactly this text. */
export function literal(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `"${escaped}"`;
}

export function arrayRule(item: string, min: number, max: number | undefined): string {
  if (max === 0) return '"[]"';
  const more = `( "," space ${item} ){${Math.max(0, min - 1)},${max === undefined ? '' : max - 1}}`;
  const items = `${item} ${more}`;
  return min === 0 ? `"[" ( ${items} )? "]"` : `"[" ${items} "]"`;
}

/**
 * Properties in the order of the schema, optional ones left out at will. Where a comma is due
 * depends on whether anything stands before, so every place has two rules: `first`, when nothing
 * does, and `next`. That is linear in the number of properties. Adds its rules and returns the
 * body.
 */
export function objectRule(prefix: string, members: readonly Property[], rules: string[]): string {
  members.forEach(({ name, value, required }, index) => {
    const member = `${literal(JSON.stringify(name))} ":" space ${value}`;
    const next = index + 1 < members.length ? `${prefix}n${index + 1}` : '""';
    const first = index + 1 < members.length ? `${prefix}f${index + 1}` : '""';
    const later = `"," space ${member}`;
    rules.push(`${prefix}n${index} ::= ${required ? later : `( ${later} )?`} ${next}`);
    rules.push(`${prefix}f${index} ::= ${member} ${next}${required ? '' : ` | ${first}`}`);
  });
  return members.length === 0 ? '"{}"' : `"{" ${prefix}f0 "}"`;
}
