// Where the data of a tenant went in a period: a report that somebody reads, checks number by
// number against the calls behind it, and prints. Tenant and period stand in the address, so that a
// printed page names what it was made from.
import type { VNode } from 'preact';
import { type DataFlow, dataFlow } from '../api/flow-shape.ts';
import { usePolled } from '../api/polled.ts';
import { utc } from '../format.ts';
import type { Place } from '../router.ts';
import { CopyQuestion } from '../shell/copy.tsx';
import { Failure } from '../shell/failure.tsx';
import { Title } from '../shell/title.tsx';
import { useTenants, useVisitor } from '../shell/visitor.ts';
import { Period, periodOf } from './period.tsx';
import { Exceptions, HowFar, Places } from './tables.tsx';

export function DataFlowRoom({ place }: { readonly place: Place }): VNode {
  const tenants = useTenants();
  const names = tenants.value ?? [];
  const tenant = place.query.get('tenant') ?? names[0];
  return (
    <>
      <header class="room-head">
        <Title name="Data flow">Data flow{tenant === undefined ? '' : ` of ${tenant}`}</Title>
      </header>
      <Failure asked={[tenants]} />
      {tenant !== undefined && <Report place={place} tenant={tenant} names={names} />}
      {tenant === undefined && tenants.value !== undefined && (
        <p>There is no tenant yet, and so no data that went anywhere.</p>
      )}
    </>
  );
}

type ReportProps = {
  readonly place: Place;
  readonly tenant: string;
  readonly names: readonly string[];
};

function Report({ place, tenant, names }: ReportProps): VNode {
  const { since, until } = periodOf(place);
  const path = `reports/data-flow?${new URLSearchParams({ tenant, since, until })}`;
  const asked = usePolled(path, dataFlow, undefined);
  const report = asked.value;
  return (
    <>
      <div class="toolbar">
        <Period place={place} tenant={tenant} names={names} />
        <button type="button" class="button" onClick={() => print()}>
          Print
        </button>
        <CopyQuestion path={path} />
      </div>
      <Failure asked={[asked]} />
      {report === undefined ? (
        <div class="card waiting" aria-hidden="true" />
      ) : (
        <div class="data-flow" aria-busy={asked.stale}>
          <Whereof report={report} />
          <HowFar calls={report.calls} />
          <Places
            title="Who received what"
            none="No place received anything."
            places={report.received}
          />
          <Places
            title="Stopped where the connection would have opened"
            none="Nothing had to be stopped there: what must not leave was not sent on its way."
            places={report.blocked}
          />
          <Exceptions exceptions={report.exceptions} />
        </div>
      )}
    </>
  );
}

/** What a reader must know of the numbers below. */
function Whereof({ report }: { readonly report: DataFlow }): VNode {
  const { since, until, madeAt, recordsSince, complete } = report;
  const isOperators = useVisitor().tenant === undefined;
  const kept =
    recordsSince === undefined
      ? 'of which none is kept any more.'
      : `of which those since ${minute(recordsSince)} are kept.`;
  return (
    <div class="whereof">
      <p>
        <b>{report.tenant}</b>, from {minute(since)} to {minute(until)}. Made {minute(madeAt)} from
        the records of calls. Places stand with the region and the legal entity that their documents
        stated when the calls were made.
        {isOperators && ` Each number leads to the calls behind it, ${kept}`}
      </p>
      {!complete && (
        <p class="problem" role="alert">
          There were more places and labels than one report holds: choose a shorter period.
        </p>
      )}
    </div>
  );
}

const minute = (at: number): string => `${utc(at).slice(0, 16)} UTC`;
