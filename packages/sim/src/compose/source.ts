// What a schema is filled from.
import type { Skill } from './difficulty.ts';
import type { Facts } from './facts.ts';

export type Source = {
  readonly prompt: string;
  readonly facts: Facts;
  /** The answer as it would be without a schema; empty for the arguments of a tool. */
  readonly plain: string;
  readonly skill: Skill;
  readonly draw: () => number;
  /** Which of several facts of one kind to take: the second call of a pair takes the second. */
  readonly nth: number;
};

export function nthOf<T>(values: readonly T[], nth: number): T | undefined {
  return values.length === 0 ? undefined : values[nth % values.length];
}
