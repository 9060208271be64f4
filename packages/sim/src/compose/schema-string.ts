// A string that keeps to the schema's format, pattern and length: what the prompt says about a
// property of that name, else something of the right shape.
import type { JsonRecord } from '../json.ts';
import { numberAt, textAt } from '../json.ts';
import { classify } from './classify.ts';
import type { Facts } from './facts.ts';
import { isoDate } from './facts.ts';
import { textMatching } from './pattern.ts';
import { topicsOf } from './prose.ts';
import type { Source } from './source.ts';
import { nthOf } from './source.ts';
import { subjectOf, summarise } from './summarise.ts';

const lengthMax = 10_000;
/** Where the clock of the sim stands. */
const anyDay = '2025-10-09';

export function stringFor(schema: JsonRecord, name: string, source: Source): string {
  const formatted = formatFor(textAt(schema, 'format'), source);
  if (formatted !== undefined) return formatted;
  const pattern = textAt(schema, 'pattern');
  const matching = pattern === undefined ? undefined : textMatching(pattern, source.draw);
  if (matching !== undefined) return matching;
  const text = textFor(name, textAt(schema, 'description') ?? '', source);
  const least = Math.min(lengthMax, numberAt(schema, 'minLength') ?? 0);
  const most = Math.min(lengthMax, numberAt(schema, 'maxLength') ?? lengthMax);
  // Lengths count characters, and half of a surrogate pair would be none.
  const characters = [...text];
  while (characters.length < least) characters.push('.');
  return characters.slice(0, most).join('');
}

/** The prompt's facts that a property is about; undefined when its name and shape do not tell. */
export function factsFor(
  schema: JsonRecord,
  name: string,
  facts: Facts,
): readonly string[] | undefined {
  const format = textAt(schema, 'format');
  if (format === 'email') return facts.emails;
  if (format === 'uri') return facts.links;
  return kinds.find(([pattern]) => pattern.test(name))?.[1](facts);
}

function formatFor(format: string | undefined, source: Source): string | undefined {
  const { facts, nth, draw } = source;
  const day = isoDate(nthOf(facts.dates, nth) ?? '') ?? anyDay;
  switch (format) {
    case 'date':
      return day;
    case 'date-time':
      return `${day}T12:00:00Z`;
    case 'time':
      return '12:00:00Z';
    case 'duration':
      return 'PT1H';
    case 'email':
      return nthOf(facts.emails, nth) ?? 'someone@example.com';
    case 'uri':
    case 'url':
    case 'uri-reference':
      return nthOf(facts.links, nth) ?? 'https://example.com/';
    case 'uuid':
      return uuidFrom(draw);
    case 'ipv4':
      return '192.0.2.1';
    case 'ipv6':
      return '2001:db8::1';
    case 'hostname':
      return 'example.com';
    default:
      return undefined;
  }
}

const kinds: readonly (readonly [RegExp, (facts: Facts) => readonly string[]])[] = [
  [/e-?mail/i, (facts) => facts.emails],
  [/(^|_|\b)(date|day|when|deadline|due)/i, (facts) => facts.dates],
  [/(amount|price|total|cost)/i, (facts) => facts.amounts],
  [/(phone|mobile)/i, (facts) => facts.phones],
  [/(url|link|website)/i, (facts) => facts.links],
  [
    /(location|city|cities|place|destination|country|town)/i,
    (facts) => (facts.places.length > 0 ? facts.places : facts.names),
  ],
  [
    /(\bid\b|_id|[a-z]Id\b|order|ticket|code|reference|invoice)/,
    (facts) => (facts.codes.length > 0 ? facts.codes : facts.numbers.map(String)),
  ],
  [/(customer|person|people|name|author|recipient|contact)/i, (facts) => facts.names],
];

type Told = (source: Source) => string | undefined;

const tellings: readonly (readonly [RegExp, Told])[] = [
  [/(expression|formula|equation)/i, ({ prompt }) => /[\d(][\d\s+*/().-]*[\d)]/.exec(prompt)?.[0]],
  [/(query|search|question|keyword|term)/i, (source) => searched(source)],
  [
    /(label|category|class|intent|topic)/i,
    ({ prompt, skill, draw }) => classify(prompt, subjectOf(prompt), skill, draw),
  ],
  [
    /(summary|title|headline|subject)/i,
    ({ facts, nth, prompt, skill }) =>
      nthOf(facts.quotes, nth) ?? summarise(subjectOf(prompt), skill),
  ],
  [/(answer|result|response|reply|reason|explanation)/i, ({ plain }) => plain],
];

function textFor(name: string, description: string, source: Source): string {
  // The name speaks first; a description mentions many things in passing.
  for (const said of [name, description]) {
    const fact = nthOf(factsFor({}, said, source.facts) ?? [], source.nth);
    if (fact !== undefined) return fact;
    for (const [pattern, told] of tellings) {
      const text = pattern.test(said) ? told(source) : undefined;
      if (text !== undefined && text !== '') return text;
    }
  }
  const quoted = nthOf(source.facts.quotes, source.nth);
  return quoted ?? nthOf(topicsOf(source.prompt), source.nth) ?? (name === '' ? 'text' : name);
}

function searched({ facts, nth, prompt }: Source): string {
  const topics = topicsOf(prompt);
  return nthOf(facts.quotes, nth) ?? (topics.length > 0 ? topics.join(' ') : prompt.slice(0, 80));
}

function uuidFrom(draw: () => number): string {
  const hex = (length: number): string => {
    let digits = '';
    while (digits.length < length) digits += Math.floor(draw() * 16).toString(16);
    return digits;
  };
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
}
