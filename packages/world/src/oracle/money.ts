// The money of a world, counted a second time: from the entries in the order in which they were
// handed to the journal, with windows and limits read from the documents.
import type { EntryDraft } from '@signalbox/contract';
import type { BudgetDocument, Configuration } from '@signalbox/documents';
import type { Dial } from '../facts.ts';
import { memberOf } from '../upstream/upstream.ts';

const DAY_MS = 86_400_000;

type Held = { readonly owners: readonly string[]; readonly day: number; readonly nanoUsd: bigint };
type Spent = { readonly owner: string; readonly day: number; readonly nanoUsd: bigint };

export type Window = BudgetDocument['per'];

/** What stands in a journal, as far as money is concerned. */
export type MoneyEntry = Pick<EntryDraft, 'kind'> & {
  readonly call: string | undefined;
  readonly body: unknown;
};

export class Money {
  readonly #held = new Map<string, Held>();
  readonly #spent: Spent[] = [];

  take({ kind, call, body }: MoneyEntry): void {
    if (call === undefined) return;
    if (kind === 'hold' || kind === 'extend') {
      this.#held.set(call, {
        owners: stringsIn(memberOf(body, 'owners')),
        day: Number(memberOf(body, 'day')),
        nanoUsd: BigInt(String(memberOf(body, 'estimateNanoUsd'))),
      });
    }
    if (kind !== 'settlement') return;
    const { owners, day } = this.#held.get(call) ?? withoutHold(body);
    this.#held.delete(call);
    const cost = memberOf(body, 'costNanoUsd');
    const nanoUsd = typeof cost === 'string' ? BigInt(cost) : 0n;
    for (const owner of owners) this.#spent.push({ owner, day, nanoUsd });
  }

  /** Calls whose money is held. */
  open(): readonly string[] {
    return [...this.#held.keys()];
  }

  heldOf(call: string): Held | undefined {
    return this.#held.get(call);
  }

  held(owner: string, per: Window, at: number): bigint {
    let sum = 0n;
    for (const { owners, day, nanoUsd } of this.#held.values()) {
      if (owners.includes(owner) && isInWindow(per, day, at)) sum += nanoUsd;
    }
    return sum;
  }

  spent(owner: string, per: Window, day: number): bigint {
    let sum = 0n;
    for (const one of this.#spent) {
      if (one.owner === owner && isInWindow(per, one.day, day)) sum += one.nanoUsd;
    }
    return sum;
  }

  /** The latest day of which this owner has a hold. */
  lastDay(owner: string): number {
    let day = 0;
    for (const one of this.#spent) if (one.owner === owner) day = Math.max(day, one.day);
    for (const one of this.#held.values()) {
      if (one.owners.includes(owner)) day = Math.max(day, one.day);
    }
    return day;
  }

  owners(): readonly string[] {
    return [...new Set(this.#spent.map(({ owner }) => owner))];
  }
}

/** A hold that was settled in the batch that it was written in is not in the journal at all. */
function withoutHold(record: unknown): Pick<Held, 'owners' | 'day'> {
  const tenant = memberOf(record, 'tenant');
  const key = memberOf(record, 'key');
  const owners = typeof tenant === 'string' ? [tenant, `${tenant}/${String(key)}`] : [];
  return { owners, day: dayAt(Number(memberOf(record, 'at'))) };
}

export const dayAt = (at: number): number => Math.floor(at / DAY_MS);

const monthOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 7);

function isInWindow(per: Window, day: number, at: number): boolean {
  if (per === 'total') return true;
  return per === 'day' ? day === at : monthOf(day) === monthOf(at);
}

/** The budget of a tenant (its own, else its plan's) or of a key (`tenant/key`). */
export function budgetOf(documents: Configuration, owner: string): BudgetDocument | undefined {
  const [tenantName = '', keyName] = owner.split('/');
  if (keyName !== undefined) return documents.keys.get(keyName)?.budget;
  const tenant = documents.tenants.get(tenantName);
  const plan = tenant?.plan === undefined ? undefined : documents.plans.get(tenant.plan);
  return tenant?.budget ?? plan?.budget;
}

/**
 * What an answer costs by the endpoint's stated price; undefined: nobody states one, or nobody
 * lists the model.
 */
export function costOf(
  documents: Configuration,
  { endpoint: name, model }: Dial,
  [input, output]: readonly [number, number],
): bigint | undefined {
  const endpoint = documents.endpoints.get(name);
  const price = endpoint?.price;
  if (price === undefined || endpoint?.models.has(model) !== true) return undefined;
  // Whole USD per million tokens: a thousand nano-USD a token for each.
  const rate = (usd: string | undefined): bigint => BigInt(usd ?? 0) * 1_000n;
  const { inputPerMillionUsd, outputPerMillionUsd } = price;
  return BigInt(input) * rate(inputPerMillionUsd) + BigInt(output) * rate(outputPerMillionUsd);
}

function stringsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
