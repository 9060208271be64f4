// Queued calls that have ended, answered or not: who comes for one later hears that it is gone, a
// stranger that nothing is there. Known again after a restart, from settlements and the checkpoint.
// Ids and names alone, bounded in number; the oldest are forgotten first.
import type { QueueEndBody, RequestId } from '@signalbox/contract';

export const QUEUE_ENDS_MAX = 10_000;

export type QueueOwner = Pick<QueueEndBody, 'tenant' | 'key'>;

export interface QueueEnds {
  add(end: QueueEndBody): void;
  ownerOf(call: RequestId): QueueOwner | undefined;
  checkpoint(): readonly QueueEndBody[];
}

export function queueEnds(): QueueEnds {
  const ends = new Map<RequestId, QueueEndBody>();
  return {
    add(end) {
      ends.delete(end.call);
      ends.set(end.call, end);
      if (ends.size <= QUEUE_ENDS_MAX) return;
      const oldest = ends.keys().next();
      if (oldest.done !== true) ends.delete(oldest.value);
    },
    ownerOf: (call) => ends.get(call),
    checkpoint: () => [...ends.values()],
  };
}
