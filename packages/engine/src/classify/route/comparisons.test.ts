import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointName, ModelName } from '@signalbox/contract';
import {
  type Comparison,
  Comparisons,
  NEVER,
  type PairKind,
  ROWS_KEPT_MAX,
} from './comparisons.ts';

const KIND: PairKind = {
  tenant: 'acme',
  step: 'extract',
  weak: 'small@1 small:q4 Q4 small-1',
  strong: 'large@3',
  tokensTold: true,
};

function side(model: string, tier: 1 | 3, made: string): Comparison['weak'] {
  return {
    endpoint: 'e' as EndpointName,
    model: model as ModelName,
    tier,
    made,
    durationMs: tier * 100,
    costNanoUsd: String(tier * 10),
  };
}

const compared = (
  confidence: number,
  good: boolean,
  more: Partial<Comparison> = {},
): Comparison => ({
  decision: 'dec_1' as Comparison['decision'],
  step: 'extract',
  weak: side('small', 1, 'small:q4 Q4 small-1'),
  strong: side('large', 3, 'large - large-1'),
  served: 'weak',
  confidence,
  tokensTold: true,
  agreement: good ? 1 : 0,
  how: 'text',
  good,
  propensity: 0.05,
  ...more,
});

/** Numbers from 0 to 1, the same each time (Park and Miller 1988). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Sure answers are better ones: good with a probability of their confidence. */
function learned(count: number, draw: () => number, to = new Comparisons()): Comparisons {
  for (let at = 0; at < count; at += 1) {
    const confidence = draw();
    to.learn('acme', compared(confidence, draw() < confidence), at);
  }
  return to;
}

const EXPECTED = { risk: 0.1, assurance: undefined };

test('until there are enough comparisons what is configured holds, then what they certify', () => {
  const few = learned(8, chance(3));
  assert.deepEqual(few.standing(KIND, EXPECTED, 0.9).by, 'configured');
  assert.equal(few.standing(KIND, EXPECTED, 0.9).least, undefined);
  const enough = learned(400, chance(3));
  const { least, by, labels, chance: does } = enough.standing(KIND, EXPECTED, 0.9);
  assert.deepEqual([by, labels], ['certified', 400]);
  // Of answers that are good as often as they are sure, 10 % are lost where those above 0.55 stay.
  assert.ok(least !== undefined && least > 0.5 && least < 0.68, String(least));
  assert.ok(does !== undefined && Math.abs(does - 0.9) < 0.1, String(does));
  const tested = enough.standing(KIND, { risk: 0.1, assurance: 0.95 }, 0.9);
  assert.ok((tested.least ?? 0) > least, 'who wants to be sure keeps less');
});

test('another model, other tokens, another step and another tenant begin anew', () => {
  const known = learned(400, chance(5));
  for (const other of [
    { weak: 'small@1 small:q4 Q4 small-2' },
    { weak: 'small@1 small:q8 Q8 small-1' },
    { tokensTold: false },
    { step: 'classify' },
    { tenant: 'globex' },
    { strong: 'larger@3' },
  ]) {
    const { by, labels } = known.standing({ ...KIND, ...other }, EXPECTED, 0.9);
    assert.deepEqual([by, labels], ['configured', 0], JSON.stringify(other));
  }
});

test('what a threshold loses on calls of the same kind is what was promised', () => {
  const draw = chance(11);
  let [lost, calls] = [0, 0];
  for (let round = 0; round < 40; round += 1) {
    const { least = 0 } = learned(150, draw).standing(KIND, EXPECTED, 0.9);
    for (let at = 0; at < 200; at += 1) {
      const confidence = draw();
      if (confidence >= least && draw() >= confidence) lost += 1;
      calls += 1;
    }
  }
  const share = lost / calls;
  // Two standard errors of 40 thresholds.
  assert.ok(share <= 0.1 + 2 * (0.03 / Math.sqrt(40)), `${share}`);
  assert.ok(share > 0.05, `nothing is given away: ${share}`);
});

test('a model that became worse keeps nothing, until there are enough comparisons again', () => {
  const half = learned(400, chance(7));
  assert.equal(half.standing(KIND, EXPECTED, 0.9).by, 'certified');
  for (let at = 0; at < 30; at += 1) half.learn('acme', compared(0.99, false), at);
  assert.equal(half.standing(KIND, EXPECTED, 0.99).least, NEVER, 'the share that stays is gone');
  const known = new Comparisons();
  for (let at = 0; at < 600; at += 1) known.learn('acme', compared(0.9, true), at);
  assert.equal(known.standing(KIND, EXPECTED, 0.9).least, 0.9);
  let audits = 0;
  while (known.standing(KIND, EXPECTED, 0.9).by === 'certified' && audits < 100) {
    known.learn('acme', compared(0.9, false), audits);
    audits += 1;
  }
  const { least, by } = known.standing(KIND, EXPECTED, 0.9);
  assert.deepEqual([least, by], [NEVER, 'broken']);
  assert.ok(audits < 30, `${audits} audits until it was noticed`);
  for (let at = 0; at < 40; at += 1) known.learn('acme', compared(0.9, true), at);
  assert.equal(known.standing(KIND, EXPECTED, 0.9).by, 'certified');
  assert.ok((known.standing(KIND, EXPECTED, 0.9).least ?? 1) <= 0.9);
});

