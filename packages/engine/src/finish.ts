// The last two steps of the line: bytes to the caller and the settlement. The answer goes first,
// the record right after it, unless the tenant's document wants the record on disk before the
// answer.
import {
  type Call,
  codeFacts,
  type DecisionId,
  decisionId,
  isRequestId,
  type Refusal,
  type Reply,
  refusal as refusalOf,
} from '@signalbox/contract';
import { answerEventIn, encode, errorBodyIn, errorEventIn, wireOf } from '@signalbox/dialect';
import { audit } from './audit.ts';
import type { Classified } from './classify/classify.ts';
import type { Outcome } from './dispatch/dispatch.ts';
import { settlePorts, shadowFacts } from './handed.ts';
import type { House } from './house.ts';
import { frontierFor } from './resolve/own-prices.ts';
import { LEFT_WAITING, type WaitEnd } from './schedule/park.ts';
import type { Scheduled } from './schedule/schedule.ts';
import { type Bill, bill } from './settle/bill.ts';
import { COMMITMENT_BYTES } from './settle/commitment.ts';
import {
  costHeaders,
  decisionHeaders,
  refusalHeaders,
  timingHeader,
  upstreamHeaders,
} from './settle/heads.ts';
import { observeStep } from './settle/observe.ts';
import type { Seen } from './settle/record.ts';
import {
  type Settlement,
  type SettlePorts,
  settle,
  settleLeft,
  settleRefusal,
} from './settle/settle.ts';

type Header = readonly [string, string];
type Timing = Parameters<typeof timingHeader>[0];
type Whole = Extract<Outcome, { kind: 'whole' }>;
type Streamed = Extract<Outcome, { kind: 'streamed' }>;

export async function finish(
  call: Scheduled,
  came: Outcome,
  reply: Reply,
  house: House,
): Promise<Settlement> {
  const ports = settlePorts(house);
  const outcome = leftOr(came, reply);
  const billed = bill(call, outcome, frontierFor(ports.catalog, call.tenant));
  const ending = { billed, reply, house, ports };
  if (outcome.kind === 'whole') return finishWhole(call, outcome, ending);
  if (outcome.kind === 'streamed') return finishStreamed(call, outcome, ending);
  const gone = outcome.kind === 'left';
  const refusal = gone ? undefined : outcome.refusal;
  if (refusal !== undefined) tell(call, refusal, reply, house, timingOf(call, outcome, house));
  await reply.kept();
  const status = refusal === undefined ? LEFT_STATUS : codeFacts(refusal.code).status;
  return settle(call, { outcome, billed, status, refusal, responseCommitment: undefined }, ports);
}

type Unserved = {
  readonly outcome: Extract<Outcome, { kind: 'unreached' }>;
  readonly parked: Exclude<WaitEnd, number>;
};

/** Undefined: the call goes on in another life of the node, and is settled there. */
export async function finishParked(
  call: Scheduled,
  { outcome, parked }: Unserved,
  reply: Reply,
  house: House,
): Promise<Settlement | undefined> {
  if (parked === LEFT_WAITING) return undefined;
  observeStep(call, outcome, house);
  return finish(call, { ...outcome, refusal: parked }, reply, house);
}

/** What access logs of other servers write for a caller that went away. */
const LEFT_STATUS = 499;

/** Nobody is told a no who has left before it. */
function leftOr(outcome: Outcome, reply: Reply): Outcome {
  const refused = outcome.kind === 'failed' || outcome.kind === 'unreached';
  return refused && hasLeft(reply) ? { ...outcome, kind: 'left' } : outcome;
}

function hasLeft(reply: Reply): boolean {
  let left = false;
  reply.onLeave(() => {
    left = true;
  });
  return left;
}

type Ending = {
  readonly billed: Bill;
  readonly reply: Reply;
  readonly house: House;
  readonly ports: SettlePorts;
};

async function finishStreamed(
  call: Scheduled,
  outcome: Streamed,
  { billed, reply, house, ports }: Ending,
): Promise<Settlement> {
  const { piped } = outcome;
  const responseCommitment = (): string => piped.commitment.end(COMMITMENT_BYTES);
  const end = { outcome, billed, status: 200, refusal: piped.refusal, responseCommitment };
  const recorded = isRecordedFirst(call, reply) && piped.ending === 'answered';
  if (!recorded) {
    if (piped.ending === 'answered') endStream(call, outcome, billed, { reply, house });
    if (reply.kept() !== undefined) await reply.kept();
    return settle(call, end, ports);
  }
  // Its parts are with the caller already; the clean end is what says that the answer holds.
  const settled = settle(call, end, ports);
  if (await isDurable(house)) endStream(call, outcome, billed, { reply, house });
  else tell(call, UNRECORDED, reply, house);
  return settled;
}

