// Of which tenant a list shows what it has; the choice is in the address.
import type { VNode } from 'preact';
import { go, type Place, withQuery } from '../router.ts';

export type WhoseProps = {
  readonly place: Place;
  /** Empty: all. */
  readonly tenant: string;
  readonly names: readonly string[];
};

export function Whose({ place, tenant, names }: WhoseProps): VNode {
  const choose = (value: string): void => go(withQuery(place, { tenant: value }), 'replace');
  return (
    <label class="pick">
      <span class="heard">Tenant</span>
      <select value={tenant} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">Tenant: all</option>
        {names.map((name) => (
          <option key={name} value={name}>
            Tenant: {name}
          </option>
        ))}
      </select>
    </label>
  );
}
