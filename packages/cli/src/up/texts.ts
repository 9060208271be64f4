// The desk of the admin API for documents that people write as text: kept in `console.yaml` of the
// data folder beside what the other desk keeps there, each version with its writer in a file of
// its own. A change is tried with everything else, and held against its promises, before it is
// written; it is in force when the answer leaves.
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Problem } from '@signalbox/config';
import type { Clock } from '@signalbox/contract';
import type {
  DeskAnswer,
  TextAnswer,
  TextChange,
  TextNoun,
  TextPlace,
  TextsDesk,
  Written,
} from '@signalbox/control';
import type { Configuration, Origin } from '@signalbox/documents';
import { parse } from 'yaml';
import { CONSOLE_FILE } from '../configuration/gather.ts';
import { listOfPrices, priceList, pricesOf } from '../configuration/kept-prices.ts';
import { draftHint } from '../configuration/runnable.ts';
import { keepVersion, readVersions } from '../configuration/text-versions.ts';
import { writeWhole } from '../configuration/write-whole.ts';
import { INDENT, keyLine, textBelow } from '../configuration/written-text.ts';
import { ownedBy, type Trial } from './attempt.ts';
import { CONSOLE_HEAD, type ConsoleTree, readTree, textOfTree, withText } from './console-tree.ts';
import { type Documents, problemsOf, type Reading } from './documents.ts';
import { placed } from './placed.ts';

export type TextsOptions = {
  readonly documents: Documents;
  readonly dataFolder: string;
  readonly clock: Clock;
  /** The whole configuration as it would be. */
  readonly attempt: (trial: Trial) => Promise<Reading>;
};

export function openTexts(options: TextsOptions): TextsDesk {
  const { documents, dataFolder } = options;
  const desk = new TextDesk(options);
  return {
    all: (noun) => allOf(documents, noun),
    written: (place) => writtenIn(documents, place),
    isKept: ({ noun, name }) => isOurs(documents, originOf(documents, noun, name)),
    change: (change) => documents.alone(() => desk.change(change)),
    versions: (place) => readVersions(dataFolder, place),
  };
}

/** What stands below the name of a document in its file. */
export function writtenIn(documents: Documents, { noun, name }: TextPlace): Written | undefined {
  const origin = originOf(documents, noun, name);
  const file = documents.inForce.files.find((one) => one.name === origin?.file);
  if (origin === undefined || file === undefined) return undefined;
  const text = noun === 'prices' ? pricesOf(file.text, name) : textBelow(file.text, noun, name);
  return text === undefined ? undefined : { ...origin, text };
}

/** What an endpoint serves is a model, also when nothing is written about it. */
function allOf({ inForce }: Documents, noun: TextNoun): ReadonlyMap<string, Origin | undefined> {
  const { configuration, named } = inForce.read;
  if (noun === 'prices') {
    return new Map(configuration.prices.map(({ model, origin }) => [model, origin]));
  }
  const written = named(noun);
  const all = [...configuration[noun].values()].filter(({ name }) => written.has(name));
  return new Map(all.map(({ name, origin }) => [name, origin]));
}

function originOf(documents: Documents, noun: TextNoun, name: string): Origin | undefined {
  if (noun === 'prices' || noun === 'models') return allOf(documents, noun).get(name);
  return documents.inForce.read.configuration[noun].get(name)?.origin;
}

const isOurs = ({ inForce }: Documents, origin: Origin | undefined): boolean =>
  origin?.file === inForce.gathered.console;

const DONE: DeskAnswer = { kind: 'done' };
const UNKNOWN: DeskAnswer = { kind: 'unknown' };
const CHANGED: TextAnswer = { kind: 'changed' };

class TextDesk {
  readonly #options: TextsOptions;

  constructor(options: TextsOptions) {
    this.#options = options;
  }

