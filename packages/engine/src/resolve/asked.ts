// From the name in `model` to offerings: an alias, a model, a pinned endpoint, a need or `auto`; a
// rule's chain stands before all of them.
import { type ModelName, no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import type { TargetDocument } from '@signalbox/documents';
import type { Catalog, Offering } from '../catalog/catalog.ts';
import type { Classified } from '../classify/classify.ts';
import type { Verdict } from '../policy/policy.ts';
import { type Need, readNeed } from './need.ts';

export type Asked = {
  readonly offerings: readonly Offering[];
  /** The order is part of the wish: a chain. */
  readonly ordered: boolean;
  readonly need: Need | undefined;
  /** The endpoint was named by the caller. */
  readonly pinned: boolean;
};

const AUTO = 'auto';
const NEED = 'need:';

export function asked(
  call: Classified,
  verdict: Verdict,
  catalog: Catalog,
): Result<Asked, Refusal> {
  const name = call.question.model;
  if (verdict.chain !== undefined) return fromTargets(verdict.chain, catalog);
  const alias = catalog.aliases.get(name);
  if (alias !== undefined) return fromTargets(alias, catalog);
  if (name === AUTO) return found(catalog.offerings, false);
  if (name.startsWith(NEED)) {
    const need = readNeed(name.slice(NEED.length));
    if (need.ok)
      return yes({ offerings: catalog.offerings, ordered: false, need: need.value, pinned: false });
    return no(refusal('need_unsatisfiable', need.refusal, { param: 'model' }));
  }
  const offerings = catalog.byModel.get(name);
  if (offerings !== undefined) return found(offerings, false);
  const pinned = pinnedOffering(name, catalog);
  if (pinned !== undefined) return found([pinned], true);
  return no(unknownModel(name, catalog));
}

function fromTargets(targets: readonly TargetDocument[], catalog: Catalog): Result<Asked, Refusal> {
  const offerings: Offering[] = [];
  for (const target of targets) {
    const direct = catalog.byModel.get(target.model) ?? [];
    const all = direct.length > 0 ? direct : pinnedOrNothing(target, catalog);
    for (const offering of all) {
      const fits = target.endpoint === undefined || offering.endpoint.name === target.endpoint;
      if (fits) offerings.push(offering);
    }
  }
  return yes({ offerings, ordered: true, need: undefined, pinned: false });
}

function pinnedOrNothing(target: TargetDocument, catalog: Catalog): readonly Offering[] {
  const alias = catalog.aliases.get(target.model);
  if (alias !== undefined) return alias.flatMap((one) => catalog.byModel.get(one.model) ?? []);
  const name = target.endpoint === undefined ? target.model : `${target.endpoint}/${target.model}`;
  const pinned = pinnedOffering(name, catalog);
  return pinned === undefined ? [] : [pinned];
}

/** `endpoint/model`; the endpoint's name may itself hold a slash, so the longest that fits wins. */
function pinnedOffering(name: string, catalog: Catalog): Offering | undefined {
  for (let slash = name.lastIndexOf('/'); slash > 0; slash = name.lastIndexOf('/', slash - 1)) {
    const endpoint = catalog.endpoints.get(name.slice(0, slash));
    if (endpoint === undefined) continue;
    const model = name.slice(slash + 1);
    const listed = catalog.offerings.find(
      (one) => one.endpoint === endpoint && (one.upstream === model || one.model === model),
    );
    return listed ?? catalog.unlisted(endpoint, model);
  }
  return undefined;
}

function found(offerings: readonly Offering[], pinned: boolean): Result<Asked, Refusal> {
  return yes({ offerings, ordered: pinned, need: undefined, pinned });
}

const NEAREST_MAX = 3;
const NAME_SHOWN_MAX = 64;

function unknownModel(name: string, catalog: Catalog): Refusal {
  const names: (string | ModelName)[] = [...catalog.aliases.keys(), ...catalog.byModel.keys()];
  const start = name.slice(0, 3).toLowerCase();
  const near = names.filter((one) => one.toLowerCase().includes(start)).slice(0, NEAREST_MAX);
  const nearest = near.map((one) => `\`${one}\``).join(' or ');
  const suggestion = near.length === 0 ? '' : ` Did you mean ${nearest}?`;
  const shown = name.slice(0, NAME_SHOWN_MAX);
  const message = `No model, alias or endpoint is called \`${shown}\`.${suggestion}`;
  return refusal('model_unknown', message, { param: 'model' });
}
