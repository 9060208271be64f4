// What a node does beside its calls, as the real one does it: it asks its endpoints about
// themselves and tells webhooks what became of the registry.
import type { Ports, Random, Upstream } from '@signalbox/contract';
import { type House, learned, Rounds, type Snapshot } from '@signalbox/engine';
import { Webhooks } from '@signalbox/gateway';
import type { Outbox } from '@signalbox/ports';
import type { Version } from '../facts.ts';
import type { Wrappers } from '../plants/plant.ts';

/** What outlives the node, and who hears of the registry. */
export type BesideTools = {
  readonly outbox: Outbox;
  readonly hooks: Upstream;
  /** Chance for this alone. */
  readonly random: Random;
};

export type Beside = {
  /** At the start, and after a swap of the documents. */
  begin(version: Version): void;
  close(): void;
};

type Around = {
  readonly house: House;
  readonly wrappers: Wrappers;
  /** The documents as they are, and where what was learnt of endpoints goes. */
  readonly compiled: () => Snapshot;
  readonly put: (snapshot: Snapshot) => void;
};

/** Signs what is told; 32 bytes. */
const SECRET = `whsec_${'d29ybGQu'.repeat(5)}d28=`;

export function openBeside(tools: BesideTools, around: Around): Beside {
  const { house, wrappers, compiled, put } = around;
  const ports: Ports = { ...house.ports, random: tools.random };
  const rounds = new Rounds({ ...house, ports }, () => put(learned(compiled(), house.live)));
  const now = (): Snapshot => house.now();
  const webhooks = new Webhooks({
    ...{ clock: ports.clock, keys: ports.keys, store: ports.store, random: tools.random },
    sink: { ...ports.sink, guard: () => undefined },
    upstream: tools.hooks,
    outbox: tools.outbox,
    secrets: { environment: { HOOK: SECRET }, folder: '/' },
    now: wrappers.news?.(now) ?? now,
    node: house.now().catalog.node.name,
  });
  return {
    begin({ configuration, name }) {
      rounds.begin();
      put(learned(compiled(), house.live));
      void webhooks.publish(configuration, name);
    },
    close() {
      rounds.stop();
      webhooks.close();
    },
  };
}
