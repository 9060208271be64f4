// What must hold when nothing runs any more: nothing is held, nothing waits, nothing ticks, and the
// balances are what the journal adds up to.
import { endpointName, type RequestId } from '@signalbox/contract';
import type { Live } from '@signalbox/engine';
import type { ReadEntry } from '@signalbox/trust';
import { type CallFacts, type History, type Report, wordOf } from '../facts.ts';
import { memberOf } from '../upstream/upstream.ts';
import { budgetOf, dayAt, type Money } from './money.ts';

export type CalmTools = {
  readonly report: Report;
  readonly live: Live;
  readonly money: Money;
  readonly history: History;
  /** Unix milliseconds now, and the latest that any clock has said. */
  readonly now: number;
  readonly latest: number;
  /** On the monotonic clock. */
  readonly monotonic: number;
  /** Timers of the gateway that are still armed. */
  readonly timers: number;
  readonly openDials: number;
  /** Calls on the line. */
  readonly running: number;
};

export function judgeCalm(tools: CalmTools): void {
  const { report, live, money, timers, openDials, running, monotonic, ...rest } = tools;
  const { budgets, slots } = live.pools;
  if (running > 0) report('places-return', `${running} calls are still on the line`);
  if (budgets.open().length > 0) report('holds-end', `money is held for ${budgets.open()}`);
  if (money.open().length > 0) report('holds-end', `the journal has open holds: ${money.open()}`);
  if (slots.total() !== 0) report('places-return', `${slots.total()} places are taken`);
  const parked = live.parking.waiting.size;
  if (parked > 0) report('places-return', `${parked} calls are parked`);
  if (openDials > 0) report('abort-within', `${openDials} dials are open`);
  if (timers > 0) report('timers-end', `${timers} timers are armed`);
  for (const { name, url } of rest.history.now().configuration.endpoints.values()) {
    if (slots.inFlight(name) !== 0) report('places-return', `${name} has calls in flight`);
    const place = { name: endpointName(name), origin: new URL(url).origin };
    const isDown = live.standings.reach(place).isDown(monotonic);
    if (isDown) report('down-ends', `${name} is still left alone`);
  }
  judgeBalances({ report, live, money, ...rest });
}

type BalanceTools = Omit<CalmTools, 'timers' | 'openDials' | 'running' | 'monotonic'>;

function judgeBalances({ report, live, money, history, now, latest }: BalanceTools): void {
  const documents = history.now().configuration;
  for (const owner of money.owners()) {
    const budgeted = budgetOf(documents, owner);
    // Of a key without a budget nobody keeps a balance.
    if (budgeted === undefined && owner.includes('/')) continue;
    const per = budgeted?.per ?? 'total';
    // A window that began while a clock was ahead is still open when it goes back.
    const isBehind = dayAt(now) < dayAt(latest);
    if (per !== 'total' && isBehind) continue;
    const day = Math.max(dayAt(now), money.lastDay(owner));
    const expected = money.spent(owner, per, day);
    const budget = { amountNanoUsd: 1n, per };
    const { spentNanoUsd, heldNanoUsd } = live.pools.budgets.spent({ owner, budget }, now);
    if (spentNanoUsd !== expected) {
      const journal = `the journal says ${expected}`;
      const detail = `${owner} has spent ${spentNanoUsd} in its ${per}, ${journal}`;
      report('spent-adds-up', detail);
    }
    if (heldNanoUsd !== 0n) report('holds-end', `${owner} holds ${heldNanoUsd}`);
  }
}

/** The whole journal after the last recovery: one settlement a call, one for every hold. */
export function judgeJournal(
  entries: readonly ReadEntry[],
  calls: ReadonlyMap<RequestId, CallFacts>,
  report: Report,
): void {
  const held = new Set<string>();
  const settled = new Map<string, number>();
  for (const { head } of entries) {
    if (head.call === undefined) continue;
    if (head.kind === 'hold') held.add(head.call);
    if (head.kind === 'settlement') settled.set(head.call, (settled.get(head.call) ?? 0) + 1);
  }
  const about = (id: string): string => {
    const call = [...calls.values()].find((one) => one.id === id);
    return call === undefined ? id : wordOf(call);
  };
  for (const [id, times] of settled) {
    if (times > 1) report('settled-once', `settled ${times} times in the journal`, about(id));
  }
  // Whoever was told 202 was promised an end, whatever died meanwhile.
  for (const call of calls.values()) {
    const isSettled = call.id !== undefined && settled.has(call.id);
    if (call.deferredTo !== undefined && !isSettled) {
      report('settled-once', 'it was told 202, and is never settled', wordOf(call));
    }
  }
  for (const id of held) {
    if (!settled.has(id)) report('holds-end', 'a hold in the journal is never settled', about(id));
  }
}

/** @returns how many refusals the journal has counted. */
export function countedIn(entries: readonly ReadEntry[]): number {
  let times = 0;
  for (const { head, bodyText } of entries) {
    if (head.kind !== 'count' || bodyText === undefined) continue;
    const body: unknown = JSON.parse(bodyText);
    times += Number(memberOf(body, 'times'));
  }
  return times;
}
