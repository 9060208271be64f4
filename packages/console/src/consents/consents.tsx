// Consents: whether each holds, whose data it is about, how far it lets that go, who gave it, and
// its end, by time or by somebody's word.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { change, type Refused } from '../api/ask.ts';
import { done } from '../api/brought-shape.ts';
import { type Consent, consents as consentsOf } from '../api/consent-shape.ts';
import { asRefused, usePolled } from '../api/polled.ts';
import type { Place } from '../router.ts';
import { Confirm } from '../shell/confirm.tsx';
import { CopyQuestion } from '../shell/copy.tsx';
import { Failure } from '../shell/failure.tsx';
import { useNow } from '../shell/moment.tsx';
import { Refusal } from '../shell/refusal.tsx';
import { Title } from '../shell/title.tsx';
import { Whose } from '../shell/whose.tsx';
import { NoConsent } from './no-consent.tsx';
import { ConsentRow } from './row.tsx';
import { STATES, stateOf } from './state.tsx';

const EVERY_MS = 10_000;

export function ConsentsRoom({ place }: { readonly place: Place }): VNode {
  const all = usePolled('consents', consentsOf, EVERY_MS);
  const now = useNow();
  const [revoking, setRevoking] = useState<Consent>();
  const [problem, setProblem] = useState<Refused>();
  const tenant = place.query.get('tenant') ?? '';
  const names = [...new Set(all.value?.map((one) => one.tenant))].toSorted();
  const shown = all.value
    ?.filter((one) => tenant === '' || one.tenant === tenant)
    .toSorted((a, b) => rankOf(a, now).localeCompare(rankOf(b, now)));
  const revoke = (name: string): void => {
    setRevoking(undefined);
    setProblem(undefined);
    change('DELETE', `consents/${encodeURIComponent(name)}`, done)
      .catch((error: unknown) => setProblem(asRefused(error)))
      .finally(all.again);
  };
  return (
    <>
      <header class="room-head">
        <Title>Consents</Title>
        <div class="actions">
          {names.length > 1 && <Whose place={place} tenant={tenant} names={names} />}
          <CopyQuestion path="consents" />
        </div>
      </header>
      <Failure asked={[all]} />
      {problem !== undefined && <Refusal problem={problem} />}
      {shown === undefined && <div class="card waiting" aria-hidden="true" />}
      {shown?.length === 0 && <NoConsent tenant={tenant} />}
      {shown !== undefined && shown.length > 0 && (
        <>
          <p class="soft consent-count" role="status">
            {countOf(shown, now)}
          </p>
          <Table consents={shown} now={now} onRevoke={setRevoking} />
        </>
      )}
      {revoking !== undefined && (
        <Confirm
          question={`Revoke ${revoking.name}?`}
          deed="Revoke it"
          onDeed={() => revoke(revoking.name)}
          onClose={() => setRevoking(undefined)}
        >
          From then on calls of {revoking.tenant} that name it are refused, those that wait too. It
          cannot be taken back: who consents again gives a new one.
        </Confirm>
      )}
    </>
  );
}

type TableProps = {
  readonly consents: readonly Consent[];
  readonly now: number;
  readonly onRevoke: (consent: Consent) => void;
};

const Table = ({ consents, now, onRevoke }: TableProps): VNode => (
  <section class="card list" aria-label="Consents">
    <table class="documents consents">
      <thead>
        <tr>
          <th scope="col">Consent</th>
          <th scope="col">State</th>
          <th scope="col">Whose data</th>
          <th scope="col">What goes where</th>
          <th scope="col">Given by</th>
          <th scope="col">
            <span class="heard">Deeds</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {consents.map((one) => (
          <ConsentRow key={one.name} consent={one} now={now} onRevoke={() => onRevoke(one)} />
        ))}
      </tbody>
    </table>
  </section>
);

/** Those in force first, then by tenant and name. */
const rankOf = (consent: Consent, now: number): string =>
  `${STATES.indexOf(stateOf(consent, now))} ${consent.tenant} ${consent.name}`;

function countOf(consents: readonly Consent[], now: number): string {
  const counted = STATES.map((state) => {
    const count = consents.filter((one) => stateOf(one, now) === state).length;
    return count === 0 ? '' : `${count} ${state}`;
  });
  return `${counted.filter((one) => one !== '').join(', ')}.`;
}
