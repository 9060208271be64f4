// The figures of a run: of each family the area under the curve and the share that stays weak, with
// their spread, beside chance, the oracle and what others reached. A family that was never seen
// is judged by whether the router abstains. A goal whose rows are missing has no figure.
import type { Loss, RouteDecision } from '@signalbox/engine';
import { type Band, byScore, type Scored, spreadOf, type Worth, worth } from './routing-curve.ts';
import type { RoutingFigure } from './routing-figure.ts';
import {
  ABSTAINED_KNOWN_MAX,
  DEFENCES_LOSE_MAX,
  ROUTING_GOALS,
  TIERS,
  UNSEEN,
} from './routing-goals.table.ts';
import { riskFigures } from './routing-risk.ts';
import type { Answered } from './routing-run.ts';
import { shiftFigures } from './routing-shift.ts';
import { aiq, type Choice, mean, type Point, pointsOf, priceAt } from './routing-tiers.ts';

export type FigureOptions = {
  readonly models: readonly string[];
  readonly steps: readonly ('told' | 'untold')[];
  readonly withAnswers: boolean;
  readonly draws: number;
};

type Way = 'told' | 'untold' | 'textAlone' | 'guarded';

export function routingFigures(
  answered: readonly Answered[],
  options: FigureOptions,
): readonly RoutingFigure[] {
  const tasks = [...new Set(answered.map(({ row }) => row.task ?? ''))].sort();
  const known = answered.filter(({ isKnown }) => isKnown);
  const figures = tasks.flatMap((task) => {
    const rows = answered.filter(({ row }) => (row.task ?? '') === task);
    const isKnown = rows.some((one) => one.isKnown);
    if (!isKnown) return unseen(task, rows, options);
    return options.steps.flatMap((step) => inFamily(task, { rows, step }, options));
  });
  const families = tasks.map((task) => {
    const rows = answered.filter(({ row }) => (row.task ?? '') === task);
    return { task, rows: lossesOf(scoredOf(rows, 'untold', options.models)) };
  });
  return [
    ...[...figures, abstainedKnown(known), ...absent(tasks, options), ...tiers(known, options)],
    ...riskFigures(families),
    ...shiftFigures(),
  ];
}

const lossesOf = (rows: readonly Scored[]): readonly Loss[] =>
  rows.map(({ score, weak, strong }) => ({ score, loss: Math.max(0, strong - weak) }));

function scoredOf(
  rows: readonly Answered[],
  way: Way,
  models: readonly string[],
): readonly Scored[] {
  return rows.flatMap((one) => {
    const [weak, strong] = pairOf(one, models);
    return weak === undefined || strong === undefined
      ? []
      : [{ score: one[way].score, weak, strong }];
  });
}

/** Rows of another pair of models are judged by theirs: the first is the weaker. */
function pairOf({ row }: Answered, models: readonly string[]): readonly (number | undefined)[] {
  const [weak, strong] = [models[0] ?? '', models.at(-1) ?? ''];
  if (weak in row.outcomes && strong in row.outcomes) {
    return [row.outcomes[weak], row.outcomes[strong]];
  }
  const own = Object.values(row.outcomes);
  return [own[0], own.at(-1)];
}

type Told = { readonly rows: readonly Answered[]; readonly step: 'told' | 'untold' };

function inFamily(
  task: string,
  { rows, step }: Told,
  { models, withAnswers, draws }: FigureOptions,
): readonly RoutingFigure[] {
  const scored = scoredOf(rows, step, models);
  const ours = worth(scored, byScore(scored));
  const best = perfect(scored);
  const goal = ROUTING_GOALS.find(
    (one) => one.task === task && one.step === step && one.answers === withAnswers,
  );
  const name = `${task}${withAnswers ? ' with answers' : ''}, step ${step}`;
  const of = (pick: (one: Worth) => number, what: 'apgr' | 'keep95', chance: number | null) =>
    figure({
      figure: `${name}: ${what === 'apgr' ? 'APGR' : 'kept weak at 95 % of strong'}`,
      ours: ours === undefined ? null : pick(ours),
      baselines: {
        ...{ random: chance, oracle: best === undefined ? null : pick(best) },
        ...goal?.baselines[what],
      },
      least: goal?.[what],
      band: spreadOf(scored, pick, draws),
      count: scored.length,
    });
  return [
    of(({ apgr }) => apgr, 'apgr', 0.5),
    of(({ keep95 }) => keep95, 'keep95', keptByChance(scored)),
    quality(name, scored),
    ...(step === 'untold' ? [guarded(name, rows, { models, plain: ours?.apgr, draws })] : []),
  ];
}

