/**
 * Several files as one document. Mappings by name are united, lists are put one behind the other,
 * settings come from whichever file holds them; what two files both say is an error, because nobody
 * could tell which of them wins.
 */
import {
  CONFIGURATION_VERSION,
  closest,
  NOUN_NAMES,
  NOUNS,
  type Noun,
  type Nouns,
  type Path,
} from '@signalbox/documents';
import { type Notice, noticeAt } from './notice.ts';
import { type Problem, problemAt, problemIn } from './problem.ts';
import {
  isList,
  isMap,
  newMap,
  type Places,
  positionOf,
  type Source,
  type Spot,
  type Tree,
  type TreeMap,
} from './source.ts';

export interface Part {
  readonly source: Source;
  readonly tree: TreeMap;
}

export interface Joined {
  readonly tree: TreeMap;
  readonly problems: readonly Problem[];
  /** Documents of the console that a file of the operator hides. */
  readonly notices: readonly Notice[];
  /** Nouns that were written in a way in which their entries cannot be read. */
  readonly lost: ReadonlySet<string>;
}

type Writable = { [key: string]: Tree };

interface Joining {
  readonly places: Places;
  readonly problems: Problem[];
  readonly notices: Notice[];
  readonly tree: Writable;
  readonly lost: Set<string>;
}

export function joinParts(parts: readonly Part[], places: Places): Joined {
  const joining: Joining = {
    places,
    problems: [],
    notices: [],
    tree: newMap(),
    lost: new Set(),
  };
  for (const part of parts.toSorted((a, b) => rank(a) - rank(b))) {
    checkVersion(part, joining);
    for (const [key, value] of Object.entries(part.tree)) {
      if (key === 'version') continue;
      const spot = places.at(part.tree, key);
      if (!isNoun(key)) refuseUnknown(key, spot, joining);
      else if (value !== null) joinNoun(key, value, { part, joining, spot });
    }
  }
  const { tree, problems, notices, lost } = joining;
  return { tree, problems, notices, lost };
}

/** A file of the operator wins over what the console or a tenant wrote under the same name. */
function rank({ source }: Part): number {
  const { kind } = source.owner;
  return kind === 'draft' ? 0 : kind === 'operator' ? 1 : 2;
}

const isNoun = (key: string): key is keyof Nouns => Object.hasOwn(NOUNS, key);

function refuseUnknown(key: string, spot: Spot | undefined, joining: Joining): void {
  const near = closest(key, ['version', ...NOUN_NAMES]);
  const hint =
    near === undefined
      ? `known here: version, ${NOUN_NAMES.join(', ')}`
      : `did you mean \`${near}\`?`;
  const message = `unknown key \`${key}\``;
  joining.problems.push(problemAt(spot, 'key', { message, hint, path: [key] }));
  if (near !== undefined) joining.lost.add(near);
}

function checkVersion(part: Part, joining: Joining): void {
  const path = ['version'];
  const hint = `this program reads \`version: ${CONFIGURATION_VERSION}\``;
  if (!Object.hasOwn(part.tree, 'version')) {
    const message = '`version` is missing';
    const span = { from: 0, to: 1 };
    joining.problems.push(problemIn(part.source, span, { message, hint, path }));
    return;
  }
  if (part.tree['version'] === CONFIGURATION_VERSION) return;
  const spot = joining.places.at(part.tree, 'version');
  const message = 'this version is not known here';
  joining.problems.push(problemAt(spot, 'value', { message, hint, path }));
}

const SHAPES: Readonly<Record<Noun<unknown>['shape'], readonly [shape: string, hint: string]>> = {
  one: ['a mapping', 'write each setting on a line of its own, as `name: value`'],
  many: ['a mapping by name', 'write each name on a line of its own, with `:` behind it'],
  list: ['a list', 'begin each entry with `- `'],
};

interface Coming {
  readonly part: Part;
  readonly joining: Joining;
  readonly spot: Spot | undefined;
}

