// After a crash: calls whose holds have no settlement are charged at their estimate, and their
// records say that nobody knows how they ended. Calls that wait on disk go on instead: what is held
// for them stays held.
import { type CallRecord, decisionId, type RequestId, type TenantName } from '@signalbox/contract';
import type { House } from '@signalbox/engine';

/** @returns how many calls were charged. */
export function recover(house: House, goOn: ReadonlySet<RequestId> = new Set()): number {
  const { pools, queueOwners } = house.live;
  const { budgets } = pools;
  const { store, clock } = house.ports;
  const open = budgets.open().filter((call) => !goOn.has(call));
  for (const call of open) {
    const hold = budgets.holdOf(call);
    if (hold === undefined) continue;
    const owner = hold.owners[0] ?? '';
    const tenant = owner as TenantName; // brand: written by ourselves into the hold
    const nanoUsd = BigInt(hold.estimateNanoUsd);
    budgets.post(call, nanoUsd);
    const queued = queueOwners.ownerOf(call);
    const at = clock.now();
    const record: CallRecord = {
      ...EMPTY,
      decision: decisionId(call, 1),
      request: call,
      at,
      tenant,
      key: queued?.key,
      ...(queued === undefined ? {} : { queued: true }),
      costNanoUsd: nanoUsd.toString(),
      heldNanoUsd: hold.estimateNanoUsd,
    };
    store.append({ kind: 'settlement', at, tenant, call, body: record });
  }
  return open.length;
}

const EMPTY: Omit<
  CallRecord,
  'decision' | 'request' | 'at' | 'tenant' | 'costNanoUsd' | 'heldNanoUsd'
> = {
  key: undefined,
  session: undefined,
  agent: undefined,
  operation: 'chat',
  stream: false,
  step: undefined,
  stepSource: 'none',
  modelRequested: undefined,
  label: undefined,
  kinds: [],
  difficulty: undefined,
  latencyBudgetMs: undefined,
  snapshot: '',
  clearance: undefined,
  candidates: [],
  rule: undefined,
  attempts: [],
  ending: 'crashed',
  code: undefined,
  status: 0,
  fallback: false,
  parkedMs: 0,
  usage: undefined,
  priceVersion: undefined,
  savingsNanoUsd: undefined,
  decideMs: 0,
  queueMs: 0,
  upstreamMs: 0,
  firstByteMs: undefined,
  totalMs: 0,
  requestCommitment: undefined,
  responseCommitment: undefined,
  retryOf: undefined,
  tags: {},
  traceId: undefined,
};
