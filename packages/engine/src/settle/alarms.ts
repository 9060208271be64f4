// What is told when a tenant's calls look harder than they were: a line in the log, a count, an act
// in the journal. Shares and names; no words of a call.
import type { ActBody } from '@signalbox/contract';
import type { RoutingAlarm } from '../classify/route/watches.ts';
import type { Tellers } from './changes.ts';

export function tellAlarm(alarm: RoutingAlarm, { sink, store, clock }: Tellers): void {
  const { tenant, step, sign, how } = alarm;
  const detail = { change: sign, how, usual: rounded(alarm.usual), seen: rounded(alarm.seen) };
  sink.log('warn', 'routing-alarm', { tenant, step, ...detail });
  sink.count('routing_alarms_total', { tenant, step, sign, how });
  if (store.health().kind !== 'ready') return;
  const body: ActBody = { act: 'routing-alarm', by: 'watch', what: step, detail };
  store.append({ kind: 'act', at: clock.now(), tenant, call: undefined, body });
}

const rounded = (share: number): number => Math.round(share * 1_000) / 1_000;
