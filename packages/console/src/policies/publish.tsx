// How a draft gets into force: saved here, where no file owns it, or changed in its file. What was
// saved may wait for a second person, go from shadow over the rings to all, or go back.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { change, type Refused, replace } from '../api/ask.ts';
import { kept, type PolicyStanding, policyStanding } from '../api/kept-shape.ts';
import type { WholePolicy } from '../api/policy-shape.ts';
import { asRefused, usePolled } from '../api/polled.ts';
import { go } from '../router.ts';
import { Confirm } from '../shell/confirm.tsx';
import { CopyButton } from '../shell/copy.tsx';
import { Refusal } from '../shell/refusal.tsx';
import { Versions } from './versions.tsx';

export type PublishProps = {
  readonly policy: WholePolicy;
  readonly text: string;
  /** It stands otherwise now. */
  readonly onChanged: () => void;
};

const REPLAY = 'signalbox policy replay --since 24h';

export function Publish({ policy, text, onChanged }: PublishProps): VNode {
  const { name, source, keptHere, etag } = policy;
  const yaml = `${name}:\n${text.replace(/^(?=.)/gm, '  ')}`;
  return (
    <section class="card publish" aria-labelledby="publish">
      <h2 id="publish">Put it in force</h2>
      {keptHere ? (
        <Save {...{ policy, text, onChanged }} />
      ) : (
        <p>
          <code>{`${source?.file}:${source?.line}`}</code> owns it. Change it there: the file is
          read again by itself, and a broken promise changes nothing.
        </p>
      )}
      {etag !== undefined && <Stages key={etag} {...{ name, onChanged }} />}
      <p>
        <CopyButton text={yaml} what="the policy">
          Copy the YAML
        </CopyButton>
      </p>
      <p>What recorded calls would meet under what is written now, with money and residency:</p>
      <pre>{REPLAY}</pre>
      <p>
        <CopyButton text={REPLAY} what="the command">
          Copy the command
        </CopyButton>
      </p>
      {keptHere && etag !== undefined && <Versions key={`of ${etag}`} name={name} />}
    </section>
  );
}

function Save({ policy, text, onChanged }: PublishProps): VNode {
  const { name, etag, text: runs } = policy;
  const [problem, setProblem] = useState<Refused>();
  const [isGoing, setGoing] = useState(false);
  const path = `policies/${name}`;
  const carry = (deed: Promise<unknown>, then: () => void): void => {
    setProblem(undefined);
    deed.then(then).catch((error: unknown) => setProblem(asRefused(error)));
  };
  const save = (): void =>
    carry(
      etag === undefined
        ? change('POST', 'policies', kept, { name, text })
        : replace(path, kept, { body: { text }, etag }),
      onChanged,
    );
  return (
    <>
      <p>
        Saving holds it against what the documents promise. What breaks a promise is refused, and
        what runs goes on.
      </p>
      {problem !== undefined && <Refusal problem={problem} />}
      <p class="actions">
        <button type="button" class="button accent" disabled={text === runs} onClick={save}>
          Save
        </button>
        {etag !== undefined && (
          <button type="button" class="button quiet" onClick={() => setGoing(true)}>
            Remove
          </button>
        )}
      </p>
      {isGoing && (
        <Confirm
          question={`Remove ${name}?`}
          deed="Remove it"
          onDeed={() => {
            setGoing(false);
            carry(change('DELETE', path, kept), () => go('/policies'));
          }}
          onClose={() => setGoing(false)}
        >
          Its rules hold for nobody from then on. What it said stays among its versions.
        </Confirm>
      )}
    </>
  );
}

const WHY: Readonly<Record<string, string>> = {
  written: 'as its text says',
  promoted: 'promoted',
  'waits-for-approval': 'its text waits for approval',
  'rolled-back': 'rolled back',
};

type StagesProps = { readonly name: string; readonly onChanged: () => void };

function Stages({ name, onChanged }: StagesProps): VNode | null {
  const asked = usePolled(`policies/${name}/standing`, policyStanding, undefined);
  const [problem, setProblem] = useState<Refused>();
  const { value } = asked;
  if (value === undefined) return null;
  const carry = (word: string, body: object): void => {
    setProblem(undefined);
    change('POST', `policies/${name}/${word}`, policyStanding, body)
      .then(() => {
        asked.again();
        onChanged();
      })
      .catch((error: unknown) => setProblem(asRefused(error)));
  };
  const isForAll = value.decides === value.digest && value.ring === undefined;
  return (
    <>
      <p role="status">{told(value)}</p>
      {problem !== undefined && <Refusal problem={problem} />}
      {value.why === 'waits-for-approval' && (
        <Approve onBy={(by) => carry('approve', { by, digest: value.digest })} />
      )}
      <p class="actions">
        {!isForAll && value.why !== 'waits-for-approval' && (
          <button type="button" class="button" onClick={() => carry('promote', {})}>
            Promote by one step
          </button>
        )}
        {value.decides === value.digest && (
          <button type="button" class="button quiet" onClick={() => carry('rollback', {})}>
            Roll back
          </button>
        )}
      </p>
    </>
  );
}

function told({ why, decides, ring, approvals, digest }: PolicyStanding): string {
  const whom = ring === undefined ? 'for everybody' : `for rings 0 to ${ring}`;
  const state = decides === undefined ? 'Nothing of it is in force' : `In force ${whom}`;
  const by = approvals.filter((one) => one.digest === digest).map((one) => one.by);
  const approved = by.length === 0 ? '' : `, approved by ${by.join(', ')}`;
  return `${state}: ${WHY[why] ?? why}${approved}.`;
}

function Approve({ onBy }: { readonly onBy: (by: string) => void }): VNode {
  const [by, setBy] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    onBy(by);
  };
  return (
    <form class="key-form" onSubmit={submit}>
      <label for="approver">Who approves</label>
      <input
        id="approver"
        required
        autocomplete="off"
        value={by}
        onInput={(event) => setBy(event.currentTarget.value)}
      />
      <button type="submit" class="button">
        Approve
      </button>
    </form>
  );
}
