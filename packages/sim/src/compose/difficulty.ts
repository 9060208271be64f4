// How hard a question is, from 0 (a label, a greeting, a lookup) to 3 (a proof, a contract). Crude
// on purpose: what matters is that the same question is always equally hard, that the small model
// fails where a person would expect it to, and that its logprobs say so.
import type { Grade, SimModel } from '../models.ts';
import type { Script } from '../script.ts';
import { sumIn } from './arithmetic.ts';

export type Skill = {
  /** Whether the token probabilities look confident. */
  readonly sure: boolean;
  /** Whether the answer is correct. */
  readonly right: boolean;
};

const veryHard = anyOf([
  'prove|proofs?|theorem|deriv(e|ation)|np-hard|optimality|counterexample',
  '(analy[sz]e|review|draft) (the|this|a|our) (contract|merger|patent|lease|agreement)',
]);
const hard = anyOf([
  'analy[sz]e|diagnos\\w+|root cause|trade-?offs?|strategy|architect\\w*|refactor|migrat\\w+',
  'integral|differential|eigen\\w+|complexity|optimi[sz]e|concurren\\w+|deadlock|race condition',
  'legal|liability|regulat\\w+|clause|contract',
]);
const severalSteps =
  /\b(step by step|multi-?step|first\b[^.]{0,200}\bthen\b|then\b[^.]{0,200}\bfinally)\b/i;
/** Key words are looked for in this much of a prompt. */
const scanUnitsMax = 8_000;
const longUnits = 6_000;
const veryLongUnits = 24_000;

export function gradeOf(prompt: string): Grade {
  const scanned = prompt.slice(0, scanUnitsMax);
  let grade = 0;
  if (veryHard.test(scanned)) grade = 3;
  else if (hard.test(scanned)) grade = 2;
  if (severalSteps.test(scanned)) grade += 1;
  if (prompt.length > veryLongUnits) grade += 2;
  else if (prompt.length > longUnits) grade += 1;
  const sum = sumIn(prompt);
  if (sum) grade = Math.max(grade, sum.grade);
  if (grade >= 3) return 3;
  return grade === 2 ? 2 : grade === 1 ? 1 : 0;
}

/** A question one grade past the model's skill makes it unsure; two grades past, wrong as well. */
export function skillFor(model: SimModel, prompt: string, script: Script): Skill {
  const gap = gradeOf(prompt) - model.skill;
  const right = script.right ?? gap < 2;
  const sure = script.sure ?? (gap < 1 && script.right !== false);
  return { sure, right };
}

function anyOf(patterns: readonly string[]): RegExp {
  return new RegExp(`\\b(${patterns.join('|')})\\b`, 'i');
}
