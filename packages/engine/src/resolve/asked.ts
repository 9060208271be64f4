// From the name in `model` to offerings: an alias, a model, a pinned endpoint, a need or `auto`; a
// rule's chain stands before all of them.
import { no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import { matchesPattern, type TargetDocument } from '@signalbox/documents';
import type { Catalog, Offering } from '../catalog/catalog.ts';
import type { Classified } from '../classify/classify.ts';
import type { Verdict } from '../policy/policy.ts';
import type { TenantFacts } from '../tenant/tenant.ts';
import { type Need, readNeed, unmetByModel } from './need.ts';
import { asPriced } from './own-prices.ts';
import { insteadOf } from './rollout.ts';

export type Asked = {
  readonly offerings: readonly Offering[];
  /** The order is part of the wish: a chain. */
  readonly ordered: boolean;
  readonly need: Need | undefined;
  /** The endpoint was named by the caller. */
  readonly pinned: boolean;
  /** Of each offering, where a list of targets was asked for: which of them it stands for. */
  readonly targets: readonly Target[] | undefined;
};

export type Target = {
  /** Place in the list. */
  readonly at: number;
  /** Its share among neighbours that state one, too; undefined: none is stated. */
  readonly weight: number | undefined;
};

const AUTO = 'auto';
const NEED = 'need:';

type Sight = {
  readonly catalog: Catalog;
  readonly tenant: TenantFacts;
  /** Undefined: before there is a call. */
  readonly session: string | undefined;
  /** All offerings that exist for the tenant. */
  readonly all: readonly Offering[];
};

/**
 * What belongs to another tenant is not there at all: it is no candidate, and its name is nothing
 * that could have been meant.
 */
export function asked(
  call: Classified,
  verdict: Verdict,
  catalog: Catalog,
  all: readonly Offering[],
): Result<Asked, Refusal> {
  const view = { catalog, tenant: call.tenant, session: call.session, all };
  const wish =
    verdict.chain === undefined
      ? named(call.question.model, view)
      : fromTargets(verdict.chain, view);
  const only = verdict.chain === undefined ? verdict.endpoint : undefined;
  if (!wish.ok) return wish;
  if (call.question.passing?.modelless === true) return atEndpoints(wish.value, only, catalog);
  if (only === undefined) return wish;
  const isHere = (one: Offering): boolean => one.endpoint.name === only;
  const { offerings, targets } = wish.value;
  return yes({
    ...wish.value,
    offerings: offerings.filter(isHere),
    targets: targets?.filter((_, at) => offerings[at] !== undefined && isHere(offerings[at])),
  });
}

/** What names no model may go to each endpoint that was meant, once. */
function atEndpoints(
  { offerings, ordered, pinned }: Asked,
  only: string | undefined,
  { whole }: Catalog,
): Result<Asked, Refusal> {
  const endpoints = new Set(offerings.map(({ endpoint }) => endpoint));
  const there = [...endpoints].filter(({ name }) => only === undefined || name === only);
  return found(there.map(whole), { ordered, pinned });
}

/**
 * What a name stands for, before there is a call; nothing when nobody knows it. Of a need, what it
 * demands of models.
 */
export function meant(name: string, tenant: TenantFacts, catalog: Catalog): readonly Offering[] {
  const all = visible(catalog.offerings, tenant);
  return meantIn(name, { catalog, tenant, session: undefined, all });
}

export function meantIn(name: string, sight: Sight): readonly Offering[] {
  const found = named(name, sight);
  if (!found.ok) return [];
  const { offerings, need } = found.value;
  return need === undefined ? offerings : offerings.filter((one) => unmetByModel(need, one) === 0);
}

function named(asked: string, view: Sight): Result<Asked, Refusal> {
  const { catalog } = view;
  const name = view.tenant.models?.rename.get(asked) ?? asked;
  const alias = catalog.aliases.get(name);
  if (alias !== undefined) return fromTargets(alias, view);
  if (name === AUTO) return found(view.all);
  if (name.startsWith(NEED)) {
    const need = readNeed(name.slice(NEED.length));
    if (!need.ok) return no(refusal('need_unsatisfiable', need.refusal, { param: 'model' }));
    return found(view.all, { need: need.value });
  }
  const offerings = ofModelAndOnward(name, view);
  if (offerings !== undefined) return offerings;
  const pinned = pinnedOffering(name, view);
  if (pinned !== undefined) return found([pinned], { ordered: true, pinned: true });
  return no(unknownModel(name, view));
}

/**
 * The model itself, before it what is rolled out in its place, and after it what its document says
 * may stand in for it: also where the model is served no more.
 */
function ofModelAndOnward(name: string, view: Sight): Result<Asked, Refusal> | undefined {
  const offerings = ofModel(name, view);
  const { onward, registry } = view.catalog;
  const instead = registry.rollouts.size === 0 ? undefined : insteadOf(name, registry, view);
  const beside = [...(instead === undefined ? [] : [instead]), name, ...(onward.get(name) ?? [])];
  const names = beside.filter((one) => ofModel(one, view).length > 0);
  if (names.length === 0) return undefined;
  if (names.length === 1 && names[0] === name) return found(offerings);
  const target = (model: string) => ({ model, endpoint: undefined, weight: undefined });
  return fromTargets(names.map(target), view);
}

/** What another tenant brought, and what this one hides or has elsewhere, is not there. */
function isVisible({ endpoint, model }: Offering, { name, models }: TenantFacts): boolean {
  if (endpoint.tenant !== undefined && endpoint.tenant !== name) return false;
  if (models === undefined) return true;
  const at = models.pin.get(model);
  if (at !== undefined && at !== endpoint.name) return false;
  return !models.hide.some((pattern) => matchesPattern(pattern, model));
}

/** As the tenant sees them: what exists for it, at its prices. */
export function visible(offerings: readonly Offering[], tenant: TenantFacts): readonly Offering[] {
  const seen = existing(offerings, tenant);
  return tenant.ownPrices === undefined ? seen : seen.map((one) => pricedFor(one, tenant));
}

const pricedFor = (one: Offering, { ownPrices }: TenantFacts): Offering =>
  ownPrices === undefined ? one : asPriced(one, ownPrices);

/** The list itself where nothing in it is hidden, which is nearly always. */
export function existing(offerings: readonly Offering[], tenant: TenantFacts): readonly Offering[] {
  return offerings.every((one) => isVisible(one, tenant))
    ? offerings
    : offerings.filter((one) => isVisible(one, tenant));
}

const ofModel = (name: string, view: Sight): readonly Offering[] =>
  visible(view.catalog.byModel.get(name) ?? [], view.tenant);

function fromTargets(list: readonly TargetDocument[], view: Sight): Result<Asked, Refusal> {
  const offerings: Offering[] = [];
  const targets: Target[] = [];
  list
    .flatMap((one) => unfolded(one, view))
    .forEach((target, at) => {
      const served = servedBy(target, view);
      // A target that is served in several places is one target.
      const { weight } = target;
      const share = weight === undefined ? undefined : weight / served.length;
      for (const offering of served) {
        offerings.push(offering);
        targets.push({ at, weight: share });
      }
    });
  return found(offerings, { ordered: true, targets });
}

function servedBy({ model, endpoint }: TargetDocument, view: Sight): readonly Offering[] {
  const direct = ofModel(model, view);
  if (direct.length === 0) {
    const name = endpoint === undefined ? model : `${endpoint}/${model}`;
    const pinned = pinnedOffering(name, view);
    return pinned === undefined ? [] : [pinned];
  }
  return endpoint === undefined ? direct : direct.filter((one) => one.endpoint.name === endpoint);
}

/** A target may be an alias, whose own targets stand for it; one level deep. */
function unfolded(target: TargetDocument, { catalog }: Sight): readonly TargetDocument[] {
  const inner = catalog.aliases.get(target.model) ?? [target];
  return inner.map((one) => ({
    ...one,
    endpoint: target.endpoint ?? one.endpoint,
    weight: one.weight ?? target.weight,
  }));
}

/** `endpoint/model`; the endpoint's name may itself hold a slash, so the longest that fits wins. */
function pinnedOffering(name: string, view: Sight): Offering | undefined {
  const { catalog } = view;
  for (let slash = name.lastIndexOf('/'); slash > 0; slash = name.lastIndexOf('/', slash - 1)) {
    const endpoint = catalog.endpoints.get(name.slice(0, slash));
    const model = name.slice(slash + 1);
    if (endpoint === undefined || model === '') continue;
    const listed =
      catalog.offerings.find((one) => one.endpoint === endpoint && one.upstream === model) ??
      catalog.offerings.find((one) => one.endpoint === endpoint && one.model === model) ??
      catalog.unlisted(endpoint, model);
    if (isVisible(listed, view.tenant)) return pricedFor(listed, view.tenant);
  }
  return undefined;
}

function found(
  offerings: readonly Offering[],
  more: Partial<Omit<Asked, 'offerings'>> = {},
): Result<Asked, Refusal> {
  return yes({
    offerings,
    ordered: false,
    need: undefined,
    pinned: false,
    targets: undefined,
    ...more,
  });
}

const NEAREST_MAX = 3;
const NAME_SHOWN_MAX = 64;

function unknownModel(name: string, view: Sight): Refusal {
  const { aliases, byModel } = view.catalog;
  const models = [...byModel.keys()].filter((one) => ofModel(one, view).length > 0);
  const start = name.slice(0, 3).toLowerCase();
  const near = [...aliases.keys(), ...models]
    .filter((one) => one.toLowerCase().includes(start))
    .slice(0, NEAREST_MAX);
  const nearest = near.map((one) => `\`${one}\``).join(' or ');
  const suggestion = near.length === 0 ? '' : ` Did you mean ${nearest}?`;
  const shown = name.slice(0, NAME_SHOWN_MAX);
  const message = `No model, alias or endpoint is called \`${shown}\`.${suggestion}`;
  return refusal('model_unknown', message, { param: 'model' });
}
