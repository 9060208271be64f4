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
};

/** @throws a fault where the rows cannot teach anything. */
export function trainForLine(rows: readonly RoutingRow[], from: From): Trained {
  const { sources, origins } = from;
  const tiers = tiersIn(rows);
  const evaluation = evaluated(rows, tiers);
  const model = trainRouter(rows.map(exampleOf), { models: tiers, sources });
  const card = {
    ...model.card,
    ...(evaluation === undefined ? {} : { evaluation }),
    ...(origins === undefined ? {} : { origins }),
  };
  const bytes = encodeRouter({ ...model, card });
  const read = decodeRouter(bytes);
  if (read === undefined) throw new CommandFault(EXIT.failed, 'The router is larger than 1 MB.');
  return { model: read, bytes };
}

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

function evaluated(rows: readonly RoutingRow[], tiers: readonly string[]): Evaluation | undefined {
  const [weakest = '', strongest = ''] = [tiers[0], tiers.at(-1)];
  const scored: Scored[] = [];
  for (const { train, test } of foldsOf(rows, FOLDS)) {
    const router = new LearnedRouter(trainRouter(train.map(exampleOf), { models: tiers }));
    for (const row of test) {
      const [weak, strong] = [row.outcomes[weakest], row.outcomes[strongest]];
      if (weak === undefined || strong === undefined) continue;
      const { outcomes: _said, weights = {}, prices: _paid, ...asked } = exampleOf(row);
      const isFull = [weakest, strongest].every((one) => (weights[one] ?? 1) >= FULL_LABEL);
      if (!isFull) continue;
      scored.push({ score: router.decide(asked).score, weak, strong });
    }
  }
  const found = scored.length < EVALUATED_MIN ? undefined : worth(scored, byScore(scored));
  if (found === undefined) return undefined;
  const low = spreadOf(scored, (one) => one.apgr, DRAWS)?.low ?? 0;
  return { rows: scored.length, apgr: found.apgr, low };
}
