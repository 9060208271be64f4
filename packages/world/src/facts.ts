// What is known of a world from outside: what callers asked and saw, what was dialled for them, and
// which documents held when. The oracles judge by these facts and by the documents; nothing in here
// comes from the engine's own decisions.
import type { CallRecord, FaultCode, Label, Operation, RequestId } from '@signalbox/contract';
import type { Configuration } from '@signalbox/documents';
import type { Invariant } from './oracle/invariants.table.ts';

export type Breach = {
  readonly invariant: Invariant;
  readonly detail: string;
  /** Words of the trace that belong to it. */
  readonly about: readonly string[];
};

export type Report = (invariant: Invariant, detail: string, ...about: readonly string[]) => void;

/** What a caller wants, and how it behaves. */
export type Wish = {
  readonly number: number;
  readonly kind: 'call' | 'dry-run';
  readonly operation: Operation;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly tenant: string;
  readonly keyName: string;
  /** Undefined: the caller sends none. */
  readonly keyText: string | undefined;
  readonly headers: readonly string[];
  readonly body: Uint8Array;
  /** Stands in the body and nowhere else. */
  readonly canary: string;
  readonly label: Label | undefined;
  /** The type of data that is declared with the label. */
  readonly type: string | undefined;
  readonly unreadable: boolean;
  /** Types of data in its text, whatever the caller says of it. */
  readonly holds: readonly HeldType[];
  /** The consent that it names. */
  readonly consent: string | undefined;
  /** The file or batch that it is about. */
  readonly about: string | undefined;
  readonly step: string | undefined;
  readonly model: string;
  readonly stream: boolean;
  readonly usageWanted: boolean;
  readonly queueAllowed: boolean;
  readonly bodyFault: 'none' | 'never' | 'malformed' | 'large' | 'type';
  readonly bodyAfterMs: number;
  readonly leaves: Leaves;
  readonly reads: Reads;
};

export type HeldType = 'us-ssn' | 'email-address';

export type Leaves =
  | { readonly kind: 'never' }
  | { readonly kind: 'after'; readonly ms: number }
  | { readonly kind: 'at-chunk'; readonly count: number };

/** Slow: behind after `bytes` unread ones, caught up `ms` later. */
export type Reads =
  | { readonly kind: 'fast' }
  | { readonly kind: 'slow'; readonly bytes: number; readonly ms: number };

export type DialEnd = 'open' | 'ended' | 'faulted' | 'aborted' | 'died';

/** One conversation with an upstream, as the upstream saw it. */
export type Dial = {
  readonly number: number;
  readonly call: CallFacts;
  readonly entry: EntryFacts | undefined;
  readonly endpoint: string;
  readonly model: string;
  readonly at: number;
  readonly turn: number;
  readonly script: string;
  status: number | undefined;
  /** It answers with a stream of events. */
  streams: boolean;
  fault: FaultCode | undefined;
  end: DialEnd;
  endedAt: number | undefined;
  endedTurn: number | undefined;
  /** What it told of usage: tokens in and out. */
  usage: readonly [number, number] | undefined;
  readonly sent: Uint8Array[];
};

/** A hold in the journal: the call came to a permit under one of these documents. */
export type EntryFacts = {
  readonly turn: number;
  readonly versions: readonly Version[];
  /** Decided between these moments, on the monotonic clock. */
  readonly decided: readonly [from: number, to: number];
};

export type Version = {
  readonly name: string;
  readonly configuration: Configuration;
  readonly fromTurn: number;
};

export type Sight =
  /** Nothing has come yet. */
  | 'waiting'
  | 'streaming'
  /** A whole answer. */
  | 'answered'
  /** A stream with a clean end. */
  | 'ended'
  /** An unclean end. */
  | 'cut'
  /** The caller went away. */
  | 'left'
  /** The gateway died, or was not there. */
  | 'reset';

export type CallFacts = {
  readonly wish: Wish;
  /** All calls of its session, when the caller names one: this one among them. */
  readonly company: readonly CallFacts[];
  /** The call that made what it is about. */
  readonly maker: CallFacts | undefined;
  readonly life: number;
  readonly at: number;
  /** The documents that held when its head came. */
  readonly askedVersion: Version;
  /** Undefined: no gateway was there. */
  id: RequestId | undefined;
  sight: Sight;
  status: number | undefined;
  headers: readonly string[];
  readonly received: Uint8Array[];
  bodyAt: number | undefined;
  /** The documents that held when its body was whole: its label is theirs. */
  bodyVersion: Version;
  /** Turn of the first byte that is no heartbeat. */
  releasedTurn: number | undefined;
  overAt: number | undefined;
  /** 202: the answer is fetched later. */
  deferredTo: string | undefined;
  fetched: FetchedFacts | undefined;
  readonly entries: EntryFacts[];
  readonly dials: Dial[];
  /** Settlements that were handed to the journal, over all lives. */
  readonly settled: SettledFacts[];
  /** The life in which it ran has died. */
  orphaned: boolean;
};

const ENDS: Readonly<Record<DialEnd, number>> = {
  ended: 3,
  open: 2,
  faulted: 1,
  aborted: 0,
  died: 0,
};

/** The dial that answered, as far as one did; of several beside each other the head names it. */
export function answeringDial({ dials, headers }: CallFacts): Dial | undefined {
  const last = dials.at(-1);
  if (last === undefined) return undefined;
  const beside = dials.filter(
    (one) => one.entry === last.entry && (one.endedAt ?? Number.MAX_VALUE) > last.at,
  );
  if (beside.length < 2) return last;
  const told = headerOf(headers, 'x-signalbox-endpoint');
  const named = beside.find(({ endpoint }) => endpoint === told);
  return named ?? beside.toSorted((a, b) => ENDS[b.end] - ENDS[a.end])[0];
}

export type SettledFacts = {
  readonly life: number;
  readonly at: number;
  readonly record: CallRecord;
};

/** How the fetching of a deferred answer ended. */
export type FetchedFacts = {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Uint8Array;
};

export function headerOf(headers: readonly string[], name: string): string | undefined {
  for (let at = 0; at < headers.length; at += 2) if (headers[at] === name) return headers[at + 1];
  return undefined;
}

export const wordOf = ({ wish }: CallFacts): string => `c${wish.number} `;

/** Which documents held, and since when. */
export class History {
  readonly #versions: Version[] = [];

  add(configuration: Configuration, turn: number): Version {
    const name = `v${this.#versions.length + 1}`;
    const version = { name, configuration, fromTurn: turn };
    this.#versions.push(version);
    return version;
  }

  now(): Version {
    const last = this.#versions.at(-1);
    if (last === undefined) throw new Error('a world begins with documents');
    return last;
  }

  /** All that held at some moment since this turn. */
  since(turn: number): readonly Version[] {
    const next = this.#versions.findIndex((one) => one.fromTurn > turn);
    if (next === -1) return this.#versions.slice(-1);
    return this.#versions.slice(Math.max(0, next - 1));
  }

  all(): readonly Version[] {
    return this.#versions;
  }
}
