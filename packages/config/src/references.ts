/**
 * Names that point at something: each must be defined somewhere in the files, whether or not what
 * it points at, or what holds it, is itself without mistakes. So it is the written tree that is
 * looked at; a value that its schema has refused already is left out.
 */
import { closest, type Path } from '@signalbox/documents';
import { type Desk, entriesOf, isFull, isTold, report } from './desk.ts';
import { type NamedNoun, type Names, namesOf } from './names.ts';
import { isMap, pathsOf, type Tree, treeAt } from './source.ts';

const LISTED_MAX = 8;
const NEED = 'need:';
const AUTO = 'auto';

/** Where a name stands; `*` is one name, `#` one place of a list. */
const NAMED: readonly (readonly [at: string, noun: NamedNoun])[] = [
  ['endpoints * tenant', 'tenants'],
  ['prices # endpoint', 'endpoints'],
  ['tenants * plan', 'plans'],
  ['tenants * policies #', 'policies'],
  ['tenants * agents * #', 'policies'],
  ['plans * policies #', 'policies'],
  ['keys * policies #', 'policies'],
  ['node policies #', 'policies'],
  ['tenants * own endpoints #', 'endpoints'],
  ['tenants * models pin *', 'endpoints'],
  ['tenants * models reprice # endpoint', 'endpoints'],
  ['registry rollouts * tenants #', 'tenants'],
  ['registry webhooks * tenant', 'tenants'],
  ['keys * tenant', 'tenants'],
  ['consents * tenant', 'tenants'],
  ['policies * tests # call tenant', 'tenants'],
  ['policies * tests # call down #', 'endpoints'],
  ['policies * tests # expect endpoint', 'endpoints'],
  ['policies * tests # expect never #', 'endpoints'],
  ['policies * rules # when tenant', 'tenants'],
  ['policies * rules # when tenant #', 'tenants'],
];
/** A model by its name, or with the endpoint that it is pinned to. */
const ALIASED: readonly string[] = ['aliases *', 'aliases * #', 'aliases * targets #'];
const ROUTED: readonly string[] = [
  'policies * rules # route',
  'policies * rules # route chain #',
  'policies * rules # too_slow',
];
const RELATED: readonly string[] = [
  ...['same_weights #', 'falls_back_to #', 'successor_of', 'distilled_from', 'fine_tune_of'].map(
    (relation) => `models * ${relation}`,
  ),
  'registry rollouts * model',
  'registry rollouts * to',
];
/** What would be called: an alias, a model, or one at an endpoint. */
const CALLED: readonly string[] = [
  ...['prices # model', 'tenants * models reprice # model'],
  'tenants * sensitive second_stage model',
];
const PATTERNS: readonly string[] = ['plans * models #', 'keys * models #'];

interface Checking {
  readonly desk: Desk;
  readonly names: Names;
}

/** @param lost nouns of which not every entry could be read. */
export function checkReferences(desk: Desk, lost: ReadonlySet<string>): void {
  const checking = { desk, names: namesOf(desk, lost) };
  checkNames(checking);
  for (const [at, noun] of NAMED) {
    for (const path of placesOf(desk, at)) refer(checking, noun, path);
  }
  for (const path of CALLED.flatMap((at) => placesOf(desk, at))) referModel(checking, path);
  for (const path of PATTERNS.flatMap((at) => placesOf(desk, at))) referPattern(checking, path);
  for (const path of ALIASED.flatMap((at) => placesOf(desk, at))) {
    checkTarget(checking, path);
    checkAliased(checking, path);
  }
  for (const path of RELATED.flatMap((at) => placesOf(desk, at))) referRelated(checking, path);
  for (const path of ROUTED.flatMap((at) => placesOf(desk, at))) checkTarget(checking, path);
  checkRings(desk);
  checkIds(desk);
}

const placesOf = (desk: Desk, at: string): readonly Path[] => pathsOf(desk.tree, at.split(' '));

/** A name that callers may use must mean one thing. */
function checkNames({ desk, names }: Checking): void {
  const reserved = (name: string): boolean => name === AUTO || name.startsWith(NEED);
  const hint = 'rename the alias';
  for (const [name] of entriesOf(desk.tree, 'aliases')) {
    const path = ['aliases', name];
    if (names.models.has(name)) {
      report(desk, path, { message: `\`${name}\` is also the name of a model`, hint, at: 'key' });
    }
    if (reserved(name)) {
      report(desk, path, { message: `\`${name}\` has a meaning already`, hint, at: 'key' });
    }
  }
  for (const [name] of entriesOf(desk.tree, 'models')) {
    if (!reserved(name)) continue;
    const advice = 'give it another name here; callers may use an alias';
    const message = `\`${name}\` has a meaning already`;
    report(desk, ['models', name], { message, hint: advice, at: 'key' });
  }
}

function checkTarget(checking: Checking, path: Path): void {
  const written = treeAt(checking.desk.tree, path);
  if (!isMap(written)) {
    referModel(checking, path);
    return;
  }
  refer(checking, 'endpoints', [...path, 'endpoint']);
  referModel(checking, [...path, 'model']);
  referServed(checking, path);
}

