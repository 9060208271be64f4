// What stays of a call that resolve refused: enough to say why, and what would change it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallRecord } from '@signalbox/contract';
import { ended } from '../dispatch/dispatching.fixture.ts';
import { build, chatOf, type Heads, HOUSE } from '../house.fixture.ts';
import { gateNames } from './gates.table.ts';

const RULED = `${HOUSE.replace('acme: {}', 'acme: {policies: [p]}')}
policies: {p: {rules: [{name: careful, when: {step: plan}, route: {tier_max: 1}}]}}
`;

async function refused(yaml: string, model: string, head: Heads = {}): Promise<CallRecord> {
  const built = build(yaml);
  const served = built.serve(chatOf(model), head);
  const record = await ended(built, served);
  assert.equal(record.ending, 'refused');
  assert.deepEqual(record.attempts, []);
  return record;
}

const looked = ({ candidates }: CallRecord) =>
  candidates.map((one) => [one.endpoint, one.tier, gateNames(one.gates)]);

describe('the record of a call that nothing may serve', () => {
  it('holds the candidates with their gates, and the clearance', async () => {
    const head = { sensitivity: { label: 'internal', kinds: [] } } as const;
    const record = await refused(HOUSE, 'large', head);
    assert.equal(record.code, 'no_eligible_route');
    assert.deepEqual(looked(record), [['far', 3, ['tier']]]);
    assert.equal(record.clearance?.ceiling, 2);
    assert.equal(record.rule, undefined);
  });

  it('holds the rule that spoke', async () => {
    const record = await refused(RULED, 'large', { step: 'plan' });
    assert.match(record.rule ?? '', /^careful \(house\.yaml:\d+\)$/);
    assert.equal(record.clearance?.ceiling, 1);
    assert.deepEqual(looked(record), [['far', 3, ['tier']]]);
  });

  it('holds the rule also when nobody knows the model: there was nothing to look at', async () => {
    const record = await refused(RULED, 'nothing', { step: 'plan' });
    assert.equal(record.code, 'model_unknown');
    assert.match(record.rule ?? '', /^careful/);
    assert.deepEqual(record.candidates, []);
  });

  it('holds nothing of resolve when the call did not come there', async () => {
    const record = await refused(HOUSE, '');
    assert.equal(record.code, 'body_invalid');
    assert.equal(record.clearance, undefined);
    assert.deepEqual([record.candidates, record.rule], [[], undefined]);
  });
});

it('a sovereign tenant is told that it is one, and what would help', async () => {
  const built = build(HOUSE.replace('acme: {}', 'acme: {topology: sovereign}'));
  const served = built.serve(chatOf('large'));
  await ended(built, served);
  const { text } = served.reply;
  assert.match(text, /`acme` is sovereign, and nothing of its own on tier 1 or 2 serves `large`/);
  assert.match(text, /own\.endpoints/);
});

it('a parked call that comes back to a no is recorded by what was looked at last', async () => {
  const built = build(HOUSE);
  built.upstream.script = (dialled) => dialled.fault('connect_failed');
  const served = built.serve(chatOf('large'));
  await built.clock.turn(200);
  built.swap(HOUSE.replace('acme: {}', 'acme: {residency: [eu]}'));
  await built.clock.turn(5_000);
  const record = await ended(built, served);
  assert.equal(record.code, 'no_eligible_route');
  assert.deepEqual(looked(record), [['far', 3, ['residency']]]);
  assert.deepEqual(record.clearance?.residency, ['eu']);
});
