import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ARTIFACT_BYTES_MAX, decodeRouter, encodeRouter } from './artifact.ts';
import { calibrated, valueAt } from './calibration.ts';
import { exponential, logarithm } from './exact.ts';
import { MODELS, madeUp } from './route.fixture.ts';
import { LearnedRouter } from './route.ts';
import { type RouteExample, trainRouter } from './train.ts';

const options = { models: MODELS, sources: ['made up'] };
const rows = madeUp(600);
const trained = trainRouter(rows, options);
const bytes = encodeRouter(trained);
const read = decodeRouter(bytes);
assert.ok(read !== undefined);
const router = new LearnedRouter(read);

const hard = { text: 'Ada and Alan have 12 maps. Prove the remainder of the quotient?' };
const easy = { text: 'Ada and Alan have 12 maps. How many is that with one more?' };

describe('the learned router', () => {
  it('scores what the weak model fails at above the rest, with the step and without', () => {
    const family = 'sums';
    assert.ok(
      router.decide({ ...hard, family }).score > router.decide({ ...easy, family }).score + 0.3,
    );
    const told = [
      router.decide({ ...hard, family, step: 'hard' }),
      router.decide({ ...easy, family, step: 'easy' }),
    ];
    assert.ok((told[0]?.gain ?? 0) > (told[1]?.gain ?? 0) + 0.5);
    for (const { error, abstained } of told) {
      assert.ok(error > 0 && error < 0.3);
      assert.equal(abstained, undefined);
    }
  });

  it('abstains in families without labels, and on texts unlike any, with one score for all', () => {
    const family = 'poems';
    const [one, other] = [router.decide({ ...hard, family }), router.decide({ ...easy, family })];
    assert.equal(one.abstained, 'unknown-family');
    assert.equal(one.score, other.score);
    const text = 'def main(argv): return [lambda x: x ** 2 for _ in range(8)]';
    assert.equal(router.decide({ text }).abstained, 'unlike-any');
    const others = madeUp(200, 77).map((row) => router.decide({ text: row.text }).abstained);
    assert.ok(others.filter((why) => why !== undefined).length <= 10);
  });

  it('abstains without labels, and with labels of one class alone', () => {
    const none = new LearnedRouter(trainRouter([], options));
    assert.equal(none.decide(hard).abstained, 'no-labels');
    const same = rows.slice(0, 80).map((row) => ({ ...row, outcomes: { small: 1, large: 1 } }));
    assert.equal(new LearnedRouter(trainRouter(same, options)).decide(hard).abstained, 'one-class');
  });

  it('leaves out equal rows and outcomes that are no number', () => {
    const spoilt: RouteExample = { ...hard, outcomes: { small: Number.NaN, large: 1 } };
    const { card } = trainRouter([...rows.slice(0, 90), ...rows.slice(0, 90), spoilt], options);
    assert.equal(card.duplicates, 90);
    assert.deepEqual(card.labels, { small: 90, large: 91 });
  });

  it('is the same to the bit when trained again, and from its file', () => {
    assert.deepEqual(encodeRouter(trainRouter(rows, options)), bytes);
    assert.ok(bytes.length <= ARTIFACT_BYTES_MAX);
    assert.deepEqual(encodeRouter(read).length, bytes.length);
    // These bits were computed once: another result is another model.
    assert.equal(router.decide({ ...hard, family: 'sums' }).score, EXPECTED_SCORE);
  });

  it('reads no file that was cut, is of another version or is too large', () => {
    assert.equal(decodeRouter(bytes.subarray(0, -1)), undefined);
    const text = new TextDecoder('latin1').decode(bytes);
    const other = text.replace('"signalboxRoute":1', '"signalboxRoute":2');
    assert.equal(decodeRouter(Uint8Array.from(other, (letter) => letter.charCodeAt(0))), undefined);
    assert.equal(decodeRouter(new Uint8Array(ARTIFACT_BYTES_MAX + 1).fill(10)), undefined);
  });

  it('keeps no text in its file', () => {
    const text = new TextDecoder('latin1').decode(bytes);
    assert.ok(!/Grace|quotient|greeting/.test(text));
  });
});

describe('a calibration', () => {
  const seen = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      score: at / count,
      value: at % 10 < at / (count / 10) ? 1 : 0,
    }));

  it('is isotonic from 300 labels, Platt from 50, and drawn to the prior below', () => {
    const kinds = [300, 299, 50, 49, 0].map((count) => calibrated(seen(count), 0.3).kind);
    assert.deepEqual(kinds, ['isotonic', 'platt', 'platt', 'shrunk', 'shrunk']);
    assert.equal(valueAt(calibrated([], 0.3), 0.9).value, 0.3);
    for (const count of [400, 100]) {
      const made = calibrated(seen(count), 0.3);
      const values = [0, 0.2, 0.4, 0.6, 0.8, 1].map((score) => valueAt(made, score).value);
      assert.deepEqual(
        values,
        values.toSorted((a, b) => a - b),
      );
      assert.ok(Math.abs(valueAt(made, 0.5).value - 0.5) < 0.12, `${count}`);
    }
  });

  it('gives the mean where scores say the contrary, and ignores what is no number', () => {
    const turned = seen(100).map(({ score, value }) => ({ score: 1 - score, value }));
    const made = calibrated([...turned, { score: Number.NaN, value: 1 }], 0.3);
    assert.equal(made.labels, 100);
    assert.equal(valueAt(made, 0.1).value, valueAt(made, 0.9).value);
  });
});

it('exponential and logarithm are right to twelve digits', () => {
  for (let x = -20; x <= 20; x += 0.37) {
    assert.ok(Math.abs(exponential(x) / Math.exp(x) - 1) < 1e-12, `${x}`);
    assert.ok(Math.abs(logarithm(Math.exp(x)) - x) < 1e-12, `${x}`);
  }
});

const EXPECTED_SCORE = 0.8936766456450662;
