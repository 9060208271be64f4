import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ARTIFACT_BYTES_MAX, decodeRouter, encodeRouter } from './artifact.ts';
import { calibrated, valueAt } from './calibration.ts';
import { CHOICE_SHAPES, choiceShape } from './choices.ts';
import { exponential, logarithm } from './exact.ts';
import { Reader, WORD_BITS } from './features.ts';
import { forestLogit } from './forest.ts';
import { growForest } from './grow.ts';
import { packTerms, unpackTerms } from './kept.ts';
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
    const other = text.replace('"signalboxRoute":2', '"signalboxRoute":3');
    assert.equal(decodeRouter(Uint8Array.from(other, (letter) => letter.charCodeAt(0))), undefined);
    assert.equal(decodeRouter(new Uint8Array(ARTIFACT_BYTES_MAX + 1).fill(10)), undefined);
  });

  it('keeps no text in its file', () => {
    const text = new TextDecoder('latin1').decode(bytes);
    assert.ok(!/Grace|quotient|greeting/.test(text));
  });
});

it('trees tell what no line can, leave alone what nobody knows, and want enough labels', () => {
  const shapes = Array.from({ length: 400 }, (_, at) =>
    Float64Array.of(+(at % 3 === 0), +(at % 9 < 3)),
  );
  const goals = Float64Array.from(shapes, ([a, b], at) => (at < 40 ? Number.NaN : a === b ? 0 : 1));
  const growth = { trees: 20, rate: 0.3, labelsMin: 20, ridge: 1, asked: 1 };
  const grown = growForest(shapes, goals, { growth });
  const said = (...shape: number[]) => forestLogit(grown, Float64Array.from(shape));
  for (const [a, b] of [
    [0, 1],
    [1, 0],
  ] as const)
    assert.ok(said(a, b) > said(0, 0) + 1);
  assert.ok(said(1, 1) < said(1, 0) - 1);
  assert.deepEqual(growForest(shapes, goals, { growth }), grown);
  const few = growForest(shapes.slice(0, 79), goals.slice(0, 79), { growth });
  assert.equal(forestLogit(few, Float64Array.of(1, 0)), 0);
});

it('choices are compared with the question and with each other, and none are no trouble', () => {
  const [again, alike] = [8, 10];
  const apart = choiceShape('What is a cat?', ['a cat', 'the dog']);
  assert.deepEqual([apart[again], apart[alike]], [1, 0]);
  assert.equal(choiceShape('What is it?', ['the red dog', 'the old dog'])[alike], 0.5);
  assert.deepEqual(choiceShape('Why?', []), new Array(CHOICE_SHAPES).fill(0));
  assert.equal(choiceShape('', ['', '']).length, CHOICE_SHAPES);
  assert.ok(choiceShape('', ['', '']).every(Number.isFinite));
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

const EXPECTED_SCORE = 0.9178701762619379;

describe('terms that were kept', () => {
  it('are the same features as of the text, for routers of every size', () => {
    const texts = [
      hard.text,
      easy.text,
      'a a a b, a a!',
      'x',
      ...madeUp(40).map((one) => one.text),
    ];
    const keeper = new Reader(WORD_BITS);
    for (const text of [...texts, texts.join(' ')]) {
      const terms = unpackTerms(packTerms(keeper.terms({ text })));
      assert.ok(terms !== undefined);
      for (const bits of [12, 16, 17]) {
        const reader = new Reader(bits);
        const { shape: rounded, ...kept } = reader.read({ text: '', terms });
        const { shape, ...whole } = reader.read({ text });
        assert.deepEqual(kept, whole);
        assert.deepEqual(rounded, Float64Array.from(Float32Array.from(shape)));
      }
    }
  });

  it('are not read when they were cut, or are of another version', () => {
    const bytes = packTerms(new Reader(WORD_BITS).terms(hard));
    assert.equal(unpackTerms(bytes.subarray(1)), undefined);
    assert.equal(unpackTerms(bytes.subarray(0, -1)), undefined);
    assert.equal(unpackTerms(new Uint8Array(0)), undefined);
  });

  it('teach what the texts would have taught', () => {
    const keeper = new Reader(WORD_BITS);
    const kept = rows.map((row, at) => ({ ...row, text: `${at}`, terms: keeper.terms(row) }));
    const other = new LearnedRouter(trainRouter(kept, options));
    const [one, two] = [hard, easy].map(
      (asked) => other.decide({ ...asked, family: 'sums' }).score,
    );
    assert.ok((one ?? 0) > (two ?? 0) + 0.3);
  });
});

describe('labels that count less', () => {
  const weak = (weight: number): readonly RouteExample[] =>
    rows.map((row) => ({ ...row, weights: { small: weight, large: weight } }));

  it('are fewer labels of a step, and calibrate nothing', () => {
    const { card, gain, models } = trainRouter(weak(0.5), options);
    const sum = (of: Readonly<Record<string, number>> = {}): number =>
      Object.values(of).reduce((total, one) => total + one, 0);
    assert.ok(Math.abs(sum(card.steps) - sum(trained.card.steps) / 2) <= 4);
    assert.deepEqual([gain.labels, models[0]?.calibration.labels], [0, 0]);
  });

  it('move the table less than a label does', () => {
    const [most, least] = [1, 0.1].map((weight) => {
      const said = [{ text: 'x', family: 'f', step: 's', outcomes: { small: 1, large: 0 } }];
      const weights = { small: weight, large: weight };
      const { models, steps } = trainRouter(
        [...rows, ...said.map((one) => ({ ...one, weights }))],
        {
          ...options,
        },
      );
      return models[0]?.table.means[steps.indexOf('f\ns')] ?? 0;
    });
    assert.ok((most ?? 0) > (least ?? 0));
  });
});
