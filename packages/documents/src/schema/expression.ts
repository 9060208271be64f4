/** A condition as it is written; what is wrong with it is said with its place in the text. */
import type { Result } from '@signalbox/contract';
import { z } from 'zod';
import type { Condition, ConditionProblem } from '../condition.ts';

/** Of a condition that is wrong, in the message about it. */
const PART_SHOWN_MAX = 40;

export function conditionOf(
  read: (source: string) => Result<Condition, ConditionProblem>,
): z.ZodType<string, string> {
  return z.string().superRefine((source, context) => {
    const found = read(source);
    if (found.ok) return;
    const { at, end, message, hint } = found.refusal;
    const part = source.slice(at, Math.max(at + 1, end)).trim();
    const isShort = part !== '' && part.length <= PART_SHOWN_MAX;
    const shown = isShort ? `\`${part}\`` : `character ${at + 1}`;
    context.addIssue({
      code: 'custom',
      message: `the condition cannot be read at ${shown}: ${message}`,
      params: { hint: hint ?? 'write it like `call.step == "planning"`' },
    });
  });
}
