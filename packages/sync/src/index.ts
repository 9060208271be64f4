// What crosses the border between a device and the cloud. Here are the words of journal shipping;
// what speaks them comes with the edge.
import type { Entry } from '@signalbox/contract';

/** How far one run of one node has been taken in: everything up to `seq`, nothing after it. */
export type Cursor = {
  readonly node: string;
  readonly epoch: string;
  readonly seq: number;
};

/**
 * Entries that follow a cursor without a gap. Accepted if `from` is at most the cursor's `seq` + 1;
 * only what is new is inserted, and the cursor moves in the same transaction.
 */
export type Shipment = {
  readonly cursor: Cursor;
  /** Hash of the entry at the cursor: another one is an incident, never a skip. */
  readonly hashAtCursor: string;
  readonly from: number;
  readonly entries: readonly Entry[];
};

export type ShipmentAnswer =
  | { readonly kind: 'taken'; readonly cursor: Cursor }
  | { readonly kind: 'gap'; readonly cursor: Cursor }
  | { readonly kind: 'forked'; readonly cursor: Cursor };
