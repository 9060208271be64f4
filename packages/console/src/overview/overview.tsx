// The first room: how it goes, over a window of time. Numbers, who answered, what it cost against
// sending everything to the frontier, how the server stands, what there is to call.
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type Asked, usePolled } from '../api/polled.ts';
import { type Overview, overview, type Status, status } from '../api/shapes.ts';
import { Chart } from '../chart/chart.tsx';
import { count, money } from '../format.ts';
import type { Place } from '../router.ts';
import { CopyQuestion } from '../shell/copy.tsx';
import { Failure } from '../shell/failure.tsx';
import { Title } from '../shell/title.tsx';
import { Endpoints } from './endpoints.tsx';
import { Figures, FiguresToCome } from './figures.tsx';
import { FirstCall } from './first-call.tsx';
import { Health } from './health.tsx';
import { costChart, requestsChart } from './sums.ts';
import { Tiers } from './tiers.tsx';
import { WindowChoice, windowOf } from './window.tsx';

/** While somebody waits for the first request. */
const SOON_MS = 1_200;
const OFTEN_MS = 4_000;
const SELDOM_MS = 20_000;
const HOUR_MS = 3_600_000;

export function OverviewRoom({ place }: { readonly place: Place }): VNode {
  const { ms, name } = windowOf(place);
  const [waits, setWaits] = useState(false);
  const every = ms > HOUR_MS ? SELDOM_MS : OFTEN_MS;
  const path = `overview?window_ms=${ms}`;
  const sums = usePolled(path, overview, waits ? SOON_MS : every);
  const nothing = sums.value !== undefined && isEmpty(sums.value);
  useEffect(() => setWaits(nothing), [nothing]);
  const stands = usePolled('status', status, OFTEN_MS);
  return (
    <>
      <header class="room-head">
        <Title>Overview</Title>
        <div class="actions">
          <WindowChoice place={place} />
          <CopyQuestion path={path} />
        </div>
      </header>
      <Failure asked={[sums, stands]} />
      <div class="overview" aria-busy={sums.stale}>
        <Sums sums={sums} stands={stands} window={name} />
        {stands.value !== undefined && <Health status={stands.value} />}
        {stands.value !== undefined && <Endpoints endpoints={stands.value.endpoints} />}
      </div>
    </>
  );
}

const isEmpty = ({ totals }: Overview): boolean => totals.calls === 0 && totals.refused === 0;

type SumsProps = {
  readonly sums: Asked<Overview>;
  /** Undefined: who looks is told nothing of the server. */
  readonly stands: Asked<Status> | undefined;
  readonly window: string;
};

export function Sums({ sums, stands, window }: SumsProps): VNode {
  const { value } = sums;
  if (value === undefined) {
    return (
      <>
        <FiguresToCome />
        <div class="card chart waiting" aria-hidden="true" />
        <div class="card chart waiting" aria-hidden="true" />
      </>
    );
  }
  const { totals } = value;
  if (isEmpty(value)) {
    return (
      <>
        <p class="nothing">No requests in the {window}.</p>
        {stands !== undefined && <FirstCall status={stands.value} />}
      </>
    );
  }
  return (
    <>
      <Figures overview={value} />
      <Chart facts={requestsChart(value)}>
        {count(totals.calls)} in the {window}.
      </Chart>
      <Chart facts={costChart(value)}>
        {money(totals.savingsMicroUsd)} less than at the frontier.
      </Chart>
      <Tiers overview={value} />
    </>
  );
}
