/**
 * Deployments of one `model_name` are one model at several endpoints. Where the file puts them in
 * an order, or gives them weights, the name is an alias with its targets instead.
 */
import { nameOf } from './endpoint.ts';
import { takeName } from './free-name.ts';
import type { Deployment } from './import-litellm-deployments.ts';
import type { EndpointOf } from './import-litellm-endpoints.ts';
import { at, type Litellm, note } from './import-litellm-values.ts';
import { put, section, type Writable } from './importing.ts';
import { noticeAt } from './notice.ts';
import { childOf, isMap, newMap, type Spot, type Tree } from './source.ts';

/** A model at an endpoint, under our names. */
export interface Target {
  readonly model: string;
  readonly endpoint: string;
  readonly weight: number | undefined;
}

export interface Group {
  /** As the file has it. */
  readonly written: string;
  /** As it is called here. */
  readonly name: string;
  readonly spot: Spot | undefined;
  /** An alias stands for its targets, in their order; a model is the same at all of them. */
  readonly kind: 'model' | 'alias';
  readonly targets: readonly Target[];
  /** Its name in the file holds `*`: it takes every call for a name that fits and is no other. */
  readonly open: boolean;
}

export interface Groups {
  readonly all: readonly Group[];
  /** By the name in the file, or by the id of a deployment. */
  readonly byWritten: ReadonlyMap<string, Group>;
  readonly byId: ReadonlyMap<string, Target>;
  readonly aliases: Writable;
  readonly taken: Set<string>;
}

/** Names that mean something already. */
const RESERVED: ReadonlySet<string> = new Set(['auto']);

export type Placed = ReadonlyMap<Deployment, EndpointOf>;

export function placeGroups(litellm: Litellm, placed: Placed): Groups {
  const taken = new Set<string>(RESERVED);
  const byWritten = new Map<string, Deployment[]>();
  for (const deployment of placed.keys()) {
    if (deployment.upstream === undefined) tellOpen(litellm, deployment, placed);
    else byWritten.set(deployment.group, [...(byWritten.get(deployment.group) ?? []), deployment]);
  }
  const names = [...byWritten.keys()].map((written) =>
    nameFor(litellm, written, { byWritten, taken }),
  );
  const placing: Placing = {
    litellm,
    placed,
    taken,
    aliases: newMap(),
    upstreams: new Map(),
    byId: new Map(),
  };
  const all = [...byWritten].map(([written, deployments], index) =>
    placeGroup(placing, { written, deployments, name: names[index] ?? written }),
  );
  writeModels(litellm, placed);
  const { aliases, byId } = placing;
  return { all, byWritten: new Map(all.map((one) => [one.written, one])), byId, aliases, taken };
}

/** Writes what was gathered, when all aliases are known. */
export function writeAliases(litellm: Litellm, { aliases, all }: Groups): void {
  if (Object.keys(aliases).length === 0) return;
  const written = section(litellm, 'aliases', all[0]?.spot);
  for (const [key, value] of Object.entries(aliases)) {
    put(litellm, written, { key, value, spot: litellm.places.at(aliases, key) });
  }
}

export function targetTree(litellm: Litellm, target: Target, spot: Spot | undefined): Tree {
  const tree = newMap();
  put(litellm, tree, { key: 'model', value: target.model, spot });
  put(litellm, tree, { key: 'endpoint', value: target.endpoint, spot });
  const { weight } = target;
  if (weight !== undefined) put(litellm, tree, { key: 'weight', value: weight, spot });
  return tree;
}

interface Naming {
  readonly byWritten: ReadonlyMap<string, readonly Deployment[]>;
  readonly taken: Set<string>;
}

function nameFor(litellm: Litellm, written: string, { byWritten, taken }: Naming): string {
  const isOpen = written.includes('*');
  const plain = nameOf(isOpen ? (byWritten.get(written)?.[0]?.upstream ?? written) : written);
  const isReserved = RESERVED.has(plain) || plain.startsWith('need:');
  const name = takeName([isReserved ? nameOf(`model-${plain}`) : plain], taken);
  if (name !== written) {
    const spot = byWritten.get(written)?.[0]?.spot;
    const also = isOpen
      ? 'calls for a name that fits go there'
      : isAskable(written)
        ? 'calls for the old name go there too'
        : 'no name has spaces';
    const message = `is called \`${name}\` here; ${also}`;
    litellm.notices.push(noticeAt(spot, written, message));
  }
  return name;
}

/** A rule may match the calls that ask for it, and no others. */
export const isAskable = (written: string): boolean =>
  !written.includes('*') && /^[!-~]{1,200}$/.test(written);

interface Placing {
  readonly litellm: Litellm;
  readonly placed: Placed;
  readonly taken: Set<string>;
  readonly aliases: Writable;
  /** Our name for what only aliases serve, by the upstream's name. */
  readonly upstreams: Map<string, string>;
  readonly byId: Map<string, Target>;
}

interface Placeable {
  readonly written: string;
  readonly name: string;
  readonly deployments: readonly Deployment[];
}

function placeGroup(placing: Placing, { written, name, deployments }: Placeable): Group {
  const { litellm, placed } = placing;
  const spot = deployments[0]?.spot;
  const once = withoutTwins(litellm, deployments, placed);
  const isModel = !isRanked(once) && once.every((one) => nameAt(placing, one) === undefined);
  const sorted = isModel ? once : once.toSorted(byRank);
  const weights = isModel ? undefined : weightsOf(litellm, sorted);
  const targets = sorted.map((deployment, index): Target => {
    const model = isModel ? name : (nameAt(placing, deployment) ?? nameApart(placing, deployment));
    const target = {
      model,
      endpoint: endpointOf(placing, deployment).name,
      weight: weights?.[index],
    };
    serve(placing, deployment, model);
    if (deployment.id !== undefined) placing.byId.set(deployment.id, target);
    return target;
  });
  if (!isModel) {
    const list = targets.map((target) => targetTree(litellm, target, spot));
    put(litellm, placing.aliases, { key: name, value: list, spot });
  }
  const open = written.includes('*');
  return { written, name, spot, kind: isModel ? 'model' : 'alias', targets, open };
}

