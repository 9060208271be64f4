// The sums of a store against a plain fold of the same entries.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type EntryDraft, type Tier, tenantName } from '@signalbox/contract';
import fc from 'fast-check';
import { BUCKETS_MS } from './latency.table.ts';
import { bucketOf } from './latency.ts';
import { EVERY_TENANT, type UsageGroup, type UsageQuery } from './records.ts';
import { type OpenStore, START_MS, StoreBench, settlement, type Told } from './store.fixture.ts';

const HOUR_MS = 3_600_000;
const RUN_MS = 10 * 24 * HOUR_MS;
const MINUTE_MS = 60_000;

/** Calls of three tenants over a few hours, as different as they come. */
const calls: fc.Arbitrary<readonly Told[]> = fc
  .array(
    fc.record({
      tenant: fc.constantFrom('acme', 'beta', 'gamma', undefined),
      at: fc.integer({ min: START_MS, max: START_MS + 3 * HOUR_MS }),
      model: fc.constantFrom('small', 'large'),
      endpoint: fc.constantFrom('local', 'cloud', undefined),
      tier: fc.constantFrom<Tier[]>(1, 2, 3),
      ending: fc.constantFrom('answered' as const, 'refused' as const, 'cut' as const),
      status: fc.constantFrom(200, 403, 502),
      session: fc.constantFrom('aa', 'bb'),
      tokens: fc.nat(5_000),
      costNanoUsd: fc.option(fc.bigInt({ min: 0n, max: 10n ** 14n }), { nil: undefined }),
      savingsNanoUsd: fc.option(fc.bigInt({ min: -(10n ** 10n), max: 10n ** 12n }), {
        nil: undefined,
      }),
      totalMs: fc.double({ min: 0, max: 100_000, noNaN: true }),
      audit: fc.boolean(),
    }),
    { minLength: 1, maxLength: 150, size: 'max' },
  )
  .map((some) => some.map((one, number) => ({ ...one, number })));

export const count = (
  times: number,
  tenant: string | undefined,
  at: number = START_MS,
): EntryDraft => ({
  kind: 'count',
  at,
  tenant: tenant === undefined ? undefined : tenantName(tenant),
  call: undefined,
  body: { code: 'rate_limited', key: undefined, times },
});

export function sumsSuite(name: string, openStore: OpenStore): void {
  describe(`${name}: sums`, () => {
    it('are the fold of the entries, for everybody and for each tenant', async (test) => {
      const bench = await StoreBench.open(openStore);
      test.after(() => bench.remove());
      let base = START_MS;
      await fc.assert(
        fc.asyncProperty(calls, fc.nat(50), async (drawn, times) => {
          // Every run has days of its own in the same store.
          base += RUN_MS;
          const told = drawn.map((one) => ({
            ...one,
            at: base + ((one.at ?? START_MS) - START_MS),
          }));
          const counts = [count(times, 'acme', base), count(times, undefined, base)];
          await bench.add([...told.map(settlement), ...counts]);
          for (const tenant of ['acme', 'beta', EVERY_TENANT]) {
            const mine = told.filter((one) => tenant === EVERY_TENANT || one.tenant === tenant);
            const counted = tenant === 'beta' ? 0 : tenant === 'acme' ? times : times * 2;
            await checkUsage(bench, { tenant, told: mine, counted, base });
            await checkOverview(bench, { tenant, told: mine, counted, base });
          }
        }),
        { numRuns: 12 },
      );
    });
  });
}

/** All of the hours that a run of calls falls into. */
export const everything = (
  tenant: string,
  by: UsageGroup,
  base: number = START_MS,
): UsageQuery => ({
  tenant: tenant === EVERY_TENANT ? EVERY_TENANT : tenantName(tenant),
  from: base - HOUR_MS,
  to: base + 4 * HOUR_MS,
  by,
});

type Run = {
  readonly tenant: string;
  readonly told: readonly Told[];
  /** Refusals without a record. */
  readonly counted: number;
  readonly base: number;
};

const GROUPS: Readonly<Record<UsageGroup, (one: Told) => string>> = {
  hour: (one) => new Date(Math.floor((one.at ?? 0) / HOUR_MS) * HOUR_MS).toISOString(),
  day: (one) => new Date(Math.floor((one.at ?? 0) / (24 * HOUR_MS)) * 24 * HOUR_MS).toISOString(),
  model: (one) => (one.endpoint === undefined ? '' : (one.model ?? '')),
  endpoint: (one) => one.endpoint ?? '',
  tier: (one) => (one.endpoint === undefined ? '' : String(one.tier)),
  tenant: (one) => one.tenant ?? '',
};

