// What control is made of: everything that it knows or changes comes in here.
import type { ActBody, Clock, Keys, Label, Random, Sink, TenantName } from '@signalbox/contract';
import type { Configuration } from '@signalbox/documents';
import type { Parity, ShadowCounts } from '@signalbox/engine';
import type { BroughtDesk } from './brought-desk.ts';
import type { DocumentsDesk } from './documents-desk.ts';
import type { TenantKey } from './door/door.ts';
import type { EventsDesk } from './events-desk.ts';
import type { PoliciesDesk } from './policies-desk.ts';
import type { Readings } from './readings.ts';
import type { RegistryStatus } from './registry.ts';
import type { Rehearsal } from './rehearsal.ts';
import type { RoutersDesk } from './routers-desk.ts';
import type { ModelFact, StatusDocument } from './status.ts';
import type { TextsDesk } from './texts-desk.ts';

export type ConsoleFile = {
  /** The media type. */
  readonly type: string;
  readonly bytes: Uint8Array;
  /** Quoted, as the header says it. */
  readonly etag: string;
};

/** `by`: `operator`, or the name of the key. */
export type Deed = {
  readonly act: ActBody['act'];
  readonly by: string;
  readonly tenant: TenantName | undefined;
  /** The endpoint, the tenant, the consent, the session, or the event. */
  readonly what: string;
  readonly detail?: ActBody['detail'];
};

export type Lowering = {
  readonly tenant: TenantName;
  readonly session: string;
  readonly to: Label;
  readonly reason: string;
  /** As in a `Deed`. */
  readonly by: string;
};
export type Lowered = { readonly session: string; readonly from: Label };

/** How far the gateway does less so that it goes on. */
export type DegradationDesk = {
  readonly now: () => {
    readonly level: number;
    readonly because: string;
    /** By an operator's word. */
    readonly stated: number | undefined;
  };
  readonly state: (level: number | undefined) => void;
};

export type ControlOptions = {
  readonly readings: Readings;
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: Keys;
  readonly sink: Sink;
  /** Whether the text is the admin key. Takes the same time for every text of a length. */
  readonly adminKeyHolds: (text: string) => boolean;
  /** A file of the built console; the path begins with `/`. Undefined: there is none. */
  readonly consoleFiles: (path: string) => ConsoleFile | undefined;
  readonly status: () => StatusDocument;
  /** What is known of a model at each of its endpoints; of all of them, where none is named. */
  readonly modelFacts?: (model: string | undefined) => readonly ModelFact[];
  /** Undefined: it is not shown here. */
  readonly registry?: () => Promise<RegistryStatus>;
  /** Undefined: nothing is tried here. */
  readonly rehearsal?: Rehearsal;
  /** The documents in force. */
  readonly configuration: () => Configuration;
  /** Undefined: documents come from files alone. */
  readonly documents?: DocumentsDesk;
  /** Undefined: what is written as text comes from files alone. */
  readonly texts?: TextsDesk;
  /** Undefined: tenants bring nothing here. */
  readonly brought?: BroughtDesk;
  /** For which tenant a key asks, and as what, from that address; undefined: for none. */
  readonly tenantOf?: (keyText: string, address: string) => TenantKey | undefined;
  /** Undefined: policies are what their files say. */
  readonly policies?: PoliciesDesk;
  /** Undefined: no routers are kept here. */
  readonly routers?: RoutersDesk;
  /** Undefined: nobody is told here what becomes of the registry. */
  readonly events?: EventsDesk;
  /** What a policy in shadow mode would have changed; undefined: no call was looked at. */
  readonly shadowOf?: (policy: string) => ShadowCounts | undefined;
  /** What audits have shown, of one tenant or of all; undefined: there are none here. */
  readonly parity?: (tenant: string | undefined) => readonly Parity[];
  /** Undefined: nothing is degraded here. */
  readonly degradation?: DegradationDesk;
  /**
   * Lowers what a session has held, by its id or by the name that its caller gave it. Undefined:
   * nothing above that was held. It is in the journal before it holds.
   */
  readonly declassify?: (lowering: Lowering) => Lowered | undefined;
  /** What somebody must be able to ask about later. */
  readonly acted?: (deed: Deed) => void;
  /**
   * Where people reach this server: `http://127.0.0.1:4141`. Any other Host or Origin is refused;
   * login links name the first.
   */
  readonly origins: () => readonly string[];
  /** The word after `sbx_` in keys that are made here. */
  readonly keyEnvironment: string;
};
