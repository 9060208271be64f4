// What audits have shown, by tenant, step and pair of models: how often the lower tier's answer
// would have done, what threshold of confidence keeps a promised loss, how likely an answer of a
// given confidence is to do, and whether that has changed. A model that is another one by its name
// at the server, its quantisation or what the server claims begins anew, and so do answers without
// log-probabilities. No tenant's comparisons say anything of another's.
//
// Under drift a set threshold keeps no promise: each audit moves the share that stays (adaptive
// conformal inference), and a bet against the promise tells when it is broken; then nothing stays
// until there are enough comparisons of afterwards. Kept in memory, made again from the journal.
import type { Bodies, CheckpointBody } from '@signalbox/contract';
import { type Calibration, calibrated, valueAt } from './calibration.ts';
import { logarithm } from './exact.ts';
import { Adapting, conformalThreshold, type Loss, NOTHING_STAYS, testedThreshold } from './risk.ts';

export type Comparison = Bodies['comparison'];

/** Answers of one model to one step, beside those of a better one. */
export type PairKind = {
  readonly tenant: string;
  readonly step: string | undefined;
  /** With what it is made of. */
  readonly weak: string;
  readonly strong: string;
  readonly tokensTold: boolean;
};

/** A share of answers that may be kept though they would not have done. */
export type Promised = { readonly risk: number; readonly assurance: number | undefined };

export type Standing = {
  /** Undefined: too few comparisons; what is configured holds. */
  readonly least: number | undefined;
  readonly by: 'configured' | 'certified' | 'broken';
  readonly labels: number;
  /** How likely an answer of this confidence is to do; undefined: nothing is known. */
  readonly chance: number | undefined;
};

export type Parity = PairKind & {
  readonly comparisons: number;
  /** Share of lower answers that would have done, weighed by how likely each was drawn. */
  readonly share: number;
  /** 95 % of it. */
  readonly low: number;
  readonly high: number;
  /** Means of those that are known. */
  readonly ms: Sides;
  readonly nanoUsd: Sides;
  /** Unix milliseconds. */
  readonly since: number;
};
type Sides = { readonly weak: number | undefined; readonly strong: number | undefined };

export type Drifted = PairKind & {
  /** Shares of lower answers that would have done. */
  readonly before: number;
  readonly now: number;
  readonly comparisons: number;
};

/** More than any confidence: nothing stays. */
export const NEVER = 2;
const KINDS_MAX = 256;
const KINDS_PER_TENANT_MAX = 64;
const ROWS_MAX = 600;
/** Of all pairs, in a checkpoint: it is one entry of the journal, and has to fit into a frame. */
export const ROWS_KEPT_MAX = 10_000;
const PROMISES_MAX = 4;
/** Odds against a bet that is won by chance. */
const BROKEN_DELTA = 0.001;
const USUAL_ROWS = 100;
const NOW_ROWS = 50;
const Z = 1.96;

type Row = {
  readonly confidence: number | undefined;
  readonly good: boolean;
  readonly propensity: number;
  readonly ms: readonly [number, number];
  /** Below 0: unknown. */
  readonly nanoUsd: readonly [number, number];
  readonly at: number;
};

export class Comparisons {
  /** By tenant; of tenants and of pairs the longest unheard of stands first. */
  readonly #tenants = new Map<string, Map<string, Pair>>();

  /** @returns what has changed for the worse, when this comparison shows it. */
  learn(tenant: string, body: Comparison, at: number): Drifted | undefined {
    const kind = kindOf(tenant, body);
    const { confidence, good, propensity, weak, strong } = body;
    const nanoUsd = [nanoOf(weak.costNanoUsd), nanoOf(strong.costNanoUsd)] as const;
    const ms = [weak.durationMs, strong.durationMs] as const;
    return this.#pairOf(kind).learn({ confidence, good, propensity, ms, nanoUsd, at });
  }

  /** A look-up: what follows from comparisons is worked out when they are learned. */
  standing(kind: PairKind, promised: Promised, confidence: number): Standing {
    const pair = this.#tenants.get(kind.tenant)?.get(keyOf(kind));
    return pair?.standing(promised, confidence) ?? UNKNOWN;
  }

  /** @param tenant undefined: of all. */
  parity(tenant: string | undefined): readonly Parity[] {
    return this.#all()
      .filter((one) => one.size > 0)
      .filter(({ kind }) => tenant === undefined || kind.tenant === tenant)
      .map((pair) => pair.parity());
  }

  /** The newest `ROWS_KEPT_MAX` at most: who has few keeps all, the others as many each. */
  checkpoint(): CheckpointBody['comparisons'] {
    const pairs = this.#all();
    const most = rowsOfEach(pairs.map(({ size }) => size));
    return pairs.map((pair) => pair.checkpoint(most));
  }