/**
 * An answer that is fetched later is safe before it is settled, so that no crash loses what was
 * paid for; it is handed out when its record is safe.
 */
const isRecordedFirst = ({ tenant }: Scheduled, reply: Reply): boolean =>
  tenant.durable === 'before-answer' && reply.kept() === undefined;

const isDurable = ({ ports }: House): Promise<boolean> =>
  new Promise((done) => ports.store.durable(done));

async function finishWhole(
  call: Scheduled,
  outcome: Whole,
  { billed, reply, house, ports }: Ending,
): Promise<Settlement> {
  const { answer, offer, attempts } = outcome;
  const responseCommitment = (): string =>
    house.ports.keys.digest('response', answer.body, COMMITMENT_BYTES);
  const end = { outcome, billed, status: answer.status, refusal: undefined, responseCommitment };
  const headers: Header[] = [
    answer.headers.find(([name]) => name === 'content-type') ?? [
      'content-type',
      'application/json',
    ],
    ...decisionHeaders(call, offer, attempts, outcome.dropped),
    ...costHeaders(billed.cost, billed.savingsNanoUsd),
    ...upstreamHeaders(answer.headers),
    timingHeader(timingOf(call, outcome, house)),
  ];
  if (outcome.relayed) headers.push(['x-should-retry', 'false']);
  if (isRecordedFirst(call, reply)) {
    const settled = settle(call, end, ports);
    if (await isDurable(house)) send(call, outcome, headers, reply);
    else tell(call, UNRECORDED, reply, house);
    return settled;
  }
  send(call, outcome, headers, reply);
  if (reply.kept() !== undefined) await reply.kept();
  return settle(call, end, ports);
}

/** Where a stream has begun already, with a comment while the call waited, it becomes an event. */
function send(
  { head }: Scheduled,
  { answer, relayed }: Whole,
  headers: readonly Header[],
  reply: Reply,
): void {
  if (!reply.begun()) {
    reply.whole(answer.status, headers, answer.body);
    return;
  }
  reply.write(answerEventIn(wireOf(head.dialect, head.operation), answer.body, relayed));
  if (relayed) reply.cut();
  else reply.end([]);
}

const UNRECORDED: Refusal = {
  kind: 'refusal',
  code: 'journal_unavailable',
  message:
    'The call was made, but its record could not be written, and the tenant wants that first.',
  hint: codeFacts('journal_unavailable').hint,
  param: undefined,
  retryAfterMs: undefined,
};

/** What a stream knows only at its end: as trailers, and as a comment for those who asked. */
function endStream(
  call: Scheduled,
  outcome: Streamed,
  billed: Bill,
  { reply, house }: { readonly reply: Reply; readonly house: House },
): void {
  const trailers = [
    ...costHeaders(billed.cost, billed.savingsNanoUsd),
    timingHeader(timingOf(call, outcome, house)),
  ];
  if (call.head.summaryWanted) {
    const words = trailers.map(([name, value]) => `${name}=${value}`).join('; ');
    reply.write(encode(`: ${words}\n\n`));
  }
  reply.end(trailers);
}

function timingOf(call: Seen, outcome: Outcome, house: House): Timing {
  const now = house.ports.clock.monotonic();
  const queueMs = waitedMs(call);
  const { arrived, bodyMs = 0 } = call;
  const decideMs = outcome.startedAt - arrived - bodyMs - queueMs;
  return { bodyMs, decideMs, queueMs, upstreamMs: outcome.upstreamMs, totalMs: now - arrived };
}

type Refused = Settlement | undefined | Promise<Settlement | undefined>;

/** Ends a call that was refused before it had an outcome. */
export function refuse(call: Seen, refusal: Refusal, reply: Reply, house: House): Refused {
  const { tenant, profile, stepSeen } = call;
  // Counted when it was decided; nobody on the strong tier was at work for it.
  if (tenant !== undefined && profile !== undefined && stepSeen !== undefined)
    house.live.shares.ended(tenant, profile.difficulty === 'hard', false);
  return refuseNow(call, refusal, reply, house);
}

