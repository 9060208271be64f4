// `GET /v1/key`: what this key may do and has left.
import { microUsd } from '@signalbox/contract';
import type { House, Identity } from '@signalbox/engine';

export type KeyDocument = {
  readonly key: string;
  readonly tenant: string;
  readonly plan: string | null;
  readonly topology: string;
  readonly scopes: readonly string[];
  readonly models: readonly string[] | null;
  readonly tiers: readonly number[] | null;
  readonly expires: string | null;
  readonly budgets: readonly BudgetLeft[];
};

type BudgetLeft = {
  readonly owner: string;
  readonly per: string;
  readonly limit_micro_usd: number;
  readonly spent_micro_usd: number;
  readonly held_micro_usd: number;
};

export function keyDocument({ tenant, key }: Identity, house: House): KeyDocument {
  const { budgets } = house.live.pools;
  const at = house.ports.clock.now();
  const accounts = [
    { owner: tenant.name as string, budget: tenant.budget },
    { owner: `${tenant.name}/${key.name}`, budget: key.budget },
  ];
  const left: BudgetLeft[] = [];
  for (const account of accounts) {
    if (account.budget === undefined) continue;
    const { spentNanoUsd, heldNanoUsd } = budgets.spent(account, at);
    left.push({
      owner: account.owner,
      per: account.budget.per,
      limit_micro_usd: microUsd(account.budget.amountNanoUsd),
      spent_micro_usd: microUsd(spentNanoUsd),
      held_micro_usd: microUsd(heldNanoUsd),
    });
  }
  return {
    key: key.name,
    tenant: tenant.name,
    plan: tenant.plan?.name ?? null,
    topology: tenant.topology,
    scopes: [...key.scopes],
    models: key.models ?? tenant.plan?.models ?? null,
    tiers: key.tiers ?? tenant.plan?.tiers ?? null,
    expires: key.expiresAt === undefined ? null : new Date(key.expiresAt).toISOString(),
    budgets: left,
  };
}
