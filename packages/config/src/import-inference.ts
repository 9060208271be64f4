/**
 * Reads the two-tier inference configuration that many agent runtimes share (`tiers`, `routing`,
 * `fallback`) as it is, and writes it in our words. Every value keeps the place it came from, so
 * that a mistake is shown in the file that its author knows.
 *
 * Promise: what the file says about where data may go is kept or made stricter. A rule that keeps
 * sensitive data on the device comes first, wherever the file has it, and no fallback passes its
 * tier. Limit: the file knows no tenants, so it gets one, `default`, which labels and reports and
 * refuses nothing until somebody turns enforcement on.
 */

import type { Tier } from '@signalbox/contract';
import { ENDPOINT_KINDS } from '@signalbox/documents';
import { readDurationMs } from './duration.ts';
import { nameOf } from './endpoint.ts';
import { type ImportingTiers, importPolicy } from './import-policy.ts';
import {
  copy,
  IMPORTED_POLICY,
  IMPORTED_TENANT,
  type Imported,
  type Importing,
  isKind,
  leaveBehind,
  mapAt,
  placeOf,
  put,
  refuse,
  type Start,
  section,
  TIER_WORDS,
  tellObserving,
  textAt,
  tierRemark,
  type Writable,
} from './importing.ts';
import type { Part } from './join.ts';
import { noticeAt } from './notice.ts';
import { childOf, isMap, newMap, type Places, type Spot, type TreeMap } from './source.ts';

export function importInference(part: Part, places: Places, start: Start): Imported {
  const tree = newMap();
  tree['version'] = 1;
  const importing: ImportingTiers = {
    from: part.tree,
    places,
    problems: [],
    notices: [],
    tree,
    aliases: new Map(),
    upstreams: upstreamsOf(part.tree),
  };
  leaveBehind(importing, part.tree, ['tiers', 'routing', 'fallback'], '');
  importTiers(importing);
  importPolicy(importing);
  importTenant(importing, start);
  return { tree, problems: importing.problems, notices: importing.notices };
}

/** Names of all models of all tiers, as they will be called here. */
function upstreamsOf(from: TreeMap): ReadonlySet<string> {
  const tiers = childOf(from, 'tiers');
  const tables = isMap(tiers) ? Object.values(tiers) : [];
  const names = tables.flatMap((one) => {
    const models = isMap(one) ? childOf(one, 'models') : undefined;
    return isMap(models) ? Object.values(models) : [];
  });
  return new Set(names.filter((one) => typeof one === 'string').map(nameOf));
}

function importTiers(importing: ImportingTiers): void {
  const tiers = mapAt(importing, importing.from, 'tiers');
  const endpoints = section(importing, 'endpoints', placeOf(importing, importing.from, 'tiers'));
  const aliases = section(importing, 'aliases', placeOf(importing, importing.from, 'tiers'));
  for (const word of Object.keys(tiers ?? {})) {
    const spot = placeOf(importing, tiers ?? newMap(), word);
    const tier = TIER_WORDS.get(word);
    const written = tiers === undefined ? undefined : mapAt(importing, tiers, word);
    if (tier === undefined) refuse(importing, spot, tierRemark(word), 'key');
    if (tier === undefined || written === undefined) continue;
    const provider = textAt(importing, written, 'provider') ?? 'openai-compatible';
    const plain = nameOf(provider);
    const name = Object.hasOwn(endpoints, plain) ? `${plain}-${word}` : plain;
    put(importing, endpoints, {
      key: name,
      value: importEndpoint(importing, written, { provider, tier }),
      spot,
    });
    importAliases(importing, { written, aliases, endpoint: name, word });
  }
}