function refuseNow(call: Seen, refusal: Refusal, reply: Reply, house: House): Refused {
  const left = hasLeft(reply);
  if (!left) tell(call, refusal, reply, house);
  const kept = reply.kept();
  if (kept === undefined) return settleRefused(call, refusal, left, house);
  return kept.then(() => settleRefused(call, refusal, left, house));
}

function settleRefused(
  call: Seen,
  refusal: Refusal,
  left: boolean,
  house: House,
): Settlement | undefined {
  const { counts } = house.live;
  if (call.tenant === undefined) {
    counts.add(refusal.code, undefined, undefined);
    return undefined;
  }
  if (left) return settleLeft(call, LEFT_STATUS, settlePorts(house));
  // Whoever held money has an entry in the journal, and gets its settlement there.
  if (call.permit === undefined && isCounted(refusal, call, house)) {
    counts.add(refusal.code, call.tenant.name, call.key?.name);
    return undefined;
  }
  return settleRefusal(call, refusal, codeFacts(refusal.code).status, settlePorts(house));
}

/** A limit that a key meets again, and what a journal that takes nothing cannot take either. */
function isCounted({ code }: Refusal, { key }: Seen, { live }: House): boolean {
  if (code === 'journal_unavailable') return true;
  return codeFacts(code).status === 429 && live.counts.repeated(code, key?.name ?? '');
}

/** A no in the caller's dialect: a whole answer, or an event where a stream has begun. */
function tell(
  call: Seen,
  refusal: Refusal,
  reply: Reply,
  house: House,
  timing: Timing = refusalTiming(call, house),
): void {
  // A stranger's call has no record that a decision could be asked for.
  const known = call.tenant !== undefined && isRequestId(call.id);
  const decision: DecisionId | undefined = known ? decisionId(call.id, call.entry ?? 1) : undefined;
  const ids = { request: call.id, decision };
  const wire = wireOf(call.head.dialect, call.head.operation);
  if (reply.begun()) {
    reply.write(errorEventIn(wire, refusal, ids));
    reply.cut();
    return;
  }
  const headers = [...refusalHeaders(refusal, ids), timingHeader(timing)];
  reply.whole(codeFacts(refusal.code).status, headers, errorBodyIn(wire, refusal, ids));
}

const waitedMs = ({ permit, parkedMs = 0 }: Seen): number => (permit?.queueMs ?? 0) + parkedMs;

/** Nobody was asked: all the time until the no, less what was waited for, went into deciding. */
function refusalTiming(call: Seen, { ports }: House): Timing {
  const { arrived, bodyMs = 0 } = call;
  const totalMs = ports.clock.monotonic() - arrived;
  const queueMs = waitedMs(call);
  return { bodyMs, queueMs, decideMs: totalMs - bodyMs - queueMs, upstreamMs: 0, totalMs };
}

/** The call is over, however it ended: it waits nowhere, and its idempotency key is free. */
export function depart(call: Seen, house: House): void {
  const { live } = house;
  live.parking.waiting.delete(call.id);
  live.parking.again.delete(call.id);
  live.idempotency.end(call);
  if (call.sample !== undefined) audit(call, house);
  if (house.now().policies.hasShadow) lookAt(call, house);
}

/** What is in shadow mode is asked about calls that are over; not about those that came back. */
function lookAt(call: Seen, house: House): void {
  if (call.profile === undefined || (call.entry ?? 1) > 1) return;
  const classified = call as Classified; // brand: it has a profile
  house.live.shadows.take(classified, decisionId(call.id, 1), () => shadowFacts(house));
}

const FAILED: Refusal = refusalOf('internal', 'A fault of ours; the call failed closed.');

/**
 * A bug ends the call with nothing held and at most one record; what it was told already stays, and
 * an answer that cannot be told any more is cut.
 */
export function failClosed(call: Seen, error: unknown, reply: Reply, house: House): Refused {
  report(call, error, house);
  try {
    if (call.settled !== true) return refuseNow(call, FAILED, reply, house);
    reply.cut();
  } catch (again) {
    report(call, again, house);
  } finally {
    call.permit?.close(0n, undefined);
  }
  return undefined;
}

/** Enough to find a bug, nothing of the call. */
function report(call: Call, error: unknown, { ports }: House): void {
  const name = error instanceof Error ? error.name : 'unknown';
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const place = /\(?([^\s()]+:\d+:\d+)\)?/.exec(stack)?.[1] ?? '';
  const at = place.split('/').slice(-3).join('/');
  ports.sink.log('error', 'call-failed-closed', { request: call.id, error: name, at });
}
