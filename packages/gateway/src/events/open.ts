// The events of the registry, opened with the node: what is kept of them, who is told, and what may
// be asked about both.
import type { Store, Upstream } from '@signalbox/contract';
import type { Configuration } from '@signalbox/documents';
import type { Snapshot } from '@signalbox/engine';
import { type Delivery, type KeptEvent, Outbox } from '@signalbox/ports';
import type { InForceOptions } from '../in-force.ts';
import type { StorageOptions } from '../storage.ts';
import { Webhooks } from './webhooks.ts';

/** Newest first; at most 200. */
export type EventsDesk = {
  list(limit: number): readonly KeptEvent[];
  deliveries(limit: number): readonly Delivery[];
  /** Tells one once more. False: there is no such event. */
  again(id: string): boolean;
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
      list: (limit) => outbox.events(limit),
      deliveries: (limit) => outbox.deliveries(limit),
      again: (id) => webhooks.again(id),
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
