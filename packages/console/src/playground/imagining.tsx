// The form of the playground: the call, then what is imagined otherwise. Every choice is in the
// address at once.
import type { VNode } from 'preact';
import { drafted } from '../policies/drafts.ts';
import { go, type Place, withQuery } from '../router.ts';
import { Choice, Written } from './field.tsx';
import type { Known } from './known.ts';
import { DRAFT, IF_KEYS, type Key, NO_POLICY, wordsIn } from './question.ts';

export type ImaginingProps = {
  readonly place: Place;
  readonly tenant: string;
  readonly known: Known;
};

type Fields = ImaginingProps & {
  readonly said: (key: Key) => string;
  readonly put: (key: Key) => (value: string) => void;
};

const LABELS = ['public', 'internal', 'personal', 'regulated'];
const DIFFICULTIES = ['easy', 'middle', 'hard'];
const TOPOLOGIES = ['cloud', 'hybrid', 'sovereign'];

export function Imagining(props: ImaginingProps): VNode {
  const { place } = props;
  const fields: Fields = {
    ...props,
    said: (key) => place.query.get(key) ?? '',
    put: (key) => (value) => go(withQuery(place, { [key]: value }), 'replace'),
  };
  return (
    <form class="imagining" onSubmit={(event) => event.preventDefault()} autocomplete="off">
      <TheCall {...fields} />
      <WhatIf {...fields} />
    </form>
  );
}

function TheCall({ tenant, known, said, put }: Fields): VNode {
  const models = known.status?.endpoints.flatMap((one) => one.models) ?? [];
  const tenants = known.tenants.map(({ name }) => name);
  const choice = (id: Key, label: string, none: string, words: readonly string[]): VNode => (
    <Choice {...{ id, label, none, words }} value={said(id)} onChoose={put(id)} />
  );
  const written = (id: Key, label: string, hint: string, empty: string): VNode => (
    <Written {...{ id, label, hint, empty }} value={said(id)} onWritten={put(id)} />
  );
  return (
    <fieldset class="card">
      <legend>The call</legend>
      <Choice id="tenant" label="Tenant" value={tenant} words={tenants} onChoose={put('tenant')} />
      <Written
        id="model"
        label="Model"
        hint="A name, an alias, a need; auto where nothing stands."
        empty="auto"
        value={said('model')}
        known={[...new Set(models)].toSorted()}
        onWritten={put('model')}
      />
      {choice('sensitivity', 'Sensitivity', 'as the tenant labels it', LABELS)}
      {written('step', 'Step', 'A step class, as x-signalbox-step says it.', 'code_review')}
      {choice('difficulty', 'Difficulty', 'middle', DIFFICULTIES)}
      {written('tokens', 'Input tokens', 'How long the prompt is; 100 otherwise.', '100')}
    </fieldset>
  );
}

function WhatIf({ place, known, said, put }: Fields): VNode {
  const plans = [...new Set(known.tenants.flatMap(({ plan }) => plan ?? []))].toSorted();
  const drafts = drafted().map((name) => `${DRAFT}${name}`);
  const policies = [...drafts, ...known.policies.map(({ name }) => name), NO_POLICY];
  const asIs = Object.fromEntries(IF_KEYS.map((key) => [key, undefined]));
  const choice = (id: Key, label: string, words: readonly string[]): VNode => (
    <Choice {...{ id, label, words }} none="as it is" value={said(id)} onChoose={put(id)} />
  );
  return (
    <fieldset class="card">
      <legend>What if</legend>
      <Down known={known} down={wordsIn(said('down')) ?? []} onDown={put('down')} />
      {choice('topology', 'Topology', TOPOLOGIES)}
      <Written
        id="residency"
        label="Residency"
        hint="Regions, as eu; any for none."
        empty="as it is"
        value={said('residency')}
        onWritten={put('residency')}
      />
      {plans.length > 0 && choice('plan', 'Plan', plans)}
      <Choice
        id="policy"
        label="Policies"
        none="as they run"
        value={said('policy')}
        words={policies}
        nameOf={policyName}
        onChoose={put('policy')}
      />
      <a class="button" href={withQuery(place, asIs)}>
        Back to how it is
      </a>
    </fieldset>
  );
}

function policyName(value: string): string {
  if (value === NO_POLICY) return 'no policy of the tenant';
  return value.startsWith(DRAFT) ? `the draft of ${value.slice(DRAFT.length)}` : `${value} alone`;
}

type DownProps = {
  readonly known: Known;
  readonly down: readonly string[];
  readonly onDown: (down: string) => void;
};

const DOWN_SHOWN_MAX = 40;

function Down({ known, down, onDown }: DownProps): VNode {
  const names = known.status?.endpoints.map(({ name }) => name) ?? [];
  const turn = (name: string): void => {
    const next = down.includes(name) ? down.filter((one) => one !== name) : [...down, name];
    onDown(next.join(','));
  };
  return (
    <fieldset class="down">
      <legend>Endpoints that are down</legend>
      {names.slice(0, DOWN_SHOWN_MAX).map((name) => (
        <label key={name} class="switch">
          <input type="checkbox" checked={down.includes(name)} onChange={() => turn(name)} />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}