test('a checkpoint brings everything back, what is broken too', () => {
  const known = learned(300, chance(9));
  known.learn('acme', compared(0.5, true, { confidence: undefined }), 300);
  const again = new Comparisons();
  again.restore(JSON.parse(JSON.stringify(known.checkpoint())));
  assert.deepEqual(again.standing(KIND, EXPECTED, 0.8), known.standing(KIND, EXPECTED, 0.8));
  assert.deepEqual(again.parity('acme'), known.parity('acme'));
  for (let at = 0; at < 60; at += 1) known.learn('acme', compared(0.99, false), at);
  const broken = new Comparisons();
  broken.restore(JSON.parse(JSON.stringify(known.checkpoint())));
  assert.equal(broken.standing(KIND, EXPECTED, 0.8).by, known.standing(KIND, EXPECTED, 0.8).by);
});

test('a checkpoint keeps so many rows of all pairs, and what is broken with its rows', () => {
  const many = new Comparisons();
  for (let pair = 0; pair < 40; pair += 1) {
    for (let at = 0; at < (pair === 0 ? 5 : 600); at += 1) {
      many.learn('acme', compared(0.9, true, { step: `s${pair}` }), at);
    }
  }
  const kept = many.checkpoint() ?? [];
  const sizes = kept.map(({ rows }) => rows.length);
  const all = sizes.reduce((sum, one) => sum + one, 0);
  assert.ok(all <= ROWS_KEPT_MAX && all > ROWS_KEPT_MAX - 40, `${all}`);
  assert.equal(sizes[0], 5, 'few rows are kept all');
  assert.equal(kept[1]?.rows.at(-1)?.[3], 599, 'the newest');
  const again = new Comparisons();
  const [rows] = kept.slice(1).map((one) => one.rows.slice(0, 7));
  again.restore([{ kind: KIND, isBroken: true, rows: rows ?? [] }]);
  const { by, labels } = again.standing(KIND, EXPECTED, 0.9);
  assert.deepEqual([by, labels], ['broken', 7]);
});

test('no tenant makes another one forget, nor itself what is broken', () => {
  const known = new Comparisons();
  const standing = (kind: PairKind) => known.standing(kind, EXPECTED, 0.9);
  const own = { ...KIND, tenant: 'globex' };
  known.learn('globex', compared(0.9, true), 0);
  for (let at = 0; at < 600; at += 1) known.learn('acme', compared(0.9, true), at);
  assert.equal(standing(KIND).by, 'certified');
  for (let at = 0; at < 60 && standing(KIND).by !== 'broken'; at += 1) {
    known.learn('acme', compared(0.9, false), at);
  }
  assert.equal(standing(KIND).by, 'broken');
  for (let at = 0; at < 400; at += 1) {
    known.learn('acme', compared(0.9, true, { weak: side('small', 1, `m${at}`) }), at);
  }
  assert.deepEqual([standing(KIND).by, standing(own).labels], ['broken', 1]);
  const sizes = (tenant: string) => known.parity(tenant).length;
  assert.equal(sizes('acme'), 64);
  // Of a full node whoever has most loses one.
  for (let at = 0; at < 192; at += 1) known.learn(`t${at}`, compared(0.9, true), at);
  assert.deepEqual([sizes('acme'), sizes('globex'), known.parity(undefined).length], [63, 1, 256]);
});

test('parity weighs by how likely each call was drawn, and tells when it falls', () => {
  const known = new Comparisons();
  for (let at = 0; at < 100; at += 1) {
    const rare = at % 10 === 0;
    known.learn('acme', compared(0.9, !rare, { propensity: rare ? 0.02 : 0.2 }), at);
  }
  const [parity, ...rest] = known.parity('acme');
  assert.deepEqual(rest, []);
  // 90 of weight 5 and 10 of weight 50.
  assert.ok(Math.abs((parity?.share ?? 0) - 450 / 950) < 1e-9);
  assert.ok((parity?.low ?? 1) < 0.45 && (parity?.high ?? 0) > 0.5);
  assert.deepEqual(parity?.ms, { weak: 100, strong: 300 });
  assert.deepEqual(parity?.nanoUsd, { weak: 10, strong: 30 });
  assert.deepEqual(known.parity('globex'), []);

  const falling = new Comparisons();
  const draw = chance(13);
  for (let at = 0; at < 500; at += 1) {
    assert.equal(falling.learn('acme', compared(0.9, draw() < 0.9), at), undefined, 'no change');
  }
  let news: ReturnType<Comparisons['learn']>;
  let audits = 0;
  while (news === undefined && audits < 200) {
    news = falling.learn('acme', compared(0.9, draw() < 0.5), audits);
    audits += 1;
  }
  assert.ok(news !== undefined && news.before > 0.8 && news.now < news.before, `${audits}`);
  assert.ok(audits < 80, `${audits} audits until it was noticed`);
});
