// `GET /v1/models`: what this key may call, in OpenAI's shape, and on which tiers.
import { type House, type Identity, tiersOf } from '@signalbox/engine';

export type ModelDocument = {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
  readonly signalbox: {
    readonly kind: 'auto' | 'alias' | 'model';
    /** All that a call by this name may come to. */
    readonly tiers: readonly number[];
  };
};

export function modelList(
  who: Identity,
  house: House,
): { readonly object: 'list'; readonly data: readonly ModelDocument[] } {
  const { catalog } = house.now();
  const listed = (id: string, kind: ModelDocument['signalbox']['kind']): ModelDocument => {
    const signalbox = { kind, tiers: tiersOf(id, who, catalog) };
    return { id, object: 'model', created: 0, owned_by: 'signalbox', signalbox };
  };
  const own = who.tenant.models?.rename.keys() ?? [];
  const names = new Set([...catalog.aliases.keys(), ...own]);
  const aliases = [...names].map((name) => listed(name, 'alias'));
  const models = [...catalog.byModel.keys()]
    .filter((name) => !names.has(name))
    .map((name) => listed(name, 'model'))
    .filter(({ signalbox }) => signalbox.tiers.length > 0);
  return { object: 'list', data: [listed('auto', 'auto'), ...aliases, ...models] };
}

export function modelDocument(
  name: string,
  who: Identity,
  house: House,
): ModelDocument | undefined {
  return modelList(who, house).data.find((one) => one.id === name);
}
