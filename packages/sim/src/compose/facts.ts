// What can be read off a text by its shape: e-mail addresses, dates, amounts, names, places,
// numbers, quotations. Every pattern starts at a border, so that a long run of letters is tried
// once.

export type Facts = {
  readonly emails: readonly string[];
  readonly dates: readonly string[];
  readonly amounts: readonly string[];
  readonly names: readonly string[];
  readonly places: readonly string[];
  readonly phones: readonly string[];
  readonly links: readonly string[];
  /** Order and ticket numbers: letters, a dash or #, digits. */
  readonly codes: readonly string[];
  readonly numbers: readonly number[];
  readonly quotes: readonly string[];
};

const scanUnitsMax = 16_000;
const foundMax = 50;
const months =
  'Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|' +
  'Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?';
const patterns = {
  email: /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}/g,
  date: new RegExp(
    '\\b\\d{4}-\\d\\d-\\d\\d\\b|\\b\\d{1,2}[./]\\d{1,2}[./]\\d{4}\\b|' +
      `\\b\\d{1,2}\\.? (?:${months}),? \\d{4}\\b|\\b(?:${months}) \\d{1,2},? \\d{4}\\b`,
    'g',
  ),
  amount: new RegExp(
    '[€$£]\\s?\\d[\\d,]*(?:\\.\\d+)?|' +
      '(?<![\\d.,])\\d[\\d,]*(?:\\.\\d+)?\\s?(?:€|(?:EUR|USD|GBP|CHF|euros?|dollars?)\\b)',
    'g',
  ),
  name: /(?<![\p{L}@.])\p{Lu}\p{Ll}+(?: (?:van|von|de|der|la|bin|O')? ?\p{Lu}\p{Ll}+){1,3}/gu,
  place: /\b(?:in|for|at|from|to|near|and|or)\s+(\p{Lu}\p{Ll}+(?:[ -]\p{Lu}\p{Ll}+)?)/gu,
  phone: /(?<![\d+])\+\d[\d ()-]{6,18}\d/g,
  link: /\bhttps?:\/\/[^\s<>"')\]]{1,300}/g,
  code: /\b[A-Z]{2,8}-\d{1,12}\b|#\d{2,12}\b/g,
  number: /(?<![\w.,-])-?\d{1,12}(?:\.\d{1,6})?(?![\w-])/g,
  quote: /"([^"\n]{1,200})"|'([^'\n]{2,200})'(?!\w)/g,
};
const leading = new Set(
  (
    'Extract Find Please The From Dear Hello Hi Mr Mrs Ms Dr Contact Call Email Meet Send List ' +
    'Get Show Summarise Summarize Invoice On For And With By To In At Customer Order Name Names'
  ).split(' '),
);

export function factsIn(text: string): Facts {
  const scanned = text.slice(0, scanUnitsMax);
  const dates = found(scanned, patterns.date);
  const places = [...scanned.matchAll(patterns.place)].map((match) => match[1] ?? '');
  const month = new RegExp(`^(?:${months})\\b`);
  return {
    emails: found(scanned, patterns.email),
    dates,
    amounts: found(scanned, patterns.amount),
    names: unique(found(scanned, patterns.name).map(withoutLeading)).filter(
      (name) => name.includes(' ') && !month.test(name),
    ),
    places: unique(places).filter((place) => !month.test(place)),
    phones: found(scanned, patterns.phone),
    links: found(scanned, patterns.link),
    codes: found(scanned, patterns.code),
    numbers: found(scanned, patterns.number).map(Number),
    quotes: unique([...scanned.matchAll(patterns.quote)].map(([, a, b]) => a ?? b ?? '')),
  };
}

/** What an extraction answers with when no schema says otherwise. */
export function extraction(text: string, right: boolean): string {
  const { emails, dates, amounts, names } = factsIn(text);
  if (right) return JSON.stringify({ emails, dates, amounts, names });
  // A model out of its depth loses the last of each and mixes up two fields.
  const lost = { emails: emails.slice(0, -1), dates: amounts, amounts: dates };
  return JSON.stringify({ ...lost, names: names.slice(0, -1) });
}

/** A date in any of the shapes above as YYYY-MM-DD, day first where that is ambiguous. */
export function isoDate(date: string): string | undefined {
  const iso = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date);
  if (iso) return date;
  const year = /\d{4}/.exec(date)?.[0];
  const word = new RegExp(months).exec(date)?.[0];
  const [first = '1', second = '1'] = date.replace(year ?? '', '').match(/\d{1,2}/g) ?? [];
  const month = word === undefined ? Number(second) : monthNumber(word);
  if (year === undefined || month < 1 || month > 12) return undefined;
  return `${year}-${String(month).padStart(2, '0')}-${first.padStart(2, '0')}`;
}

function monthNumber(word: string): number {
  return 1 + 'JanFebMarAprMayJunJulAugSepOctNovDec'.indexOf(word.slice(0, 3)) / 3;
}

function found(text: string, pattern: RegExp): string[] {
  return unique(text.match(pattern) ?? []);
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '').slice(0, foundMax);
}

function withoutLeading(name: string): string {
  const words = name.split(' ');
  while (words.length > 0 && leading.has(words[0] ?? '')) words.shift();
  return words.join(' ');
}
