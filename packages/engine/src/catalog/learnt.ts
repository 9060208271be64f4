// What asking taught about models, filled in where the documents say nothing: done when a fact
// changes, so that a call finds it in the catalog and asks nobody.
import type { EndpointName } from '@signalbox/contract';
import type { ServerKind } from '@signalbox/dialect';
import type { ModelCapabilities } from '@signalbox/documents';
import type { Catalog, Offering } from './catalog.ts';
import { known, type Learnt } from './known.ts';
import { contextTokensOf, type EndpointKnown, FROM_KIND, factsOfModel } from './probe-facts.ts';

const CAPABILITIES = [
  ...(['tools', 'vision', 'jsonSchema', 'logprobs', 'embeddings', 'reasoning'] as const),
] satisfies (keyof ModelCapabilities)[];

/**
 * What the server told of itself, not what its kind usually can do. Of abilities a yes alone
 * counts: a list that leaves one out may not know it, and a call is not refused for that.
 */
export function learntOf(known: EndpointKnown, upstream: string, kind: ServerKind): Learnt {
  const own = factsOfModel(known, upstream);
  const capabilities: { -readonly [K in keyof ModelCapabilities]?: boolean } = {};
  for (const name of CAPABILITIES) {
    // That a server can embed says nothing of one of its models.
    const fact = own[name] ?? (name === 'embeddings' ? undefined : known.endpoint[name]);
    if (fact?.value === true && fact.from !== FROM_KIND) capabilities[name] = true;
  }
  const now = contextTokensOf(known, upstream);
  if (kind.context === undefined) return { contextTokens: now, capabilities };
  // It is loaded with what a call asks for, up to what it was made for.
  const contextTokens = own.contextTokensMax?.value ?? now;
  return { contextTokens, contextTokensNow: now, capabilities };
}

/** Whether the catalog would look the same with either. */
export function teachesSame(
  catalog: Catalog,
  endpoint: EndpointName,
  [before, after]: readonly [EndpointKnown, EndpointKnown],
): boolean {
  return catalog.offerings
    .filter((one) => one.endpoint.name === endpoint)
    .every((one) => textOf(before, one) === textOf(after, one));
}

const textOf = (known: EndpointKnown, { upstream, endpoint }: Offering): string =>
  JSON.stringify(learntOf(known, upstream, endpoint.probe.kind));

/** @param catalog as the documents alone make it. */
export function withLearnt(
  catalog: Catalog,
  probes: ReadonlyMap<EndpointName, EndpointKnown>,
): Catalog {
  const fill = (offering: Offering): Offering => {
    const told = probes.get(offering.endpoint.name);
    if (told === undefined) return offering;
    const { stated, listed, upstream, endpoint } = offering;
    const learnt = learntOf(told, upstream, endpoint.probe.kind);
    return { ...offering, ...known(stated, learnt, listed) };
  };
  const filled = new Map(catalog.offerings.map((one) => [one, fill(one)]));
  const byModel = new Map(
    [...catalog.byModel].map(([name, list]) => [name, list.map((one) => filled.get(one) ?? one)]),
  );
  const unlisted: Catalog['unlisted'] = (...asked) => fill(catalog.unlisted(...asked));
  return { ...catalog, offerings: [...filled.values()], byModel, unlisted };
}
