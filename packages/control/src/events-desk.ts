// What became of the registry, and whom it was told: kept behind whoever composes the server, which
// also tells an event once more.
import type { Outbox } from '@signalbox/ports';

export type EventsDesk = Pick<Outbox, 'events' | 'event' | 'deliveries' | 'waits'> & {
  /**
   * To those of these webhooks who may hear of it; undefined: to all who may. Their names; none:
   * there is no such event, or nobody may.
   */
  again(id: string, webhooks: readonly string[] | undefined): readonly string[];
};
