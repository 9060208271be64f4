// Which tier a question needs, learned from rows of (question, model, how good the answer was). For
// each model a linear head over hashed terms and a table over steps say how likely its answer is
// good; the score is what the stronger model gains.
// Promise: the same bits on every machine, no clock, no chance, nothing of a text kept. Limits:
// what it learned of one family of questions says nothing of another, so where it has no labels of
// a family it abstains and says what is usual. It must never see a label of sensitivity, nor decide
// one: it proposes a tier among those that are allowed.
import { type Calibration, valueAt } from './calibration.ts';
import { logit, sigmoid } from './exact.ts';
import { type Features, PAIR_BITS, type Question, Reader, SHAPE_LENGTH } from './features.ts';
import { type Forest, forestLogit } from './forest.ts';
import { type Head, logitOf, type Row } from './heads.ts';
import { moved, type Residual, type Residuals } from './residual.ts';
import { PLAIN_SHAPES } from './shapes.ts';
import { expected, ofStep, type StepTable } from './step-table.ts';
import { sharesOf, type Topics } from './topics.ts';
import type { Common, Usual } from './usual.ts';

export type Asked = Question & {
  /** What kind of questions it belongs to; undefined: not known. */
  readonly family?: string;
  /** The step within it. */
  readonly step?: string;
  /** Whose own labels count beside those of the family. */
  readonly tenant?: string;
};

/** What is known of one model. */
export type Learned = {
  readonly name: string;
  readonly head: Head;
  readonly forest: Forest;
  readonly table: StepTable;
  /** Mean price of a call, by step; undefined where no prices were told. */
  readonly price: StepTable | undefined;
  readonly calibration: Calibration;
};

/** How well the order of rows by score finds those that the stronger tier does better. */
export type Evaluation = {
  /** Rows with an outcome of the weakest and of the strongest tier. */
  readonly rows: number;
  /** Share of the gap between the tiers that is won, over all strong shares; chance: 0.5. */
  readonly apgr: number;
  /** 95 % of bootstrap draws lie above. */
  readonly low: number;
};

export type DataCard = {
  readonly sources: readonly string[];
  readonly rows: number;
  readonly families: Readonly<Record<string, number>>;
  readonly labels: Readonly<Record<string, number>>;
  /** Of labels that calls of the line left: how many come from what. */
  readonly origins?: Readonly<Record<string, number>>;
  /** Rows by family and step, as `stepKey` joins them. */
  readonly steps?: Readonly<Record<string, number>>;
  /** Of rows that it was not trained on; undefined: it was not evaluated. */
  readonly evaluation?: Evaluation;
  /** Rows left out because an equal one was there. */
  readonly duplicates: number;
  /** Rows that were learned from for their tenant alone, by tenant. */
  readonly own?: Readonly<Record<string, number>>;
};

export type RouteModel = {
  readonly version: 2;
  readonly bits: number;
  /** The weakest first. */
  readonly models: readonly Learned[];
  readonly families: readonly string[];
  /** `family` and step, joined by a line feed. */
  readonly steps: readonly string[];
  readonly topics: Topics;
  readonly scale: { readonly means: Float64Array; readonly deviations: Float64Array };
  /** Terms of many texts, with their share of them. */
  readonly common: Common;
  readonly familiar: { readonly seen: Uint8Array; readonly least: number; readonly most: number };
  readonly gain: Calibration;
  readonly card: DataCard;
  /** Absent: no tenant's own labels were learned from. */
  readonly residuals?: Residuals;
};

export type RouteDecision = {
  /** What the strongest model gains over the weakest, -1 to 1: higher means stronger. */
  readonly score: number;
  /** The same as it was seen on labels, and its standard error. */
  readonly gain: number;
  readonly error: number;
  /** How likely each model's answer is good, the weakest first; and its price. */
  readonly good: readonly number[];
  readonly price: readonly number[];
  /** Why it says no more than what is usual. */
  readonly abstained: 'no-labels' | 'one-class' | 'unknown-family' | 'unlike-any' | undefined;
};

export const stepKey = (family: string, step: string): string => `${family}\n${step}`;

/** Which pairs were seen, a bit each. */
export const FAMILIAR_BYTES: number = 2 ** (PAIR_BITS - 3);

const SHAPE_MAX = 3;
/** One count alone makes no text odd beyond this. */
const ODD_MAX = 50;
/**
 * How much the text counts beside the step. Fitted weights order rows worse than these: fitting
 * makes each share right, and the order is of differences. Found by folds over training rows.
 */
const HEAD_WEIGHT = 0.75;
const FOREST_WEIGHT = 0.75;
const TABLE_WEIGHT = 0.6;

type Views = { readonly head: number; readonly forest: number; readonly table: number };

/** What logits of head and forest and the table's share say together; a share after calibration. */
export const agreed = ({ head, forest, table }: Views): number =>
  sigmoid(HEAD_WEIGHT * head + FOREST_WEIGHT * forest + TABLE_WEIGHT * logit(table));

export class LearnedRouter {
  readonly model: RouteModel;
  readonly #steps: ReadonlyMap<string, number>;
  readonly #shares: Float64Array;
  readonly #reader: Reader;

  constructor(model: RouteModel) {
    this.model = model;
    this.#steps = new Map(model.steps.map((step, at) => [step, at]));
    this.#reader = new Reader(model.bits);
    this.#shares = new Float64Array(model.steps.length);
  }

