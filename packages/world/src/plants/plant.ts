// A planted fault: something of the gateway, wrapped so that it is wrong in one way. The wrappers
// stand here and nowhere else; production code has no switch for any of them.
import type { Sink, Store, Upstream } from '@signalbox/contract';
import type { Live, Snapshot } from '@signalbox/engine';
import type { Disk, Exchange, SpanSettings } from '@signalbox/ports';
import type { Sealers } from '../node/keyring.ts';
import type { Invariant } from '../oracle/invariants.table.ts';

export type Plant = {
  readonly says: string;
  /** What has to notice: one of these. */
  readonly breaks: readonly Invariant[];
  /**
   * One for each world: what it wraps may share state.
   * @param asserts What leaves is asked once more at the far end.
   */
  readonly make: (asserts: boolean) => Wrappers;
};

/** Each wraps a port, a room or what stands between them; asked anew for every life. */
export type Wrappers = {
  readonly disk?: (disk: Disk) => Disk;
  readonly store?: (store: Store) => Store;
  readonly keyring?: (keyring: Sealers) => Sealers;
  readonly sink?: (sink: Sink) => Sink;
  readonly live?: (live: Live) => Live;
  readonly upstream?: (upstream: Upstream, around: { readonly sink: Sink }) => Upstream;
  readonly snapshot?: (snapshot: Snapshot) => Snapshot;
  readonly now?: (now: () => Snapshot, live: Live) => () => Snapshot;
  /** Where the spans of a call may go. */
  readonly mayGo?: (mayGo: SpanSettings['mayGo']) => SpanSettings['mayGo'];
  /** The documents by which the news of the registry are told. */
  readonly news?: (now: () => Snapshot) => () => Snapshot;
  readonly exchange?: (exchange: Exchange) => Exchange;
};
