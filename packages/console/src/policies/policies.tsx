// All policies: whose they are, whether they hold, what they come to.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type Policy, policies as policiesOf } from '../api/policy-shape.ts';
import { usePolled } from '../api/polled.ts';
import { go } from '../router.ts';
import { CopyQuestion } from '../shell/copy.tsx';
import { Failure } from '../shell/failure.tsx';
import { Title } from '../shell/title.tsx';
import { drafted } from './drafts.ts';
import { NoPolicy } from './no-policy.tsx';
import { Attachments, Standing } from './standing.tsx';

const EVERY_MS = 10_000;

export function PoliciesRoom(): VNode {
  const all = usePolled('policies', policiesOf, EVERY_MS);
  const drafts = new Set(drafted());
  return (
    <>
      <header class="room-head">
        <Title>Policies</Title>
        <div class="actions">
          <a class="button" href="/playground">
            What if …
          </a>
          <CopyQuestion path="policies" />
        </div>
      </header>
      <Begin />
      <Failure asked={[all]} />
      {all.value === undefined && <div class="card waiting" aria-hidden="true" />}
      {all.value?.length === 0 && <NoPolicy />}
      {all.value !== undefined && all.value.length > 0 && (
        <section class="card list" aria-label="Policies">
          <table class="documents policies">
            <thead>
              <tr>
                <th scope="col">Policy</th>
                <th scope="col">State</th>
                <th scope="col">Whose calls</th>
                <th scope="col">Rules and tests</th>
                <th scope="col">Stands in</th>
              </tr>
            </thead>
            <tbody>
              {all.value.map((one) => (
                <Row key={one.name} policy={one} draft={drafts.has(one.name)} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}

function Begin(): VNode {
  const [name, setName] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    go(`/policies/${name}?new`);
  };
  return (
    <form class="key-form" onSubmit={submit}>
      <label for="new-policy">A new policy</label>
      <input
        id="new-policy"
        required
        pattern="[a-z0-9][a-z0-9\-]{0,62}"
        title="Lower-case letters, digits and dashes"
        autocomplete="off"
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <button type="submit" class="button">
        Write it
      </button>
    </form>
  );
}

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

function Row({ policy, draft }: { readonly policy: Policy; readonly draft: boolean }): VNode {
  const { name, version, author, rules, tests, source } = policy;
  return (
    <tr>
      <th scope="row">
        <a href={`/policies/${name}`}>{name}</a>
        {version !== undefined && <span class="soft"> version {version}</span>}
        {author !== undefined && <span class="soft"> by {author}</span>}
        {draft && <span class="chip">draft here</span>}
      </th>
      <td>
        <Standing policy={policy} />
      </td>
      <td>
        <Attachments policy={policy} />
      </td>
      <td>
        {counted(rules.length, 'rule')},{' '}
        {tests === 0 ? <span class="warn">no tests</span> : counted(tests, 'test')}
      </td>
      <td class="soft">
        {source === undefined ? 'the admin API' : <code>{`${source.file}:${source.line}`}</code>}
      </td>
    </tr>
  );
}
