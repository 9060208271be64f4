// How the server stands, as whoever composes it knows: shown by the console's overview and by
// `GET /admin/v1/status`. Names, counts and reasons; no secret and nothing of a call.
import type { Problem } from '@signalbox/config';
import type { JournalHealth, Tier } from '@signalbox/contract';
import type { StoreHealth } from '@signalbox/ports';

export type StatusDocument = {
  readonly mode: 'ready' | 'degraded' | 'draining' | 'unavailable';
  /** Why it is not `ready`, in words. */
  readonly reasons: readonly string[];
  /** Of the program. */
  readonly version: string;
  readonly node: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly snapshot: SnapshotStatus;
  /** Of the files as they are now. While there are any, the snapshot before them goes on. */
  readonly problems: readonly Problem[];
  readonly journal: JournalHealth;
  /** Of the projection that lists and sums are read from: calls go on without it. */
  readonly records: StoreHealth;
  readonly endpoints: readonly EndpointStatus[];
  readonly models: readonly ModelStatus[];
  /**
   * A command line that makes a first call when it is pasted. It names the key by its file, never
   * by its value.
   */
  readonly firstCall: string | undefined;
};

export type SnapshotStatus = {
  readonly version: string;
  /** Unix milliseconds since it is in force. */
  readonly since: number;
  readonly files: readonly string[];
};

export type EndpointStatus = {
  readonly name: string;
  readonly kind: string;
  readonly origin: string;
  /** As a tenant sees it that names nothing as its own. */
  readonly tier: Tier;
  readonly region: string | undefined;
  /** The only tenant that may use it. */
  readonly tenant: string | undefined;
  readonly state: 'available' | 'quarantined' | 'off' | 'down' | 'unavailable';
  /** Undefined when it is available. */
  readonly why: string | undefined;
  readonly models: readonly string[];
  /** A credential that could be read. */
  readonly hasKey: boolean;
  /** The last characters of a key that its tenant brought. */
  readonly keyTail: string | undefined;
  /** What it told about itself and these models when it was asked. */
  readonly facts: readonly FactStatus[];
};

export type FactStatus = {
  readonly fact: string;
  /** As the endpoint names it; undefined: of the endpoint as a whole. */
  readonly model: string | undefined;
  readonly value: string | number | boolean;
  /** Unix milliseconds. */
  readonly at: number;
  /** The question that was answered, or `kind`: every server of its kind is so. */
  readonly from: string;
};

export type ModelStatus = {
  readonly name: string;
  readonly endpoints: readonly string[];
  readonly tiers: readonly Tier[];
  /** At least one of its endpoints is available. */
  readonly available: boolean;
  readonly contextTokens: number | undefined;
};

/** One field of a model at one endpoint: what holds, by whose word, and what else is said. */
export type ModelFact = {
  readonly model: string;
  readonly endpoint: string;
  readonly field: string;
  readonly said: readonly { readonly from: string; readonly value: string }[];
};
