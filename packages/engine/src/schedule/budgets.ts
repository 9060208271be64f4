// Money that is held and spent, per tenant and per key, in memory. A hold is taken before a call
// goes out and either posted at its real cost or given back; what is spent and held together never
// passes the limit by an admission. Rebuilt at start from the journal: these numbers are a
// projection and never the truth.
import type { BalanceBody, CheckpointBody, HoldBody, RequestId } from '@signalbox/contract';
import type { Budget } from '../tenant/tenant.ts';

export type Account = { readonly owner: string; readonly budget: Budget | undefined };
export type Shortfall = {
  readonly owner: string;
  readonly budget: Budget;
  readonly leftNanoUsd: bigint;
};

export interface Budgets {
  /** Undefined: held. Otherwise nothing was held, and this account does not reach. */
  hold(
    call: RequestId,
    accounts: readonly Account[],
    nanoUsd: bigint,
    at: number,
  ): Shortfall | undefined;
  extend(call: RequestId, accounts: readonly Account[], moreNanoUsd: bigint): Shortfall | undefined;
  /** Ends a hold at its real cost; 0n voids it. Ending what is not open changes nothing. */
  post(call: RequestId, nanoUsd: bigint): void;
  holdOf(call: RequestId): HoldBody | undefined;
  /** Takes a hold or a balance back from the journal. */
  restoreHold(call: RequestId, body: HoldBody): void;
  restoreBalance(body: BalanceBody): void;
  checkpoint(): CheckpointBody;
  spent(
    account: Account,
    at: number,
  ): { readonly spentNanoUsd: bigint; readonly heldNanoUsd: bigint };
  /** Calls with an open hold. */
  open(): readonly RequestId[];
}

type Ledger = {
  day: number;
  spentDay: bigint;
  spentMonth: bigint;
  spentTotal: bigint;
  held: bigint;
};
type Hold = { readonly owners: readonly string[]; readonly day: number; nanoUsd: bigint };

const DAY_MS = 86_400_000;
export const dayOf = (at: number): number => Math.floor(at / DAY_MS);
const monthOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 7);

export const budgets = (): Budgets => new Accounts();

class Accounts implements Budgets {
  readonly #ledgers = new Map<string, Ledger>();
  readonly #holds = new Map<RequestId, Hold>();

