// Whose the calls are that were told to come back: who comes for one of which nothing is left hears
// that it is gone, a stranger that nothing is there. Told of before its caller hears of it, and
// known again after a restart, from holds and the checkpoint: whatever dies between an answer and
// its settlement. Ids and names alone, bounded in number; the oldest are forgotten first.
import type { QueueOwnerBody, RequestId } from '@signalbox/contract';

export const QUEUE_OWNERS_MAX = 10_000;

export type QueueOwner = Pick<QueueOwnerBody, 'tenant' | 'key'>;

export interface QueueOwners {
  add(owner: QueueOwnerBody): void;
  ownerOf(call: RequestId): QueueOwner | undefined;
  checkpoint(): readonly QueueOwnerBody[];
}

export function queueOwners(): QueueOwners {
  const owners = new Map<RequestId, QueueOwnerBody>();
  return {
    add(owner) {
      owners.delete(owner.call);
      owners.set(owner.call, owner);
      if (owners.size <= QUEUE_OWNERS_MAX) return;
      const oldest = owners.keys().next();
      if (oldest.done !== true) owners.delete(oldest.value);
    },
    ownerOf: (call) => owners.get(call),
    checkpoint: () => [...owners.values()],
  };
}
