// Models that take the place of others, for whom.
import type { VNode } from 'preact';
import type { Rollout } from '../api/registry-shape.ts';
import { Barred, Check } from '../shell/icons.tsx';

export const Rollouts = ({ rollouts }: { readonly rollouts: readonly Rollout[] }): VNode => (
  <section class="card rollouts" aria-labelledby="rollouts">
    <h2 id="rollouts">Rollouts</h2>
    <ul>
      {rollouts.map((one) => (
        <li key={one.name}>
          <b>{one.name}</b>{' '}
          <span>
            <a href={`/registry?q=${encodeURIComponent(one.model)}`}>{one.model}</a> becomes{' '}
            <a href={`/registry?q=${encodeURIComponent(one.to)}`}>{one.to}</a> {whom(one)}
          </span>{' '}
          <span class={one.enabled ? 'outcome good' : 'outcome plain'}>
            {one.enabled ? <Check /> : <Barred />}
            {one.enabled ? 'On' : 'Taken back'}
          </span>
        </li>
      ))}
    </ul>
    <p class="soft">
      <code>enabled: false</code> takes one back from the next call on; a session keeps its side
      while the share grows.
    </p>
  </section>
);

function whom({ percent, rings, tenants }: Rollout): string {
  const parts = [
    percent > 0 ? `${percent} % of the sessions` : '',
    rings.length > 0 ? `rings ${rings.join(', ')}` : '',
    tenants.length > 0 ? tenants.join(', ') : '',
  ].filter((one) => one !== '');
  return parts.length === 0 ? 'for nobody' : `for ${parts.join(' and ')}`;
}
