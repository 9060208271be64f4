/**
 * Every name that a document may point at, read from what was written: an entry with mistakes of
 * its own is still defined for those who name it, and what it names is still looked up.
 */
import { type Desk, entriesOf, ownerOf } from './desk.ts';
import { nameOf } from './endpoint.ts';
import { childOf, isList, isMap, type Tree } from './source.ts';

export type NamedNoun = 'endpoints' | 'models' | 'aliases' | 'plans' | 'tenants' | 'policies';

export interface Names {
  readonly of: ReadonlyMap<NamedNoun, ReadonlySet<string>>;
  /**
   * Models of `models`, and what endpoints serve, under our names. Not what a tenant brings: that
   * takes no name from anybody else, and an alias goes before it.
   */
  readonly models: ReadonlySet<string>;
  /** Models, aliases, and models pinned to an endpoint. */
  readonly callable: ReadonlySet<string>;
  /** What every endpoint serves; undefined where it is learned when the endpoint is asked. */
  readonly served: ReadonlyMap<string, ReadonlySet<string> | undefined>;
  /** True when some endpoint says only at run time what it serves. */
  readonly open: boolean;
  /** Nouns of which some entries could not be read, so that no name can be called unknown. */
  readonly lost: ReadonlySet<string>;
}

const NAMED_NOUNS: readonly NamedNoun[] = [
  'endpoints',
  'models',
  'aliases',
  'plans',
  'tenants',
  'policies',
];

export function namesOf(desk: Desk, lost: ReadonlySet<string>): Names {
  const { tree } = desk;
  const names = (noun: string): string[] => entriesOf(tree, noun).map(([name]) => name);
  const of = new Map(NAMED_NOUNS.map((noun) => [noun, new Set(names(noun))] as const));
  const served = new Map<string, ReadonlySet<string> | undefined>();
  const models = new Set(names('models'));
  const callable = new Set([...models, ...names('aliases')]);
  for (const [endpoint, written] of entriesOf(tree, 'endpoints')) {
    if (ownerOf(desk, ['endpoints', endpoint]).kind === 'tenant') continue;
    const pairs = servedBy(written);
    const all = pairs.flatMap(({ name, upstream }) => [name, upstream]);
    served.set(endpoint, all.length === 0 ? undefined : new Set(all));
    for (const one of all) callable.add(`${endpoint}/${one}`);
    for (const { name } of pairs) callable.add(name);
    for (const { name } of pairs) models.add(name);
  }
  const open = [...served.values()].includes(undefined);
  return { of, models, callable, served, open, lost };
}

interface Served {
  readonly name: string;
  readonly upstream: string;
}

function servedBy(endpoint: Tree): readonly Served[] {
  const written = isMap(endpoint) ? childOf(endpoint, 'models') : undefined;
  if (isList(written)) {
    const upstreams = written.filter((one) => typeof one === 'string');
    return upstreams.map((upstream) => ({ name: nameOf(upstream), upstream }));
  }
  if (!isMap(written)) return [];
  return Object.entries(written).map(([upstream, described]) => {
    const own = isMap(described) ? childOf(described, 'name') : undefined;
    return { name: typeof own === 'string' ? own : nameOf(upstream), upstream };
  });
}
