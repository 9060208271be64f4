// One consent.
import type { VNode } from 'preact';
import type { Consent } from '../api/consent-shape.ts';
import { Tier } from '../shell/tier.tsx';
import { useMayChange, useVisitor } from '../shell/visitor.ts';
import { Standing, stateOf } from './state.tsx';

export type ConsentRowProps = {
  readonly consent: Consent;
  readonly now: number;
  readonly onRevoke: () => void;
};

export function ConsentRow({ consent, now, onRevoke }: ConsentRowProps): VNode {
  const { name, tenant, subject, purpose, givenBy, source } = consent;
  const state = stateOf(consent, now);
  const isOpen = state === 'in force' || state === 'not yet';
  const mayChange = useMayChange();
  const isTenants = useVisitor().tenant !== undefined;
  const calls = new URLSearchParams({ tenant, consent: name });
  return (
    <tr>
      <th scope="row">
        <b>{name}</b>
        <span class="soft">for {purpose}</span>
        {!isTenants && (
          <a href={`/requests?${calls}`}>
            Its calls<span class="heard"> by {name}</span>
          </a>
        )}
      </th>
      <td>
        <Standing consent={consent} now={now} />
      </td>
      <td>
        <span class="chip">{tenant}</span> {subject ?? 'every subject'}
      </td>
      <td>
        <Lifts consent={consent} />
      </td>
      <td>
        {givenBy}
        <span class="soft">
          {source === undefined ? 'the admin API' : <code>{`${source.file}:${source.line}`}</code>}
        </span>
      </td>
      <td>
        <div class="actions">
          {isOpen && source === undefined && mayChange && (
            <button type="button" class="button" onClick={onRevoke}>
              Revoke<span class="heard"> {name}</span>
            </button>
          )}
          {isOpen && source !== undefined && <span class="soft">revoke it in its file</span>}
        </div>
      </td>
    </tr>
  );
}

/** Which grounds of a label it lifts, and what is open to such data then. */
function Lifts({ consent: { kinds, tiers, regions } }: Pick<ConsentRowProps, 'consent'>): VNode {
  return (
    <>
      {kinds.join(', ')} to{' '}
      {tiers.map((one) => (
        <Tier key={one} tier={one} />
      ))}
      <span class="soft">
        {regions === undefined ? 'in regions of the tenant' : `in ${regions.join(', ')}`}
      </span>
    </>
  );
}