function checkAliased({ desk, names }: Checking, path: Path): void {
  const at = isMap(treeAt(desk.tree, path)) ? [...path, 'model'] : path;
  const model = textAt(desk, at);
  if (model === undefined || !names.of.get('aliases')?.has(model)) return;
  const message = `\`${model}\` is an alias; an alias stands for models`;
  report(desk, at, { message, hint: `name the models that \`${model}\` stands for` });
}

function checkRings(desk: Desk): void {
  const orders = placesOf(desk, 'rings * order').map((path) => treeAt(desk.tree, path));
  // A ring whose order cannot be read may be the one that was meant.
  if (orders.length !== entriesOf(desk.tree, 'rings').length || !orders.every(isNumber)) return;
  const known = new Set(orders);
  for (const path of placesOf(desk, 'tenants * ring')) {
    const ring = treeAt(desk.tree, path);
    if (known.size === 0 || !isNumber(ring) || known.has(ring) || isTold(desk, path)) continue;
    const listed = [...known].toSorted((a, b) => a - b).slice(0, LISTED_MAX);
    const hint = `defined orders: ${listed.join(', ')}${known.size > LISTED_MAX ? ', ...' : ''}`;
    report(desk, path, { message: `no ring has the order ${ring}`, hint });
  }
}

const isNumber = (value: Tree | undefined): value is number => typeof value === 'number';

function checkIds(desk: Desk): void {
  const keys = new Map<string, string>();
  for (const path of placesOf(desk, 'keys * id')) {
    const id = textAt(desk, path);
    if (id === undefined) continue;
    const other = keys.get(id);
    if (other !== undefined) {
      const hint = 'one key, one id: make another key, or remove one of the two';
      report(desk, path, { message: `\`${other}\` has the same id`, hint });
    }
    keys.set(id, String(path[1]));
  }
}

/** What stands there, when it is text and nothing was wrong with it so far. */
function textAt(desk: Desk, path: Path): string | undefined {
  const found = treeAt(desk.tree, path);
  return typeof found === 'string' && !isTold(desk, path) ? found : undefined;
}

function refer({ desk, names }: Checking, noun: NamedNoun, path: Path): void {
  const known = names.of.get(noun) ?? new Set();
  const name = textAt(desk, path);
  if (name === undefined || known.has(name) || names.lost.has(noun) || isFull(desk)) return;
  const message = `no ${noun.replace(/ies$/, 'y').replace(/s$/, '')} is named \`${name}\``;
  report(desk, path, { message, hint: hintFor(name, known, noun) });
}

const CALLABLE: readonly NamedNoun[] = ['endpoints', 'models', 'aliases'];

function referModel({ desk, names }: Checking, path: Path): void {
  const { callable, served, open, lost } = names;
  const name = textAt(desk, path);
  if (name === undefined || callable.has(name) || isFull(desk)) return;
  const pinned = [...served].some(
    ([at, models]) => models === undefined && name.startsWith(`${at}/`),
  );
  if (open || pinned || CALLABLE.some((noun) => lost.has(noun))) return;
  const message = `no model or alias is named \`${name}\``;
  report(desk, path, { message, hint: hintFor(name, callable, 'models') });
}

/** An alias is no model, and a model that nobody serves is defined under `models` all the same. */
function referRelated({ desk, names }: Checking, path: Path): void {
  const name = textAt(desk, path);
  if (name === undefined || names.models.has(name) || isFull(desk)) return;
  if (names.open || names.lost.has('models') || names.lost.has('endpoints')) return;
  const message = `no model is named \`${name}\``;
  report(desk, path, { message, hint: hintFor(name, names.models, 'models') });
}

/** A pattern that names exactly one thing should name something. */
function referPattern(checking: Checking, path: Path): void {
  const pattern = textAt(checking.desk, path);
  if (pattern === undefined || pattern.includes('*')) return;
  if (pattern !== AUTO && !pattern.startsWith(NEED)) referModel(checking, path);
}

/** @param path of a mapping with `model` and `endpoint`. */
function referServed({ desk, names }: Checking, path: Path): void {
  const at = [...path, 'model'];
  const model = textAt(desk, at);
  const endpoint = textAt(desk, [...path, 'endpoint']);
  if (model === undefined || endpoint === undefined || isTold(desk, at)) return;
  const served = names.served.get(endpoint);
  if (served === undefined || served.has(model) || names.lost.has('aliases')) return;
  if (names.of.get('aliases')?.has(model)) return;
  const message = `endpoint \`${endpoint}\` does not serve \`${model}\``;
  report(desk, at, { message, hint: hintFor(model, served, 'models') });
}

/** The nearest name, else those that there are, as far as a line holds them. */
function hintFor(name: string, known: ReadonlySet<string>, noun: NamedNoun): string {
  const near = closest(name, known);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  if (known.size === 0) return `none is defined; they stand under \`${noun}:\``;
  const listed = [...known].slice(0, LISTED_MAX).join(', ');
  return `defined: ${listed}${known.size > LISTED_MAX ? ', ...' : ''}`;
}
