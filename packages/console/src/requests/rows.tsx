// The list itself. Every row is a link to the request explained.
import type { VNode } from 'preact';
import type { Row } from '../api/shapes.ts';
import { count, duration, rowMoney, UNKNOWN } from '../format.ts';
import { Moment } from '../shell/moment.tsx';
import { Outcome } from '../shell/outcome.tsx';
import { Tier } from '../shell/tier.tsx';

const COLUMNS: readonly (readonly [name: string, look: string])[] = [
  ['Outcome', ''],
  ['When', ''],
  ['Model', ''],
  ['Ran on', ''],
  ['Label', ''],
  ['Tenant', ''],
  ['Tokens', 'number'],
  ['Cost', 'number'],
  ['Time', 'number'],
];

export type RowsProps = { readonly rows: readonly Row[]; readonly now: number };

export function Rows({ rows, now }: RowsProps): VNode {
  return (
    <table class="rows" aria-label="Requests, newest first" aria-live="off">
      <thead>
        <tr>
          {COLUMNS.map(([name, look]) => (
            <th key={name} scope="col" class={look}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((one) => (
          <RequestRow key={one.decision} row={one} now={now} />
        ))}
      </tbody>
    </table>
  );
}

function RequestRow({ row, now }: { readonly row: Row; readonly now: number }): VNode {
  const { inputTokens, outputTokens } = row;
  return (
    <tr>
      <td class="cell-outcome">
        <a class="row-link" href={`/requests/${row.decision}`}>
          <Outcome ending={row.ending} status={row.status} code={row.code} />
        </a>
      </td>
      <td class="cell-when soft">
        <Moment at={row.at} now={now} />
      </td>
      <td class="cell-model" title={modelTitle(row)}>
        <Model row={row} />
      </td>
      <td class="cell-where" title={row.endpoint}>
        <Tier tier={row.tier} /> <span class="soft">{row.endpoint ?? ''}</span>
      </td>
      <td class="cell-label">{row.label ?? UNKNOWN}</td>
      <td class="cell-tenant">{row.tenant ?? UNKNOWN}</td>
      <td class="cell-tokens number">
        {inputTokens === undefined && outputTokens === undefined
          ? UNKNOWN
          : `${tokens(inputTokens)} → ${tokens(outputTokens)}`}
      </td>
      <td class="cell-cost number">{rowMoney(row.costUsd)}</td>
      <td class="cell-time number">{duration(row.totalMs)}</td>
    </tr>
  );
}

const tokens = (value: number | undefined): string =>
  value === undefined ? UNKNOWN : count(value);

const modelTitle = ({ modelRequested, model }: Row): string =>
  [modelRequested, model].filter((one) => one !== undefined).join(' → ');

/** What was asked for, and what answered where that is something else. */
function Model({ row }: { readonly row: Row }): VNode {
  const { modelRequested, model } = row;
  if (model === undefined || model === modelRequested) {
    return <span class="model">{modelRequested ?? UNKNOWN}</span>;
  }
  return (
    <span class="model">
      <span class="soft">{modelRequested ?? UNKNOWN} →</span> {model}
      {row.fallback && <span class="chip">fallback</span>}
    </span>
  );
}
