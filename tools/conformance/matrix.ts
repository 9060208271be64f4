// The pairs of formats over many asks and answers: how many came through, what was dropped by name
// and how often, what went without a word.
import type { Answer, Ask } from '@signalbox/dialect';
import { answerOver, askOver, type Outcome, WAYS, type Way } from './pairs.ts';

export type Material = {
  readonly asks: readonly (readonly [name: string, ask: Ask])[];
  readonly answers: readonly (readonly [name: string, answer: Answer])[];
};

export type Cell = {
  readonly from: string;
  readonly over: string;
  readonly total: number;
  readonly kept: number;
  /** Of asks and of answers, with how many of them lacked it. */
  readonly droppedOfAsks: ReadonlyMap<string, number>;
  readonly droppedOfAnswers: ReadonlyMap<string, number>;
  readonly faults: readonly string[];
};

export const matrix = (material: Material): readonly Cell[] =>
  WAYS.map((way) => cellOf(way, material));

function cellOf(way: Way, { asks, answers }: Material): Cell {
  const ofAsks = gathered(asks, (ask) => askOver(way, ask));
  const ofAnswers = gathered(answers, (answer) => answerOver(way, answer));
  const name = `${way.from.wire} > ${way.over.wire} > ${way.from.wire}`;
  return {
    from: way.from.wire,
    over: way.over.wire,
    total: asks.length + answers.length,
    kept: ofAsks.kept + ofAnswers.kept,
    droppedOfAsks: ofAsks.dropped,
    droppedOfAnswers: ofAnswers.dropped,
    faults: [...ofAsks.faults, ...ofAnswers.faults].map((fault) => `${name}: ${fault}`),
  };
}

type Gathered = { kept: number; dropped: Map<string, number>; faults: string[] };

function gathered<T>(list: readonly (readonly [string, T])[], over: (one: T) => Outcome): Gathered {
  const all: Gathered = { kept: 0, dropped: new Map(), faults: [] };
  for (const [name, one] of list) {
    const { dropped, lost } = safely(() => over(one));
    for (const word of dropped) all.dropped.set(word, (all.dropped.get(word) ?? 0) + 1);
    if (lost.length === 0) all.kept += 1;
    else all.faults.push(`${name}: ${lost.join(', ')}`);
  }
  return all;
}

function safely(run: () => Outcome): Outcome {
  try {
    return run();
  } catch (error) {
    return { dropped: new Set(), lost: [error instanceof Error ? error.message : 'threw'] };
  }
}
