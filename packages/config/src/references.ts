/**
 * Names that point at something: each must be defined somewhere in the files, whether or not what
 * it points at is itself without mistakes.
 */
import { type Configuration, closest, type Path, type TargetDocument } from '@signalbox/documents';
import { type Desk, entriesOf, isFull, report } from './desk.ts';
import { childOf, isList, isMap, type Tree, type TreeMap } from './source.ts';

const LISTED_MAX = 8;
const NEED = 'need:';
const AUTO = 'auto';

type NamedNoun = 'endpoints' | 'models' | 'plans' | 'tenants' | 'policies';

interface Names {
  readonly of: ReadonlyMap<NamedNoun, ReadonlySet<string>>;
  /** Models, aliases, and models pinned to an endpoint. */
  readonly callable: ReadonlySet<string>;
  /** What every endpoint serves; undefined where it is learned when the endpoint is asked. */
  readonly served: ReadonlyMap<string, ReadonlySet<string> | undefined>;
  /** True when some endpoint says only at run time what it serves. */
  readonly open: boolean;
}

interface Checking {
  readonly desk: Desk;
  readonly names: Names;
  readonly configuration: Configuration;
}

export function checkReferences(desk: Desk, configuration: Configuration): void {
  const checking = { desk, configuration, names: namesOf(desk.tree, configuration) };
  checkNames(checking);
  checkPlaces(checking);
  checkTenants(checking);
  checkKeys(checking);
  checkPolicies(checking);
}

function namesOf(tree: TreeMap, configuration: Configuration): Names {
  const nouns: readonly NamedNoun[] = ['endpoints', 'models', 'plans', 'tenants', 'policies'];
  const names = (noun: string): string[] => entriesOf(tree, noun).map(([name]) => name);
  const of = new Map(nouns.map((noun) => [noun, new Set(names(noun))] as const));
  const served = new Map<string, ReadonlySet<string> | undefined>();
  const callable = new Set([
    ...configuration.models.keys(),
    ...names('models'),
    ...names('aliases'),
  ]);
  for (const name of names('endpoints')) {
    const endpoint = configuration.endpoints.get(name);
    const models = [...(endpoint?.models.values() ?? [])];
    const all = models.flatMap((one) => [one.name, one.upstream]);
    served.set(name, all.length === 0 ? undefined : new Set(all));
    for (const one of all) callable.add(`${name}/${one}`);
  }
  const open = [...served.values()].includes(undefined);
  return { of, callable, served, open };
}

/** A name that callers may use must mean one thing. */
function checkNames({ desk, configuration }: Checking): void {
  const reserved = (name: string): boolean => name === AUTO || name.startsWith(NEED);
  for (const name of configuration.aliases.keys()) {
    const path = ['aliases', name];
    if (configuration.models.has(name)) {
      const hint = 'rename the alias';
      report(desk, path, { message: `\`${name}\` is also the name of a model`, hint, at: 'key' });
    }
    if (reserved(name))
      report(desk, path, { message: `\`${name}\` has a meaning already`, at: 'key' });
  }
  for (const name of configuration.models.keys()) {
    if (!reserved(name)) continue;
    report(desk, ['models', name], { message: `\`${name}\` has a meaning already`, at: 'key' });
  }
}

function checkPlaces(checking: Checking): void {
  const { configuration } = checking;
  for (const endpoint of configuration.endpoints.values()) {
    refer(checking, 'tenants', endpoint.tenant, ['endpoints', endpoint.name, 'tenant']);
  }
  for (const alias of configuration.aliases.values()) {
    const path = ['aliases', alias.name];
    alias.targets.forEach((target, index) => {
      checkTarget(checking, target, { base: path, list: 'targets', index });
      if (!configuration.aliases.has(target.model)) return;
      const at = targetPath(checking.desk.tree, { base: path, list: 'targets', index });
      const message = `\`${target.model}\` is an alias; an alias stands for models`;
      report(checking.desk, inside(checking.desk.tree, at, 'model'), { message });
    });
  }
  for (const [index, price] of configuration.prices.entries()) {
    refer(checking, 'endpoints', price.endpoint, ['prices', index, 'endpoint']);
    referModel(checking, price.model, ['prices', index, 'model']);
  }
  for (const plan of configuration.plans.values()) {
    plan.models?.forEach((one, index) => {
      referPattern(checking, one, ['plans', plan.name, 'models', index]);
    });
  }
}

function checkTenants(checking: Checking): void {
  const { configuration, desk } = checking;
  const orders = new Set([...configuration.rings.values()].map((ring) => ring.order));
  for (const tenant of configuration.tenants.values()) {
    const path = ['tenants', tenant.name];
    refer(checking, 'plans', tenant.plan, [...path, 'plan']);
    tenant.policies.forEach((one, index) => {
      refer(checking, 'policies', one, [...path, 'policies', index]);
    });
    tenant.own.endpoints.forEach((one, index) => {
      refer(checking, 'endpoints', one, [...path, 'own', 'endpoints', index]);
    });
    if (tenant.ring === undefined || orders.size === 0 || orders.has(tenant.ring)) continue;
    const hint = `defined orders: ${[...orders].toSorted((a, b) => a - b).join(', ')}`;
    report(desk, [...path, 'ring'], { message: `no ring has the order ${tenant.ring}`, hint });
  }
  for (const consent of configuration.consents.values()) {
    refer(checking, 'tenants', consent.tenant, ['consents', consent.name, 'tenant']);
  }
}

