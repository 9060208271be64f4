// Where data went: what every store must say of it, and how its rows are found again.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Attempt, endpointName, tenantName } from '@signalbox/contract';
import { type FlowSum, type Flows, NOT_GIVEN, type RecentQuery } from './records.ts';
import { type OpenStore, START_MS, StoreBench, settlement, type Told } from './store.fixture.ts';

const HOUR_MS = 3_600_000;
const ACME = tenantName('acme');

const at = (endpoint: string, more: Partial<Attempt> = {}): Partial<Attempt> => ({
  endpoint: endpointName(endpoint),
  ...more,
});
const CLOUD: Partial<Attempt> = { tier: 3, region: 'us', legalEntity: 'Cloud Inc.' };
const failed = (fault: Attempt['fault'], outcome: Attempt['outcome'] = 'failed') => ({
  outcome,
  fault,
});

const CALLS: readonly Told[] = [
  { number: 1, label: 'regulated', attempts: [at('local')] },
  { number: 2, label: 'public', attempts: [at('cloud', CLOUD)], tokens: 100 },
  // It came to one place, which failed, and was answered by another: both have had it.
  {
    number: 3,
    label: 'public',
    attempts: [
      at('cloud', { ...CLOUD, ...failed('status') }),
      at('cloud', { ...CLOUD, ...failed('head_timeout') }),
      at('other', { tier: 3, region: undefined }),
    ],
  },
  // Stopped where the socket would have opened, and answered at home.
  {
    number: 4,
    label: 'personal',
    attempts: [at('cloud', { ...CLOUD, ...failed('clearance_exceeded', 'blocked') }), at('local')],
  },
  { number: 5, label: 'personal', attempts: [at('cloud', CLOUD)], consent: 'support' },
  { number: 6, label: 'public', attempts: [at('vault', { tier: 2, own: true })] },
  // No connection stood.
  {
    number: 7,
    label: 'public',
    attempts: [at('cloud', { ...CLOUD, ...failed('connect_failed') })],
  },
  { number: 8, label: 'internal', ending: 'refused', status: 403, attempts: [] },
  { number: 9, label: 'internal', ending: 'crashed', status: 0, attempts: [] },
  { number: 10, tenant: 'globex', label: 'public', attempts: [at('cloud', CLOUD)] },
  { number: 11, label: 'public', attempts: [at('cloud', CLOUD)], at: START_MS + 2 * HOUR_MS },
];

export function flowsSuite(name: string, openStore: OpenStore): void {
  describe(`${name}: where data went`, () => {
    let bench: StoreBench;
    let flows: Flows;
    before(async () => {
      bench = await StoreBench.open(openStore);
      // In batches, as they come: sums of one hour are added to.
      await bench.add(CALLS.slice(0, 4).map(settlement));
      await bench.add(CALLS.slice(4).map(settlement));
      flows = await bench.store.flows({ tenant: ACME, from: START_MS, to: START_MS + HOUR_MS });
    });
    after(() => bench.remove());

    const sums = (some: readonly FlowSum[]) =>
      some.map((one) => [one.fate, one.endpoint, one.label, one.consent, one.calls]);
    const numbers = async (query: Partial<RecentQuery>): Promise<readonly number[]> => {
      const { requests } = await bench.store.recentRequests({ tenant: ACME, limit: 50, ...query });
      return requests.map((one) => CALLS.find((told) => one.at === atOf(told))?.number ?? 0);
    };

    it('is said for each place, by label and consent, a call once a place', () => {
      assert.deepEqual(sums(flows.places), [
        ['blocked', 'cloud', 'personal', undefined, 1],
        ['received', 'cloud', 'personal', 'support', 1],
        ['received', 'cloud', 'public', undefined, 2],
        ['received', 'other', 'public', undefined, 1],
        ['received', 'vault', 'public', undefined, 1],
        ['received', 'local', 'personal', undefined, 1],
        ['received', 'local', 'regulated', undefined, 1],
      ]);
    });

    it('has the place as it was then, tokens, and the first and last of the calls', () => {
      const cloud = flows.places.find((one) => one.endpoint === 'cloud' && one.label === 'public');
      assert.deepEqual(cloud, {
        fate: 'received',
        endpoint: 'cloud',
        region: 'us',
        legalEntity: 'Cloud Inc.',
        tier: 3,
        own: false,
        label: 'public',
        consent: undefined,
        calls: 2,
        inputTokens: 110,
        // The failed one has no answer.
        outputTokens: 101,
        uncountedCalls: 0,
        first: START_MS + 2,
        last: START_MS + 3,
      });
      assert.equal(flows.places.find((one) => one.endpoint === 'other')?.region, undefined);
    });

    it('says how far each call went as a whole', () => {
      assert.deepEqual(
        flows.reaches.map((one) => [one.reach, one.label, one.calls]),
        [
          ['left', 'personal', 1],
          ['left', 'public', 2],
          ['stayed', 'personal', 1],
          ['stayed', 'public', 1],
          ['stayed', 'regulated', 1],
          ['unknown', 'internal', 1],
          ['unsent', 'internal', 1],
          ['unsent', 'public', 1],
        ],
      );
      assert.equal(flows.rowsFrom, START_MS + 1);
      assert.equal(flows.cut, false);
    });

    it('counts whole hours, and nobody else’s', async () => {
      const rest = { from: START_MS + HOUR_MS, to: START_MS + 3 * HOUR_MS };
      const later = await bench.store.flows({ tenant: ACME, ...rest });
      assert.deepEqual(sums(later.places), [['received', 'cloud', 'public', undefined, 1]]);
      assert.equal(later.from % HOUR_MS, 0);
      const other = await bench.store.flows({ tenant: tenantName('globex'), ...ALL });
      assert.deepEqual(sums(other.places), [['received', 'cloud', 'public', undefined, 1]]);
      const nobody = await bench.store.flows({ tenant: tenantName('initech'), ...ALL });
      assert.deepEqual([nobody.places, nobody.reaches, nobody.rowsFrom], [[], [], undefined]);
    });

    it('finds the calls behind every number again', async () => {
      const { from, to } = flows;
      for (const one of flows.places) {
        const { fate, endpoint, label, consent = NOT_GIVEN } = one;
        const query = { [fate]: endpoint, label, consent, from: one.first, to: one.last + 1 };
        assert.equal((await numbers(query)).length, one.calls, JSON.stringify(one));
      }
      for (const { reach, label, calls } of flows.reaches) {
        assert.equal((await numbers({ reach, label, from, to })).length, calls, reach);
      }
      assert.deepEqual(await numbers({ received: 'cloud' }), [11, 5, 3, 2]);
      assert.deepEqual(await numbers({ blocked: 'cloud' }), [4]);
      assert.deepEqual(await numbers({ consent: 'support' }), [5]);
      assert.deepEqual(await numbers({ received: 'clou' }), []);
      assert.deepEqual(await numbers({ received: 'cloud', to: START_MS + 3 }), [2]);
    });
  });
}

const ALL = { from: START_MS, to: START_MS + 9 * HOUR_MS };
const atOf = (told: Told): number => told.at ?? START_MS + told.number;
