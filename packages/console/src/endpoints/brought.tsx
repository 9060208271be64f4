// One endpoint of a tenant, its checks and its deeds. What a deed met is told where it was done.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { change, type Refused } from '../api/ask.ts';
import {
  type BroughtEndpoint,
  done,
  type Examined,
  examined as read,
} from '../api/brought-shape.ts';
import { asRefused } from '../api/polled.ts';
import { Refusal } from '../shell/refusal.tsx';
import { State } from '../shell/state.tsx';
import { Tier } from '../shell/tier.tsx';
import { useMayChange } from '../shell/visitor.ts';
import { Checklist } from './checklist.tsx';
import { KeyForm } from './key-form.tsx';
import { Removal } from './removal.tsx';

export type BroughtProps = {
  readonly endpoint: BroughtEndpoint;
  /** What it answered when it was asked last; undefined: not since this page was opened. */
  readonly examined: Examined | undefined;
  readonly onExamined: (examined: Examined) => void;
  readonly onChanged: () => void;
  readonly onRemoved: () => void;
};

export function Brought(props: BroughtProps): VNode {
  const { endpoint, examined, onExamined, onChanged, onRemoved } = props;
  const [problem, setProblem] = useState<Refused>();
  const [busy, setBusy] = useState<string>();
  const [removing, setRemoving] = useState(false);
  const [keying, setKeying] = useState(false);
  const path = `endpoints/${endpoint.name}`;
  const run = (what: string, deed: () => Promise<void>): void => {
    setBusy(what);
    setProblem(undefined);
    deed()
      .catch((error: unknown) => setProblem(asRefused(error)))
      .finally(() => setBusy(undefined));
  };
  const ask = (verb: 'probe' | 'activate') => () =>
    run(verb, async () => onExamined(await change('POST', `${path}/${verb}`, read)));
  const turn = (verb: 'drain' | 'enable') => () =>
    run(verb, async () => {
      await change('POST', `${path}/${verb}`, done);
      onChanged();
    });
  const remove = (): void =>
    run('remove', async () => {
      setRemoving(false);
      await change('DELETE', path, done);
      onRemoved();
    });
  const giveKey = (key: string): void =>
    run('key', async () => {
      onExamined(await change('PUT', `${path}/key`, read, { key }));
      setKeying(false);
    });
  const { state } = endpoint;
  const mayChange = useMayChange();
  const isOut = state === 'quarantined';
  const button = (verb: string, word: string, act: () => void, tone = ''): VNode => (
    <button type="button" class={`button ${tone}`} disabled={busy !== undefined} onClick={act}>
      {busy === verb ? `${word} …` : word}
      <span class="heard"> {endpoint.name}</span>
    </button>
  );
  return (
    <li class={`card brought ${isOut ? 'in-quarantine' : ''}`}>
      <Head endpoint={endpoint} />
      <Facts endpoint={endpoint} />
      {isOut && examined === undefined && (
        <p class="soft">No call goes there. Check it to see what holds, then activate it.</p>
      )}
      {examined !== undefined && <Checklist examined={examined} />}
      {keying && <KeyForm name={endpoint.name} onKey={giveKey} onClose={() => setKeying(false)} />}
      {problem !== undefined && <Refusal problem={problem} />}
      {mayChange && (
        <div class="actions">
          {isOut && button('activate', 'Activate', ask('activate'), 'accent')}
          {button('probe', 'Check now', ask('probe'))}
          {state === 'off' && button('enable', 'Let calls in again', turn('enable'), 'accent')}
          {!isOut && state !== 'off' && button('drain', 'Drain', turn('drain'))}
          {!keying && button('key', 'Replace the key', () => setKeying(true), 'quiet')}
          {button('remove', 'Remove', () => setRemoving(true), 'quiet')}
        </div>
      )}
      {removing && (
        <Removal name={endpoint.name} onRemove={remove} onClose={() => setRemoving(false)} />
      )}
    </li>
  );
}

const Head = ({ endpoint }: { readonly endpoint: BroughtEndpoint }): VNode => (
  <div class="brought-head">
    <h2>{endpoint.name}</h2>
    <Tier tier={endpoint.tier} />
    <span class="soft">{endpoint.kind}</span>
    <State endpoint={endpoint} off="Drained: no new calls" />
  </div>
);

const MODELS_SHOWN = 6;

function Facts({ endpoint }: { readonly endpoint: BroughtEndpoint }): VNode {
  const { origin, models, hasKey, keyTail } = endpoint;
  const more = models.length - MODELS_SHOWN;
  const shown = models.slice(0, MODELS_SHOWN).join(', ');
  const tail = keyTail === undefined ? '' : `, ends with ${keyTail}`;
  return (
    <dl class="brought-facts">
      <div>
        <dt>Address</dt>
        <dd>{origin}</dd>
      </div>
      <div>
        <dt>Models</dt>
        <dd>
          {models.length === 0 ? 'none told yet' : `${shown}${more > 0 ? ` and ${more} more` : ''}`}
        </dd>
      </div>
      <div>
        <dt>Key</dt>
        <dd>{hasKey ? `sealed${tail}` : 'none'}</dd>
      </div>
    </dl>
  );
}
