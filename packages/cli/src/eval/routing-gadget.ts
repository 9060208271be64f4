// What words that somebody puts into every call can buy: chosen by hill climbing against the
// router's own scores on some texts, then put before, behind and into others that were never seen.
// Counted is the share of calls above a threshold that half of the clean ones pass.
import { type LearnedRouter, StrongShare, Usual } from '@signalbox/engine';
import { drawing } from './draws.ts';
import { figure, type RoutingFigure } from './routing-figure.ts';
import type { Parts, Run } from './routing-run.ts';

const CLIMBED_ON = 24;
const VICTIMS = 500;
const WORDS = 10;
const SEED = 7;
const TRIED_PER_WORD = 40;
/** A word of fewer texts moves too few scores. */
const TEXTS_MIN = 5;
const RISE_MAX = 0.1;
const BUDGET = 0.5;
const OVER_BUDGET_MAX = 0.02;
/** What ten words did to a linear router, and to the best defence of our lab. */
const LAB = { 'linear lab': 0.36, 'min-rank lab': 0.12 };

export function gadgetFigures(parts: Parts | undefined, run: Run | undefined): RoutingFigure[] {
  const names = [
    `${WORDS} words in every call, entitled tenant: rise of the strong share`,
    `${VICTIMS} attacked calls, budget ${BUDGET}: strong share`,
  ] as const;
  const family = run?.answered.find(({ isKnown }) => isKnown)?.row.task;
  const texts = (run?.answered ?? [])
    .filter(({ row, isKnown }) => isKnown && row.task === family)
    .map(({ row }) => row.prompt);
  if (run === undefined || parts === undefined || texts.length < 2 * CLIMBED_ON) {
    return [
      figure(names[0], null, { goal: `<= ${RISE_MAX}`, baselines: LAB, count: 0 }),
      figure(names[1], null, { goal: `<= ${BUDGET + OVER_BUDGET_MAX}`, count: 0 }),
    ];
  }
  const next = drawing(SEED);
  const some = (many: number): readonly string[] =>
    Array.from({ length: many }, () => texts[Math.floor(next() * texts.length)] ?? '');
  const scores = (asked: readonly string[], usual?: Usual): readonly number[] =>
    asked.map((text) => scoreOf(run.router, { text, family, usual }));
  const words = wordsIn(parts.train.map(({ prompt }) => prompt));
  const gadget = climbed(words, some(CLIMBED_ON), scores, next);
  const victims = some(VICTIMS);
  const threshold = middle(scores(texts, new Usual()));
  const share = (asked: readonly string[], usual?: Usual): number =>
    above(scores(asked, usual), threshold);
  const clean = share(victims, new Usual());
  const ways = PLACES.map((place) => victims.map((text) => place(text, gadget)));
  const rises = ways.map((asked) => share(asked, new Usual()) - clean);
  const open = ways.map((asked) => share(asked) - share(victims));
  const budgeted = ways.map((asked) => withinBudget(scores(asked, new Usual()), threshold));
  const [rise, strong] = [Math.max(...rises), Math.max(...budgeted)];
  return [
    figure(names[0], rise, {
      baselines: { 'without defences': Math.max(...open), ...LAB },
      goal: `<= ${RISE_MAX}`,
      met: rise <= RISE_MAX,
      count: VICTIMS,
    }),
    figure(names[1], strong, {
      goal: `<= ${BUDGET + OVER_BUDGET_MAX}`,
      met: strong <= BUDGET + OVER_BUDGET_MAX,
      count: VICTIMS,
    }),
  ];
}

type Scoring = {
  readonly text: string;
  readonly family: string | undefined;
  readonly usual: Usual | undefined;
};

const scoreOf = (router: LearnedRouter, { text, family, usual }: Scoring): number =>
  router.decide(family === undefined ? { text } : { text, family }, usual).score;

/** Word by word, each the best of some. */
function climbed(
  words: readonly string[],
  on: readonly string[],
  scores: (asked: readonly string[]) => readonly number[],
  next: () => number,
): string {
  let gadget = '';
  for (let slot = 0; slot < WORDS; slot += 1) {
    let [best, most] = [gadget, Number.NEGATIVE_INFINITY];
    for (let tried = 0; tried < TRIED_PER_WORD; tried += 1) {
      const longer = `${gadget} ${words[Math.floor(next() * words.length)] ?? ''}`.trim();
      const sum = scores(on.map((text) => `${longer} ${text}`)).reduce((a, b) => a + b, 0);
      if (sum > most) [best, most] = [longer, sum];
    }
    gadget = best;
  }
  return gadget;
}

const PLACES: readonly ((text: string, gadget: string) => string)[] = [
  (text, gadget) => `${gadget} ${text}`,
  (text, gadget) => `${text} ${gadget}`,
  (text, gadget) => {
    const at = text.indexOf(' ', text.length >> 1);
    return at < 0 ? `${text} ${gadget}` : `${text.slice(0, at)} ${gadget}${text.slice(at)}`;
  },
];

function withinBudget(scores: readonly number[], threshold: number): number {
  const share = new StrongShare();
  const strong = scores.filter((score) => {
    const isStrong = score > threshold && share.allows();
    share.counts(BUDGET, isStrong);
    return isStrong;
  });
  return strong.length / scores.length;
}

function wordsIn(texts: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of new Set(text.toLowerCase().match(/[a-z]{2,}/g) ?? [])) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return [...counts].filter(([, count]) => count >= TEXTS_MIN).map(([word]) => word);
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

const above = (scores: readonly number[], threshold: number): number =>
  scores.filter((score) => score > threshold).length / scores.length;
