// What there is to call, what was found and is off, and why something cannot be used.
import type { VNode } from 'preact';
import type { EndpointState } from '../api/shapes.ts';
import { Barred, Check, Warning } from '../shell/icons.tsx';
import { Tier } from '../shell/tier.tsx';
import { Words } from '../shell/words.tsx';

const STATES: Readonly<Record<string, { word: string; tone: string; Icon: () => VNode }>> = {
  available: { word: 'Available', tone: 'good', Icon: Check },
  quarantined: { word: 'Quarantined', tone: 'warn', Icon: Barred },
  off: { word: 'Found, off', tone: 'plain', Icon: Barred },
  down: { word: 'Down', tone: 'bad', Icon: Warning },
  unavailable: { word: 'Unavailable', tone: 'warn', Icon: Warning },
};

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

function State({ endpoint }: { readonly endpoint: EndpointState }): VNode {
  const { word, tone, Icon } = STATES[endpoint.state] ?? {
    word: endpoint.state,
    tone: 'plain',
    Icon: Warning,
  };
  return (
    <div class="endpoint-state">
      <span class={`outcome ${tone}`}>
        <Icon /> {word}
      </span>
      {endpoint.why !== undefined && (
        <span class="soft">
          <Words>{endpoint.why}</Words>
        </span>
      )}
    </div>
  );
}

function modelsText(models: readonly string[]): string {
  if (models.length === 0) return 'no model listed';
  const rest = models.length - MODELS_SHOWN;
  const shown = models.slice(0, MODELS_SHOWN).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}
