// Whether calls go to an endpoint, and why not: a drawing, a word, a sentence.
import type { VNode } from 'preact';
import type { EndpointState } from '../api/shapes.ts';
import { Barred, Check, Warning } from './icons.tsx';
import { Words } from './words.tsx';

const STATES: Readonly<Record<string, { word: string; tone: string; Icon: () => VNode }>> = {
  available: { word: 'Available', tone: 'good', Icon: Check },
  quarantined: { word: 'Quarantined', tone: 'warn', Icon: Barred },
  off: { word: 'Found, off', tone: 'plain', Icon: Barred },
  down: { word: 'Down', tone: 'bad', Icon: Warning },
  unavailable: { word: 'Unavailable', tone: 'warn', Icon: Warning },
};

type Told = Pick<EndpointState, 'state' | 'why'>;

/** @param off what it is called where one is off: found and never on, or drained. */
export function State(props: { readonly endpoint: Told; readonly off?: string }): VNode {
  const { endpoint, off } = props;
  const { word, tone, Icon } = STATES[endpoint.state] ?? {
    word: endpoint.state,
    tone: 'plain',
    Icon: Warning,
  };
  return (
    <div class="endpoint-state">
      <span class={`outcome ${tone}`}>
        <Icon /> {endpoint.state === 'off' ? (off ?? word) : word}
      </span>
      {endpoint.why !== undefined && (
        <span class="soft">
          <Words>{endpoint.why}</Words>
        </span>
      )}
    </div>
  );
}
