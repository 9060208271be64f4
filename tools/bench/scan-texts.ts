/** Texts for the scanner's speed, made here: the same at every run, nobody's data. */

export interface Adversary {
  readonly name: string;
  readonly text: (length: number) => string;
}

const words = [
  'the quick brown fox jumps over lazy dogs while many people write about ordinary',
  'things such as weather gardens music and long journeys through quiet valleys in',
  'summer because nobody asked them what else there might be to say when evening',
  'comes',
].flatMap((line) => line.split(' '));

/** A linear congruential generator: the texts need variety, not chance. */
function counter(): (below: number) => number {
  let state = 4_141;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state % below;
  };
}

/** Words and full stops; nothing that a value could begin with. */
export function plainText(length: number): string {
  const draw = counter();
  let text = '';
  while (text.length < length) text += `${words[draw(words.length)]}${draw(11) === 0 ? '. ' : ' '}`;
  return text.slice(0, length);
}

/** What people write: sentences with a year, a price, a time, now and then an address of mail. */
export function prose(length: number): string {
  const draw = counter();
  const extras = [
    () => `in ${1990 + draw(35)}, `,
    () => `for ${draw(90)}.${10 + draw(89)} euros `,
    () => `at ${draw(24)}:${10 + draw(49)} `,
    () => `(chapter ${draw(30)}) `,
    () => `version ${draw(9)}.${draw(20)} of the token API `,
    () => `and wrote to jo${draw(99)}@mail.example.org `,
  ];
  let text = '';
  while (text.length < length) {
    text += `${words[draw(words.length)]}${draw(11) === 0 ? '. ' : ' '}`;
    if (draw(25) === 0) text += extras[draw(extras.length)]?.() ?? '';
  }
  return text.slice(0, length);
}

/** Rows of customers, log lines, calls of tools: a value every thirty characters. */
export function densePayload(length: number): string {
  const draw = counter();
  const digits = (count: number): string => Array.from({ length: count }, () => draw(10)).join('');
  const rows = [
    () =>
      `{"id":${digits(7)},"email":"jo${digits(2)}@mail.example","tel":"+49 171 ${digits(7)}"}\n`,
    () => `${digits(4)},Jo Doe,jo.doe${digits(2)}@post.example,030-${digits(7)},${digits(11)}\n`,
    () => `2026-03-11T09:14:22Z INFO login ip=84.1${draw(9)}.${draw(250)}.9 user=jo${digits(3)}\n`,
    () => `| Jo Doe | 4111 1111 1111 ${digits(4)} | 19${digits(2)}-03-1${draw(9)} |\n`,
    () =>
      `Patient born 0${1 + draw(9)}.04.19${10 + draw(80)}, MRN ${digits(8)}, ` +
      `SSN 2${digits(2)}-45-${digits(4)}\n`,
  ];
  let text = '';
  while (text.length < length) text += rows[draw(rows.length)]?.() ?? '';
  return text.slice(0, length);
}

const repeated = (name: string, unit: string): Adversary => ({
  name,
  text: (length) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length),
});

export const adversaries: readonly Adversary[] = [
  repeated('at-signs', '@a.'),
  repeated('one letter', 'a'),
  repeated('one digit', '1'),
  repeated('digits apart', '1 '),
  repeated('pairs apart', '12 '),
  repeated('digits with points', '1.'),
  repeated('threes with dashes', '123-'),
  repeated('fours apart', '4111 '),
  repeated('assignments', 'key='),
  repeated('open quotes', 'password="'),
  repeated('passwords', 'password: '),
  repeated('colons', 'a:1:'),
  repeated('pairs of hex', 'ab:'),
  repeated('zero width', '1\u200b'),
  repeated('percent', '%41'),
  repeated('escapes', '\\u0031'),
  repeated('base64', 'QUFB '),
  repeated('long base64', `${'QUFB1'.repeat(700)} `),
  repeated('at and dot', ' at a dot b'),
  repeated('at in brackets', '[at]'),
  repeated('columns', 'ssn,phone\n1,2\n'),
  repeated('one long row', '123456782,'),
  repeated('account heads', 'DE36 '),
  repeated('plus signs', '+49 '),
  repeated('brackets', '(030) '),
  repeated('statements', 'values (1,'),
  repeated('addresses', '://a:'),
  repeated('key heads', '-----BEGIN PRIVATE KEY-----'),
  repeated('token heads', `ey${'A'.repeat(18)}.`),
  repeated('prefixes', 'sk-glpat-eyJ'),
  repeated('wallets', '1AVqH6YPjHA5Ug5oaMF2Zi2NHvs83do8nE '),
  repeated('dates', '1.1.1980,'),
  repeated('words of context', 'phone tel ssn card '),
  repeated('words and digits', 'ssn tel 12345678 '),
  repeated('cards', '4111111111111111,'),
  repeated('look-alikes', 'а1'),
  repeated('bars', '|1'),
];
