import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CheckpointBody, type HoldBody, type RequestId, requestId } from '@signalbox/contract';
import fc from 'fast-check';
import { STARTED_AT } from '../house.fixture.ts';
import type { Budget } from '../tenant/tenant.ts';
import { type Account, type Budgets, budgets, dayOf } from './budgets.ts';

fc.configureGlobal({ seed: 4141 });

const DAY_MS = 86_400_000;
const callOf = (n: number): RequestId => requestId(STARTED_AT, new Uint8Array(10).fill(n));
const account = (owner: string, amount?: bigint, per: Budget['per'] = 'total'): Account => ({
  owner,
  budget: amount === undefined ? undefined : { amountNanoUsd: amount, per },
});
const totals = (money: Budgets, of: Account, at = STARTED_AT): readonly [bigint, bigint] => {
  const { spentNanoUsd, heldNanoUsd } = money.spent(of, at);
  return [spentNanoUsd, heldNanoUsd];
};

describe('a hold', () => {
  it('is taken, and ends at what the call really cost', () => {
    const money = budgets();
    const acme = account('acme', 100n);
    assert.equal(money.hold(callOf(1), [acme], 60n, STARTED_AT), undefined);
    assert.deepEqual(totals(money, acme), [0n, 60n]);
    assert.deepEqual(money.open(), [callOf(1)]);
    money.post(callOf(1), 25n);
    assert.deepEqual(totals(money, acme), [25n, 0n]);
    assert.deepEqual(money.open(), []);
  });

  it('is refused where the budget does not reach, and then nothing is held', () => {
    const money = budgets();
    const [acme, key] = [account('acme', 100n), account('acme/key', 50n)];
    const short = money.hold(callOf(1), [acme, key], 60n, STARTED_AT);
    assert.equal(short?.owner, 'acme/key');
    assert.equal(short?.leftNanoUsd, 50n);
    assert.deepEqual(totals(money, acme), [0n, 0n]);
    assert.equal(money.holdOf(callOf(1)), undefined);
  });

  it('weighs on every account of the call', () => {
    const money = budgets();
    const [acme, key] = [account('acme', 100n), account('acme/key')];
    money.hold(callOf(1), [acme, key], 60n, STARTED_AT);
    assert.deepEqual(
      [totals(money, acme), totals(money, key)],
      [
        [0n, 60n],
        [0n, 60n],
      ],
    );
    assert.equal(money.hold(callOf(2), [acme], 41n, STARTED_AT)?.leftNanoUsd, 40n);
    assert.equal(money.hold(callOf(2), [acme], 40n, STARTED_AT), undefined);
    assert.equal(money.hold(callOf(3), [acme], 0n, STARTED_AT)?.leftNanoUsd, 0n);
  });

  it('is extended as long as the budget reaches', () => {
    const money = budgets();
    const acme = account('acme', 100n);
    money.hold(callOf(1), [acme], 60n, STARTED_AT);
    assert.equal(money.extend(callOf(1), [acme], 40n), undefined);
    assert.equal(money.extend(callOf(1), [acme], 1n)?.leftNanoUsd, 0n);
    assert.deepEqual(totals(money, acme), [0n, 100n]);
    assert.equal(money.holdOf(callOf(1))?.estimateNanoUsd, '100');
    assert.equal(
      money.extend(callOf(2), [acme], 1n),
      undefined,
      'what is not open, is not extended',
    );
  });

  it('ends once, whatever is posted after it', () => {
    const money = budgets();
    const acme = account('acme', 100n);
    money.hold(callOf(1), [acme], 60n, STARTED_AT);
    money.post(callOf(1), 10n);
    money.post(callOf(1), 10n);
    money.post(callOf(2), 10n);
    assert.deepEqual(totals(money, acme), [10n, 0n]);
  });

  it('may be taken without a limit, and is counted all the same', () => {
    const money = budgets();
    const acme = account('acme');
    assert.equal(money.hold(callOf(1), [acme], 10n ** 18n, STARTED_AT), undefined);
    money.post(callOf(1), 10n ** 18n);
    assert.deepEqual(totals(money, acme), [10n ** 18n, 0n]);
  });
});