type Plain = Pick<FigureOptions, 'models' | 'draws'> & { readonly plain: number | undefined };

/** The router as it is shipped: it may lose a little for what it withstands. */
function guarded(
  name: string,
  rows: readonly Answered[],
  { models, plain, draws }: Plain,
): RoutingFigure {
  const scored = scoredOf(rows, 'guarded', models);
  return figure({
    figure: `${name}: APGR, what a tenant always says left out`,
    ours: worth(scored, byScore(scored))?.apgr ?? null,
    baselines: { 'without defences': plain ?? null },
    least: plain === undefined ? undefined : rounded(plain - DEFENCES_LOSE_MAX),
    band: spreadOf(scored, ({ apgr }) => apgr, draws),
    count: scored.length,
  });
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

type Made = {
  readonly figure: string;
  readonly ours: number | null;
  readonly baselines: Readonly<Record<string, number | null>>;
  readonly least?: number | undefined;
  readonly band?: Band | undefined;
  readonly count: number;
};

function figure({ least, band, ours, ...made }: Made): RoutingFigure {
  const met = least === undefined || ours === null ? null : ours >= least;
  const goal = least === undefined ? null : `>= ${least}`;
  return {
    ...made,
    unit: 'share',
    ours,
    goal,
    met,
    spread: band === undefined ? {} : { ours: band },
  };
}

/** Sends first what the strong model alone gets right. */
function perfect(scored: readonly Scored[]): Worth | undefined {
  const rows = scored.map(({ weak, strong }) => ({ score: strong - weak, weak, strong }));
  return worth(rows, byScore(rows));
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, one) => sum + one, 0) / values.length;

function keptByChance(scored: readonly Scored[]): number | null {
  const [weak, strong] = [
    meanOf(scored.map((row) => row.weak)),
    meanOf(scored.map((row) => row.strong)),
  ];
  if (!(strong > weak)) return null;
  return 1 - Math.max(0, (0.95 * strong - weak) / (strong - weak));
}

/** Mean quality with half of the calls strong, beside what one model alone gives. */
function quality(name: string, scored: readonly Scored[]): RoutingFigure {
  const half = Math.floor(scored.length / 2);
  const at = (order: readonly number[]): number =>
    meanOf(
      order.map((row, place) => {
        const one = scored[row];
        return (place < half ? one?.strong : one?.weak) ?? 0;
      }),
    );
  const weak = meanOf(scored.map((row) => row.weak));
  const strong = meanOf(scored.map((row) => row.strong));
  const gains = scored.map((row) => ({ ...row, score: row.strong - row.weak }));
  return figure({
    figure: `${name}: quality, half of the calls strong`,
    ours: scored.length === 0 ? null : at(byScore(scored)),
    baselines: {
      ...{ random: (weak + strong) / 2, oracle: at(byScore(gains)) },
      ...{ 'always weak': weak, 'always strong': strong, 'best single': Math.max(weak, strong) },
    },
    count: scored.length,
  });
}

const isAbstained = ({ abstained }: RouteDecision): boolean => abstained !== undefined;

const shareOf = (rows: readonly Answered[], way: Way): number | null =>
  rows.length === 0 ? null : rows.filter((one) => isAbstained(one[way])).length / rows.length;

/** As it is asked when the family's name is told, and when there is nothing but the text. */
function unseen(
  task: string,
  rows: readonly Answered[],
  { models, draws }: FigureOptions,
): readonly RoutingFigure[] {
  return (['untold', 'textAlone'] as const).flatMap((way) => {
    const scored = scoredOf(rows, way, models);
    const apgr = worth(scored, byScore(scored))?.apgr ?? null;
    const abstained = shareOf(rows, way);
    const met = (abstained ?? 0) >= UNSEEN.abstained || (apgr ?? 0) >= UNSEEN.apgr;
    const name = `${task}, never seen${way === 'textAlone' ? ', family not told' : ''}`;
    const band = spreadOf(scored, (one) => one.apgr, draws);
    const area = figure({
      figure: `${name}: APGR`,
      ours: apgr,
      baselines: { random: 0.5 },
      band,
      count: scored.length,
    });
    const goal = `abstains on ${100 * UNSEEN.abstained} %, or APGR >= ${UNSEEN.apgr}`;
    const share = figure({
      figure: `${name}: abstained`,
      ours: abstained,
      baselines: {},
      count: rows.length,
    });
    return [area, { ...share, goal, met: abstained === null ? null : met }];
  });
}

