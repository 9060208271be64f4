import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfiguration } from '@signalbox/config';
import type { Clock } from '@signalbox/contract';
import type { Configuration } from '@signalbox/documents';
import { nodeKeys } from '@signalbox/trust/node';
import { publishing, touchedBy } from './publishing.ts';

const file = (parts: {
  readonly first?: string;
  readonly plan?: string;
  readonly tenants?: string;
  readonly region?: string;
}): string => `version: 1
endpoints:
  near: {url: "http://127.0.0.1:9001/v1", models: [small, shared]}
  far: {url: "https://far.example/v1", region: ${parts.region ?? 'us'}, models: [large, shared]}
plans: {basic: {policies: [house]}}
tenants:
${parts.tenants ?? '  acme: {plan: basic, policies: [first]}\n  blue: {plan: basic}'}
policies:
  house: {rules: [${parts.plan ?? '{name: home, forbid: {endpoints: [far]}}'}]}
  first: {rules: [${parts.first ?? '{name: low, when: {step: sort}, route: {tier: 1}}'}]}
`;

const AGAINST = '{name: away, require: {endpoints: [far]}}';

function read(text: string): Configuration {
  const found = readConfiguration([{ name: 'signalbox.yaml', text }]);
  assert.ok(found.ok, found.ok ? '' : JSON.stringify(found.problems));
  return found.configuration;
}

/** Every look at it takes as long as a slice, so each step is one. */
function slow(): Clock & { readonly turns: () => number } {
  let [at, turns] = [0, 0];
  return {
    now: () => Date.UTC(2026, 10, 1),
    monotonic: () => (at += 5),
    after(_ms, then) {
      turns += 1;
      queueMicrotask(then);
      return () => {};
    },
    turns: () => turns,
  };
}

const checks = (clock: Clock) => publishing({ clock, keys: nodeKeys(new Uint8Array(32)) });

const candidate = (text: string) => ({
  configuration: read(text),
  files: [{ name: 'signalbox.yaml', text }],
});

describe('what is published', () => {
  it('keeps its promises: a rule against one of a wider scope is named', async () => {
    const { refusals } = checks(slow());
    assert.deepEqual(await refusals(candidate(file({}))), []);
    const [first, ...more] = await refusals(candidate(file({ first: AGAINST })));
    assert.deepEqual(more, []);
    assert.equal(first?.file, 'signalbox.yaml');
    assert.equal(first?.line, 11);
    assert.match(first?.excerpt ?? '', /first: \{rules: \[\{name: away/);
    assert.match(
      first?.message ?? '',
      /contradiction: away .* of the tenant and home .* of the plan/,
    );
    assert.match(first?.hint ?? '', /^signalbox policy explain --tenant acme /);
    // What was refused is no state to compare with.
    assert.equal((await refusals(candidate(file({ first: AGAINST })))).length, 1);
    assert.deepEqual(await refusals(candidate(file({}))), []);
  });

  it('names words that nothing has, and leaves what probes may teach', async () => {
    const { refusals } = checks(slow());
    const asking = (word: string): string => `{name: a, require: {capabilities: [${word}]}}`;
    const [first] = await refusals(candidate(file({ first: asking('telepathy') })));
    assert.match(first?.message ?? '', /unknown-word: the rule `a` \(signalbox\.yaml:11\)/);
    assert.deepEqual(await refusals(candidate(file({ first: asking('vision') }))), []);
  });

  it('gives everybody else a turn between slices', async () => {
    const clock = slow();
    await checks(clock).refusals(candidate(file({})));
    assert.ok(clock.turns() > 20, String(clock.turns()));
    const before = clock.turns();
    const { refusals } = checks(clock);
    await refusals(candidate('version: 1\n'));
    assert.equal(clock.turns(), before);
  });

  const touched: readonly (readonly [string, Parameters<typeof file>[0], unknown])[] = [
    [
      'nothing, where lines move',
      { first: '\n    {name: low, when: {step: sort}, route: {tier: 1}}' },
      'nothing',
    ],
    [
      'those to whom a policy is attached',
      { first: '{name: low, route: {tier: 1}}' },
      new Set(['acme']),
    ],
    [
      'all of a plan',
      { plan: '{name: home, forbid: {models: [large]}}' },
      new Set(['acme', 'blue']),
    ],
    [
      'a tenant',
      { tenants: '  acme: {plan: basic, policies: [first]}\n  blue: {}' },
      new Set(['blue']),
    ],
    ['everybody, where an endpoint moves', { region: 'eu' }, 'all'],
  ];
  for (const [what, parts, expected] of touched) {
    it(`a change touches ${what}`, () => {
      assert.deepEqual(touchedBy(read(file({})), read(file(parts))), expected);
    });
  }
});
