import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallRecord } from '@signalbox/contract';
import { build, chatOf, HOUSE, settled } from '../house.fixture.ts';
import { resolution } from './resolving.fixture.ts';

const ANSWER = JSON.stringify({
  model: 'large',
  choices: [{ message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1_000, completion_tokens: 100 },
});

/** acme has a contract; zoo pays what everybody pays. */
const house = (reprice: string): string =>
  HOUSE.replace('acme: {}', `acme: {models: {reprice: [${reprice}]}}\n  zoo: {}`).concat(
    '  zoo: {tenant: zoo, secret: "env:ZOO", scopes: [call, explain]}\n',
  );

const price = (model: string, input: string, output: string, more = ''): string =>
  `{model: ${model}, ${more}from: 2020-01-01, input_per_million_usd: "${input}", ` +
  `output_per_million_usd: "${output}"}`;

async function recordOf(yaml: string, key: string, model = 'large'): Promise<CallRecord> {
  const built = build(yaml);
  built.serve(chatOf(model), { key });
  await settled();
  built.upstream.last.head().chunk(ANSWER).end();
  await settled();
  const [record] = built.store.records();
  assert.ok(record !== undefined);
  return record;
}

describe('prices of a tenant’s contract', () => {
  it('are what its calls cost, and what savings are counted from; others pay as ever', async () => {
    const yaml = house(price('large', '5', '8'));
    const ours = await recordOf(yaml, 'main');
    assert.equal(ours.costNanoUsd, String(1_000 * 5_000 + 100 * 8_000));
    assert.equal(ours.priceVersion, 'contract:test');
    // The dearest of tier 3 is `shared` at far, which the contract says nothing of.
    assert.equal(ours.savingsNanoUsd, String(1_000 * 10_000 + 100 * 20_000 - 5_800_000));
    const theirs = await recordOf(yaml, 'zoo');
    assert.equal(theirs.costNanoUsd, String(1_000 * 10_000 + 100 * 20_000));
    assert.equal(theirs.priceVersion, 'configuration:test');
  });

  it('hold at one endpoint, or wherever the model runs, from their day on', async () => {
    const at = async (reprice: string): Promise<string | undefined> =>
      (await recordOf(house(reprice), 'main')).priceVersion;
    assert.equal(await at(price('large', '5', '8', 'endpoint: far, ')), 'contract:test');
    assert.equal(await at(price('large', '5', '8', 'endpoint: near, ')), 'configuration:test');
    const later = price('large', '5', '8').replace('2020', '2900');
    assert.equal(await at(later), 'configuration:test');
  });

  it('are what is held, and let a budget reach where the price was not known', async () => {
    const yaml = house(price('large', '5', '8')).replace(/\n {4}price: .input.*"20".\n/, '\n');
    const budgeted = yaml
      .replace('acme: {', 'acme: {budget: {amount_usd: 1}, ')
      .replace('zoo: {}', 'zoo: {budget: {amount_usd: 1}}');
    const built = build(budgeted);
    const ours = await resolution(built, 'large', { key: 'main' });
    assert.deepEqual(ours.offers, ['far/large']);
    const theirs = await resolution(built, 'large', { key: 'zoo' });
    assert.deepEqual(theirs.gates, { 'far/large': ['unpriced'] });
    const auto = await resolution(built, 'auto', { key: 'main' });
    assert.deepEqual(auto.gates['far/large'], []);
    assert.deepEqual(auto.gates['far/shared'], ['unpriced']);
    const { heldNanoUsd } = await recordOf(budgeted, 'main');
    assert.ok(BigInt(heldNanoUsd) > 1_024n * 8_000n && BigInt(heldNanoUsd) < 1_100n * 8_000n);
  });

  it('order what a need is met by, and bound what a rule lets it cost', async () => {
    const yaml = house(price('shared', '0.01', '0.01', 'endpoint: far, '));
    const need = 'need:input-price<=0.05';
    const built = build(yaml);
    assert.deepEqual((await resolution(built, need, { key: 'main' })).offers, ['far/shared']);
    assert.equal(
      (await resolution(built, need, { key: 'zoo' })).refusal?.code,
      'need_unsatisfiable',
    );
  });

  it('hold for an endpoint that the caller pins, too', async () => {
    const pinned = await recordOf(house(price('large', '5', '8')), 'main', 'far/large');
    assert.equal(pinned.priceVersion, 'contract:test');
  });
});