  restore(kept: NonNullable<CheckpointBody['comparisons']>): void {
    for (const { kind, rows, isBroken } of kept) {
      const pair = this.#pairOf(kind);
      for (const [confidence, good, propensity, at, ...sides] of rows) {
        const [weakMs = 0, strongMs = 0, weakNano = -1, strongNano = -1] = sides;
        pair.learn({
          confidence: confidence < 0 ? undefined : confidence,
          good: good === 1,
          ...{ propensity, at, ms: [weakMs, strongMs], nanoUsd: [weakNano, strongNano] },
        });
      }
      pair.isBroken = isBroken;
    }
  }

  #all(): readonly Pair[] {
    return [...this.#tenants.values()].flatMap((own) => [...own.values()]);
  }

  /** Where there is no room a tenant with many pairs loses one, never another for its sake. */
  #pairOf(kind: PairKind): Pair {
    const key = keyOf(kind);
    const own = this.#tenants.get(kind.tenant) ?? new Map<string, Pair>();
    const known = own.get(key);
    if (known === undefined) {
      if (own.size >= KINDS_PER_TENANT_MAX) forgetOne(own);
      else if (this.#all().length >= KINDS_MAX) this.#forgetOfMost();
    }
    const pair = known ?? new Pair(kind);
    own.delete(key);
    own.set(key, pair);
    this.#tenants.delete(kind.tenant);
    this.#tenants.set(kind.tenant, own);
    return pair;
  }

  #forgetOfMost(): void {
    const [most] = [...this.#tenants].toSorted(([, a], [, b]) => b.size - a.size);
    if (most === undefined) return;
    const [tenant, own] = most;
    forgetOne(own);
    if (own.size === 0) this.#tenants.delete(tenant);
  }
}

/** The longest unheard of; what is broken last: forgotten, it would be trusted again. */
function forgetOne(own: Map<string, Pair>): void {
  const all = [...own];
  const [key] = all.find(([, pair]) => !pair.isBroken) ?? all[0] ?? [];
  if (key !== undefined) own.delete(key);
}

const UNKNOWN: Standing = { least: undefined, by: 'configured', labels: 0, chance: undefined };

const keyOf = ({ step, weak, strong, tokensTold }: PairKind): string =>
  `${step ?? ''}\n${weak}\n${strong}\n${tokensTold ? 1 : 0}`;

const kindOf = (tenant: string, { step, weak, strong, tokensTold }: Comparison): PairKind => ({
  tenant,
  step,
  weak: `${weak.model}@${weak.tier} ${weak.made}`,
  strong: `${strong.model}@${strong.tier}`,
  tokensTold,
});

const nanoOf = (text: string | undefined): number => (text === undefined ? -1 : Number(text));

type Kept = { least: number | undefined; adapting: Adapting | undefined };

class Pair {
  readonly kind: PairKind;
  #rows: Row[] = [];
  readonly #promises = new Map<string, Kept & { readonly promised: Promised }>();
  /** Its rows are those that came after. */
  isBroken = false;
  #calibration: Calibration | undefined = undefined;
  #usual: { readonly share: number; readonly bet: Adapting } | undefined = undefined;
  #sinceUsual = 0;
  #isStale = false;

  constructor(kind: PairKind) {
    this.kind = kind;
  }

  get size(): number {
    return this.#rows.length;
  }

  learn(row: Row): Drifted | undefined {
    this.#rows.push(row);
    if (this.#rows.length > ROWS_MAX) this.#rows.shift();
    const { confidence, good } = row;
    if (confidence !== undefined) {
      for (const kept of this.#promises.values()) {
        const stayed = kept.least !== undefined && confidence >= kept.least;
        kept.adapting?.audited(stayed && !good ? 1 : 0);
        if (kept.adapting?.isBroken === true) {
          this.#break();
          break;
        }
        this.#set(kept, kept.promised);
      }
      this.#isStale = true;
      if (this.#promises.size > 0) this.#calibrate();
    }
    return this.#drift(good);
  }

  /** Beforehand where somebody asks, so that no call does it. */
  #calibrate(): void {
    if (!this.#isStale) return;
    this.#isStale = false;
    const seen = this.#judged().map((one) => ({ score: one.confidence, value: one.good ? 1 : 0 }));
    this.#calibration = calibrated(seen, shareOf(this.#rows));
  }

  /** What was learned so far no longer holds. */
  #break(): void {
    this.isBroken = true;
    this.#rows = this.#rows.slice(-1);
    this.#calibration = undefined;
    this.#isStale = true;
    this.#promises.clear();
  }

  standing(promised: Promised, confidence: number): Standing {
    const key = `${promised.risk} ${promised.assurance}`;
    let kept = this.#promises.get(key);
    if (kept === undefined) {
      kept = { promised, least: undefined, adapting: undefined };
      this.#set(kept, promised);
      if (this.#promises.size < PROMISES_MAX) this.#promises.set(key, kept);
    }
    this.#calibrate();
    const labels = this.#rows.length;
    const known = this.#calibration;
    const chance = known === undefined ? undefined : valueAt(known, confidence).value;
    const { least } = kept;
    if (least === undefined && this.isBroken) return { least: NEVER, by: 'broken', labels, chance };
    return { least, by: least === undefined ? 'configured' : 'certified', labels, chance };
  }

  parity(): Parity {
    const rows = this.#rows;
    const weights = rows.map(({ propensity }) => 1 / propensity);
    const sum = weights.reduce((all, one) => all + one, 0);
    const squares = weights.reduce((all, one) => all + one * one, 0);
    const share = shareOf(rows);
    const [low, high] = wilson(share, (sum * sum) / squares);
    return {
      ...this.kind,
      ...{ comparisons: rows.length, share, low, high, since: rows[0]?.at ?? 0 },
      ms: {
        weak: meanOf(rows.map(({ ms }) => ms[0])),
        strong: meanOf(rows.map(({ ms }) => ms[1])),
      },
      nanoUsd: {
        weak: meanOf(rows.map(({ nanoUsd }) => nanoUsd[0])),
        strong: meanOf(rows.map(({ nanoUsd }) => nanoUsd[1])),
      },
    };
  }

  /** @param most rows, the newest. */
  checkpoint(most: number): NonNullable<CheckpointBody['comparisons']>[number] {
    const rows = this.#rows
      .slice(-most)
      .map(
        ({ confidence, good, propensity, at, ms, nanoUsd }) =>
          [confidence ?? -1, good ? 1 : 0, propensity, at, ...ms, ...nanoUsd] as const,
      );
    return { kind: this.kind, isBroken: this.isBroken, rows };
  }

  #judged(): readonly (Row & { readonly confidence: number })[] {
    return this.#rows.filter((one): one is Row & { readonly confidence: number } =>
      Number.isFinite(one.confidence),
    );
  }

