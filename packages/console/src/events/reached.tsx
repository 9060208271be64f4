// One event: each attempt to tell somebody of it, who still waits, and what is sent.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { change, type Refused } from '../api/ask.ts';
import { type Delivery, shownEvent, toldAgain } from '../api/event-shape.ts';
import { asRefused, usePolled } from '../api/polled.ts';
import { Failure } from '../shell/failure.tsx';
import { Moment, useNow } from '../shell/moment.tsx';
import { Refusal } from '../shell/refusal.tsx';
import { useMayChange } from '../shell/visitor.ts';

const EVERY_MS = 5_000;

export type ReachedProps = { readonly id: string; readonly onTold: () => void };

export function Reached({ id, onTold }: ReachedProps): VNode {
  const asked = usePolled(`events/${id}`, shownEvent, EVERY_MS);
  const [told, setTold] = useState<readonly string[]>();
  const [problem, setProblem] = useState<Refused>();
  const mayChange = useMayChange();
  const { value } = asked;
  const again = (): void => {
    setProblem(undefined);
    change('POST', `events/${id}/redeliver`, toldAgain, {})
      .then((webhooks) => {
        setTold(webhooks);
        asked.again();
        onTold();
      })
      .catch((error: unknown) => setProblem(asRefused(error)));
  };
  return (
    <>
      <Failure asked={[asked]} />
      {problem !== undefined && <Refusal problem={problem} />}
      {mayChange && (
        <p class="actions">
          <button type="button" class="button" onClick={again}>
            Tell it again
          </button>
          <span role="status">{told === undefined ? '' : `Told again: ${told.join(', ')}.`}</span>
        </p>
      )}
      {value !== undefined && <Deliveries deliveries={value.deliveries} />}
      {value !== undefined && <pre>{value.sent}</pre>}
    </>
  );
}

function Deliveries({ deliveries }: { readonly deliveries: readonly Delivery[] }): VNode {
  const now = useNow();
  if (deliveries.length === 0) return <p class="soft">Nobody was told of it.</p>;
  return (
    <table class="documents">
      <thead>
        <tr>
          <th scope="col">Webhook</th>
          <th scope="col">Attempt</th>
          <th scope="col">What came of it</th>
          <th scope="col">When</th>
        </tr>
      </thead>
      <tbody>
        {deliveries.map(({ at, webhook, attempt, outcome, status, fault }) => (
          <tr key={`${webhook} ${attempt} ${at}`}>
            <th scope="row">{webhook}</th>
            <td>{attempt}</td>
            <td class={outcome === 'failed' ? 'warn' : undefined}>
              {[outcome, status, fault].filter((one) => one !== undefined).join(' ')}
            </td>
            <td>
              <Moment at={at} now={now} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
