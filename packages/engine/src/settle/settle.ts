// The end of every call, however it ended: usage, cost, one record in the journal, exactly once.
// Adds the settlement. Posts the money that was held or gives it back, and frees the places; a call
// that was refused settles too. It must never invent a number: usage that nobody told is counted
// and marked as estimated, a price that nobody knows stays unknown.
import {
  type CallRecord,
  type Code,
  decisionId,
  type Ending,
  type Keys,
  type Refusal,
  type RequestId,
  type Sink,
  type TenantName,
} from '@signalbox/contract';
import type { Catalog } from '../catalog/catalog.ts';
import type { Outcome } from '../dispatch/dispatch.ts';
import type { Scheduled } from '../schedule/schedule.ts';
import { type Bill, withLost } from './bill.ts';
import { requestCommitment } from './commitment.ts';
import { type KeepPorts, keepFeatures } from './keep-features.ts';
import { recordOf, type Seen } from './record.ts';

export type { Seen } from './record.ts';

/** The record is made when it is asked for, or when its batch is written. */
export type Settlement = { readonly record: CallRecord };

export type SettlePorts = KeepPorts & {
  readonly sink: Sink;
  readonly keys: Keys;
  /** Knows what a call would cost without routing. */
  readonly catalog: Catalog;
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
  call.permit.close(known, billed.usage && billed.usage.inputTokens + billed.usage.outputTokens);
  const ending = endingOf(outcome);
  if (call.stepSeen !== undefined && ending === 'answered') keepFeatures(call, ports);
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
  return settleNothing(call, { ending: 'refused', code, status }, ports);
}

/** Ends a call whose caller went away before it was answered or refused. */
export function settleLeft(call: Seen, status: number, ports: SettlePorts): Settlement {
  return settleNothing(call, { ending: 'left', code: undefined, status }, ports);
}

type Unserved = Pick<Facts, 'ending' | 'code' | 'status'>;

function settleNothing(call: Seen, unserved: Unserved, ports: SettlePorts): Settlement {
  const billed = withLost(NOTHING.billed, call);
  call.permit?.close(call.resumed?.lostNanoUsd ?? 0n, 0);
  return write(call, { ...NOTHING, ...unserved, billed }, undefined, ports);
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
  const ended = new Ended(call, facts, responseCommitment, ports);
  ports.store.append(ended);
  Object.assign(call, { settled: true });
  return ended;
}

/**
 * What goes to the journal: everything that moves is read at once, the record itself is made when
 * its batch is written. A class, since a getter in a literal is allocated in the old generation
 * and would keep its call there until that is collected.
 */
class Ended implements Settlement {
  readonly kind = 'settlement' as const;
  readonly later = true as const;
  readonly at: number;
  readonly tenant: TenantName | undefined;
  readonly call: RequestId;
  readonly #seen: Seen;
  readonly #facts: Facts;
  readonly #responseCommitment: (() => string) | undefined;
  readonly #ports: SettlePorts;
  readonly #totalMs: number;
  #record: CallRecord | undefined = undefined;

  constructor(
    seen: Seen,
    facts: Facts,
    responseCommitment: (() => string) | undefined,
    ports: SettlePorts,
  ) {
    this.at = ports.clock.now();
    this.tenant = seen.tenant?.name;
    this.call = seen.id;
    this.#seen = seen;
    this.#facts = facts;
    this.#responseCommitment = responseCommitment;
    this.#ports = ports;
    this.#totalMs = ports.clock.monotonic() - seen.arrived;
  }

  get body(): CallRecord {
    return this.record;
  }

  get record(): CallRecord {
    if (this.#record !== undefined) return this.#record;
    const { id, entry, trace } = this.#seen;
    const { keys, snapshot, sink } = this.#ports;
    this.#record = recordOf(this.#seen, {
      ...this.#facts,
      decision: decisionId(id, entry ?? 1),
      totalMs: this.#totalMs,
      responseCommitment: this.#responseCommitment?.(),
      requestCommitment: requestCommitment(this.#seen, keys),
      snapshot,
    });
    count(this.#record, sink);
    if (trace !== undefined) sink.spans?.(this.#record, trace);
    return this.#record;
  }
}

function count(record: CallRecord, sink: Sink): void {
  if (record.audit !== undefined) countAudit(record, sink);
  else countCall(record, sink);
}

const NANO = 1e9;

/** Nobody's call: a heading of its own. */
function countAudit(record: CallRecord, sink: Sink): void {
  const { attempts, usage, ending } = record;
  const tenant = record.tenant ?? 'none';
  const tier = String(attempts.at(-1)?.tier ?? 'none');
  sink.count('audit_calls_total', { ending, tier, tenant });
  if (record.costNanoUsd !== undefined) {
    const usd = Number(record.costNanoUsd) / NANO;
    sink.count('audit_cost_usd_total', { tier, tenant }, usd);
  }
  if (usage === undefined) return;
  sink.count('audit_tokens_total', { tier, kind: 'input', tenant }, usage.inputTokens);
  sink.count('audit_tokens_total', { tier, kind: 'output', tenant }, usage.outputTokens);
}

function countCall(record: CallRecord, sink: Sink): void {
  const last = record.attempts[record.attempts.length - 1];
  const tier = String(last?.tier ?? 'none');
  const tenant = record.tenant ?? 'none';
  sink.count('calls_total', { ending: record.ending, tier, code: record.code ?? 'none', tenant });
  sink.observe('call_duration_seconds', { tier }, record.totalMs / 1_000);
  if (record.firstByteMs !== undefined) {
    sink.observe('first_byte_seconds', { tier }, record.firstByteMs / 1_000);
  }
  for (const { rejected, tier: asked } of record.attempts) {
    if (rejected !== undefined)
      sink.count('answers_rejected_total', { tier: String(asked), check: checkOf(rejected) });
  }
  const cache = record.routed?.cache;
  if (cache !== undefined) {
    const action = cache.explored === true ? 'explored' : 'passed-over';
    sink.count('decision_cache_total', { action, tier: String(cache.tier), tenant });
  }
  if (record.costNanoUsd !== undefined) {
    sink.count('cost_usd_total', { tier, tenant }, Number(record.costNanoUsd) / NANO);
  }
  if (record.usage !== undefined) {
    sink.count('tokens_total', { tier, kind: 'input', tenant }, record.usage.inputTokens);
    sink.count('tokens_total', { tier, kind: 'output', tenant }, record.usage.outputTokens);
  }
}

/** The name of a check is its first word. */
const checkOf = (rejected: string): string => /^[a-z_]+/.exec(rejected)?.[0] ?? 'none';
