// The tables of the report. Every number of calls is a link to them.
import type { ComponentChildren, VNode } from 'preact';
import type { FlowException, FlowPlace, Reached, Received } from '../api/flow-shape.ts';
import { exactCount, utc } from '../format.ts';
import { Tier } from '../shell/tier.tsx';
import { useVisitor } from '../shell/visitor.ts';

const REACHES: readonly (readonly [reach: string, says: string])[] = [
  ['left', 'Left: received beyond tier 1, by a place that is not the tenant’s own'],
  ['stayed', 'Never left: received at tier 1 or by the tenant’s own places alone'],
  ['unsent', 'Never sent: refused, or ended before any place received it'],
  ['unknown', 'Not known: a crash ended it'],
];

const LABELS = ['public', 'internal', 'personal', 'regulated'] as const;

export function HowFar({ calls }: { readonly calls: readonly Reached[] }): VNode {
  const others = calls.some(({ label }) => !LABELS.some((one) => one === label));
  const labels = others ? [...LABELS, undefined] : LABELS;
  return (
    <Part title="How far calls went">
      <table>
        <thead>
          <tr>
            <th scope="col">Calls</th>
            {labels.map((label) => (
              <th key={label} scope="col" class="number">
                {label ?? 'no label'}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {REACHES.map(([reach, says]) => (
            <tr key={reach}>
              <th scope="row">{says}</th>
              {labels.map((label) => (
                <td key={label} class="number">
                  <Calls
                    of={calls.find((one) => one.reach === reach && one.label === label)}
                    what={`${reach}, ${label ?? 'no label'}`}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  );
}

export type PlacesProps = {
  readonly title: string;
  readonly none: string;
  readonly places: readonly (FlowPlace | Received)[];
};

export function Places({ title, none, places }: PlacesProps): VNode {
  const counted = places.some((one) => 'inputTokens' in one);
  return (
    <Part title={title}>
      {places.length === 0 ? (
        <p class="soft">{none}</p>
      ) : (
        <table>
          <thead>
            <PlaceHead more={counted ? ['Tokens in', 'Tokens out'] : []} />
          </thead>
          <tbody>
            {places.map((one) => (
              <PlaceRow key={one.records} place={one}>
                {'inputTokens' in one && (
                  <>
                    <td class="number">
                      {exactCount(one.inputTokens)}
                      {one.uncountedCalls > 0 && (
                        <small> and {exactCount(one.uncountedCalls)} calls not counted</small>
                      )}
                    </td>
                    <td class="number">{exactCount(one.outputTokens)}</td>
                  </>
                )}
              </PlaceRow>
            ))}
          </tbody>
        </table>
      )}
    </Part>
  );
}

export function Exceptions({
  exceptions,
}: {
  readonly exceptions: readonly FlowException[];
}): VNode {
  return (
    <Part title="Exceptions">
      {exceptions.length === 0 ? (
        <p class="soft">No call went further than its label goes without consent.</p>
      ) : (
        <table>
          <thead>
            <PlaceHead more={['By']} />
          </thead>
          <tbody>
            {exceptions.map((one) => (
              <PlaceRow key={one.records} place={one}>
                <td>
                  {one.consent === undefined ? (
                    <>
                      no consent: <code>privacy: observe</code>
                    </>
                  ) : (
                    <>
                      consent <code>{one.consent}</code>
                    </>
                  )}
                </td>
              </PlaceRow>
            ))}
          </tbody>
        </table>
      )}
    </Part>
  );
}

type PartProps = { readonly title: string; readonly children: ComponentChildren };

const Part = ({ title, children }: PartProps): VNode => (
  <section class="card" aria-label={title}>
    <h2>{title}</h2>
    {children}
  </section>
);

const PLACE_HEAD = ['Place', 'Region', 'Legal entity', 'Label', 'First', 'Last'];

const PlaceHead = ({ more }: { readonly more: readonly string[] }): VNode => (
  <tr>
    {PLACE_HEAD.map((name) => (
      <th key={name} scope="col">
        {name}
      </th>
    ))}
    <th scope="col" class="number">
      Calls
    </th>
    {more.map((name) => (
      <th key={name} scope="col" class={name === 'By' ? '' : 'number'}>
        {name}
      </th>
    ))}
  </tr>
);

type PlaceRowProps = { readonly place: FlowPlace; readonly children?: ComponentChildren };

const PlaceRow = ({ place, children }: PlaceRowProps): VNode => (
  <tr>
    <th scope="row">
      {place.endpoint} <Tier tier={place.tier} />
      {place.own && <span class="chip">own</span>}
    </th>
    <td>{place.region ?? 'not stated'}</td>
    <td>{place.legalEntity ?? 'not stated'}</td>
    <td>{place.label ?? 'no label'}</td>
    <td>{utc(place.first).slice(0, 19)}</td>
    <td>{utc(place.last).slice(0, 19)}</td>
    <td class="number">
      <Calls of={place} what={`${place.endpoint}, ${place.label ?? 'no label'}`} />
    </td>
    {children}
  </tr>
);

type CallsProps = { readonly of: Reached | FlowPlace | undefined; readonly what: string };

/** None is a zero that leads nowhere; the list of calls is the operator's. */
function Calls({ of, what }: CallsProps): VNode {
  const isTenants = useVisitor().tenant !== undefined;
  if (of === undefined || of.calls === 0) return <>0</>;
  if (isTenants) return <>{exactCount(of.calls)}</>;
  return (
    <a href={of.records}>
      {exactCount(of.calls)}
      <span class="heard"> calls: {what}</span>
    </a>
  );
}