  hold(
    call: RequestId,
    accounts: readonly Account[],
    nanoUsd: bigint,
    at: number,
  ): Shortfall | undefined {
    const day = this.#window(accounts, at);
    // What is held for the same call already gives way to this.
    const more = nanoUsd - (this.#holds.get(call)?.nanoUsd ?? 0n);
    const short = this.#shortfall(accounts, more, day);
    if (short !== undefined) return short;
    this.#open(call, { owners: accounts.map((one) => one.owner), day, nanoUsd: 0n }, nanoUsd);
    return undefined;
  }

  extend(call: RequestId, accounts: readonly Account[], more: bigint): Shortfall | undefined {
    const hold = this.#holds.get(call);
    if (hold === undefined) return undefined;
    const short = this.#shortfall(accounts, more, hold.day);
    if (short === undefined) this.#add(hold, more);
    return short;
  }

  post(call: RequestId, nanoUsd: bigint): void {
    const hold = this.#holds.get(call);
    if (hold === undefined) return;
    this.#holds.delete(call);
    for (const owner of hold.owners) {
      const ledger = this.#ledger(owner, hold.day);
      ledger.held -= hold.nanoUsd;
      spend(ledger, hold.day, nanoUsd);
    }
  }

  holdOf(call: RequestId): HoldBody | undefined {
    const hold = this.#holds.get(call);
    return hold === undefined ? undefined : bodyOf(hold);
  }

  restoreHold(call: RequestId, body: HoldBody): void {
    const hold = { owners: body.owners, day: body.day, nanoUsd: 0n };
    this.#open(call, hold, BigInt(body.estimateNanoUsd));
  }

  restoreBalance(body: BalanceBody): void {
    const ledger = this.#ledger(body.owner, body.day);
    ledger.spentDay = BigInt(body.spentDayNanoUsd);
    ledger.spentMonth = BigInt(body.spentMonthNanoUsd);
    ledger.spentTotal = BigInt(body.spentTotalNanoUsd);
  }

  checkpoint(): CheckpointBody {
    return {
      openHolds: [...this.#holds].map(([call, hold]) => ({ call, ...bodyOf(hold) })),
      balances: [...this.#ledgers].map(([owner, ledger]) => balanceBody(owner, ledger)),
    };
  }

  spent({ owner, budget }: Account, at: number): { spentNanoUsd: bigint; heldNanoUsd: bigint } {
    const ledger = this.#ledger(owner, dayOf(at));
    return { spentNanoUsd: spentIn(ledger, budget?.per ?? 'day'), heldNanoUsd: ledger.held };
  }

  open(): readonly RequestId[] {
    return [...this.#holds.keys()];
  }

  /**
   * A window that has begun is not left again: what a clock that went back, or a call that waited
   * over midnight, spends counts in the latest one, and so against its limit.
   */
  #window(accounts: readonly Account[], at: number): number {
    let day = dayOf(at);
    for (const { owner } of accounts) day = Math.max(day, this.#ledgers.get(owner)?.day ?? day);
    return day;
  }

  /** A second hold of a call takes the place of its first. */
  #open(call: RequestId, hold: Hold, nanoUsd: bigint): void {
    const before = this.#holds.get(call);
    if (before !== undefined) this.#add(before, -before.nanoUsd);
    this.#holds.set(call, hold);
    this.#add(hold, nanoUsd);
  }

  #add(hold: Hold, nanoUsd: bigint): void {
    hold.nanoUsd += nanoUsd;
    for (const owner of hold.owners) this.#ledger(owner, hold.day).held += nanoUsd;
  }

  #shortfall(accounts: readonly Account[], nanoUsd: bigint, day: number): Shortfall | undefined {
    for (const { owner, budget } of accounts) {
      if (budget === undefined) continue;
      const ledger = this.#ledger(owner, day);
      const left = budget.amountNanoUsd - spentIn(ledger, budget.per) - ledger.held;
      if (left <= 0n || left < nanoUsd)
        return { owner, budget, leftNanoUsd: left < 0n ? 0n : left };
    }
    return undefined;
  }

  #ledger(owner: string, day: number): Ledger {
    let ledger = this.#ledgers.get(owner);
    if (ledger === undefined) {
      ledger = { day, spentDay: 0n, spentMonth: 0n, spentTotal: 0n, held: 0n };
      this.#ledgers.set(owner, ledger);
    }
    if (ledger.day < day) turn(ledger, day);
    return ledger;
  }
}

/** A new day begins; what was spent in the month stays while the month does. */
function turn(ledger: Ledger, day: number): void {
  if (monthOf(ledger.day) !== monthOf(day)) ledger.spentMonth = 0n;
  ledger.spentDay = 0n;
  ledger.day = day;
}

/** A late settlement counts in the windows of its hold, never in a window that began after it. */
function spend(ledger: Ledger, day: number, nanoUsd: bigint): void {
  ledger.spentTotal += nanoUsd;
  if (ledger.day === day) ledger.spentDay += nanoUsd;
  if (ledger.day === day || monthOf(ledger.day) === monthOf(day)) ledger.spentMonth += nanoUsd;
}

function spentIn(ledger: Ledger, per: Budget['per']): bigint {
  if (per === 'day') return ledger.spentDay;
  return per === 'month' ? ledger.spentMonth : ledger.spentTotal;
}

const bodyOf = (hold: Hold): HoldBody => ({
  owners: hold.owners,
  day: hold.day,
  estimateNanoUsd: hold.nanoUsd.toString(),
});

const balanceBody = (owner: string, ledger: Ledger): BalanceBody => ({
  owner,
  day: ledger.day,
  spentDayNanoUsd: ledger.spentDay.toString(),
  spentMonthNanoUsd: ledger.spentMonth.toString(),
  spentTotalNanoUsd: ledger.spentTotal.toString(),
});
