/**
 * A joined tree to documents: every noun against its schema, entry by entry, so that one bad tenant
 * hides no mistake of another. Names and places are added here.
 */
import {
  CONFIGURATION_VERSION,
  type Configuration,
  type CredentialDocument,
  type EndpointDocument,
  type Json,
  NO_RELATIONS,
  NOUNS,
  type Noun,
  type Nouns,
  type Origin,
  type Path,
  type PolicyDocument,
  type PolicyPart,
  type PriceDocument,
  type RuleDocument,
  type RulePart,
  validate,
} from '@signalbox/documents';
import { type Desk, entriesOf, originOf, ownerOf, report } from './desk.ts';
import { checkCredentials, type EndpointContext, finishEndpoint } from './endpoint.ts';
import type { PlacedRule } from './rules.ts';
import { childOf, isList, isMap, newMap, type Tree, type TreeMap } from './source.ts';

export interface Compiled {
  /** What is right in it; whole only when there are no problems. */
  readonly configuration: Configuration;
  /** Of each policy the rules that could be read, also when others could not. */
  readonly rules: ReadonlyMap<string, readonly PlacedRule[]>;
}

/** What is wrong goes onto the desk. */
export function compileTree(desk: Desk): Compiled {
  const models = many(desk, 'models', NOUNS.models);
  const tenants = many(desk, 'tenants', NOUNS.tenants);
  const configuration: Configuration = {
    version: CONFIGURATION_VERSION,
    server: one(desk, 'server', NOUNS.server),
    node: one(desk, 'node', NOUNS.node),
    endpoints: endpointsOf(desk, tenants),
    models,
    registry: one(desk, 'registry', NOUNS.registry),
    aliases: many(desk, 'aliases', NOUNS.aliases),
    plans: many(desk, 'plans', NOUNS.plans),
    tenants,
    keys: many(desk, 'keys', NOUNS.keys),
    policies: policiesOf(desk),
    consents: many(desk, 'consents', NOUNS.consents),
    prices: pricesOf(desk),
    authority: authorityOf(desk.tree),
    rings: many(desk, 'rings', NOUNS.rings),
    queue: one(desk, 'queue', NOUNS.queue),
    routing: one(desk, 'routing', NOUNS.routing),
    journal: one(desk, 'journal', NOUNS.journal),
    telemetry: one(desk, 'telemetry', NOUNS.telemetry),
  };
  return { configuration: withServedModels(configuration), rules: placedRules(desk) };
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
      const { message, hint } = noun.names;
      report(desk, path, { message, hint, at: 'key' });
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

function endpointsOf(
  desk: Desk,
  tenants: Configuration['tenants'],
): ReadonlyMap<string, EndpointDocument> {
  const documents = new Map<string, EndpointDocument>();
  const parts = many(desk, 'endpoints', NOUNS.endpoints);
  for (const [name, written] of entriesOf(desk.tree, 'endpoints')) {
    const path = ['endpoints', name];
    const owner = ownerOf(desk, path);
    const tenant = owner.kind === 'tenant' ? tenants.get(owner.tenant) : undefined;
    const context: EndpointContext = {
      name,
      owner,
      privateAddresses: tenant?.privateAddresses ?? [],
      refuse: (rest, message, hint) => report(desk, [...path, ...rest], { message, hint }),
    };
    checkCredentials(credentialsOf(written), context);
    const part = parts.get(name);
    const finished = part === undefined ? undefined : finishEndpoint(part, context);
    if (finished !== undefined) documents.set(name, finished);
    if (part === undefined) judgeRest(name, written, context);
  }
  return documents;
}

/** One by one, so that one that is wrong hides nothing of the others. */
function credentialsOf(endpoint: Tree): readonly (CredentialDocument | undefined)[] {
  const list = isMap(endpoint) ? childOf(endpoint, 'credentials') : undefined;
  if (!isList(list)) return [];
  return list.map((one) => {
    const checked = validate(NOUNS.endpoints.schema, { credentials: [one] });
    return checked.ok ? checked.value.credentials[0] : undefined;
  });
}

/** Of an endpoint with mistakes, the address and whatever else can be judged without them. */
function judgeRest(name: string, written: Tree, context: EndpointContext): void {
  const checked = validate(NOUNS.endpoints.schema, written);
  if (checked.ok || !isMap(written)) return;
  const wrong = new Set(checked.issues.map(({ path }) => path[0]));
  const rest = newMap();
  for (const [key, value] of Object.entries(written)) if (!wrong.has(key)) rest[key] = value;
  const again = validate(NOUNS.endpoints.schema, rest);
  if (!again.ok) return;
  // Without its kind nobody knows what belongs to it; without its URL, where it is.
  const unsure = wrong.has('kind')
    ? ['model_path', ...(Object.hasOwn(rest, 'url') ? [] : ['url'])]
    : [];
  finishEndpoint(
    { ...again.value, name, origin: undefined },
    {
      ...context,
      refuse: (path, message, hint) => {
        const [key = ''] = path;
        if (!wrong.has(key) && !unsure.includes(String(key))) context.refuse(path, message, hint);
      },
    },
  );
}

function policiesOf(desk: Desk): ReadonlyMap<string, PolicyDocument> {
  const parts = many(desk, 'policies', NOUNS.policies);
  const documents = [...parts].map(([name, part]): [string, PolicyDocument] => [
    name,
    { ...part, rules: rulesOf(desk, name, part), tests: testsOf(desk, name, part) },
  ]);
  return new Map(documents);
}

function rulesOf(desk: Desk, policy: string, part: PolicyPart): PolicyDocument['rules'] {
  return part.rules.map((rule, index) => ruleOf(desk, { policy, index, rule }));
}

function testsOf(desk: Desk, policy: string, { tests }: PolicyPart): PolicyDocument['tests'] {
  return tests.map((test, index) => ({
    ...test,
    origin: originOf(desk, ['policies', policy, 'tests', index]),
  }));
}

interface RuleAt {
  readonly policy: string;
  readonly index: number;
  readonly rule: RulePart;
}

function ruleOf(desk: Desk, { policy, index, rule }: RuleAt): RuleDocument {
  const origin = originOf(desk, ['policies', policy, 'rules', index]);
  return { ...rule, name: rule.name ?? `rule-${index + 1}`, origin };
}

function placedRules(desk: Desk): Compiled['rules'] {
  const policies = entriesOf(desk.tree, 'policies').map(([policy, written]) => {
    const list = isMap(written) ? childOf(written, 'rules') : undefined;
    const placed = (isList(list) ? list : []).flatMap((one, index): readonly PlacedRule[] => {
      const checked = validate(NOUNS.policies.schema, { rules: [one] });
      const rule = checked.ok ? checked.value.rules[0] : undefined;
      return rule === undefined ? [] : [{ index, rule: ruleOf(desk, { policy, index, rule }) }];
    });
    return [policy, placed] as const;
  });
  return new Map(policies);
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
        facts: {},
        relations: NO_RELATIONS,
        price: undefined,
        origin: endpoint.origin,
      });
    }
  }
  return { ...configuration, models };
}
