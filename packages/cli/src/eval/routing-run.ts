// Trains on some rows and asks about others: each with its step told, without, and with nothing
// told but the text. Rows with a role go where it says, whatever file they stand in.
import {
  type AskedToRoute,
  decodeRouter,
  encodeRouter,
  LearnedRouter,
  type RouteDecision,
  type RouteExample,
  type RouteModel,
  trainRouter,
  Usual,
} from '@signalbox/engine';
import type { RoutingRow } from './routing-set.ts';

export type Parts = { readonly train: readonly RoutingRow[]; readonly test: readonly RoutingRow[] };

export type Answered = {
  readonly row: RoutingRow;
  readonly told: RouteDecision;
  readonly untold: RouteDecision;
  /** The same with what the tenant always says left out: one tenant a family. */
  readonly guarded: RouteDecision;
  /** Not even the family is known. */
  readonly textAlone: RouteDecision;
  readonly isKnown: boolean;
  /** What the strongest model gains on the mean of the rows that were learned. */
  readonly usualGain: number;
};

export type Run = {
  readonly answered: readonly Answered[];
  readonly models: readonly RouteModel[];
  readonly router: LearnedRouter;
};

export type RunOptions = {
  readonly models: readonly string[];
  readonly labels: number | undefined;
  readonly withAnswers: boolean;
  readonly sources: readonly string[];
};

const NONE = { means: new Float64Array(0) };

export function partsOf(train: readonly RoutingRow[], test: readonly RoutingRow[]): Parts {
  return {
    train: [...train.filter(({ role }) => role !== 'test'), ...test.filter(isCalib)],
    test: [...test.filter((row) => !isCalib(row)), ...train.filter(({ role }) => role === 'test')],
  };
}

const isCalib = ({ role }: RoutingRow): boolean => role === 'calib';

/** Every row is measured once, by what was trained on the other folds. */
export function foldsOf(rows: readonly RoutingRow[], folds: number): readonly Parts[] {
  const order = byHash(rows);
  return Array.from({ length: folds }, (_, fold) => ({
    train: order.filter((_row, at) => at % folds !== fold),
    test: order.filter((_row, at) => at % folds === fold),
  }));
}

export function run({ train, test }: Parts, options: RunOptions): Run {
  const examples = fewer(train, options.labels).map((row) => exampleOf(row, options));
  const { models, sources } = options;
  // Measured is what a file holds, and what any gateway that reads it decides.
  const bytes = encodeRouter(trainRouter(examples, { models, sources }));
  const model = decodeRouter(bytes);
  if (model === undefined) throw new Error('the router that was written cannot be read back');
  const router = new LearnedRouter(model);
  const { means: strong } = model.models.at(-1)?.table ?? NONE;
  const { means: weak } = model.models[0]?.table ?? NONE;
  const usualGain = (strong.at(-1) ?? 0) - (weak.at(-1) ?? 0);
  const usual = new Map<string, Usual>();
  const usualOf = (family = ''): Usual => {
    const known = usual.get(family) ?? new Usual();
    usual.set(family, known);
    return known;
  };
  const answered = test.map((row): Answered => {
    const { text, tools, answer, family, step } = exampleOf(row, options);
    const question = { text, ...given({ tools, answer }) };
    return {
      row,
      told: router.decide({ ...question, ...given({ family, step }) }),
      untold: router.decide({ ...question, ...given({ family }) }),
      guarded: router.decide({ ...question, ...given({ family }) }, usualOf(family)),
      textAlone: router.decide(question),
      isKnown: family !== undefined && model.families.includes(family),
      usualGain,
    };
  });
  return { answered, models: [model], router };
}

/** At most so many rows of each task, by a hash of their names. */
function fewer(rows: readonly RoutingRow[], labels: number | undefined): readonly RoutingRow[] {
  if (labels === undefined) return rows;
  const taken = new Map<string, number>();
  return byHash(rows).filter(({ task = '' }) => {
    const count = (taken.get(task) ?? 0) + 1;
    taken.set(task, count);
    return count <= labels;
  });
}

function exampleOf(row: RoutingRow, { withAnswers }: RunOptions): RouteExample {
  const answer = withAnswers ? row.weakResponse : undefined;
  const { tools, task: family, sub: step, prices } = row;
  const told = given({ tools, answer, family, step, prices });
  return { text: row.prompt, outcomes: row.outcomes, ...told };
}

type Given = Partial<Pick<RouteExample, keyof AskedToRoute | 'prices'>>;

/** Without what is undefined. */
function given(some: { readonly [Key in keyof Given]: Given[Key] | undefined }): Given {
  return Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined));
}

function byHash(rows: readonly RoutingRow[]): readonly RoutingRow[] {
  const keyed = rows.map((row) => ({ row, key: hashOf(row.id) }));
  keyed.sort((a, b) => a.key - b.key || (a.row.id < b.row.id ? -1 : 1));
  return keyed.map(({ row }) => row);
}

function hashOf(id: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x0100_0193);
  return (hash ^ (hash >>> 13)) >>> 0;
}
