// What every store of records must do, whatever database is behind it. Differences: none so far.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type EntryDraft, tenantName } from '@signalbox/contract';
import { EVERY_TENANT, REQUESTS_MAX, type RequestSummary } from './records.ts';
import {
  type OpenStore,
  record,
  START_MS,
  StoreBench,
  settlement,
  type Told,
} from './store.fixture.ts';
import { count, everything } from './sums.suite.ts';

const decisions = (requests: readonly RequestSummary[]): readonly string[] =>
  requests.map((one) => one.decision);

export function recordStoreSuite(name: string, openStore: OpenStore): void {
  describe(`${name}: a record`, () => {
    let bench: StoreBench;
    before(async () => {
      bench = await StoreBench.open(openStore);
    });
    after(() => bench.remove());

    it('is summed up in its row, and is given back as the journal has it', async () => {
      await bench.add([settlement({ number: 1 })]);
      const told = record({ number: 1 });
      const found = await bench.store.requestByDecision(tenantName('acme'), told.decision);
      assert.equal(found?.recordJson, JSON.stringify(told));
      assert.deepEqual(found.summary, {
        decision: told.decision,
        at: told.at,
        tenant: 'acme',
        key: 'key-1',
        session: 'ses_00',
        step: 'plan',
        stepSource: 'header',
        stepClass: undefined,
        routedBy: undefined,
        operation: 'chat',
        stream: true,
        modelRequested: 'auto',
        model: 'small',
        endpoint: 'local',
        tier: 1,
        label: 'internal',
        ending: 'answered',
        code: undefined,
        status: 200,
        fallback: false,
        inputTokens: 10,
        outputTokens: 11,
        costNanoUsd: 5n,
        savingsNanoUsd: 2n,
        firstByteMs: 13,
        totalMs: 30,
        reach: 'stayed',
        received: ['local'],
        blocked: [],
        consent: undefined,
      });
    });

    it('can be asked for as soon as it is durable, without waiting for the window', async () => {
      await bench.append([settlement({ number: 2 })]);
      const { decision } = record({ number: 2 });
      const found = await bench.store.requestByDecision(EVERY_TENANT, decision);
      assert.equal(found?.summary.decision, decision);
    });

    it('is nothing to another tenant', async () => {
      await bench.add([settlement({ number: 3 })]);
      const { decision } = record({ number: 3 });
      assert.equal(await bench.store.requestByDecision(tenantName('beta'), decision), undefined);
      assert.ok(await bench.store.requestByDecision(EVERY_TENANT, decision));
    });

    it('keeps what is unknown unknown', async () => {
      const told: Told = {
        number: 4,
        tenant: undefined,
        endpoint: undefined,
        costNanoUsd: undefined,
        savingsNanoUsd: undefined,
      };
      await bench.add([settlement(told)]);
      const found = await bench.store.requestByDecision(EVERY_TENANT, record(told).decision);
      const { tenant, endpoint, model, tier, costNanoUsd, savingsNanoUsd } = found?.summary ?? {};
      const unknown = [tenant, endpoint, model, tier, costNanoUsd, savingsNanoUsd];
      assert.deepEqual(unknown, Array(6).fill(undefined));
    });

    it('of a kind that has no row, or that does not read, is passed over', async () => {
      const odd: unknown = { ...settlement({ number: 5 }), body: { decision: 7, at: 'x' } };
      const act = { act: 'egress-blocked', by: 'x', what: 'y', detail: {} } as const;
      await bench.add([
        odd as EntryDraft, // cast: what a fault of ours could write
        { kind: 'act', at: START_MS, tenant: undefined, call: undefined, body: act },
        settlement({ number: 6 }),
      ]);
      const found = await bench.store.requestByDecision(
        EVERY_TENANT,
        record({ number: 6 }).decision,
      );
      assert.ok(found);
      assert.deepEqual(bench.store.health(), { kind: 'ready' });
    });
  });

  describe(`${name}: lists`, () => {
    let bench: StoreBench;
    const told: Told[] = [];
    before(async () => {
      bench = await StoreBench.open(openStore);
      for (let number = 0; number < 500; number += 1) {
        told.push({
          number,
          tenant: number % 5 === 0 ? 'beta' : 'acme',
          tier: number % 3 === 0 ? 3 : 1,
          ending: number % 7 === 0 ? 'refused' : 'answered',
          session: number % 2 === 0 ? 'aa' : 'bb',
          model: number % 11 === 0 ? 'large' : 'small',
        });
      }
      await bench.add(told.map(settlement));
    });
    after(() => bench.remove());

    const wanted = (which: (one: Told) => boolean): readonly string[] =>
      told
        .filter(which)
        .map((one) => record(one).decision)
        .toReversed();

    it('are newest first, and pages together are everything once', async () => {
      const found: string[] = [];
      let after_: string | undefined;
      for (let pages = 0; pages < 100; pages += 1) {
        const page = await bench.store.recentRequests({
          tenant: tenantName('acme'),
          limit: 37,
          after: after_,
        });
        assert.ok(page.requests.length <= 37);
        found.push(...decisions(page.requests));
        after_ = page.next;
        if (after_ === undefined) break;
      }
      assert.deepEqual(
        found,
        wanted((one) => one.tenant === 'acme'),
      );
    });

    it('are bounded, whatever the caller asks for', async () => {
      const page = await bench.store.recentRequests({ tenant: EVERY_TENANT, limit: 1e9 });
      assert.equal(page.requests.length, REQUESTS_MAX);
      const least = await bench.store.recentRequests({ tenant: EVERY_TENANT, limit: -5 });
      assert.equal(least.requests.length, 1);
    });

    it('show what a filter lets through, each alone and all together', async () => {
      const ask = async (filter: object): Promise<readonly string[]> => {
        const query = { tenant: tenantName('acme'), limit: REQUESTS_MAX, ...filter };
        return decisions((await bench.store.recentRequests(query)).requests);
      };
      const acme = (which: (one: Told) => boolean): readonly string[] =>
        wanted((one) => one.tenant === 'acme' && which(one)).slice(0, REQUESTS_MAX);
      assert.deepEqual(
        await ask({ tier: 3 }),
        acme((one) => one.tier === 3),
      );
      assert.deepEqual(
        await ask({ ending: 'refused' }),
        acme((one) => one.ending === 'refused'),
      );
      assert.deepEqual(
        await ask({ session: 'ses_bb' }),
        acme((one) => one.session === 'bb'),
      );
      assert.deepEqual(
        await ask({ model: 'large' }),
        acme((one) => one.model === 'large'),
      );
      assert.deepEqual(
        await ask({ model: 'auto' }),
        acme(() => true),
      );
      assert.deepEqual(
        await ask({ tier: 1, ending: 'answered', session: 'ses_aa', model: 'small' }),
        acme(
          (one) =>
            one.tier === 1 &&
            one.ending === 'answered' &&
            one.session === 'aa' &&
            one.model === 'small',
        ),
      );
      assert.deepEqual(await ask({ tier: 2 }), []);
    });

    it('never show a tenant the rows of another', async () => {
      const beta = { tenant: tenantName('beta'), limit: REQUESTS_MAX };
      const page = await bench.store.recentRequests(beta);
      assert.ok(page.requests.length > 0);
      assert.ok(page.requests.every((one) => one.tenant === 'beta'));
      const foreign = wanted((one) => one.tenant === 'acme')[0];
      const after_ = await bench.store.recentRequests({ ...beta, after: foreign });
      assert.deepEqual(after_, { requests: [], next: undefined });
    });

    it('take a filter for a value, never for a part of the question', async () => {
      for (const text of ["' OR 1=1 --", '"; DROP TABLE requests; --', '%', '*', '?1']) {
        const filters = [{ session: text }, { ending: text }, { model: text }, { after: text }];
        for (const filter of filters) {
          const query = { tenant: tenantName('acme'), limit: 10, ...filter };
          assert.deepEqual((await bench.store.recentRequests(query)).requests, []);
        }
        assert.equal(await bench.store.requestByDecision(tenantName(text), text), undefined);
      }
      assert.equal(
        (await bench.store.recentRequests({ tenant: EVERY_TENANT, limit: 5 })).requests.length,
        5,
      );
    });
  });

  describe(`${name}: over time`, () => {
    it('goes on where it stopped, and counts nothing twice', async (test) => {
      const bench = await StoreBench.open(openStore);
      test.after(() => bench.remove());
      await bench.add([settlement({ number: 1 }), count(3, 'acme')]);
      await bench.stop();
      await bench.start();
      await bench.append([settlement({ number: 2 })]);
      await bench.stop();
      await bench.start();
      await bench.add([settlement({ number: 3 })]);
      const [row] = await bench.store.usage(everything('acme', 'tenant'));
      assert.equal(row?.calls, 3);
      assert.equal(row?.refused, 3);
    });

    it('forgets the eldest requests over its bound, and keeps the sums', async (test) => {
      const bench = await StoreBench.open(openStore);
      test.after(() => bench.remove());
      await bench.stop();
      bench.keep = { days: 30, requests: 50 };
      await bench.start();
      for (let round = 0; round < 10; round += 1) {
        const numbers = Array.from({ length: 40 }, (_, i) => round * 40 + i);
        await bench.add(numbers.map((number) => settlement({ number })));
      }
      const page = await bench.store.recentRequests({ tenant: EVERY_TENANT, limit: REQUESTS_MAX });
      assert.ok(page.requests.length >= 50 && page.requests.length < 130);
      assert.equal(page.requests[0]?.decision, record({ number: 399 }).decision);
      const [row] = await bench.store.usage(everything('acme', 'tenant'));
      assert.equal(row?.calls, 400);
    });
  });

  describe(`${name}: a tail`, () => {
    it('gets new requests of its tenant alone, and how many it missed', async (test) => {
      const bench = await StoreBench.open(openStore);
      test.after(() => bench.remove());
      const seen = new Map<string, string[]>([
        ['acme', []],
        ['beta', []],
        [EVERY_TENANT, []],
      ]);
      let dropped = 0;
      const stops = [...seen].map(([scope, list]) =>
        bench.store.subscribe(
          scope === EVERY_TENANT ? EVERY_TENANT : tenantName(scope),
          (requests, more) => {
            list.push(...decisions(requests));
            if (scope === EVERY_TENANT) dropped += more;
          },
        ),
      );
      const told = Array.from({ length: 300 }, (_, number) => ({
        number,
        tenant: number % 10 === 0 ? 'beta' : 'acme',
      }));
      await bench.add(told.map(settlement));
      // An answer comes after every feed that was sent before it.
      await bench.store.usage(everything('acme', 'tenant'));
      const beta = told.filter((one) => one.tenant === 'beta').map((one) => record(one).decision);
      assert.deepEqual(seen.get('beta'), beta);
      assert.equal(dropped + (seen.get(EVERY_TENANT)?.length ?? 0), 300);
      assert.ok(dropped > 0);
      for (const stop of stops) stop();
      await bench.add([settlement({ number: 1_000 })]);
      await bench.store.usage(everything('acme', 'tenant'));
      assert.ok(!seen.get('acme')?.includes(record({ number: 1_000 }).decision));
    });
  });
}
