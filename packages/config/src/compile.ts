/**
 * A joined tree to documents: every noun against its schema, entry by entry, so that one bad tenant
 * hides no mistake of another. Names and places are added here.
 */
import {
  CONFIGURATION_VERSION,
  type Configuration,
  type EndpointDocument,
  type Json,
  NOUNS,
  type Noun,
  type Nouns,
  type Origin,
  type Path,
  type PolicyDocument,
  type PolicyPart,
  type PriceDocument,
  validate,
} from '@signalbox/documents';
import { type Desk, entriesOf, originOf, ownerOf, report } from './desk.ts';
import { finishEndpoint } from './endpoint.ts';
import type { Problem } from './problem.ts';
import { childOf, isList, newMap, type Places, type Tree, type TreeMap } from './source.ts';

export interface Compiled {
  /** What is right in it; whole only when there are no problems. */
  readonly configuration: Configuration;
  readonly problems: readonly Problem[];
}

export function compileTree(tree: TreeMap, places: Places): Compiled {
  const desk: Desk = { tree, places, problems: [] };
  const models = many(desk, 'models', NOUNS.models);
  const configuration: Configuration = {
    version: CONFIGURATION_VERSION,
    server: one(desk, 'server', NOUNS.server),
    node: one(desk, 'node', NOUNS.node),
    endpoints: endpointsOf(desk),
    models,
    aliases: many(desk, 'aliases', NOUNS.aliases),
    plans: many(desk, 'plans', NOUNS.plans),
    tenants: many(desk, 'tenants', NOUNS.tenants),
    keys: many(desk, 'keys', NOUNS.keys),
    policies: policiesOf(desk),
    consents: many(desk, 'consents', NOUNS.consents),
    prices: pricesOf(desk),
    authority: authorityOf(tree),
    rings: many(desk, 'rings', NOUNS.rings),
    queue: one(desk, 'queue', NOUNS.queue),
    journal: one(desk, 'journal', NOUNS.journal),
    telemetry: one(desk, 'telemetry', NOUNS.telemetry),
  };
  return { configuration: withServedModels(configuration), problems: desk.problems };
}

type Named<T> = T & { readonly name: string; readonly origin: Origin | undefined };

function one<T>(desk: Desk, key: keyof Nouns, noun: Noun<T>): T {
  const checked = check(desk, [key], noun, childOf(desk.tree, key) ?? newMap());
  if (checked !== undefined) return checked;
  const fallback = noun.schema.safeParse({});
  if (!fallback.success) throw new TypeError(`${key} must be readable when nothing is written`);
  return fallback.data;
}

function many<T extends object>(
  desk: Desk,
  key: keyof Nouns,
  noun: Noun<T>,
): ReadonlyMap<string, Named<T>> {
  const documents = new Map<string, Named<T>>();
  for (const [name, value] of entriesOf(desk.tree, key)) {
    const path = [key, name];
    if (noun.names !== undefined && !noun.names.pattern.test(name)) {
      report(desk, path, { message: noun.names.message, at: 'key' });
    }
    const part = check(desk, path, noun, value);
    if (part !== undefined) documents.set(name, { ...part, name, origin: originOf(desk, path) });
  }
  return documents;
}

function check<T>(desk: Desk, path: Path, noun: Noun<T>, value: Tree): T | undefined {
  const checked = validate(noun.schema, value);
  if (checked.ok) return checked.value;
  for (const issue of checked.issues) report(desk, [...path, ...issue.path], issue);
  return undefined;
}

function endpointsOf(desk: Desk): ReadonlyMap<string, EndpointDocument> {
  const documents = new Map<string, EndpointDocument>();
  for (const [name, part] of many(desk, 'endpoints', NOUNS.endpoints)) {
    const path = ['endpoints', name];
    const finished = finishEndpoint(part, {
      owner: ownerOf(desk, path),
      refuse: (rest, message, hint) => report(desk, [...path, ...rest], { message, hint }),
    });
    if (finished !== undefined) documents.set(name, finished);
  }
  return documents;
}

function policiesOf(desk: Desk): ReadonlyMap<string, PolicyDocument> {
  const parts = many(desk, 'policies', NOUNS.policies);
  const documents = [...parts].map(([name, part]): [string, PolicyDocument] => [
    name,
    { ...part, rules: rulesOf(desk, name, part) },
  ]);
  return new Map(documents);
}

function rulesOf(desk: Desk, policy: string, part: PolicyPart): PolicyDocument['rules'] {
  return part.rules.map((rule, index) => ({
    ...rule,
    name: rule.name ?? `rule-${index + 1}`,
    origin: originOf(desk, ['policies', policy, 'rules', index]),
  }));
}

function pricesOf(desk: Desk): readonly PriceDocument[] {
  const list = childOf(desk.tree, 'prices');
  if (!isList(list)) return [];
  return list.flatMap((value, index) => {
    const path = ['prices', index];
    const part = check(desk, path, NOUNS.prices, value);
    return part === undefined ? [] : [{ ...part, origin: originOf(desk, path) }];
  });
}

function authorityOf(tree: TreeMap): Json | undefined {
  return childOf(tree, 'authority');
}

/** What an endpoint serves is a model, also when `models` says nothing about it. */
function withServedModels(configuration: Configuration): Configuration {
  const models = new Map(configuration.models);
  for (const endpoint of configuration.endpoints.values()) {
    for (const { name } of endpoint.models.values()) {
      if (models.has(name)) continue;
      models.set(name, {
        name,
        family: undefined,
        tierHint: undefined,
        contextTokens: undefined,
        capabilities: {},
        price: undefined,
        origin: endpoint.origin,
      });
    }
  }
  return { ...configuration, models };
}
