// What there is to call, what was found and is off, and why something cannot be used.
import type { VNode } from 'preact';
import type { EndpointState } from '../api/shapes.ts';
import { State } from '../shell/state.tsx';
import { Tier } from '../shell/tier.tsx';

const MODELS_SHOWN = 6;

export function Endpoints({ endpoints }: { readonly endpoints: readonly EndpointState[] }): VNode {
  const sorted = endpoints.toSorted((a, b) => a.tier - b.tier || (a.name < b.name ? -1 : 1));
  return (
    <section class="card" aria-labelledby="endpoints">
      <h2 id="endpoints">Models found</h2>
      {sorted.length === 0 && <p class="soft">No endpoint is configured.</p>}
      <ul class="endpoints">
        {sorted.map((one) => (
          <li key={one.name}>
            <div class="endpoint-name">
              <Tier tier={one.tier} />
              <b>{one.name}</b>
              <span class="soft">{one.kind}</span>
            </div>
            <p class="models">{modelsText(one.models)}</p>
            <State endpoint={one} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function modelsText(models: readonly string[]): string {
  if (models.length === 0) return 'no model listed';
  const rest = models.length - MODELS_SHOWN;
  const shown = models.slice(0, MODELS_SHOWN).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}