  async change(change: TextChange): Promise<TextAnswer> {
    const { deed, noun, name, isExpected } = change;
    if (isExpected?.(writtenIn(this.#options.documents, change)?.text) === false) return CHANGED;
    const tree = await readTree(join(this.#options.dataFolder, CONSOLE_FILE));
    const isKept = tree.texts?.[noun]?.[name] !== undefined;
    const { documents } = this.#options;
    const origin = originOf(documents, noun, name);
    if (deed === 'create' && (isKept || origin !== undefined)) return { kind: 'exists' };
    if (deed === 'set' && origin !== undefined && !isOurs(documents, origin))
      return ownedBy(origin);
    if (deed !== 'create' && !isKept) return origin === undefined ? UNKNOWN : ownedBy(origin);
    const text =
      deed === 'remove' ? undefined : `${change.text.replaceAll('\r\n', '\n').trimEnd()}\n`;
    if (noun === 'prices' && text !== undefined && priceList(text) === undefined) return NO_PRICES;
    return this.#write({ ...change, text: text ?? '' }, withText(tree, change, text));
  }

  async #write(change: TextChange, tree: ConsoleTree): Promise<TextAnswer> {
    const { dataFolder, attempt, documents, clock } = this.#options;
    const text = textOfTree(tree, CONSOLE_HEAD);
    const reading = await attempt({ instead: { [CONSOLE_FILE]: text } });
    const wrong = problemsOf(reading);
    if (wrong.length > 0) return this.#wrong(wrong, change, text);
    const refused = standsAlone(tree, text) ? this.#unapproved(change, reading) : LEANS;
    if (refused !== undefined) return refused;
    const { deed, by } = change;
    // Before it takes effect: a version too many does no harm, one too few cannot be told.
    await keepVersion(dataFolder, change, { at: clock.now(), by, deed, text: change.text });
    await writeWhole(join(dataFolder, CONSOLE_FILE), text);
    const left = await documents.readAgain();
    return left.length === 0 ? DONE : this.#wrong(left, change, text);
  }

  #wrong(wrong: readonly Problem[], place: TextPlace, text: string): TextAnswer {
    const { noun, name } = place;
    const lines = text.split('\n');
    const at = lines.indexOf(keyLine(name), lines.indexOf(`${noun}:`));
    // Prices are written anew, in lines that their writer has never seen.
    const above = at === -1 ? lines.length : at + 1;
    const file = this.#options.documents.inForce.gathered.console;
    const draft = { file, above, indent: INDENT };
    const problems = wrong.map((one) => placed(one, draft));
    return { kind: 'wrong', problems: problems.map((one) => draftHint(one, place)) };
  }

  /** Who takes the word out that wants a second person would need none. */
  #unapproved({ noun, name, deed }: TextChange, reading: Reading): TextAnswer | undefined {
    if (noun !== 'policies' || deed !== 'set') return undefined;
    if (reading.kind !== 'whole' || !reading.whole.ok) return undefined;
    const wants = (all: Configuration['policies']): boolean =>
      all.get(name)?.approval === 'required';
    const { written } = this.#options.documents.inForce;
    return wants(written) && !wants(reading.whole.written) ? STAYS : undefined;
  }
}

/** Each text is a document of its own, and changes nothing above and below it. */
function standsAlone({ texts = {}, ...tree }: ConsoleTree, text: string): boolean {
  const { prices = {}, ...others } = texts;
  const list = listOfPrices(prices);
  const expected = { version: 1, ...tree, ...(list.length === 0 ? {} : { prices: list }) };
  try {
    const named = Object.entries(others).flatMap(([noun, all]) => {
      const documents = Object.entries(all).map(([name, one]) => [name, parse(one)] as const);
      return documents.length === 0 ? [] : [[noun, Object.fromEntries(documents)] as const];
    });
    return isDeepStrictEqual(parse(text), { ...expected, ...Object.fromEntries(named) });
  } catch {
    // The whole can be read, one of them by itself cannot: it takes an anchor of another.
    return false;
  }
}

const wrongAt = (message: string, hint: string): TextAnswer => ({
  kind: 'wrong',
  problems: [{ file: undefined, line: 1, column: 1, excerpt: '', message, hint }],
});

const NO_PRICES = wrongAt(
  'must be a price, or a list of prices',
  'write `from` and what it costs from then on, without `model`',
);
const LEANS = wrongAt(
  'it is no document of its own',
  'write it out, without what stands elsewhere',
);
const STAYS = wrongAt(
  '`approval: required` is missing, which is in force',
  'leave it in; who wants no approval removes the policy and makes it anew',
);
