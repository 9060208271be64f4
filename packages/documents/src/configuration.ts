/**
 * The configuration as the rest of Signalbox reads it: every default filled in, every reference
 * checked, every unit named last.
 *
 * What an operator writes is YAML in snake_case; `@signalbox/config` turns it into this form and
 * says everything that is wrong with it at once. Nothing in here holds a secret: a credential is a
 * reference (`env:`, `file:`, `exec:`), resolved by the composer when the gateway starts.
 *
 * Named things stand in maps, not in plain objects: a tenant may be called `constructor`.
 * What is absent is `undefined`, never 0 or ''.
 */

import type { LogLevel, Tier } from '@signalbox/contract';
import type { EndpointDocument } from './endpoint.ts';
import type { ModelDocument, RegistryDocument } from './model.ts';
import type { Json } from './origin.ts';
import type { AliasDocument, PolicyDocument } from './policy.ts';
import type { PriceDocument } from './pricing.ts';
import type { SecretReference } from './secret-reference.ts';
import type {
  ConsentDocument,
  KeyDocument,
  PlanDocument,
  RingDocument,
  TenantDocument,
} from './tenant.ts';

export interface Configuration {
  readonly version: 1;
  readonly server: ServerDocument;
  readonly node: NodeDocument;
  readonly endpoints: ReadonlyMap<string, EndpointDocument>;
  readonly models: ReadonlyMap<string, ModelDocument>;
  readonly registry: RegistryDocument;
  readonly aliases: ReadonlyMap<string, AliasDocument>;
  readonly plans: ReadonlyMap<string, PlanDocument>;
  readonly tenants: ReadonlyMap<string, TenantDocument>;
  readonly keys: ReadonlyMap<string, KeyDocument>;
  readonly policies: ReadonlyMap<string, PolicyDocument>;
  readonly consents: ReadonlyMap<string, ConsentDocument>;
  readonly prices: readonly PriceDocument[];
  /** Recognised and kept, with no effect in this version. */
  readonly authority: Json | undefined;
  readonly rings: ReadonlyMap<string, RingDocument>;
  readonly queue: QueueDocument;
  readonly routing: RoutingDocument;
  readonly journal: JournalDocument;
  readonly telemetry: TelemetryDocument;
}

/** How a promoted router is used for calls of `auto`. */
export interface RoutingDocument {
  readonly threshold: number;
  readonly labelsMin: number;
  /** Days that features of calls are kept for learning; 0: none are. */
  readonly featuresKeepDays: number;
}

export interface ServerDocument {
  readonly host: string;
  readonly port: number;
  readonly bodyBytesMax: number;
  readonly headersMsMax: number;
  readonly bodyMsMax: number;
  /** 5,000, and 0 when the server is bound to a loopback address. */
  readonly drainDelayMs: number;
  readonly drainMsMax: number;
  readonly connectionsMax: number;
  readonly secretsRefreshMs: number;
  readonly metrics: MetricsDocument;
  /** Undefined: plain HTTP. */
  readonly tls: TlsDocument | undefined;
}

/** All PEM, by reference. */
export interface TlsDocument {
  readonly cert: SecretReference;
  readonly key: SecretReference;
  /** Undefined: callers need no certificate. */
  readonly clientCa: SecretReference | undefined;
}

export interface MetricsDocument {
  /** A port of its own for `/metrics`; without one it is behind the admin key. */
  readonly port: number | undefined;
}

export interface NodeDocument {
  readonly name: string;
  /** Where this node stands; on a laptop it is the device itself, tier 1. */
  readonly tier: Tier;
  readonly region: string | undefined;
  readonly network: string | undefined;
  /** Of every call through it; asked after all others. */
  readonly policies: readonly string[];
}

export interface QueueDocument {
  readonly waitMsMax: number;
  readonly callsMax: number;
  readonly perTenantMax: number;
  readonly bytesMax: number;
  readonly perTenantBytesMax: number;
  /** How long a parked call waits, and then its answer is kept, before it is gone. */
  readonly keepMs: number;
}

export interface JournalDocument {
  readonly keepDays: number;
  readonly keepBytes: number;
  readonly groupCommitMsMax: number;
  readonly backlogBytesMax: number;
  readonly segmentBytesMax: number;
}

export interface TelemetryDocument {
  readonly logLevel: LogLevel;
  /** Undefined: no spans are exported. */
  readonly otlp: OtlpDocument | undefined;
}

export interface OtlpDocument {
  readonly url: string;
  readonly headers: ReadonlyMap<string, SecretReference>;
  /** Share of the traces that begin here, 0 to 1. */
  readonly sample: number;
}