  /** @param usual what the tenant always says at this step, which is not scored. */
  decide(asked: Asked, usual?: Usual): RouteDecision {
    const { models, common } = this.model;
    const whole = this.#reader.read(asked);
    const features = usual === undefined ? whole : usual.without(whole, common);
    const row: Row = { features, shape: scaled(features.shape, this.model.scale) };
    const step = this.#steps.get(stepKey(asked.family ?? '', asked.step ?? ''));
    const abstained = this.#doubt(asked, whole);
    if (step === undefined) sharesOf(this.model.topics, features, this.#shares);
    const good: number[] = [];
    const shown: number[] = [];
    const price: number[] = [];
    for (const one of models) {
      const of = (table: StepTable): number =>
        step === undefined ? expected(table, this.#shares) : ofStep(table, step);
      const forest = forestLogit(one.forest, row.shape);
      const share = agreed({ head: logitOf(one.head, row), forest, table: of(one.table) });
      good.push(share);
      shown.push(valueAt(one.calibration, share).value);
      price.push(one.price === undefined ? Number.NaN : of(one.price));
    }
    if (abstained !== undefined) return this.#usual(abstained, price);
    const score = (good.at(-1) ?? 0) - (good[0] ?? 0);
    const { value, error } = valueAt(this.model.gain, score);
    const said = { score, gain: 2 * value - 1, error: 2 * error, good: shown, price, abstained };
    const own = this.residual(asked.tenant, asked.step);
    return own === undefined || own.isEven ? said : corrected(said, own);
  }

  /** Of a step of which nothing but the tenant's own labels is known: even chances, and those. */
  decideBy(own: Residual): RouteDecision {
    const { models } = this.model;
    const even = { good: models.map(() => 0.5), price: models.map(() => Number.NaN) };
    const error = 1 / Math.sqrt(own.labels + 1);
    return corrected({ ...even, score: 0, gain: 0, error, abstained: undefined }, own);
  }

  residual(tenant: string | undefined, step: string | undefined): Residual | undefined {
    if (tenant === undefined || step === undefined) return undefined;
    return this.model.residuals?.get(stepKey(tenant, step));
  }

  #doubt({ family }: Asked, features: Features): RouteDecision['abstained'] {
    const { card, gain, families, familiar } = this.model;
    if (card.rows === 0 || gain.labels === 0) return 'no-labels';
    if (this.model.models.every(({ table }) => isOneSided(table))) return 'one-class';
    if (family !== undefined) return families.includes(family) ? undefined : 'unknown-family';
    const isNear = oddness(features.shape, this.model.scale) <= familiar.most;
    return isNear && familiarity(features, familiar.seen) >= familiar.least
      ? undefined
      : 'unlike-any';
  }

  /** The mean of all steps: the same for every question, so that it orders none before another. */
  #usual(abstained: RouteDecision['abstained'], price: readonly number[]): RouteDecision {
    const good = this.model.models.map(({ table }) => ofStep(table, this.model.steps.length));
    const gain = (good.at(-1) ?? 0) - (good[0] ?? 0);
    return { score: gain, gain, error: 1, good, price, abstained };
  }
}

/** What the strongest model wins by it, and the weakest, is what the gain wins. */
function corrected(said: RouteDecision, { offsets }: Residual): RouteDecision {
  const good = said.good.map((one, at) => moved(one, offsets[at] ?? 0));
  const won = (at: number): number => (good.at(at) ?? 0) - (said.good.at(at) ?? 0);
  const by = won(-1) - won(0);
  const within = (gain: number): number => Math.max(-1, Math.min(1, gain + by));
  return { ...said, good, score: within(said.score), gain: within(said.gain) };
}

function isOneSided({ means }: StepTable): boolean {
  const all = means.at(-1) ?? 0;
  return all <= 0 || all >= 1;
}

export function scaled(shape: Float64Array, scale: RouteModel['scale']): Float64Array {
  const made = new Float64Array(SHAPE_LENGTH);
  for (let i = 0; i < SHAPE_LENGTH; i += 1) {
    const deviation = scale.deviations[i] ?? 0;
    const value = deviation === 0 ? 0 : ((shape[i] ?? 0) - (scale.means[i] ?? 0)) / deviation;
    made[i] = Math.max(-SHAPE_MAX, Math.min(SHAPE_MAX, value));
  }
  return made;
}

/** How far a plain shape is from the mean in training; what never varied there counts, too. */
export function oddness(shape: Float64Array, scale: RouteModel['scale']): number {
  let sum = 0;
  for (let i = 0; i < PLAIN_SHAPES; i += 1) {
    const off = Math.abs((shape[i] ?? 0) - (scale.means[i] ?? 0));
    const deviation = scale.deviations[i] ?? 0;
    const steps = deviation === 0 ? (off > 1e-6 ? SHAPE_MAX : 0) : off / deviation;
    sum += Math.min(ODD_MAX, steps * steps);
  }
  return sum;
}

/** What share of the pairs of neighbours in a text was seen in training. */
export function familiarity({ pairs }: Features, seen: Uint8Array): number {
  let known = 0;
  for (const place of pairs) if (((seen[place >>> 3] ?? 0) >>> (place & 7)) % 2 === 1) known += 1;
  return pairs.length === 0 ? 0 : known / pairs.length;
}