  #set(kept: Kept, promised: Promised): void {
    const rows = this.#judged();
    if (rows.length < rowsNeeded(promised)) return;
    this.isBroken = false;
    const losses = rows.map(
      ({ confidence, good, propensity }): Loss => ({
        score: -confidence,
        loss: good ? 0 : 1,
        weight: 1 / propensity,
      }),
    );
    const { risk, assurance } = promised;
    const set =
      assurance === undefined
        ? conformalThreshold(losses, risk)
        : testedThreshold(losses, risk, 1 - assurance);
    const certified = set === NOTHING_STAYS ? NEVER : -set;
    const sure = rows.map(({ confidence }) => confidence).sort((a, b) => b - a);
    const share = sure.filter((one) => one >= certified).length / sure.length;
    kept.adapting ??= new Adapting(risk, share, BROKEN_DELTA);
    // The share that stays by what audits have met since: never more than is certified.
    const most = Math.floor(kept.adapting.share * sure.length);
    kept.least = Math.max(certified, most === 0 ? NEVER : (sure[most - 1] ?? NEVER));
  }

  #drift(good: boolean): Drifted | undefined {
    this.#sinceUsual += 1;
    if (this.#usual === undefined) {
      if (this.#rows.length < USUAL_ROWS) return undefined;
      const share = shareOf(this.#rows);
      const [low] = wilson(share, this.#rows.length);
      this.#usual = { share, bet: new Adapting(1 - low, 1, BROKEN_DELTA) };
      this.#sinceUsual = 0;
      return undefined;
    }
    const { share: before, bet } = this.#usual;
    bet.audited(good ? 0 : 1);
    if (!bet.isBroken) return undefined;
    const now = shareOf(this.#rows.slice(-Math.min(NOW_ROWS, this.#sinceUsual)));
    this.#usual = undefined;
    this.#rows = this.#rows.slice(-NOW_ROWS);
    return { ...this.kind, before, now, comparisons: this.#sinceUsual };
  }
}

/** How many rows each pair may keep, so that all together keep no more than `ROWS_KEPT_MAX`. */
function rowsOfEach(sizes: readonly number[]): number {
  let left = ROWS_KEPT_MAX;
  for (const [at, size] of sizes.toSorted((a, b) => a - b).entries()) {
    const share = Math.floor(left / (sizes.length - at));
    if (size > share) return share;
    left -= size;
  }
  return ROWS_MAX;
}

/** Fewer could certify nothing, however good they are. */
function rowsNeeded({ risk, assurance }: Promised): number {
  if (assurance === undefined) return Math.ceil(1 / risk - 1);
  return Math.ceil(logarithm(1 - assurance) / logarithm(1 - risk));
}

/** Hájek's estimate: each row weighs by how likely it was drawn. */
function shareOf(rows: readonly Row[]): number {
  let [sum, all] = [0, 0];
  for (const { good, propensity } of rows) {
    sum += good ? 1 / propensity : 0;
    all += 1 / propensity;
  }
  return all === 0 ? 0.5 : sum / all;
}

/** Wilson's interval of a share of so many. */
function wilson(share: number, all: number): readonly [low: number, high: number] {
  const scale = 1 + (Z * Z) / all;
  const middle = share + (Z * Z) / (2 * all);
  const spread = Z * Math.sqrt((share * (1 - share) + (Z * Z) / (4 * all)) / all);
  return [Math.max(0, (middle - spread) / scale), Math.min(1, (middle + spread) / scale)];
}

function meanOf(values: readonly number[]): number | undefined {
  const known = values.filter((value) => value >= 0);
  if (known.length === 0) return undefined;
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
