// Answers that were recorded twice, as a stream and as a whole. They are two answers of a model to
// one question, so their words differ, and sometimes what the model did; as a rule their shape is
// the same: what parts there are, why it ended, what is told of usage.
import type { Answer } from '@signalbox/dialect';
import type { Replayed } from './replay.ts';

export type Twins = { readonly pairs: number; readonly unlike: readonly string[] };

const STREAMS = [
  [/^(.*)\.chunks\.txt#0$/, '.json'],
  [/^(.*)-stream\.http$/, '.http'],
] as const;

export function twins(replayed: readonly Replayed[]): Twins {
  const byName = new Map(replayed.map((one) => [one.exchange.name, one]));
  const unlike: string[] = [];
  let pairs = 0;
  for (const { exchange, answer } of replayed) {
    const whole = STREAMS.flatMap(([pattern, end]) => {
      const stem = pattern.exec(exchange.name)?.[1];
      return byName.get(`${stem}${end}`)?.answer ?? [];
    })[0];
    if (whole === undefined || answer === undefined) continue;
    pairs += 1;
    if (shapeOf(answer) !== shapeOf(whole)) unlike.push(exchange.name);
  }
  return { pairs, unlike };
}

function shapeOf({ answers, usage }: Answer): string {
  const [one] = answers;
  const kinds = new Set(one?.parts.map(({ kind }) => kind));
  const told = Object.entries(usage ?? {}).flatMap(([key, value]) =>
    value === undefined || key === 'extra' ? [] : [key],
  );
  return JSON.stringify([[...kinds].sort(), one?.stop, told.sort()]);
}