function joinNoun(key: keyof Nouns, value: Tree, coming: Coming): void {
  const { joining, spot } = coming;
  const noun = NOUNS[key];
  if (noun.shape === 'list' ? !isList(value) : !isMap(value)) {
    const [shape, hint] = SHAPES[noun.shape];
    const message = `must be ${shape}`;
    joining.problems.push(problemAt(spot, 'value', { message, hint, path: [key] }));
    joining.lost.add(key);
    return;
  }
  if (isList(value)) {
    append(key, key === 'prices' ? withoutOwned(value, coming) : value, coming);
    return;
  }
  if (!isMap(value)) return;
  const into = open(key, coming);
  for (const [name, one] of Object.entries(value)) {
    const place = joining.places.at(value, name);
    const earlier = joining.places.at(into, name);
    if (earlier !== undefined && Object.hasOwn(into, name)) {
      meetTwice([key, name], place, { earlier, joining });
      continue;
    }
    // `qwen3-8b:` with nothing behind it is an entry of which nothing is said.
    into[name] = one === null && noun.shape === 'many' ? newMap() : one;
    if (place !== undefined) joining.places.note(into, name, place);
  }
}

function open(key: keyof Nouns, { joining, spot }: Coming): Writable {
  const { tree, places } = joining;
  const found = Object.hasOwn(tree, key) ? tree[key] : undefined;
  if (isMap(found)) return found;
  const made = newMap();
  tree[key] = made;
  if (spot !== undefined) places.note(tree, key, spot);
  return made;
}

/** Who keeps prices of a model in the console leaves alone what a file of the operator prices. */
function withoutOwned(value: readonly Tree[], { part, joining }: Coming): readonly Tree[] {
  const before = joining.tree['prices'];
  if (part.source.owner.kind === 'operator' || !isList(before)) return value;
  const owned = new Map<Tree, Spot>();
  for (const [index, one] of before.entries()) {
    const spot = joining.places.at(before, index);
    if (isMap(one) && spot?.source.owner.kind === 'operator') owned.set(one['model'] ?? null, spot);
  }
  const left: Tree[] = [];
  for (const [index, one] of value.entries()) {
    const place = joining.places.at(value, index);
    const earlier = isMap(one) ? owned.get(one['model'] ?? null) : undefined;
    if (earlier !== undefined) {
      meetTwice(['prices', `${index}`], place, { earlier, joining });
      continue;
    }
    if (place !== undefined) joining.places.note(left, left.length, place);
    left.push(one);
  }
  return left;
}

function append(key: keyof Nouns, value: readonly Tree[], { joining, spot }: Coming): void {
  const { tree, places } = joining;
  const found = Object.hasOwn(tree, key) ? tree[key] : undefined;
  const before = isList(found) ? found : [];
  const list = [...before, ...value];
  for (const [index] of list.entries()) {
    const from = index < before.length ? places.at(before, index) : undefined;
    const place = from ?? places.at(value, index - before.length);
    if (place !== undefined) places.note(list, index, place);
  }
  tree[key] = list;
  if (spot !== undefined) places.note(tree, key, spot);
}

function meetTwice(
  path: Path,
  place: Spot | undefined,
  more: { readonly earlier: Spot; readonly joining: Joining },
): void {
  const { source, key } = more.earlier;
  if (source.owner.kind === 'draft') return;
  const first = `${source.name}:${positionOf(source, key.from).line}`;
  if (source.owner.kind === 'operator' && place?.source.owner.kind !== 'operator') {
    const message = `is shadowed: ${first} defines it, and a file wins`;
    more.joining.notices.push(noticeAt(place, path.join('.'), message));
    return;
  }
  const message = `\`${path.join('.')}\` is already defined at ${first}`;
  const hint = 'keep one of the two';
  more.joining.problems.push(problemAt(place, 'key', { message, hint, path }));
}
