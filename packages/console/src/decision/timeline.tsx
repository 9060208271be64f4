// Where the time went: waiting, deciding, and each attempt with its first byte.
import type { VNode } from 'preact';
import type { Attempt, Decision } from '../api/decision-shape.ts';
import { duration } from '../format.ts';
import { Check, Cross } from '../shell/icons.tsx';
import { Tier } from '../shell/tier.tsx';

type Phase = {
  readonly key: string;
  readonly name: string;
  readonly look: string;
  readonly startMs: number;
  readonly ms: number;
  readonly attempt: Attempt | undefined;
};

/** The record holds durations; attempts follow one another after what was decided. */
export function phasesOf(decision: Decision): readonly Phase[] {
  const before = [
    ['Body', 'wait', decision.bodyMs ?? 0],
    ['Parked', 'wait', decision.parkedMs],
    ['Decide', 'decide', decision.decideMs],
    ['Queue', 'wait', decision.queueMs],
  ] as const;
  let startMs = 0;
  const phases: Phase[] = [];
  for (const [name, look, ms] of before) {
    if (ms > 0 || name === 'Decide') {
      phases.push({ key: name, name, look, startMs, ms, attempt: undefined });
    }
    startMs += ms;
  }
  decision.attempts.forEach((attempt, at) => {
    const { durationMs: ms, endpoint: name, outcome } = attempt;
    const look = outcome === 'answered' ? 'answered' : 'failed';
    phases.push({ key: `${at}`, name, look, startMs, ms, attempt });
    startMs += ms;
  });
  return phases;
}

export function Timeline({ decision }: { readonly decision: Decision }): VNode {
  const phases = phasesOf(decision);
  const last = phases.at(-1);
  const whole = Math.max(decision.totalMs, (last?.startMs ?? 0) + (last?.ms ?? 0), 0.001);
  return (
    <section class="card" aria-labelledby="timeline">
      <h2 id="timeline">Where the time went</h2>
      <table class="timeline">
        <thead class="heard">
          <tr>
            <th scope="col">Phase</th>
            <th scope="col">Along the call</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {phases.map((phase) => (
            <tr key={phase.key}>
              <th scope="row">
                <PhaseName phase={phase} />
              </th>
              <td class="track">
                <Bar phase={phase} whole={whole} />
                <span class="heard">begins at {duration(phase.startMs)}</span>
              </td>
              <td class="number">{duration(phase.ms)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <td class="soft">
              {decision.firstByteMs !== undefined &&
                `first byte after ${duration(decision.firstByteMs)}`}
            </td>
            <td class="number">{duration(decision.totalMs)}</td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

function PhaseName({ phase }: { readonly phase: Phase }): VNode {
  const { attempt } = phase;
  if (attempt === undefined) return <span>{phase.name}</span>;
  const { modelAsked, modelClaimed, outcome, fault, status } = attempt;
  const claimed =
    modelClaimed === undefined || modelClaimed === modelAsked ? '' : ` (${modelClaimed})`;
  return (
    <>
      <span class="attempt-name">
        <Tier tier={attempt.tier} /> {phase.name}
      </span>
      <span class="soft">
        {modelAsked}
        {claimed}
      </span>
      <span class={`outcome ${outcome === 'answered' ? 'good' : 'bad'}`}>
        {outcome === 'answered' ? <Check /> : <Cross />}
        {[outcome, fault, status].filter((one) => one !== undefined).join(' · ')}
      </span>
    </>
  );
}

function Bar({ phase, whole }: { readonly phase: Phase; readonly whole: number }): VNode {
  const percent = (ms: number): string => `${((ms / whole) * 100).toFixed(2)}%`;
  const first = phase.attempt?.firstByteMs;
  return (
    <span class="bar-track" aria-hidden="true">
      <span
        class={`bar ${phase.look}`}
        style={{ left: percent(phase.startMs), width: percent(phase.ms) }}
      />
      {first !== undefined && (
        <span
          class="first-byte"
          title={`first byte after ${duration(first)}`}
          style={{ left: percent(phase.startMs + Math.min(first, phase.ms)) }}
        />
      )}
    </span>
  );
}
