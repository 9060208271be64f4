// The seven ports: everything that touches time, chance, sockets, disks, keys, telemetry or local
// processes goes through one of these. The core sees only these shapes; `packages/ports` holds the
// real ones, `packages/world` the seeded ones.
import type { Clearance, Place } from './clearance.ts';
import type { TenantName } from './ids.ts';
import type { Entry, EntryDraft } from './journal.ts';
import type { CallRecord } from './record.ts';
import type { Fault } from './refusal.ts';
import type { Secret } from './secret.ts';
import type { Label } from './tiers.ts';
import type { CallTrace } from './trace.ts';

export interface Clock {
  /** Unix milliseconds, for records. */
  now(): number;
  /** Milliseconds with fractions from an arbitrary start, never going back: for durations. */
  monotonic(): number;
  /** Calls back once after `ms`; returns how to cancel. */
  after(ms: number, then: () => void): () => void;
}

export interface Random {
  /** Bytes of chance, fit for keys and ids. */
  bytes(count: number): Uint8Array;
}

/** Headers as pairs, names in lower case, in order. */
export type Headers = readonly (readonly [name: string, value: string])[];

export type Timers = {
  readonly connectMs: number;
  /** From the request on, until the first byte of the answer's body. */
  readonly headMs: number;
  /** Between two lines of it; single bytes that make up none are no sign of life. */
  readonly idleMs: number;
  readonly totalMs: number;
};

/** Bound to its origin: the dial function sends it nowhere else. */
export type Credential = {
  readonly name: string;
  readonly origin: string;
  readonly header: string;
  /** Put before the value, e.g. `Bearer `. */
  readonly prefix: string;
  readonly value: Secret;
  /** Where the value is a pair of keys the request is signed with them; else it is sent. */
  readonly signing?: Signing;
};

/** AWS Signature Version 4. Without a region nothing can be signed. */
export type Signing = {
  readonly kind: 'sigv4';
  readonly service: string;
  readonly region: string | undefined;
};

export type DialRequest = {
  readonly place: Place;
  readonly clearance: Clearance;
  /** Of what is sent, as its sender knows it: a clearance for less does not cover it. */
  readonly label: Label;
  /** Whose data is sent, as its sender knows it: no other's clearance covers it. */
  readonly tenant: TenantName;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query, beginning with `/`. */
  readonly path: string;
  readonly headers: Headers;
  readonly credential: Credential | undefined;
  readonly body: Uint8Array | undefined;
  readonly timers: Timers;
};

export type Flow = { pause(): void; resume(): void };

/**
 * What an upstream says, pushed. After `end` or `fault` nothing more comes; one of the two always
 * comes, unless aborted.
 */
export type DialSink = {
  head(status: number, headers: Headers, flow: Flow): void;
  /** The bytes are only valid during the call: a sink that keeps them copies them. */
  chunk(bytes: Uint8Array): void;
  end(): void;
  fault(fault: Fault): void;
};

export interface Upstream {
  /**
   * Opens what is `within` the clearance and nothing else; returns how to abort. An abort is
   * silent.
   */
  dial(request: DialRequest, sink: DialSink): () => void;
}

export type JournalHealth =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'unavailable';
      readonly reason: 'disk-full' | 'backlog' | 'failed';
      readonly detail: string;
    };

export interface Store {
  /**
   * Adds one entry; its bytes are on disk within the group-commit window. Synchronous: never
   * awaited on a call's path.
   */
  append(draft: EntryDraft): void;
  /** Calls back when everything appended so far is durable (or says that it cannot be). */
  durable(then: (ok: boolean) => void): void;
  health(): JournalHealth;
  /** Entries of this node from its last checkpoint on, in order; read once at start. */
  recover(each: (entry: Entry) => void): Promise<void>;
}

export interface Mac {
  add(bytes: Uint8Array): void;
  /** Lower-case hexadecimal of the first `bytesKept` bytes; called once. */
  end(bytesKept: number): string;
}

export interface Keys {
  /** HMAC-SHA-256 under the node's pepper, as bytes. `purpose` separates uses. */
  mac(purpose: string, bytes: Uint8Array | string): Uint8Array;
  /** The same, as lower-case hexadecimal of the first `bytes` bytes. */
  digest(purpose: string, bytes: Uint8Array | string, bytesKept: number): string;
  /** The same over bytes that come in pieces. */
  begin(purpose: string): Mac;
  /** Compares in constant time. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * Logs, counters and observations. Fields are ids, names from documents, sizes and codes; never
 * content.
 */
export interface Sink {
  log(
    level: LogLevel,
    event: string,
    fields: Readonly<Record<string, string | number | boolean>>,
  ): void;
  count(metric: string, labels: Readonly<Record<string, string>>, by?: number): void;
  observe(metric: string, labels: Readonly<Record<string, string>>, value: number): void;
  /** The spans of a call that has ended; absent: nobody wants them. */
  spans?(record: CallRecord, trace: CallTrace): void;
}

export type LocalModel = {
  readonly url: string;
  readonly secret: Secret;
  readonly modelId: string;
  close(): Promise<void>;
};

export interface Models {
  /** Loads a GGUF in a child process that speaks the OpenAI dialect on loopback. */
  start(modelPath: string): Promise<LocalModel>;
}

export type Ports = {
  readonly clock: Clock;
  readonly random: Random;
  readonly upstream: Upstream;
  readonly store: Store;
  readonly keys: Keys;
  readonly sink: Sink;
};
