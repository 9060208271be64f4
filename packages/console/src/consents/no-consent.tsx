// Nobody has consented to anything yet: what a consent is, and the command that gives the first.
import type { VNode } from 'preact';
import { CopyButton } from '../shell/copy.tsx';
import { Mark } from '../shell/icons.tsx';
import { useVisitor } from '../shell/visitor.ts';

const STEPS: readonly (readonly [name: string, meaning: string])[] = [
  ['Give', 'Whose data, which kinds, to which tiers, what for, until when, and by whose word.'],
  ['Name', 'A call names it in the header x-signalbox-consent. Without that it changes nothing.'],
  ['Revoke', 'It ends on its day, or at once. The record of each call keeps which one opened it.'],
];

export function NoConsent({ tenant }: { readonly tenant: string }): VNode {
  const visitor = useVisitor();
  const whose = visitor.tenant ?? (tenant === '' ? 'acme' : tenant);
  const line = [
    `signalbox consent create --tenant ${whose}`,
    '--kind health --tier 2 --until 90d',
    '--purpose claims --given-by Ada',
  ].join(' \\\n  ');
  return (
    <section class="card first-call" aria-labelledby="no-consent">
      <Mark />
      <h2 id="no-consent">Let some data go further, by somebody’s consent</h2>
      <p>
        Personal and regulated data stay on tier 1. A consent lets named kinds of them go to named
        tiers, never past what the tenant’s topology, its residency and its rules allow.
      </p>
      <ol class="steps">
        {STEPS.map(([name, meaning]) => (
          <li key={name}>
            <b>{name}</b>
            <span class="soft">{meaning}</span>
          </li>
        ))}
      </ol>
      <p>Give one in a terminal:</p>
      <pre>{line}</pre>
      <p>
        <CopyButton text={line} what="the command">
          Copy the command
        </CopyButton>
      </p>
    </section>
  );
}
