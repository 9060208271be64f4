// Watches how the node itself is doing, a window after the other, and raises and lowers the level
// of degradation by it. Costs a timer four times a second, and nothing on the path of a call.
import { type DegradationChange, type House, type Load, WINDOW_MS } from '@signalbox/engine';
import type { OpenSink } from '@signalbox/ports';

const LOOKS = 4;
const LOOK_MS = WINDOW_MS / LOOKS;

export type LoadWatch = {
  /** An operator's word; undefined: what is measured holds. */
  readonly degrade: (level: number | undefined) => void;
  /** From now on; the answer ends it. */
  readonly watch: () => () => void;
};

export function watchLoad(house: House, sink: Pick<OpenSink, 'gauge'>): LoadWatch {
  const { clock } = house.ports;
  const { degradation } = house.live;
  sink.gauge('degradation_level', {}, () => degradation.level);
  let looks = 0;
  let loopDelayMs = 0;
  let due = 0;
  let stop = (): void => undefined;
  const next = (): void => {
    due = clock.monotonic() + LOOK_MS;
    stop = clock.after(LOOK_MS, look);
  };
  const look = (): void => {
    loopDelayMs = Math.max(loopDelayMs, clock.monotonic() - due);
    looks += 1;
    if (looks === LOOKS) {
      tell(degradation.window({ ...loadOf(house), loopDelayMs }), house);
      [looks, loopDelayMs] = [0, 0];
    }
    next();
  };
  const watch = (): (() => void) => {
    next();
    return () => stop();
  };
  return { degrade: (level) => tell(degradation.state(level), house), watch };
}

function tell(change: DegradationChange | undefined, { ports }: House): void {
  if (change === undefined) return;
  const { from, to, by, because } = change;
  const detail = { from, to, because };
  ports.sink.log(to > from ? 'warn' : 'info', 'degradation-changed', { by, ...detail });
  ports.sink.count('degradation_changes_total', { to: String(to), by });
  ports.store.append({
    kind: 'act',
    at: ports.clock.now(),
    tenant: undefined,
    call: undefined,
    body: { act: 'degradation-changed', by, what: `level ${to}`, detail },
  });
}

function loadOf({ now, live }: House): Omit<Load, 'loopDelayMs'> {
  const { slots } = live.pools;
  let [endpoints, endpointsDown] = [0, 0];
  for (const endpoint of now().catalog.endpoints.values()) {
    const { enabled, quarantined, tenant, unavailable } = endpoint;
    if (!enabled || quarantined || tenant !== undefined || unavailable !== undefined) continue;
    endpoints += 1;
    if (live.order.downBy(endpoint) !== undefined) endpointsDown += 1;
  }
  const waiting = slots.waiting() + live.parking.waiting.size;
  return { inFlight: slots.total(), waiting, endpoints, endpointsDown };
}
