// Whose data, and when. Whole days in UTC, both ends included; the choice is in the address.
import type { VNode } from 'preact';
import { go, type Place, withQuery } from '../router.ts';

const DAY_MS = 86_400_000;
const DAYS_USUAL = 30;

type Instants = { readonly since: string; readonly until: string };

/** The address may name instants, as the command line does; days are their dates. */
export function periodOf({ query }: Place, now: number = Date.now()): Instants {
  const until = instant(query.get('until')) ?? Math.floor(now / DAY_MS) * DAY_MS + DAY_MS;
  const since = instant(query.get('since')) ?? until - DAYS_USUAL * DAY_MS;
  return { since: new Date(since).toISOString(), until: new Date(until).toISOString() };
}

function instant(text: string | null): number | undefined {
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

export type PeriodProps = {
  readonly place: Place;
  readonly tenant: string;
  readonly names: readonly string[];
};

export function Period({ place, tenant, names }: PeriodProps): VNode {
  const { since, until } = periodOf(place);
  const lastDay = new Date(Date.parse(until) - 1).toISOString();
  const choose = (change: Readonly<Record<string, string>>): void =>
    go(withQuery(place, { tenant, ...change }), 'replace');
  const endOf = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString();
  return (
    <>
      <label class="pick">
        <span class="heard">Tenant</span>
        <select value={tenant} onChange={(event) => choose({ tenant: event.currentTarget.value })}>
          {[...new Set([...names, tenant])].map((name) => (
            <option key={name} value={name}>
              Tenant: {name}
            </option>
          ))}
        </select>
      </label>
      <label class="day">
        From
        <input
          type="date"
          value={since.slice(0, 10)}
          onChange={({ currentTarget: { value } }) => {
            if (value !== '') choose({ since: `${value}T00:00:00.000Z` });
          }}
        />
      </label>
      <label class="day">
        to the end of
        <input
          type="date"
          value={lastDay.slice(0, 10)}
          onChange={({ currentTarget: { value } }) => {
            if (value !== '') choose({ until: endOf(value) });
          }}
        />
      </label>
    </>
  );
}
