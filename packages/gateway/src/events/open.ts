// The events of the registry, opened with the node: what is kept of them, who is told, and what may
// be asked about both.
import type { Store, Upstream } from '@signalbox/contract';
import type { Configuration } from '@signalbox/documents';
import type { Snapshot } from '@signalbox/engine';
import { Outbox } from '@signalbox/ports';
import type { InForceOptions } from '../in-force.ts';
import type { StorageOptions } from '../storage.ts';
import { Webhooks } from './webhooks.ts';

export type EventsDesk = Pick<Outbox, 'events' | 'event' | 'deliveries' | 'waits'> & {
  /**
   * Tells one once more to those of these webhooks who may hear of it, undefined: to all who may.
   * Their names; none: there is no such event, or nobody may.
   */
  again(id: string, webhooks: readonly string[] | undefined): readonly string[];
};

export type News = {
  readonly desk: EventsDesk;
  /** Compares with what was known, and tells what has changed. What fails is logged. */
  publish(configuration: Configuration, digest: string): Promise<void>;
  close(): void;
};

type Around = {
  readonly upstream: Upstream;
  readonly journal: Pick<Store, 'append'>;
  readonly now: () => Snapshot;
};

export function openEvents(
  options: Pick<InForceOptions, 'environment' | 'folder'> & StorageOptions,
  { upstream, journal, now }: Around,
): News {
  const { clock, random, keys, telemetry: sink, configuration, data } = options;
  const { environment, folder } = options;
  sink.describe('webhook_deliveries', { help: 'Attempts to tell a webhook of an event.' });
  const outbox = new Outbox(data.eventsPath);
  const webhooks = new Webhooks({
    ...{ clock, random, keys, sink, upstream, outbox, now, store: journal },
    secrets: { environment, folder },
    node: configuration.node.name,
  });
  return {
    desk: {
      events: (query) => outbox.events(query),
      event: (id) => outbox.event(id),
      deliveries: (query) => outbox.deliveries(query),
      waits: (events) => outbox.waits(events),
      again: (id, names) => webhooks.again(id, names),
    },
    async publish(next, digest) {
      try {
        await webhooks.publish(next, digest);
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : 'unknown';
        sink.log('error', 'registry-not-told', { why });
      }
    },
    close() {
      webhooks.close();
      outbox.close();
    },
  };
}
