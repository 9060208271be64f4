// The words of the runtime beside an agent: the same line as the gateway's, on a device that may be
// offline for months. What speaks them comes with the edge.
import type { Store, Upstream } from '@signalbox/contract';
import type { Snapshot } from '@signalbox/engine';

/** What a device is: who it is, what it was last told, where its journal goes. */
export type EdgeNode = {
  readonly node: string;
  /** The documents it was last given, compiled; they carry it while it is offline. */
  readonly snapshot: Snapshot;
  readonly store: Store;
  readonly upstream: Upstream;
};
