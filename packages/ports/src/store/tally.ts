// Sums of one batch, so that a thousand calls of the same tenant, hour and model are one upsert.
import { bucketOf } from './latency.ts';
import { AUDIT, EVERY_TENANT, type RequestSummary } from './records.ts';
import type { CountedRow } from './row.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;

export type UsageSum = {
  readonly tenant: string;
  readonly hour: number;
  readonly model: string;
  readonly endpoint: string;
  readonly tier: number;
  calls: number;
  refused: number;
  inputTokens: number;
  outputTokens: number;
  cost: bigint;
  unknownCostCalls: number;
  savings: bigint;
};

export type MinuteSum = {
  readonly tenant: string;
  readonly minute: number;
  readonly tier: number;
  readonly bucket: number;
  calls: number;
  errors: number;
  refused: number;
  tokens: number;
  cost: bigint;
  unknownCostCalls: number;
  savings: bigint;
};

export class Tally {
  readonly #usage = new Map<string, UsageSum>();
  readonly #minutes = new Map<string, MinuteSum>();

  usage(): Iterable<UsageSum> {
    return this.#usage.values();
  }

  minutes(): Iterable<MinuteSum> {
    return this.#minutes.values();
  }

  settled(call: RequestSummary): void {
    const tenant = call.tenant ?? '';
    // Nobody sent an audit: what it costs counts, and it is no call.
    const own = call.operation === AUDIT ? 0 : 1;
    const refused = call.ending === 'refused' ? own : 0;
    // A refusal that reached no endpoint costs nothing, and that is known.
    const unknownCost = call.costNanoUsd === undefined && call.endpoint !== undefined ? 1 : 0;
    const cost = call.costNanoUsd ?? 0n;
    const savings = call.savingsNanoUsd ?? 0n;
    const usage = this.#usageOf(tenant, call.at, call);
    usage.calls += own;
    usage.refused += refused;
    usage.inputTokens += call.inputTokens ?? 0;
    usage.outputTokens += call.outputTokens ?? 0;
    usage.cost += cost;
    usage.unknownCostCalls += unknownCost;
    usage.savings += savings;
    for (const whose of [tenant, EVERY_TENANT]) {
      const minute = this.#minuteOf(whose, call.at, call.tier ?? 0, bucketOf(call.totalMs));
      minute.calls += own;
      minute.errors += isError(call) ? own : 0;
      minute.refused += refused;
      minute.tokens += (call.inputTokens ?? 0) + (call.outputTokens ?? 0);
      minute.cost += cost;
      minute.unknownCostCalls += unknownCost;
      minute.savings += savings;
    }
  }

  counted(row: CountedRow): void {
    this.#usageOf(row.tenant ?? '', row.at, NOWHERE).refused += row.times;
    for (const whose of [row.tenant ?? '', EVERY_TENANT]) {
      this.#minuteOf(whose, row.at, 0, 0).refused += row.times;
    }
  }

  #usageOf(tenant: string, at: number, where: Where): UsageSum {
    const hour = Math.floor(at / HOUR_MS);
    const model = where.model ?? '';
    const endpoint = where.endpoint ?? '';
    const tier = where.tier ?? 0;
    const key = JSON.stringify([tenant, hour, model, endpoint, tier]);
    const known = this.#usage.get(key);
    if (known !== undefined) return known;
    const counts = { calls: 0, refused: 0, inputTokens: 0, outputTokens: 0 };
    const money = { cost: 0n, unknownCostCalls: 0, savings: 0n };
    const sum = { tenant, hour, model, endpoint, tier, ...counts, ...money };
    this.#usage.set(key, sum);
    return sum;
  }

  #minuteOf(tenant: string, at: number, tier: number, bucket: number): MinuteSum {
    const minute = Math.floor(at / MINUTE_MS);
    // Only the tenant is text, and it comes last: no two sums share a key.
    const key = `${minute} ${tier} ${bucket} ${tenant}`;
    const known = this.#minutes.get(key);
    if (known !== undefined) return known;
    const counts = { calls: 0, errors: 0, refused: 0, tokens: 0 };
    const money = { cost: 0n, unknownCostCalls: 0, savings: 0n };
    const sum = { tenant, minute, tier, bucket, ...counts, ...money };
    this.#minutes.set(key, sum);
    return sum;
  }
}

type Where = Pick<RequestSummary, 'model' | 'endpoint' | 'tier'>;
const NOWHERE: Where = { model: undefined, endpoint: undefined, tier: undefined };

function isError(call: RequestSummary): boolean {
  return call.status >= 500 || call.ending === 'cut' || call.ending === 'crashed';
}
