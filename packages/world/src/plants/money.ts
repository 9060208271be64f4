// Planted where money is held and places are taken.
import type { Budgets, Live } from '@signalbox/engine';
import type { Plant } from './plant.ts';

const EVERY = 4;

function withBudgets(live: Live, more: (budgets: Budgets) => Partial<Budgets>): Live {
  const { budgets, slots, rates } = live.pools;
  const wrapped: Budgets = {
    hold: (call, accounts, nanoUsd, at) => budgets.hold(call, accounts, nanoUsd, at),
    extend: (call, accounts, moreNanoUsd) => budgets.extend(call, accounts, moreNanoUsd),
    post: (call, nanoUsd) => budgets.post(call, nanoUsd),
    holdOf: (call) => budgets.holdOf(call),
    restoreHold: (call, body) => budgets.restoreHold(call, body),
    restoreBalance: (body) => budgets.restoreBalance(body),
    checkpoint: () => budgets.checkpoint(),
    spent: (account, at) => budgets.spent(account, at),
    open: () => budgets.open(),
    ...more(budgets),
  };
  return { ...live, pools: { budgets: wrapped, slots, rates } };
}

export const forgetVoid: Plant = {
  says: 'what was held for a call that cost nothing stays held',
  breaks: ['holds-end'],
  make: () => ({
    live: (live) =>
      withBudgets(live, (budgets) => ({
        post(call, nanoUsd) {
          if (nanoUsd > 0n) budgets.post(call, nanoUsd);
        },
      })),
  }),
};

export const extendUnchecked: Plant = {
  says: 'a hold is extended whether the budget reaches or not',
  breaks: ['budget-kept'],
  make: () => ({
    live: (live) =>
      withBudgets(live, (budgets) => ({
        extend(call, accounts, more) {
          const short = budgets.extend(call, accounts, more);
          const held = budgets.holdOf(call);
          if (short === undefined || held === undefined) return short;
          const estimateNanoUsd = (BigInt(held.estimateNanoUsd) + more).toString();
          budgets.restoreHold(call, { ...held, estimateNanoUsd });
          return undefined;
        },
      })),
  }),
};

export const admitUnchecked: Plant = {
  says: 'a call is admitted whether the budget reaches or not',
  breaks: ['budget-kept'],
  make: () => ({
    live: (live) =>
      withBudgets(live, (budgets) => ({
        hold(call, accounts, nanoUsd, at) {
          const anyhow = accounts.map(({ owner }) => ({ owner, budget: undefined }));
          return budgets.hold(call, anyhow, nanoUsd, at);
        },
      })),
  }),
};

export const leakPlace: Plant = {
  says: 'some places in flight are never given back',
  breaks: ['places-return', 'answered-in-time', 'serves-again'],
  make: () => {
    let given = 0;
    return {
      live(live) {
        const { budgets, slots, rates } = live.pools;
        const give = (name: string): void => {
          given += 1;
          if (given % EVERY !== 0) slots.give(name);
        };
        return {
          ...live,
          pools: {
            budgets,
            rates,
            slots: {
              isFree: (name, max) => slots.isFree(name, max),
              take: (name, max) => slots.take(name, max),
              give,
              wait: (wish) => slots.wait(wish),
              inFlight: (name) => slots.inFlight(name),
              total: () => slots.total(),
              waiting: () => slots.waiting(),
            },
          },
        };
      },
    };
  },
};
