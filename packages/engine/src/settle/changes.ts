// What asking an endpoint found changed: one line in the log and one act in the journal each, so
// that somebody can ask later since when a server is another. Names, numbers and flags; a server
// cannot flood either.
import type { ActBody, Clock, Sink, Store } from '@signalbox/contract';
import type { EndpointFacts } from '../catalog/catalog.ts';
import type { ProbeChange } from '../catalog/probe-facts.ts';

/** Of one round; of more the first are told, and how many there were. */
export const CHANGES_TOLD_MAX = 16;
const TEXT_MAX = 64;

export type Tellers = { readonly sink: Sink; readonly store: Store; readonly clock: Clock };

export function tellChanges(
  { name, tenant }: EndpointFacts,
  changes: readonly ProbeChange[],
  { sink, store, clock }: Tellers,
): void {
  for (const change of changes.slice(0, CHANGES_TOLD_MAX)) {
    const detail = detailOf(change, changes.length);
    const level = detail['fact'] === 'reachable' && detail['after'] === false ? 'warn' : 'info';
    sink.log(level, 'endpoint-changed', { endpoint: name, ...detail });
    if (store.health().kind !== 'ready') continue;
    const body: ActBody = { act: 'endpoint-changed', by: 'probe', what: name, detail };
    store.append({ kind: 'act', at: clock.now(), tenant, call: undefined, body });
  }
}

function detailOf(change: ProbeChange, count: number): ActBody['detail'] {
  const more = count > CHANGES_TOLD_MAX ? { changes: count } : {};
  if (change.kind !== 'fact-changed') return { change: change.kind, model: change.model, ...more };
  const { fact, model, before, after, from } = change;
  const where = model === undefined ? {} : { model };
  return { fact, ...where, before: short(before), after: short(after), from, ...more };
}

const short = <T>(value: T): T | string =>
  typeof value === 'string' ? value.slice(0, TEXT_MAX) : value;