/** The same model at the same endpoint twice is one place. */
function withoutTwins(
  litellm: Litellm,
  deployments: readonly Deployment[],
  placed: Placed,
): readonly Deployment[] {
  const seen = new Set<string>();
  return deployments.filter((one) => {
    const key = JSON.stringify([placed.get(one)?.name, one.upstream]);
    if (!seen.has(key)) return seen.add(key);
    const message = 'stands here twice with the same address and key';
    litellm.notices.push(noticeAt(one.spot, one.group, message));
    return false;
  });
}

const isRanked = (deployments: readonly Deployment[]): boolean =>
  deployments.length > 1 &&
  (deployments.some(({ weight }) => weight !== undefined) ||
    new Set(deployments.map(({ order }) => order)).size > 1);

/** The lowest order first, then the heaviest; what has no order comes last. */
function byRank(a: Deployment, b: Deployment): number {
  const last = Number.MAX_SAFE_INTEGER;
  return (a.order ?? last) - (b.order ?? last) || (b.weight ?? 0) - (a.weight ?? 0);
}

const WEIGHT_MAX = 1_000;

/**
 * Neighbours that state weights are equals, so those of one order get them, and of two orders one
 * behind the other only the first: else they would be equals too.
 */
function weightsOf(litellm: Litellm, sorted: readonly Deployment[]): readonly Weight[] {
  const weights: Weight[] = [];
  let isWeighted = false;
  for (const equals of Map.groupBy(sorted, ({ order }) => order).values()) {
    const own: readonly Weight[] =
      equals.length > 1 && !isWeighted ? sharesOf(equals) : equals.map(() => undefined);
    weights.push(...own);
    isWeighted = own.some((one) => one !== undefined);
    const left = isWeighted ? undefined : equals.find(({ weight }) => weight !== undefined);
    if (left === undefined || equals.length === 1) continue;
    const message = 'weight is not carried over: it is tried in the order of the file';
    litellm.notices.push(noticeAt(left.spot, left.group, message));
  }
  return weights;
}

type Weight = number | undefined;

/** Whole numbers in the same proportion; what has none is asked when the others are not there. */
function sharesOf(equals: readonly Deployment[]): readonly Weight[] {
  const stated = equals.flatMap(({ weight }) => (weight !== undefined && weight > 0 ? weight : []));
  if (stated.length === 0) return equals.map(() => 1);
  const most = Math.max(...stated);
  const isWhole = stated.every(Number.isInteger) && most <= WEIGHT_MAX;
  return equals.map(({ weight }) => {
    if (weight === undefined || weight <= 0) return undefined;
    return isWhole ? weight : Math.max(1, Math.round((weight / most) * WEIGHT_MAX));
  });
}

function endpointOf({ placed }: Placing, deployment: Deployment): EndpointOf {
  const endpoint = placed.get(deployment);
  if (endpoint === undefined) throw new TypeError('every deployment has been given an endpoint');
  return endpoint;
}

/** Our name for it, when another group has it already. */
function nameAt(placing: Placing, deployment: Deployment): string | undefined {
  const { upstream = '' } = deployment;
  const { models } = endpointOf(placing, deployment);
  const served = childOf(models, upstream);
  if (!isMap(served)) return undefined;
  const name = childOf(served, 'name');
  return typeof name === 'string' ? name : nameOf(upstream);
}

/** A name of its own: the group's is that of the alias. */
function nameApart({ taken, upstreams, ...placing }: Placing, deployment: Deployment): string {
  const { upstream = '' } = deployment;
  const known = upstreams.get(upstream);
  if (known !== undefined) return known;
  const endpoint = placing.placed.get(deployment)?.name ?? '';
  const name = takeName([nameOf(upstream), nameOf(`${endpoint}/${nameOf(upstream)}`)], taken);
  upstreams.set(upstream, name);
  return name;
}

function serve(placing: Placing, deployment: Deployment, name: string): void {
  const { litellm } = placing;
  const { upstream = '', described, spot } = deployment;
  const { models } = endpointOf(placing, deployment);
  if (Object.hasOwn(models, upstream)) return;
  const model = newMap();
  if (nameOf(upstream) !== name) put(litellm, model, { key: 'name', value: name, spot });
  for (const [key, value] of Object.entries(described)) {
    put(litellm, model, { key, value, spot: litellm.places.at(described, key) });
  }
  put(litellm, models, { key: upstream, value: model, spot });
}

function writeModels(litellm: Litellm, placed: Placed): void {
  for (const { tree, models, spot } of new Set(placed.values())) {
    if (Object.keys(models).length > 0) put(litellm, tree, { key: 'models', value: models, spot });
  }
}

/** `anthropic/*`: what is not listed is called by its endpoint. */
function tellOpen(litellm: Litellm, deployment: Deployment, placed: Placed): void {
  const endpoint = placed.get(deployment)?.name ?? '';
  if (deployment.group === `${endpoint}/*`) return;
  const holder = newMap();
  if (deployment.spot !== undefined) litellm.places.note(holder, 'here', deployment.spot);
  const message = `every model of it is called as \`${endpoint}/MODEL\` here`;
  note(litellm, { ...at(holder, 'here', ''), path: deployment.group }, message);
}