const sum = (told: readonly Told[], of: (one: Told) => number): number =>
  told.reduce((total, one) => total + of(one), 0);
const money = (told: readonly Told[], of: (one: Told) => bigint | undefined): bigint =>
  told.reduce((total, one) => total + (of(one) ?? 0n), 0n);
/** An audit costs, and is no call. */
const own = (told: readonly Told[]): readonly Told[] => told.filter((one) => one.audit !== true);
const isUnknown = (one: Told): boolean =>
  one.costNanoUsd === undefined && one.endpoint !== undefined;

async function checkUsage(bench: StoreBench, run: Run): Promise<void> {
  const { tenant, told, counted, base } = run;
  for (const by of ['hour', 'day', 'model', 'endpoint', 'tier', 'tenant'] as const) {
    const rows = await bench.store.usage(everything(tenant, by, base));
    assert.deepEqual(
      rows.map((row) => row.group),
      [...new Set(rows.map((row) => row.group))].sort(),
    );
    for (const [group, ones] of Map.groupBy(told, GROUPS[by])) {
      const row = rows.find((one) => one.group === group);
      assert.equal(row?.calls, own(ones).length);
      assert.equal(
        row.inputTokens,
        sum(ones, (one) => one.tokens ?? 0),
      );
      assert.equal(
        row.outputTokens,
        sum(ones, (one) => (one.tokens ?? 0) + 1),
      );
      assert.equal(
        row.costNanoUsd,
        money(ones, (one) => one.costNanoUsd),
      );
      assert.equal(
        row.savingsNanoUsd,
        money(ones, (one) => one.savingsNanoUsd),
      );
      assert.equal(row.unknownCostCalls, ones.filter(isUnknown).length);
    }
    const refused = own(told).filter((one) => one.ending === 'refused').length;
    assert.equal(
      rows.reduce((total, row) => total + row.refused, 0),
      refused + counted,
    );
    assert.equal(
      rows.reduce((total, row) => total + row.calls, 0),
      own(told).length,
    );
  }
}

async function checkOverview(bench: StoreBench, run: Run): Promise<void> {
  const { tenant, told, counted, base } = run;
  const { totals, tiers, from, to, stepMs } = await bench.store.overview({
    tenant: tenant === EVERY_TENANT ? EVERY_TENANT : tenantName(tenant),
    to: base + 3 * HOUR_MS,
    windowMs: 4 * HOUR_MS,
  });
  assert.ok(from <= base && to > base + 3 * HOUR_MS && stepMs % MINUTE_MS === 0);
  const isError = (one: Told): boolean => (one.status ?? 0) >= 500 || one.ending === 'cut';
  assert.equal(totals.calls, own(told).length);
  assert.equal(totals.errors, own(told).filter(isError).length);
  assert.equal(
    totals.refused,
    own(told).filter((one) => one.ending === 'refused').length + counted,
  );
  assert.equal(
    totals.costNanoUsd,
    money(told, (one) => one.costNanoUsd),
  );
  assert.equal(
    totals.savingsNanoUsd,
    money(told, (one) => one.savingsNanoUsd),
  );
  assert.equal(
    totals.tokens,
    sum(told, (one) => 2 * (one.tokens ?? 0) + 1),
  );
  const slowest = own(told)
    .map((one) => bucketOf(one.totalMs ?? 0))
    .sort((a, b) => a - b);
  const at = (share: number): number | undefined => {
    const bucket = slowest[Math.ceil(slowest.length * share) - 1];
    return bucket === undefined ? undefined : (BUCKETS_MS[bucket] ?? BUCKETS_MS.at(-1));
  };
  assert.deepEqual([totals.p50Ms, totals.p95Ms], [at(0.5), at(0.95)]);
  for (const tier of tiers) {
    const ofTier = told.filter((one) => (one.endpoint === undefined ? 0 : one.tier) === tier.tier);
    assert.equal(tier.totals.calls, own(ofTier).length);
    assert.equal(
      tier.points.reduce((total, point) => total + point.calls, 0),
      own(ofTier).length,
    );
    for (const point of tier.points) {
      const here = ofTier.filter((one) => Math.floor((one.at ?? 0) / stepMs) * stepMs === point.at);
      assert.equal(point.calls, own(here).length);
      assert.equal(
        point.costNanoUsd,
        money(here, (one) => one.costNanoUsd),
      );
    }
  }
}
