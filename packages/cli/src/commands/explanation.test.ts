import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paints } from '../terminal.ts';
import { explanationText } from './explanation.ts';

const PLAIN = paints(false);

test('a key that may not explain sees tier, endpoint and the gates that refused', () => {
  const text = explanationText(
    {
      decision: 'dec_1',
      ending: 'refused',
      code: 'no_eligible_route',
      tier: null,
      endpoint: null,
      gates: ['tier'],
      cost_nano_usd: null,
    },
    PLAIN,
  );
  assert.match(text, /^decision dec_1\n/);
  assert.match(text, /ended +refused: no_eligible_route/);
  assert.doesNotMatch(text, /undefined|null|NaN/);
});

test('kinds are told as they stand in the record', () => {
  const text = (kinds: readonly string[]): string =>
    explanationText({ decision: 'dec_1', label: 'regulated', kinds }, PLAIN);
  assert.match(text(['health']), /label +regulated \(health\)/);
  assert.match(text([]), /label +regulated \(nothing found or declared\)/);
  const lowered = { decision: 'dec_1', label: 'regulated', kinds: [], declared: 'public' };
  assert.match(explanationText(lowered, PLAIN), /regulated .*; the caller declared public, which/);
});

test('what a local model said of the text is told, in both forms', () => {
  const read = { outcome: 'read', types: ['name'], endpoint: 'near', model: 'small' };
  for (const stage of [{ secondStage: read }, { second_stage: read }]) {
    assert.match(explanationText(stage, PLAIN), /read by +near, small: found name\n/);
  }
  const away = { outcome: 'away', types: [], endpoint: null, model: null };
  const text = explanationText({ second_stage: away }, PLAIN);
  assert.match(text, /read by +the second stage: could not say: the model did not answer/);
  assert.doesNotMatch(explanationText({ second_stage: null }, PLAIN), /read by/);
});

test('what an attempt met that brought no answer is told, with what to do', () => {
  const attempts = [
    { outcome: 'failed', endpoint: 'own', fault: 'certificate_name' },
    { outcome: 'failed', endpoint: 'far', fault: 'status', status: 502 },
    { outcome: 'answered', endpoint: 'near', tier: 1 },
  ];
  const text = explanationText({ decision: 'dec_1', attempts }, PLAIN);
  assert.match(
    text,
    /left +own, certificate_name: it shows a certificate for another host name; use/,
  );
  assert.match(text, /left +far, status 502\n/);
});

test('a server that says another model answered is not believed in silence', () => {
  const text = (claimed: string): string => {
    const attempt = { outcome: 'answered', tier: 1, modelAsked: 'small', modelClaimed: claimed };
    return explanationText({ decision: 'dec_1', attempts: [attempt] }, PLAIN);
  };
  assert.match(text('large'), /claimed +large is what it says/);
  assert.doesNotMatch(text('small'), /claimed/);
});

test('what a name holds cannot move the cursor of whoever reads it', () => {
  const text = explanationText({ decision_id: 'dec_2', rule: 'bad\u001b[2J' }, PLAIN);
  assert.ok(!text.includes('\u001b'));
});

test('nothing at all is still no fault', () => {
  for (const value of [undefined, null, 'x', [], {}]) {
    assert.match(explanationText(value, PLAIN), /^decision/);
  }
});

test('a dry run says of each candidate what it costs at most and how long it takes', () => {
  const near = { endpoint: 'near', model: 'm', tier: 1, gates: [], why: [] };
  const told = { estimate_micro_usd: 1_234, expected_ms: 40.5, expected_why: null };
  const unknown = { estimate_micro_usd: null, expected_ms: null, expected_why: 'not measured yet' };
  const far = { ...near, endpoint: 'far', gates: ['tier'], why: ['too high'] };
  const candidates = [
    { ...near, ...told },
    { ...far, ...unknown },
  ];
  const text = explanationText({ decision: 'dec_1', candidates }, PLAIN);
  assert.match(text, /tier +endpoint +model +cost at most +takes about +verdict/);
  assert.match(text, /near +m +\$0\.001234 +41 ms +stood in the route/);
  assert.match(text, /far +m +unknown +not measured yet +refused: too high/);
  const record = explanationText({ decision: 'dec_1', candidates: [near, far] }, PLAIN);
  assert.doesNotMatch(record, /at most|takes about/);
});

test('what callers and devices said of the answers of tiers is shown', () => {
  const feedback = [
    { tier: 1, score: 0.4, by: 'device' },
    { tier: 3, score: 1, by: 'caller' },
  ];
  const text = explanationText({ decision: 'dec_1', feedback }, PLAIN);
  assert.match(text, /feedback +tier 1: 0\.4 of 1 \(device\), tier 3: 1 of 1/);
});
