// One session: its steps in their order, which class each has and how that was known, where it ran,
// who said so, what it cost, and what all of it would have cost at the frontier.
import type { VNode } from 'preact';
import { usePolled } from '../api/polled.ts';
import { page, type Row } from '../api/shapes.ts';
import { money, rowMoney, share, UNKNOWN } from '../format.ts';
import { CopyQuestion } from '../shell/copy.tsx';
import { Failure } from '../shell/failure.tsx';
import { stepWords } from '../shell/step-words.ts';
import { Tier } from '../shell/tier.tsx';
import { Title } from '../shell/title.tsx';

const EVERY_MS = 5_000;
const STEPS_MAX = 100;

export function SessionRoom({ id }: { readonly id: string }): VNode {
  const path = `requests?session=${encodeURIComponent(id)}&limit=${STEPS_MAX}`;
  const asked = usePolled(path, page, EVERY_MS);
  const steps = asked.value?.rows.toReversed();
  return (
    <>
      <p class="back">
        <a href={`/requests?session=${encodeURIComponent(id)}`}>← Its requests</a>
      </p>
      <header class="room-head">
        <Title name={`Session ${id.slice(-6)}`}>Session</Title>
        <CopyQuestion path={path} />
      </header>
      <Failure asked={[asked]} />
      {steps === undefined && <div class="card waiting" aria-hidden="true" />}
      {steps?.length === 0 && <p>No call of this session has ended, or its records are gone.</p>}
      {steps !== undefined && steps.length > 0 && (
        <>
          <Sums steps={steps} more={asked.value?.next !== undefined} />
          <Steps steps={steps} />
        </>
      )}
    </>
  );
}

type SumsProps = { readonly steps: readonly Row[]; readonly more: boolean };

/** Of the calls whose cost and saving are known. */
function Sums({ steps, more }: SumsProps): VNode {
  const known = steps.filter((one) => one.savingsMicroUsd !== undefined);
  const cost = sum(known.map((one) => one.costMicroUsd ?? 0));
  const saved = sum(known.map((one) => one.savingsMicroUsd ?? 0));
  const frontier = cost + saved;
  return (
    <p class="session-sums" role="status">
      {more ? `The last ${steps.length}` : steps.length} steps, {money(cost)} instead of{' '}
      {money(frontier)} with every step at the frontier: <b>{share(saved, frontier)} saved</b>.
      {known.length < steps.length &&
        ` Of ${steps.length - known.length} the cost or the saving is not known.`}
    </p>
  );
}

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);

const COLUMNS = ['Step', 'Class', 'Ran on', 'Who said so', 'Cost'];

function Steps({ steps }: { readonly steps: readonly Row[] }): VNode {
  return (
    <div class="list card">
      <table class="rows session-steps" aria-label="Steps, first to last">
        <thead>
          <tr>
            {COLUMNS.map((name) => (
              <th key={name} scope="col" class={name === 'Cost' ? 'number' : ''}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map((one, at) => (
            <tr key={one.decision}>
              <td>
                <a class="row-link" href={`/requests/${one.decision}`}>
                  {at + 1}. {one.step ?? one.operation}
                </a>
              </td>
              <td>
                {one.stepClass ?? UNKNOWN} <span class="soft">{stepWords(one.stepSource)}</span>
              </td>
              <td>
                <Tier tier={one.tier} /> <span class="soft">{ranWords(one)}</span>
              </td>
              <td>{whoWords(one)}</td>
              <td class="number">{rowMoney(one.costUsd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Where else it was sent: an answer that was not taken is paid for, too. */
function ranWords({ model, endpoint, receivedBy }: Row): string {
  const beside = receivedBy.filter((one) => one !== endpoint);
  return beside.length === 0 ? (model ?? '') : `${model ?? ''}, also sent to ${beside.join(', ')}`;
}

const WHO: Readonly<Record<string, string>> = {
  learned: 'the learned router',
  step: 'what such steps usually need',
  session: 'the step before it',
  words: 'rule of thumb',
  mode: 'who waits for it',
};

const whoWords = ({ routedBy, modelRequested }: Row): string =>
  WHO[routedBy ?? ''] ?? `asked for ${modelRequested ?? 'by name'}`;
