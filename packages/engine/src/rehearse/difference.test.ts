import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { build, configurationOf, STARTED_AT } from '../house.fixture.ts';
import { type Difference, differenceOf, type Side } from './difference.ts';

const yaml = (rules: string, more = '', tenants = ''): string => `
version: 1
endpoints:
  near: {url: "http://127.0.0.1:9001/v1", models: [shared]}
  far: {url: "https://far.example/v1", region: us, models: [shared]}
plans: {pro: {tiers: [1, 2, 3]}}
tenants:
  acme: {policies: [first]}${tenants}
policies:
  first: {${more}rules: [${rules}]}
`;

const side = (text: string): Side => ({
  snapshot: build(text).house.now(),
  configuration: configurationOf(text),
});

const between = (before: string, after: string): Difference =>
  differenceOf(side(before), side(after), { at: STARTED_AT });

const LOW = '{name: low, when: {step: sort}, route: {tier: 1}}';

describe('the difference between two readings', () => {
  it('is none between the same rules, wherever they stand and whatever their tests', () => {
    const found = between(yaml(LOW), `# moved\n${yaml(LOW)}`);
    assert.deepEqual([found.rules, found.different, found.kinds], [[], 0, []]);
    assert.equal(found.stride, 1);
    assert.ok(found.points > 100);
  });

  it('names rules, and points that decide differently, with an example', () => {
    const added = '{name: home, when: {sensitivity: public}, require: {tier_max: 1}}';
    const found = between(yaml(LOW), yaml(`${LOW}, ${added}`));
    assert.deepEqual(found.rules, [{ policy: 'first', rule: 'home', change: 'added' }]);
    assert.ok(found.different > 0 && found.different < found.points);
    const [kind] = found.kinds;
    assert.equal(kind?.example.label, 'public');
    assert.ok(found.kinds.every(({ after }) => !after.includes('far')));
    assert.equal(
      found.kinds.reduce((sum, { points }) => sum + points, 0),
      found.different,
    );
  });

  it('tells an order that moved, a policy beside its rules, and a bound', () => {
    const cap = '{name: short, cap: {output_tokens: 9}}';
    const found = between(yaml(`${LOW}, ${cap}`), yaml(`${cap}, ${LOW}`, 'hedge: true, '));
    assert.deepEqual(
      found.rules.map(({ change, rule }) => [change, rule]),
      [
        ['changed', undefined],
        ['moved', undefined],
      ],
    );
    assert.equal(found.different, 0);
    const bound = between(yaml(LOW), yaml(`${LOW}, ${cap}`));
    assert.equal(bound.different, bound.points - refusedIn(bound));
    assert.match(bound.kinds[0]?.after ?? '', /at most 9 tokens/);
  });

  it('leaves out tenants that only one of them has', () => {
    const found = between(yaml(LOW), yaml(LOW, '', '\n  blue: {policies: [first]}'));
    assert.equal(found.different, 0);
  });

  it('asks some of the points where there are too many', () => {
    const [before, after] = [side(yaml(LOW)), side(yaml(''))];
    const { points, stride } = differenceOf(before, after, { at: STARTED_AT, pointsMax: 50 });
    assert.ok(stride > 1 && points > 20 && points <= 50);
  });
});

/** Points that nobody may serve, before and after. */
function refusedIn({ points, kinds }: Difference): number {
  return points - kinds.reduce((sum, one) => sum + one.points, 0);
}
