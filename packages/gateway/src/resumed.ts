// A call of an earlier life of the node, as it was: its head without the key, its body, its time.
// It is asked everything anew; what it brings along only lowers what it may.
import { type Call, type CallTrace, no, refusal } from '@signalbox/contract';
import { questionIn } from '@signalbox/dialect';
import type { House } from '@signalbox/engine';
import type { Waiting } from './queued.ts';

type Around = {
  readonly house: House;
  readonly trace?: ((traceparent: string | undefined) => CallTrace) | undefined;
};

const NO_PATH = { model: '', stream: false };

export function resumedCall(waiting: Waiting, { house, trace }: Around): Call {
  const { opened, parkedMs, isExpired } = waiting;
  const { kept, body } = opened;
  const {
    request: id,
    at,
    head,
    inPath = NO_PATH,
    passed,
    tenant,
    key,
    keyId,
    label,
    bound,
  } = kept;
  const hold = house.live.pools.budgets.holdOf(id);
  const before = Math.max(0, kept.queuedAt - at);
  return {
    id,
    at,
    arrived: house.ports.clock.monotonic() - parkedMs - before,
    head,
    body: async () =>
      isExpired ? EXPIRED : questionIn(head.dialect, head.operation, body, { ...inPath, passed }),
    trace: trace?.(head.traceparent),
    resumed: {
      ...{ tenant, key, keyId, keyMac: Buffer.from(kept.keyMac, 'hex'), label, bound, parkedMs },
      lostNanoUsd: BigInt(hold?.estimateNanoUsd ?? 0),
    },
  };
}

const EXPIRED = no(refusal('queued_expired', 'Its time was over before the node was back.'));
