/** Regions and kinds of data that somebody names, of a tenant, a rule, a consent: all are known. */
import { type Path, strangeKind, strangeRegion } from '@signalbox/documents';
import { type Desk, isTold, report } from './desk.ts';
import { pathsOf, treeAt } from './source.ts';

const REGIONS_AT: readonly string[] = [
  'tenants * residency #',
  'policies * rules # require regions #',
  'policies * rules # forbid regions #',
  'consents * regions #',
];
const STANDS_AT: readonly string[] = ['endpoints * region', 'node region'];
/** The tenant is named beside them. */
const KINDS_AT: readonly string[] = ['consents * kinds #', 'policies * tests # call kinds #'];
const OWN_AT: readonly string[] = ['patterns', 'sources'].map(
  (list) => `tenants * sensitive ${list} # name`,
);

/** @param lost nouns of which not every entry could be read. */
export function checkWords(desk: Desk, lost: ReadonlySet<string>): void {
  const stated = STANDS_AT.flatMap((at) => placesOf(desk, at));
  const here = [...new Set(stated.flatMap((path) => textAt(desk, path) ?? []))];
  for (const path of REGIONS_AT.flatMap((at) => placesOf(desk, at))) {
    const region = textAt(desk, path);
    if (region === undefined) continue;
    const strange = strangeRegion(region, here, !lost.has('endpoints'));
    if (strange !== undefined) report(desk, path, strange);
  }
  if (lost.has('tenants')) return;
  const own = ownTypesIn(desk);
  for (const path of KINDS_AT.flatMap((at) => placesOf(desk, at))) {
    const kind = textAt(desk, path);
    const tenant = treeAt(desk.tree, [...path.slice(0, -2), 'tenant']);
    const strange = kind && strangeKind(kind, own.get(String(tenant)) ?? []);
    if (strange) report(desk, path, strange);
  }
}

const placesOf = (desk: Desk, at: string): readonly Path[] => pathsOf(desk.tree, at.split(' '));

/** By tenant: names of its own patterns and sources. */
function ownTypesIn(desk: Desk): ReadonlyMap<string, readonly string[]> {
  const own = new Map<string, string[]>();
  for (const path of OWN_AT.flatMap((at) => placesOf(desk, at))) {
    const name = treeAt(desk.tree, path);
    const tenant = String(path[1]);
    if (typeof name === 'string') own.set(tenant, [...(own.get(tenant) ?? []), name]);
  }
  return own;
}

/** What stands there, when it is text and nothing was wrong with it so far. */
function textAt(desk: Desk, path: Path): string | undefined {
  const found = treeAt(desk.tree, path);
  return typeof found === 'string' && !isTold(desk, path) ? found : undefined;
}
