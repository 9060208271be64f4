// Nobody wrote a policy yet: what one is, and the lines that make the first.
import type { VNode } from 'preact';
import { CopyButton } from '../shell/copy.tsx';
import { Mark } from '../shell/icons.tsx';

const LINES = `policies:
  first:
    default_tier: 1
    rules:
      - name: reviews-go-up
        when: { step: code_review }
        route: { tier: 3 }
    tests:
      - name: reviews go up
        call: { tenant: demo, step: code_review }
        expect: { tier: 3 }
tenants:
  demo: { policies: [first] }
`;

const STEPS: readonly (readonly [name: string, meaning: string])[] = [
  ['Write', 'Rules say where calls go, and what must hold whatever anybody asks for.'],
  ['Try', 'Tests stand beside the rules. This page runs them while somebody types.'],
  ['Publish', 'By the file, or saved here. A broken promise changes nothing.'],
];

export function NoPolicy(): VNode {
  return (
    <section class="card first-call" aria-labelledby="no-policy">
      <Mark />
      <h2 id="no-policy">Say where calls go</h2>
      <p>
        Without a policy, calls go by difficulty, as far as the label of their data lets them. A
        policy changes where they go, and never how far they may.
      </p>
      <ol class="steps">
        {STEPS.map(([name, meaning]) => (
          <li key={name}>
            <b>{name}</b>
            <span class="soft">{meaning}</span>
          </li>
        ))}
      </ol>
      <p>
        Put this into <code>signalbox.yaml</code>, or start with <code>signalbox init</code>:
      </p>
      <pre>{LINES}</pre>
      <p>
        <CopyButton text={LINES} what="the lines">
          Copy the lines
        </CopyButton>
      </p>
    </section>
  );
}