function importEndpoint(
  importing: Importing,
  written: TreeMap,
  facts: { readonly provider: string; readonly tier: Tier },
): TreeMap {
  const known = ['provider', 'endpoint', 'models', 'health_check_interval', 'rate_limit_buffer'];
  leaveBehind(importing, written, known, 'tiers.');
  const endpoint = newMap();
  const kind = isKind(facts.provider) ? facts.provider : 'openai-compatible';
  const at = (key: string): Spot | undefined => placeOf(importing, written, key);
  put(importing, endpoint, { key: 'kind', value: kind, spot: at('provider') });
  put(importing, endpoint, { key: 'tier', value: facts.tier, spot: at('provider') });
  copy(importing, endpoint, { written, key: 'endpoint', as: 'url' });
  copy(importing, endpoint, { written, key: 'rate_limit_buffer', as: 'rate_limit_buffer' });
  importInterval(importing, written, endpoint);
  const models = mapAt(importing, written, 'models') ?? newMap();
  const served = Object.values(models).filter((one) => typeof one === 'string');
  if (served.length > 0)
    put(importing, endpoint, { key: 'models', value: [...new Set(served)], spot: at('models') });
  const variable = ENDPOINT_KINDS[kind].environmentName;
  if (variable !== undefined) {
    const credential = newMap();
    put(importing, credential, { key: 'secret', value: `env:${variable}`, spot: at('provider') });
    put(importing, endpoint, { key: 'credentials', value: [credential], spot: at('provider') });
    const message = `its key is read from ${variable}; without it the endpoint is unavailable`;
    importing.notices.push(noticeAt(at('provider'), facts.provider, message));
  }
  return endpoint;
}

function importInterval(importing: Importing, written: TreeMap, endpoint: Writable): void {
  const key = 'health_check_interval';
  const interval = childOf(written, key);
  if (interval === undefined) return;
  const ms = readDurationMs(interval);
  const spot = placeOf(importing, written, key);
  if (ms === undefined)
    refuse(importing, spot, { message: 'is no duration', hint: 'write it like `30s`' });
  else put(importing, endpoint, { key: 'health_check_interval_ms', value: ms, spot });
}

interface AliasSource {
  readonly written: TreeMap;
  readonly aliases: Writable;
  readonly endpoint: string;
  readonly word: string;
}

/** Two tiers may each have a `default`, or one may call its model by the name of another's. */
function importAliases(importing: ImportingTiers, source: AliasSource): void {
  const { written, aliases, endpoint, word } = source;
  const models = mapAt(importing, written, 'models') ?? newMap();
  const names = new Map<string, string>();
  for (const given of Object.keys(models)) {
    const upstream = childOf(models, given);
    const spot = placeOf(importing, models, given);
    if (typeof upstream !== 'string') {
      refuse(importing, spot, {
        message: 'must be the name of a model',
        hint: 'write it as the model server knows it, in quotes where it is a number',
      });
      continue;
    }
    const own = nameOf(given) === nameOf(upstream);
    const alias = own ? nameOf(given) : freeName(importing, aliases, { given, word });
    names.set(given, alias);
    if (own) continue;
    const target = newMap();
    put(importing, target, { key: 'model', value: nameOf(upstream), spot });
    put(importing, target, { key: 'endpoint', value: endpoint, spot });
    put(importing, aliases, { key: alias, value: [target], spot });
    if (alias === given) continue;
    const message = `is called \`${alias}\` here: the plain name is taken`;
    importing.notices.push(noticeAt(spot, given, message));
  }
  importing.aliases.set(word, names);
}

/** A number has its place behind it. */
const SHOWN_MAX = 48;

function freeName(
  importing: ImportingTiers,
  aliases: Writable,
  { given, word }: { readonly given: string; readonly word: string },
): string {
  const taken = (name: string): boolean =>
    name === 'auto' || Object.hasOwn(aliases, name) || importing.upstreams.has(name);
  let name = nameOf(given);
  for (let number = 1; taken(name); number += 1) {
    const shown = given.slice(0, SHOWN_MAX);
    name = nameOf(`${word}-${shown}${number === 1 ? '' : `-${number}`}`);
  }
  return name;
}

function importTenant(importing: Importing, start: Start): void {
  const tenant = newMap();
  const spot =
    placeOf(importing, importing.from, 'routing') ?? placeOf(importing, importing.from, 'tiers');
  put(importing, tenant, { key: 'privacy', value: start.privacy, spot });
  put(importing, tenant, { key: 'policies', value: [IMPORTED_POLICY], spot });
  put(importing, section(importing, 'tenants', spot), {
    key: IMPORTED_TENANT,
    value: tenant,
    spot,
  });
  tellObserving(importing, start, { name: IMPORTED_TENANT, spot });
}
