// Every model at every place that was looked at: taken, or why not, and what would change that.
import type { VNode } from 'preact';
import type { Candidate } from '../api/decision-shape.ts';
import { Barred, Check } from '../shell/icons.tsx';
import { Tier } from '../shell/tier.tsx';
import { Words } from '../shell/words.tsx';

export function Candidates({ candidates }: { readonly candidates: readonly Candidate[] }): VNode {
  const sorted = candidates.toSorted((a, b) => Number(b.inRoute) - Number(a.inRoute));
  const open = candidates.filter((one) => one.inRoute).length;
  return (
    <section class="card" aria-labelledby="candidates">
      <h2 id="candidates">Candidates</h2>
      <p class="soft">
        {candidates.length === 0
          ? 'Nothing was looked at: the call ended before a route was asked for.'
          : `${candidates.length} looked at, ${open} in the route.`}
      </p>
      {candidates.length > 0 && (
        <table class="candidates">
          <thead>
            <tr>
              <th scope="col">Model and place</th>
              <th scope="col">Gate</th>
              <th scope="col">What would open it</th>
            </tr>
          </thead>
          {sorted.map((one) => (
            <CandidateRows key={`${one.endpoint} ${one.model}`} candidate={one} />
          ))}
        </table>
      )}
    </section>
  );
}

/** One row a gate: all of them have to open. */
function CandidateRows({ candidate }: { readonly candidate: Candidate }): VNode {
  const { inRoute, why, remedies } = candidate;
  const [first, ...others] = why;
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" rowSpan={Math.max(1, why.length)}>
          <Tier tier={candidate.tier} /> <b>{candidate.model}</b>{' '}
          <span class="soft">at {candidate.endpoint}</span>
        </th>
        {inRoute || first === undefined ? <Taken /> : <Gate why={first} remedy={remedies[0]} />}
      </tr>
      {others.map((one, at) => (
        <tr key={one}>
          <Gate why={one} remedy={remedies[at + 1]} />
        </tr>
      ))}
    </tbody>
  );
}

const Taken = (): VNode => (
  <td colSpan={2}>
    <span class="outcome good">
      <Check /> In the route
    </span>
  </td>
);

type GateProps = { readonly why: string; readonly remedy: string | undefined };

function Gate({ why, remedy }: GateProps): VNode {
  return (
    <>
      <td class="gate">
        <span class="outcome plain">
          <Barred />
          <span>
            <Words>{why}</Words>
          </span>
        </span>
      </td>
      <td class="soft">{remedy !== undefined && <Words>{remedy}</Words>}</td>
    </>
  );
}