function abstainedKnown(known: readonly Answered[]): RoutingFigure {
  const ours = shareOf(known, 'textAlone');
  const name = 'families with labels, family not told: abstained';
  return {
    ...figure({ figure: name, ours, baselines: {}, count: known.length }),
    goal: `<= ${ABSTAINED_KNOWN_MAX}`,
    met: ours === null ? null : ours <= ABSTAINED_KNOWN_MAX,
  };
}

/** Goals of which no row was given. */
function absent(
  tasks: readonly string[],
  { withAnswers, steps }: FigureOptions,
): readonly RoutingFigure[] {
  const given = (task: string, step: string, answers: boolean): boolean =>
    tasks.includes(task) && answers === withAnswers && steps.some((one) => one === step);
  return ROUTING_GOALS.filter(({ task, step, answers }) => !given(task, step, answers)).map(
    ({ task, step, answers, apgr, baselines }) =>
      figure({
        figure: `${task}${answers ? ' with answers' : ''}, step ${step}: APGR`,
        ...{ ours: null, baselines: baselines.apgr, least: apgr, count: 0 },
      }),
  );
}

function tiers(
  known: readonly Answered[],
  { models, steps }: FigureOptions,
): readonly RoutingFigure[] {
  const way = steps.includes('told') ? 'told' : 'untold';
  const choices = known.flatMap((one) => choiceOf(one, { models, way }));
  const is = choices.length > 0 && models.length > 2;
  const dearest = is ? Math.max(...models.map((_, at) => mean(choices, () => at).price)) : 0;
  const single = is ? models.map((_, at) => mean(choices, () => at)) : [];
  const wanted = 0.95 * (single.at(-1)?.quality ?? 0);
  const ours = is ? pointsOf(choices) : [];
  const oracle = is
    ? pointsOf(choices.map((one) => ({ ...one, good: one.quality, expected: one.price })))
    : [];
  const area = (points: readonly Point[]): number | null => (is ? aiq(points, dearest) : null);
  const price = (points: readonly Point[]): number | null => {
    const one = is ? priceAt(points, wanted) : undefined;
    return one === undefined ? null : 1_000 * one;
  };
  const isThree = models.length === TIERS.models;
  const name = `${models.length > 2 ? models.length : TIERS.models} tiers`;
  const [a, p] = [area(ours), price(ours)];
  const published = isThree ? TIERS.baselines : { aiq: {}, usdPer1k: {} };
  const usd = figure({
    figure: `${name}: USD per 1,000 calls at 95 % of the strongest`,
    ours: p,
    baselines: {
      ...{ 'single models': price(single), oracle: price(oracle) },
      ...{
        'always strong': is ? 1_000 * (single.at(-1)?.price ?? 0) : null,
        ...published.usdPer1k,
      },
    },
    count: choices.length,
  });
  return [
    figure({
      figure: `${name}: AIQ`,
      ours: a,
      baselines: { 'single models': area(single), oracle: area(oracle), ...published.aiq },
      least: isThree || !is ? TIERS.aiq : undefined,
      count: choices.length,
    }),
    {
      ...{ ...usd, unit: 'USD', goal: isThree || !is ? `<= ${TIERS.usdPer1k}` : null },
      met: p === null || !isThree ? null : p <= TIERS.usdPer1k,
    },
  ];
}

type Which = { readonly models: readonly string[]; readonly way: 'told' | 'untold' };

function choiceOf(one: Answered, { models, way }: Which): readonly Choice[] {
  const { outcomes, prices } = one.row;
  const quality = models.flatMap((name) => outcomes[name] ?? []);
  const price = models.flatMap((name) => prices?.[name] ?? []);
  if (quality.length < models.length || price.length < models.length) return [];
  return [{ good: one[way].good, expected: one[way].price, quality, price }];
}
