// One request explained: what happened, why, what would change it, where the time went, and the
// record behind it.
import type { VNode } from 'preact';
import { type Decision, decision as readDecision } from '../api/decision-shape.ts';
import { usePolled } from '../api/polled.ts';
import { utc } from '../format.ts';
import { CopyButton, CopyQuestion } from '../shell/copy.tsx';
import { Failure } from '../shell/failure.tsx';
import { Moment, useNow } from '../shell/moment.tsx';
import { Outcome } from '../shell/outcome.tsx';
import { Title } from '../shell/title.tsx';
import { Words } from '../shell/words.tsx';
import { Candidates } from './candidates.tsx';
import { Facts } from './facts.tsx';
import { Timeline } from './timeline.tsx';

export function DecisionRoom({ id }: { readonly id: string }): VNode {
  const asked = usePolled(`decisions/${id}`, readDecision, undefined);
  const { value } = asked;
  return (
    <>
      <p class="back">
        <a href="/requests">← Requests</a>
      </p>
      <header class="room-head">
        <Title name={`Request ${id.slice(-6)}`}>Request explained</Title>
        {value !== undefined && <Actions decision={value} />}
      </header>
      <Failure asked={[asked]} />
      {value === undefined && asked.failure === undefined && <div class="card chart waiting" />}
      {value !== undefined && (
        <div class="decision">
          <Story decision={value} />
          <Timeline decision={value} />
          <Candidates candidates={value.candidates} />
          <Facts decision={value} />
        </div>
      )}
    </>
  );
}

function Story({ decision }: { readonly decision: Decision }): VNode {
  const now = useNow();
  return (
    <section class="card story" aria-labelledby="story">
      <h2 id="story" class="heard">
        What happened
      </h2>
      <p class="story-head">
        <Outcome ending={decision.ending} status={decision.status} code={decision.code} />
        <CopyButton text={decision.decision} what="the id of the decision" quiet>
          <code>{decision.decision}</code>
        </CopyButton>
        <span class="soft">
          <Moment at={decision.at} now={now} />
          <span class="printed"> {utc(decision.at)}</span>
        </span>
      </p>
      <p class="summary">{decision.summary}</p>
      <div class="reasons-and-changes">
        <div>
          <h3>Why</h3>
          <ol class="because">
            {decision.because.map((one) => (
              <li key={one}>
                <Words>{one}</Words>
              </li>
            ))}
          </ol>
        </div>
        {decision.changes.length > 0 && (
          <div>
            <h3>What would change it</h3>
            <ul class="changes">
              {decision.changes.map((one) => (
                <li key={one}>
                  <Words>{one}</Words>
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </section>
  );
}

function Actions({ decision }: { readonly decision: Decision }): VNode {
  const { decision: id, json } = decision;
  return (
    <div class="actions">
      <CopyButton text={`signalbox explain ${id}`} what="the command line">
        CLI
      </CopyButton>
      <CopyQuestion path={`decisions/${id}`} />
      <CopyButton text={json} what="the record as JSON">
        JSON
      </CopyButton>
      <button type="button" class="button" onClick={() => print()}>
        Print
      </button>
    </div>
  );
}
