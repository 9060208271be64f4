// The end of every call, however it ended: usage, cost, one record in the journal, exactly once.
// Adds the settlement. Posts the money that was held or gives it back, and frees the places; a call
// that was refused settles too. It must never invent a number: usage that nobody told is counted
// and marked as estimated, a price that nobody knows stays unknown.
import {
  type CallRecord,
  type Clock,
  type Code,
  type DecisionId,
  decisionId,
  type Ending,
  type Keys,
  type Refusal,
  type Sink,
  type Store,
} from '@signalbox/contract';
import type { Price } from '@signalbox/documents';
import type { Outcome } from '../dispatch/dispatch.ts';
import type { Scheduled } from '../schedule/schedule.ts';
import type { Bill } from './bill.ts';
import { recordOf, type Seen } from './record.ts';

/** The record is made when it is asked for, or when its batch is written. */
export type Settlement = { readonly record: CallRecord };

export type SettlePorts = {
  readonly store: Store;
  readonly clock: Clock;
  readonly sink: Sink;
  readonly keys: Keys;
  /** The dearest known price of tier 3. */
  readonly frontier: Price | undefined;
  readonly snapshot: string;
};

export type End = {
  readonly outcome: Outcome;
  readonly billed: Bill;
  readonly status: number;
  readonly refusal: Refusal | undefined;
  readonly responseCommitment: (() => string) | undefined;
};

/** Ends a call that had a permit. */
export function settle(call: Scheduled, end: End, ports: SettlePorts): Settlement {
  const { outcome, billed } = end;
  const known = billed.cost?.kind === 'known' ? billed.cost.nanoUsd : 0n;
  call.permit.close(known);
  const ending = endingOf(outcome);
  return write(
    call,
    { ending, code: codeOf(end), status: end.status, billed, outcome },
    end.responseCommitment,
    ports,
  );
}

function endingOf(outcome: Outcome): Ending {
  if (outcome.kind === 'whole') return outcome.relayed ? 'refused' : 'answered';
  if (outcome.kind === 'streamed') return outcome.piped.ending;
  return outcome.kind === 'left' ? 'left' : 'refused';
}

function codeOf({ outcome, refusal }: End): Code | undefined {
  if (outcome.kind === 'streamed') return outcome.piped.refusal?.code;
  return refusal?.code;
}

/** Ends a call that was refused on its way, whatever it had become until then. */
export function settleRefusal(
  call: Seen,
  { code }: Refusal,
  status: number,
  ports: SettlePorts,
): Settlement {
  call.permit?.close(0n);
  return write(call, { ...NOTHING, ending: 'refused', code, status }, undefined, ports);
}

/** Ends a call whose caller went away before it was answered or refused. */
export function settleLeft(call: Seen, status: number, ports: SettlePorts): Settlement {
  call.permit?.close(0n);
  return write(call, { ...NOTHING, ending: 'left', code: undefined, status }, undefined, ports);
}

const NOTHING = {
  billed: { usage: undefined, cost: undefined, savingsNanoUsd: undefined },
  outcome: undefined,
} as const;

type Facts = {
  readonly ending: Ending;
  readonly code: Code | undefined;
  readonly status: number;
  readonly billed: Bill;
  readonly outcome: Outcome | undefined;
};

function write(
  call: Seen,
  facts: Facts,
  responseCommitment: (() => string) | undefined,
  ports: SettlePorts,
): Settlement {
  const { id, tenant } = call;
  const decision: DecisionId = decisionId(id, call.entry ?? 1);
  const totalMs = ports.clock.monotonic() - call.arrived;
  // Everything that moves is read now; the record itself is made when its batch is written.
  const body = once(() => {
    const record = recordOf(call, {
      ...facts,
      decision,
      totalMs,
      responseCommitment: responseCommitment?.(),
      requestCommitment:
        call.question === undefined
          ? undefined
          : ports.keys.digest('request', call.question.bytes, COMMITMENT_BYTES),
      snapshot: ports.snapshot,
    });
    count(record, ports.sink);
    return record;
  });
  const at = ports.clock.now();
  const kind = 'settlement';
  const head = { kind, at, tenant: tenant?.name, call: id, later: true } as const;
  ports.store.append({
    ...head,
    get body() {
      return body();
    },
  });
  Object.assign(call, { settled: true });
  return {
    get record() {
      return body();
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

export const COMMITMENT_BYTES = 16;

function count(record: CallRecord, sink: Sink): void {
  const last = record.attempts[record.attempts.length - 1];
  const tier = String(last?.tier ?? 'none');
  sink.count('calls_total', { ending: record.ending, tier, code: record.code ?? 'none' });
  sink.observe('call_duration_seconds', { tier }, record.totalMs / 1_000);
  if (record.firstByteMs !== undefined) {
    sink.observe('first_byte_seconds', { tier }, record.firstByteMs / 1_000);
  }
  if (record.usage !== undefined) {
    sink.count('tokens_total', { tier, kind: 'input' }, record.usage.inputTokens);
    sink.count('tokens_total', { tier, kind: 'output' }, record.usage.outputTokens);
  }
}
