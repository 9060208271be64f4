// The promise of this room over random documents and random calls: nothing in a route is outside
// the clearance, and the clearance is no wider than the documents allow.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ceilingOfLabel, LABELS, TIERS, type Tier, tenantName, within } from '@signalbox/contract';
import fc from 'fast-check';
import { build, chatOf } from '../house.fixture.ts';
import { refused, resolution } from './resolving.fixture.ts';

fc.configureGlobal({ seed: 4141 });

const MODELS = ['a', 'b', 'c'];
const ENDPOINTS = ['e1', 'e2', 'e3', 'e4', 'e5'];
const TENANTS = ['acme', 'other'];

const oneOf = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
const tier = oneOf(...TIERS);
const region = oneOf('eu', 'us', 'ch');

const endpoint = fc.record({
  url: oneOf('http://127.0.0.1:1/v1', 'http://10.0.0.1:1/v1', 'https://x.example/v1'),
  tier: maybe(tier),
  region: maybe(region),
  retention: oneOf('standard', 'zero'),
  tenant: maybe(oneOf(...TENANTS)),
  enabled: oneOf(true, true, true, false),
  models: fc.subarray(MODELS, { minLength: 1 }),
});
const tenant = fc.record({
  topology: oneOf('cloud', 'hybrid', 'sovereign'),
  // What is refused at the head has no route.
  shared_nodes: fc.constant('allow'),
  residency: maybe(fc.subarray(['eu', 'us', 'ch'], { minLength: 1 })),
  default_label: oneOf(...LABELS),
  privacy: oneOf('enforce', 'enforce', 'observe'),
  retention: oneOf('standard', 'zero'),
  own: fc.record({ endpoints: fc.subarray(ENDPOINTS, { minLength: 1, maxLength: 2 }) }),
});
const policy = fc.record({
  default_tier: maybe(tier),
  tierMax: maybe(tier),
  chain: maybe(fc.shuffledSubarray([...MODELS, 'e1/a'], { minLength: 1 })),
  cloud: maybe(oneOf(1, 2)),
  local: maybe(oneOf(2, 3)),
});
const documents = fc.record({
  node: fc.record({ name: fc.constant('n1'), tier: oneOf(1, 2) }),
  endpoints: fc.tuple(endpoint, endpoint, endpoint, endpoint, endpoint),
  tenants: fc.tuple(tenant, tenant),
  policy,
});
const question = fc.record({
  model: oneOf(...MODELS, 'auto', 'e2/a', 'e4/unlisted', 'need:tools'),
  key: oneOf(...TENANTS),
  label: maybe(oneOf(...LABELS)),
  down: fc.subarray(ENDPOINTS),
});

type Documents = typeof documents extends fc.Arbitrary<infer T> ? T : never;

/** JSON is YAML. */
function written({ node, endpoints, tenants, policy: one }: Documents): string {
  // A file that names what nobody serves would not be read at all.
  const served = new Set(endpoints.flatMap((each) => each.models));
  if (endpoints[0].models.includes('a')) served.add('e1/a');
  const chain = one.chain?.filter((model) => served.has(model));
  const route = { tier_max: one.tierMax, ...(chain?.length ? { chain } : {}) };
  const routes = Object.values(route).every((part) => part === undefined) ? [] : [route];
  return JSON.stringify({
    version: 1,
    node,
    endpoints: Object.fromEntries(
      endpoints.map((each, i) => {
        const near = each.url.includes('10.0.0.1') ? { private_address: true } : {};
        const models = Object.fromEntries(each.models.map((model) => [model, {}]));
        return [ENDPOINTS[i], { ...each, ...near, models }];
      }),
    ),
    tenants: Object.fromEntries(
      tenants.map((each, i) => [TENANTS[i], { ...each, policies: ['p'] }]),
    ),
    keys: Object.fromEntries(
      TENANTS.map((name) => [name, { tenant: name, secret: `env:${name.toUpperCase()}` }]),
    ),
    policies: {
      p: {
        default_tier: one.default_tier,
        rules: routes.map((each) => ({ name: 'r', route: each })),
        fallback: { cloud_unavailable: one.cloud, local_unavailable: one.local },
      },
    },
  });
}

it('puts nothing outside the clearance into a route, and clears no more than it may', async () => {
  let routes = 0;
  await fc.assert(
    fc.asyncProperty(
      documents,
      fc.array(question, { minLength: 1, maxLength: 6 }),
      async (given, asked) => {
        const built = build(written(given));
        for (const { model, key, label, down } of asked) {
          for (const name of down) refused(built, name);
          const facts = built.house.now().tenants.tenants.get(tenantName(key));
          assert.ok(facts !== undefined);
          const head = label === undefined ? { key } : { key, sensitivity: { label, kinds: [] } };
          const { resolved, call } = await resolution(built, chatOf(model), head);
          if (resolved === undefined) continue;
          routes += 1;
          const { clearance, offers, candidates } = resolved.route;
          const { terms } = clearance;
          const byLabel: Tier =
            facts.privacy === 'observe' ? 3 : ceilingOfLabel(call.profile.label);
          const byTopology: Tier = facts.topology === 'sovereign' ? 2 : 3;
          const byRule: Tier = given.policy.tierMax ?? 3;
          assert.equal(terms.ceiling, Math.min(byLabel, byTopology, byRule));
          assert.equal(terms.tenant, key);
          assert.deepEqual(terms.residency, facts.residency);
          assert.ok(offers.length > 0);
          for (const { place, offering } of offers) {
            assert.equal(within(clearance, place), undefined);
            assert.ok(place.tier <= terms.ceiling);
            assert.ok(place.tenant === undefined || place.tenant === key);
            assert.equal(offering.endpoint.enabled, true);
          }
          assert.equal(candidates.filter((one) => one.gates === 0).length, offers.length);
        }
      },
    ),
    { numRuns: 150 },
  );
  assert.ok(routes > 100, `only ${routes} routes were looked at`);
});
