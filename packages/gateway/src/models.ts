// `GET /v1/models`: what this key may call, in OpenAI's shape.

import { matchesPattern } from '@signalbox/documents';
import type { House, Identity, Offering } from '@signalbox/engine';

export type ModelDocument = {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
  readonly signalbox: {
    readonly kind: 'auto' | 'alias' | 'model';
    readonly tiers: readonly number[];
  };
};

export function modelList(
  who: Identity,
  house: House,
): { readonly object: 'list'; readonly data: readonly ModelDocument[] } {
  const { catalog } = house.now();
  const data: ModelDocument[] = [document('auto', 'auto', [])];
  for (const name of catalog.aliases.keys()) data.push(document(name, 'alias', []));
  for (const [name, offerings] of catalog.byModel) {
    const open = offerings.filter((one) => isOpen(one, who));
    if (open.length === 0 || !entitled(name, who)) continue;
    const tiers = open.map((one) => catalog.placeOf(one.endpoint, who.tenant).tier);
    data.push(document(name, 'model', [...new Set(tiers)].sort()));
  }
  return { object: 'list', data };
}

export function modelDocument(
  name: string,
  who: Identity,
  house: House,
): ModelDocument | undefined {
  return modelList(who, house).data.find((one) => one.id === name);
}

function isOpen({ endpoint }: Offering, { tenant }: Identity): boolean {
  const ours = endpoint.tenant === undefined || endpoint.tenant === tenant.name;
  return ours && endpoint.enabled && endpoint.unavailable === undefined;
}

function entitled(name: string, { tenant, key }: Identity): boolean {
  return [tenant.plan?.models, key.models].every(
    (models) => models === undefined || models.some((pattern) => matchesPattern(pattern, name)),
  );
}

function document(
  id: string,
  kind: ModelDocument['signalbox']['kind'],
  tiers: readonly number[],
): ModelDocument {
  return { id, object: 'model', created: 0, owned_by: 'signalbox', signalbox: { kind, tiers } };
}