function checkKeys(checking: Checking): void {
  const ids = new Map<string, string>();
  for (const key of checking.configuration.keys.values()) {
    const path = ['keys', key.name];
    refer(checking, 'tenants', key.tenant, [...path, 'tenant']);
    key.models?.forEach((one, index) => {
      referPattern(checking, one, [...path, 'models', index]);
    });
    if (key.id === undefined) continue;
    const other = ids.get(key.id);
    if (other !== undefined) {
      report(checking.desk, [...path, 'id'], { message: `\`${other}\` has the same id` });
    }
    ids.set(key.id, key.name);
  }
}

function checkPolicies(checking: Checking): void {
  for (const policy of checking.configuration.policies.values()) {
    policy.rules.forEach((rule, index) => {
      const path = ['policies', policy.name, 'rules', index];
      rule.when.tenant?.forEach((one, at) => {
        const place = inside(checking.desk.tree, [...path, 'when', 'tenant'], at);
        refer(checking, 'tenants', one, place);
      });
      const { model, endpoint, chain } = rule.route;
      refer(checking, 'endpoints', endpoint, [...path, 'route', 'endpoint']);
      referModel(checking, model, [...path, 'route', 'model']);
      referServed(checking, { model, endpoint }, [...path, 'route', 'model']);
      chain?.forEach((target, at) => {
        checkTarget(checking, target, { base: [...path, 'route'], list: 'chain', index: at });
      });
    });
  }
}

interface TargetPlace {
  readonly base: Path;
  readonly list: string;
  readonly index: number;
}

function checkTarget(checking: Checking, target: TargetDocument, place: TargetPlace): void {
  const path = targetPath(checking.desk.tree, place);
  refer(checking, 'endpoints', target.endpoint, [...path, 'endpoint']);
  const model = inside(checking.desk.tree, path, 'model');
  referModel(checking, target.model, model);
  referServed(checking, target, model);
}

/** An alias is written in three ways; a path must name the one that stands there. */
function targetPath(tree: TreeMap, { base, list, index }: TargetPlace): Path {
  const written = treeAt(tree, base);
  if (isList(written)) return [...base, index];
  return isMap(written) ? [...base, list, index] : base;
}

/** A single value may stand where a mapping or a list could. */
function inside(tree: TreeMap, path: Path, key: string | number): Path {
  const written = treeAt(tree, path);
  return isMap(written) || isList(written) ? [...path, key] : path;
}

function treeAt(tree: TreeMap, path: Path): Tree | undefined {
  let at: Tree | undefined = tree;
  for (const key of path) {
    if (!isMap(at) && !isList(at)) return undefined;
    at = childOf(at, key);
  }
  return at;
}

function refer(checking: Checking, noun: NamedNoun, name: string | undefined, path: Path): void {
  const known = checking.names.of.get(noun) ?? new Set();
  if (name === undefined || known.has(name) || isFull(checking.desk)) return;
  const message = `no ${noun.replace(/ies$/, 'y').replace(/s$/, '')} is named \`${name}\``;
  report(checking.desk, path, { message, hint: hintFor(name, known) });
}

function referModel(checking: Checking, name: string | undefined, path: Path): void {
  const { callable, served, open } = checking.names;
  if (name === undefined || callable.has(name) || isFull(checking.desk)) return;
  const pinned = [...served].some(
    ([at, models]) => models === undefined && name.startsWith(`${at}/`),
  );
  if (open || pinned) return;
  const message = `no model or alias is named \`${name}\``;
  report(checking.desk, path, { message, hint: hintFor(name, callable) });
}

/** A pattern that names exactly one thing should name something. */
function referPattern(checking: Checking, pattern: string, path: Path): void {
  if (pattern.includes('*') || pattern === AUTO || pattern.startsWith(NEED)) return;
  referModel(checking, pattern, path);
}

function referServed(
  checking: Checking,
  target: { readonly model: string | undefined; readonly endpoint: string | undefined },
  path: Path,
): void {
  const { model, endpoint } = target;
  if (model === undefined || endpoint === undefined) return;
  const served = checking.names.served.get(endpoint);
  if (served === undefined || served.has(model)) return;
  if (checking.configuration.aliases.has(model)) return;
  const message = `endpoint \`${endpoint}\` does not serve \`${model}\``;
  report(checking.desk, path, { message, hint: hintFor(model, served) });
}

function hintFor(name: string, known: ReadonlySet<string>): string {
  const near = closest(name, known);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  if (known.size === 0) return 'none is defined';
  const listed = [...known].slice(0, LISTED_MAX).join(', ');
  return `defined: ${listed}${known.size > LISTED_MAX ? ', ...' : ''}`;
}
