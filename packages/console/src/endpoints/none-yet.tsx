// Nothing was brought yet: what happens to an endpoint, and the command that adds the first.
import type { VNode } from 'preact';
import { CopyButton } from '../shell/copy.tsx';
import { Mark } from '../shell/icons.tsx';

const STEPS: readonly (readonly [name: string, meaning: string])[] = [
  ['Quarantine', 'It is asked about itself, for free, and gets no call.'],
  ['Checks', 'Reachable, its key, its models, its tier: what must hold, and what to do if not.'],
  ['Active', 'Calls of its tenant go there, and nobody else’s.'],
];

export function NoneYet({ tenant }: { readonly tenant: string | undefined }): VNode {
  const line = `signalbox endpoint add https://llm.example/v1 --tenant ${tenant ?? 'NAME'} --key-stdin`;
  return (
    <section class="card first-call" aria-labelledby="none-yet">
      <Mark />
      <h2 id="none-yet">Bring a model server of a tenant’s own</h2>
      <p>
        A tenant adds its own server with its own key. The key is sealed at once under the tenant’s
        data key, and nobody is shown it again.
      </p>
      <ol class="steps">
        {STEPS.map(([name, meaning]) => (
          <li key={name}>
            <b>{name}</b>
            <span class="soft">{meaning}</span>
          </li>
        ))}
      </ol>
      <p>Add one above, or in a terminal:</p>
      <pre>{line}</pre>
      <p>
        <CopyButton text={line} what="the command">
          Copy the command
        </CopyButton>
      </p>
    </section>
  );
}
