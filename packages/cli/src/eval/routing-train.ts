// From labelled rows to a router for the line: models are tiers, families are tenants (or all
// together), steps are step classes. Evaluated in folds on rows that each was not trained on; the
// router itself is trained on all of them.
import {
  CLASS_OF_WORD,
  decodeRouter,
  EVERYBODY,
  type Evaluation,
  encodeRouter,
  FULL_LABEL,
  LearnedRouter,
  type RouteExample,
  type RouteModel,
  TIER_MODELS,
  trainRouter,
} from '@signalbox/engine';
import { CommandFault, EXIT } from '../exit.ts';
import { byScore, type Scored, spreadOf, worth } from './routing-curve.ts';
import { decidedFor, residualsOf } from './routing-residuals.ts';
import { foldsOf } from './routing-run.ts';
import type { RoutingRow } from './routing-set.ts';

const FOLDS = 3;
const DRAWS = 200;
/** Fewer rows with both outcomes say nothing of a router. */
const EVALUATED_MIN = 50;

export type Trained = { readonly model: RouteModel; readonly bytes: Uint8Array };

export type From = {
  readonly sources: readonly string[];
  /** Labels of the journal by what they come from. */
  readonly origins?: Readonly<Record<string, number>> | undefined;
  /** Rows that each teach what is said of their tenant alone. */
  readonly own?: readonly RoutingRow[] | undefined;
};

/** @throws a fault where the rows cannot teach anything. */
export function trainForLine(rows: readonly RoutingRow[], from: From): Trained {
  const { sources, origins, own = [] } = from;
  const tiers = tiersIn([...rows, ...own]);
  const base = trainRouter(rows.map(exampleOf), { models: tiers, sources });
  const residuals = residualsOf(base, own);
  const evaluation = evaluationOf([...scoredBase(rows, tiers), ...scoredOwn(base, own)]);
  const card = {
    ...base.card,
    ...(evaluation === undefined ? {} : { evaluation }),
    ...(origins === undefined ? {} : { origins }),
    ...(own.length === 0 ? {} : { own: countsOf(own), labels: labelsOf([...rows, ...own], tiers) }),
  };
  const bytes = encodeRouter({ ...base, card, ...(own.length === 0 ? {} : { residuals }) });
  const read = decodeRouter(bytes);
  if (read === undefined) throw new CommandFault(EXIT.failed, 'The router is larger than 1 MB.');
  return { model: read, bytes };
}

function countsOf(own: readonly RoutingRow[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { task = '' } of own) counts[task] = (counts[task] ?? 0) + 1;
  return counts;
}

const labelsOf = (
  rows: readonly RoutingRow[],
  tiers: readonly string[],
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    tiers.map((tier) => [tier, rows.filter(({ outcomes }) => tier in outcomes).length]),
  );

/** Why it may not be promoted; undefined: it may. */
export function unfit({ card }: RouteModel): string | undefined {
  const { evaluation } = card;
  if (evaluation === undefined) {
    return `fewer than ${EVALUATED_MIN} rows have an outcome of the weakest and the strongest tier`;
  }
  if (evaluation.low > 0.5) return undefined;
  const [apgr, low] = [evaluation.apgr.toFixed(3), evaluation.low.toFixed(3)];
  return `on unseen rows it is not better than chance (APGR ${apgr}, 95 % above ${low})`;
}

function tiersIn(rows: readonly RoutingRow[]): readonly string[] {
  const named = new Set(rows.flatMap(({ outcomes }) => Object.keys(outcomes)));
  const tiers = Object.keys(TIER_MODELS).filter((one) => named.has(one));
  if (tiers.length < 2) {
    throw new CommandFault(EXIT.usage, 'The rows have outcomes of fewer than two tiers.', {
      hint: 'Each row has `models`: {"tier-1": 0..1, "tier-3": 0..1}.',
    });
  }
  for (const tier of tiers) {
    const values = rows.flatMap(({ outcomes }) => outcomes[tier] ?? []);
    if (new Set(values).size > 1) continue;
    // One that is always right, or never, is fine beside one that is not.
    if (tiers.every((one) => isOneSided(rows, one))) {
      throw new CommandFault(EXIT.usage, 'All outcomes are the same: there is nothing to learn.');
    }
  }
  return tiers;
}

const isOneSided = (rows: readonly RoutingRow[], tier: string): boolean =>
  new Set(rows.flatMap(({ outcomes }) => outcomes[tier] ?? [])).size <= 1;

/** What is not a tier is left out: nobody on the line is called so. */
function exampleOf(row: RoutingRow): RouteExample {
  const { prompt, task = EVERYBODY, sub, outcomes, prices, terms, weights } = row;
  const step = sub === undefined ? undefined : (CLASS_OF_WORD.get(sub.toLowerCase()) ?? sub);
  const known = Object.entries(outcomes).filter(([name]) => Object.hasOwn(TIER_MODELS, name));
  return {
    ...{ text: prompt, family: task, outcomes: Object.fromEntries(known) },
    ...(step === undefined ? {} : { step }),
    ...(prices === undefined ? {} : { prices }),
    ...(terms === undefined ? {} : { terms }),
    ...(weights === undefined ? {} : { weights }),
  };
}

/** What each row is scored by a router that was trained on the others. */
function scoredBase(rows: readonly RoutingRow[], tiers: readonly string[]): readonly Scored[] {
  return foldsOf(rows, FOLDS).flatMap(({ train, test }) => {
    const router = new LearnedRouter(trainRouter(train.map(exampleOf), { models: tiers }));
    return test.flatMap((row) => {
      const { outcomes: _said, weights: _counts, prices: _paid, ...asked } = exampleOf(row);
      return scored(row, tiers, () => router.decide(asked).score);
    });
  });
}

/** By labels of the same tenant that are not of this row. */
function scoredOwn(base: RouteModel, own: readonly RoutingRow[]): readonly Scored[] {
  const tiers = base.models.map(({ name }) => name);
  return foldsOf(own, FOLDS).flatMap(({ train, test }) => {
    const router = new LearnedRouter({ ...base, residuals: residualsOf(base, train) });
    return test.flatMap((row) => scored(row, tiers, () => decidedFor(router, row).score));
  });
}

/** None of a row without a full label of the weakest and of the strongest tier. */
function scored(
  { outcomes, weights }: RoutingRow,
  tiers: readonly string[],
  scoreOf: () => number,
): readonly Scored[] {
  const [weakest = '', strongest = ''] = [tiers[0], tiers.at(-1)];
  const [weak, strong] = [outcomes[weakest], outcomes[strongest]];
  const isFull = [weakest, strongest].every((one) => (weights?.[one] ?? 1) >= FULL_LABEL);
  if (weak === undefined || strong === undefined || !isFull) return [];
  return [{ score: scoreOf(), weak, strong }];
}

function evaluationOf(all: readonly Scored[]): Evaluation | undefined {
  const found = all.length < EVALUATED_MIN ? undefined : worth(all, byScore(all));
  if (found === undefined) return undefined;
  const low = spreadOf(all, (one) => one.apgr, DRAWS)?.low ?? 0;
  return { rows: all.length, apgr: found.apgr, low };
}
