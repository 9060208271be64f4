// What outlives a start: a checkpoint of what the line knows, and the entries of the journal taken
// back, one after the other.
import {
  type ActBody,
  type BalanceBody,
  type CallRecord,
  type CheckpointBody,
  type Entry,
  type HeldBody,
  type HoldBody,
  isLabel,
  isRequestId,
  type QueueOwnerBody,
  type RequestId,
  type SessionBody,
  sessionId,
  tenantName,
} from '@signalbox/contract';
import { raisedOf } from './classify/grounds.ts';
import type { Comparison } from './classify/route/comparisons.ts';
import type { Live } from './house.ts';
import { dayOf } from './schedule/budgets.ts';
import type { References } from './session/references.ts';

type Compared = NonNullable<CheckpointBody['comparisons']>[number];

/** What a later start knows of everything appended so far. */
export function checkpoint({
  pools,
  references,
  objects,
  sessions,
  queueOwners,
  comparisons,
}: Live): CheckpointBody {
  return {
    ...pools.budgets.checkpoint(),
    responses: references.checkpoint(),
    objects: objects.checkpoint(),
    sessions: sessions.checkpoint(),
    queueOwners: queueOwners.checkpoint(),
    comparisons: comparisons.checkpoint() ?? [],
  };
}

/**
 * Takes one entry of the journal back: money, what endpoints hold, whose queued calls are.
 * Entries come in order from the last checkpoint on.
 */
export function restore(live: Live, entry: Entry): void {
  const { budgets: money } = live.pools;
  const { kind, body, call } = entry;
  if (kind === 'checkpoint') {
    for (const balance of listIn<BalanceBody>(body, 'balances')) money.restoreBalance(balance);
    for (const hold of listIn<HoldBody & { call: RequestId }>(body, 'openHolds'))
      money.restoreHold(hold.call, hold);
    restoreHeld(live.references, listIn<HeldBody>(body, 'responses'));
    restoreHeld(live.objects, listIn<HeldBody>(body, 'objects'));
    for (const { tenant, session, label, kinds, at } of listIn<SessionBody>(body, 'sessions')) {
      live.sessions.restore(tenant, session, raisedOf(label, kinds), at);
    }
    for (const owner of listIn<QueueOwnerBody>(body, 'queueOwners')) live.queueOwners.add(owner);
    live.comparisons.restore(listIn<Compared>(body, 'comparisons'));
    return;
  }
  if (kind === 'act') restoreAct(live, entry);
  if (kind === 'comparison' && entry.tenant !== undefined) {
    live.comparisons.learn(entry.tenant, body as Comparison, entry.at); // our own, as below
  }
  if (call === undefined || !isRequestId(call)) return;
  if (kind === 'hold' || kind === 'extend') {
    const hold = body as HoldBody; // our own entry, its digest verified
    money.restoreHold(call, hold);
    const { queuedBy: key } = hold;
    if (key !== undefined && entry.tenant !== undefined) {
      live.queueOwners.add({ call, tenant: tenantName(entry.tenant), key });
    }
  }
  if (kind !== 'settlement') return;
  restoreSettlement(live, call, body);
  restoreTaught(live, entry.at, body as CallRecord); // our own entry, its digest verified
}

/** Whoever lowered what a session held lowered it for good. */
function restoreAct({ sessions }: Live, { tenant, body }: Entry): void {
  const { act, what, detail } = body as ActBody; // our own entry, its digest verified
  const to = detail['to'];
  if (act !== 'session-declassified' || tenant === undefined) return;
  if (typeof to !== 'string' || !isLabel(to)) return;
  sessions.declassify(tenantName(tenant), sessionId(what.slice('ses_'.length)), to);
}

function restoreHeld(to: References, all: readonly HeldBody[]): void {
  for (const { tenant, name, at, ...held } of all) {
    to.restore(tenant, name, { endpoint: held.endpoint, label: held.label }, at);
  }
}

/** What a call that has ended taught: `observe` and `settle` tell it first. */
function restoreTaught(live: Live, at: number, record: CallRecord): void {
  const { tenant, session, label, attempts, references: names = [], operation } = record;
  if (tenant === undefined) return;
  // Of attempts beside each other the one that answered stands last.
  const endpoint = attempts[attempts.length - 1]?.endpoint;
  const { lasting = label } = record;
  if (lasting !== undefined && lasting !== 'public' && session !== undefined) {
    live.sessions.restore(tenant, session, raisedOf(lasting, record.kinds), at);
  }
  if (label === undefined || endpoint === undefined) return;
  const isObject = operation === 'file' || operation === 'batch';
  const to = isObject ? live.objects : live.references;
  for (const name of names) to.restore(tenant, name, { endpoint, label }, at);
}

/**
 * The journal leaves a hold out that was settled in the batch that it was written in: then the
 * record says whose money it was.
 */
function restoreSettlement(live: Live, call: RequestId, body: unknown): void {
  const { budgets: money } = live.pools;
  const { at, tenant, key } = body as CallRecord; // our own entry, its digest verified
  const cost = costIn(body);
  if (cost > 0n && tenant !== undefined && money.holdOf(call) === undefined) {
    const owners = key === undefined ? [tenant] : [tenant, `${tenant}/${key}`];
    money.restoreHold(call, { owners, day: dayOf(at), estimateNanoUsd: '0' });
  }
  money.post(call, cost);
}

function costIn(body: unknown): bigint {
  if (typeof body !== 'object' || body === null || !('costNanoUsd' in body)) return 0n;
  return typeof body.costNanoUsd === 'string' ? BigInt(body.costNanoUsd) : 0n;
}

function listIn<T>(body: unknown, key: string): readonly T[] {
  if (typeof body !== 'object' || body === null) return [];
  const list: unknown = Reflect.get(body, key);
  return Array.isArray(list) ? (list as T[]) : []; // our own entry, its digest verified
}
