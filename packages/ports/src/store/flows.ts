// Where the data of a tenant went in a period, from sums of hours. They are kept as long as usage
// is; the rows of single calls behind them go earlier: the answer says since when there are any.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Columns, number, text } from './columns.ts';
import {
  FLOW_ROWS_MAX,
  type FlowQuery,
  type FlowSum,
  type Flows,
  REACHES,
  type ReachSum,
} from './records.ts';
import { HOUR_MS } from './tally.ts';

export class FlowReader {
  readonly #reaches: StatementSync;
  readonly #places: StatementSync;
  readonly #eldest: StatementSync;

  constructor(database: DatabaseSync) {
    const within = 'tenant = ?1 AND hour >= ?2 AND hour < ?3';
    this.#reaches = database.prepare(
      `SELECT fate, label, sum(calls) AS calls FROM flows WHERE ${within} AND endpoint = ''
       GROUP BY fate, label ORDER BY fate, label`,
    );
    this.#places = database.prepare(
      `SELECT fate, endpoint, region, entity, tier, own, label, consent, sum(calls) AS calls,
         sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
         sum(uncounted) AS uncounted, min(first) AS first, max(last) AS last
       FROM flows WHERE ${within} AND endpoint <> ''
       GROUP BY fate, endpoint, region, entity, tier, own, label, consent
       ORDER BY tier DESC, endpoint, region, entity, own, label, consent
       LIMIT ${FLOW_ROWS_MAX + 1}`,
    );
    this.#eldest = database.prepare('SELECT at FROM requests WHERE tenant = ? ORDER BY id LIMIT 1');
  }

  read({ tenant, from, to }: FlowQuery): Flows {
    const hours = [Math.floor(from / HOUR_MS), Math.ceil(to / HOUR_MS)] as const;
    const places = this.#places.all(tenant, ...hours);
    const eldest = this.#eldest.get(tenant);
    return {
      from: hours[0] * HOUR_MS,
      to: hours[1] * HOUR_MS,
      reaches: this.#reaches.all(tenant, ...hours).flatMap(reachOf),
      places: places.slice(0, FLOW_ROWS_MAX).map(sumOf),
      cut: places.length > FLOW_ROWS_MAX,
      rowsFrom: eldest === undefined ? undefined : number(eldest, 'at'),
    };
  }
}

function reachOf(row: Columns): readonly ReachSum[] {
  const reach = REACHES.find((one) => one === text(row, 'fate'));
  if (reach === undefined) return [];
  return [{ reach, label: stated(row, 'label'), calls: number(row, 'calls') ?? 0 }];
}

function sumOf(row: Columns): FlowSum {
  return {
    fate: text(row, 'fate') === 'blocked' ? 'blocked' : 'received',
    endpoint: text(row, 'endpoint') ?? '',
    region: stated(row, 'region'),
    legalEntity: stated(row, 'entity'),
    tier: number(row, 'tier') ?? 0,
    own: number(row, 'own') === 1,
    label: stated(row, 'label'),
    consent: stated(row, 'consent'),
    calls: number(row, 'calls') ?? 0,
    inputTokens: number(row, 'input_tokens') ?? 0,
    outputTokens: number(row, 'output_tokens') ?? 0,
    uncountedCalls: number(row, 'uncounted') ?? 0,
    first: number(row, 'first') ?? 0,
    last: number(row, 'last') ?? 0,
  };
}

/** Empty stands for what nobody stated. */
function stated(row: Columns, name: string): string | undefined {
  const value = text(row, name);
  return value === '' ? undefined : value;
}
