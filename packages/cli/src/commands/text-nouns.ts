// `signalbox plan`, `ring`, `alias` and `price`: documents that are written as text, each with the
// same verbs; and what `signalbox model` has of them.
import type { Command } from '../command.ts';
import { readingCommands, type TextWords, textCommands } from './text-document.ts';

const NOUNS: readonly TextWords[] = [
  {
    ...{ noun: 'plans', word: 'plan', example: ['small', 'tiers=[1,2]'] },
    next: 'signalbox tenant set NAME --plan PLAN',
  },
  {
    ...{ noun: 'rings', word: 'ring', example: ['early', 'order=0'] },
    next: 'signalbox ring list',
  },
  {
    ...{ noun: 'aliases', word: 'alias', example: ['fast', 'targets=[sim-small]'] },
    next: 'signalbox ask "hello" --model ALIAS',
  },
  {
    ...{ noun: 'prices', word: 'price', example: ['gpt-4o', 'from=2026-01-01'] },
    next: 'signalbox model show MODEL',
  },
];

/** @param word `plan`. */
export const commandsOf = (word: string): readonly Command[] =>
  NOUNS.filter((one) => one.word === word).flatMap((one) => [
    ...readingCommands(one),
    ...textCommands(one),
  ]);

export const ofModels: readonly Command[] = textCommands({
  ...{ noun: 'models', word: 'model', example: ['qwen3-8b', 'context_tokens=131072'] },
  next: 'signalbox model show MODEL',
});
