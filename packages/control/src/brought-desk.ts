// Where endpoints are kept that tenants bring, with their keys: behind whoever composes the server.
// A tenant's documents speak about that tenant alone, and bear its name: `acme/gpu`. A key goes in
// and is never handed out again.
import type { Secret, TenantName } from '@signalbox/contract';
import type { Examination } from '@signalbox/engine';
import type { DeskAnswer, WrittenDocument } from './documents-desk.ts';

/** Of one tenant. */
export const BROUGHT_MAX = 32;

export type Brought = {
  readonly tenant: TenantName;
  /** Whole: `acme/gpu`. */
  readonly name: string;
  readonly document: WrittenDocument;
  readonly key: Secret | undefined;
};

export type BroughtChange = {
  /** At the same origin: its key belongs there. */
  readonly url?: string;
  readonly models?: readonly string[];
  readonly quarantine?: boolean;
};

/** Every change is in force when its promise resolves. `unknown`: no tenant has brought it. */
export interface BroughtDesk {
  /** It starts in quarantine. */
  bring(brought: Brought): Promise<DeskAnswer>;
  change(name: string, change: BroughtChange): Promise<DeskAnswer>;
  /** Replaces its key; undefined: takes it away. */
  giveKey(name: string, key: Secret | undefined): Promise<DeskAnswer>;
  takeAway(name: string): Promise<DeskAnswer>;
  /** The version of the new data key; all keys of the tenant are sealed under it. */
  rotate(tenant: TenantName): Promise<number>;
  examine(name: string): Promise<Examination>;
}