describe('windows', () => {
  const spend = (money: Budgets, n: number, of: Account, at: number, cost: bigint): void => {
    assert.equal(money.hold(callOf(n), [of], cost, at), undefined);
    money.post(callOf(n), cost);
  };

  it('begin anew with a day of the budget, in UTC', () => {
    const money = budgets();
    const acme = account('acme', 100n, 'day');
    spend(money, 1, acme, STARTED_AT, 100n);
    assert.equal(money.hold(callOf(2), [acme], 1n, STARTED_AT)?.leftNanoUsd, 0n);
    const midnight = (dayOf(STARTED_AT) + 1) * DAY_MS;
    assert.ok(money.hold(callOf(2), [acme], 1n, midnight - 1));
    assert.equal(money.hold(callOf(2), [acme], 100n, midnight), undefined);
  });

  it('begin anew with a month of the budget', () => {
    const money = budgets();
    const acme = account('acme', 100n, 'month');
    const last = Date.UTC(2025, 9, 31, 23, 59, 59);
    spend(money, 1, acme, last - 20 * DAY_MS, 60n);
    spend(money, 2, acme, last, 40n);
    assert.ok(money.hold(callOf(3), [acme], 1n, last));
    assert.equal(money.hold(callOf(3), [acme], 100n, last + 1_000), undefined);
  });

  it('never begin anew for a total', () => {
    const money = budgets();
    const acme = account('acme', 100n, 'total');
    spend(money, 1, acme, STARTED_AT, 60n);
    spend(money, 2, acme, STARTED_AT + 400 * DAY_MS, 40n);
    assert.ok(money.hold(callOf(3), [acme], 1n, STARTED_AT + 800 * DAY_MS));
  });

  it('count a late settlement in the window of its hold, not in the one that has begun', () => {
    const money = budgets();
    const acme = account('acme', 100n, 'day');
    const tomorrow = STARTED_AT + DAY_MS;
    money.hold(callOf(1), [acme], 60n, STARTED_AT);
    money.hold(callOf(2), [acme], 10n, tomorrow);
    money.post(callOf(1), 60n);
    assert.deepEqual(totals(money, acme, tomorrow), [0n, 10n]);
    const month = account('acme', 100n, 'month');
    assert.deepEqual(totals(money, month, tomorrow), [60n, 10n]);
  });

  it('are not turned back by a clock that is', () => {
    const money = budgets();
    const acme = account('acme', 100n, 'day');
    spend(money, 1, acme, STARTED_AT + DAY_MS, 100n);
    assert.ok(money.hold(callOf(2), [acme], 1n, STARTED_AT));
  });

  it('count what is spent after a clock went back in the window that it had reached', () => {
    const money = budgets();
    const acme = account('acme', 100n, 'day');
    spend(money, 1, acme, STARTED_AT + DAY_MS, 10n);
    spend(money, 2, acme, STARTED_AT, 80n);
    assert.deepEqual(totals(money, acme, STARTED_AT + DAY_MS), [90n, 0n]);
    assert.equal(money.hold(callOf(3), [acme], 11n, STARTED_AT)?.leftNanoUsd, 10n);
  });
});

type Step =
  | {
      readonly do: 'hold';
      readonly call: number;
      readonly amount: bigint;
      readonly withKey: boolean;
    }
  | { readonly do: 'extend' | 'post'; readonly call: number; readonly amount: bigint }
  | { readonly do: 'checkpoint' };

const amount = fc.bigInt({ min: 0n, max: 60n });
const call = fc.nat({ max: 12 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('hold' as const), call, amount, withKey: fc.boolean() }),
  fc.record({ do: fc.constantFrom('extend' as const, 'post' as const), call, amount }),
  fc.constant({ do: 'checkpoint' as const }),
);

/** What the journal would hold: the same entries that schedule and settle append. */
type Written =
  | { readonly kind: 'hold'; readonly call: RequestId; readonly body: HoldBody }
  | { readonly kind: 'settlement'; readonly call: RequestId; readonly cost: bigint }
  | { readonly kind: 'checkpoint'; readonly body: CheckpointBody };

function replayed(entries: readonly Written[]): Budgets {
  const money = budgets();
  const last = entries.findLastIndex((entry) => entry.kind === 'checkpoint');
  for (const entry of entries.slice(Math.max(0, last))) {
    if (entry.kind === 'hold') money.restoreHold(entry.call, entry.body);
    else if (entry.kind === 'settlement') money.post(entry.call, entry.cost);
    else {
      for (const balance of entry.body.balances) money.restoreBalance(balance);
      for (const hold of entry.body.openHolds) money.restoreHold(hold.call, hold);
    }
  }
  return money;
}

describe('money over any order of events', () => {
  const [acme, key] = [account('acme', 200n), account('acme/key', 90n)];
  const state = (money: Budgets): unknown => ({
    acme: totals(money, acme),
    key: totals(money, key),
    open: money.open().toSorted(),
    holds: money.open().map((id) => money.holdOf(id)),
  });

  it('is never held beyond the limit, returns as calls end, and returns from the journal', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const money = budgets();
        const entries: Written[] = [];
        const running = new Map<number, readonly Account[]>();
        const write = (id: RequestId): void => {
          const body = money.holdOf(id);
          assert.ok(body !== undefined);
          entries.push({ kind: 'hold', call: id, body });
        };
        for (const one of steps) {
          if (one.do === 'checkpoint') {
            entries.push({ kind: 'checkpoint', body: money.checkpoint() });
            continue;
          }
          const id = callOf(one.call);
          const accounts = running.get(one.call);
          if (one.do === 'hold' && accounts === undefined) {
            const asked = one.withKey ? [acme, key] : [acme];
            const before = asked.map((each) => totals(money, each));
            const short = money.hold(id, asked, one.amount, STARTED_AT);
            asked.forEach((each, i) => {
              const [spent, held] = totals(money, each);
              if (short !== undefined) assert.deepEqual([spent, held], before[i]);
              else assert.ok(spent + held <= (each.budget?.amountNanoUsd ?? 0n));
            });
            if (short !== undefined) continue;
            running.set(one.call, asked);
            write(id);
          } else if (one.do === 'extend' && accounts !== undefined) {
            if (money.extend(id, accounts, one.amount) !== undefined) continue;
            for (const each of accounts) {
              const [spent, held] = totals(money, each);
              assert.ok(one.amount === 0n || spent + held <= (each.budget?.amountNanoUsd ?? 0n));
            }
            write(id);
          } else if (one.do === 'post') {
            running.delete(one.call);
            money.post(id, one.amount);
            entries.push({ kind: 'settlement', call: id, cost: one.amount });
          }
          assert.ok(totals(money, acme)[1] >= 0n);
        }
        assert.deepEqual(state(replayed(entries)), state(money));
        for (const id of money.open()) money.post(id, 0n);
        assert.equal(totals(money, acme)[1], 0n, 'reservations return to zero');
        assert.equal(totals(money, key)[1], 0n);
      }),
      { numRuns: 400 },
    );
  });
});
