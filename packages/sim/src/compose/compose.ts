// Writes the text of an answer. A handful of skills, chosen by key words of the prompt; whatever
// fits none of them gets a paragraph about the prompt's own topic words.
import type { Ask } from '../ask.ts';
import { lastUserText } from '../ask.ts';
import { numberText, sumIn } from './arithmetic.ts';
import type { Skill } from './difficulty.ts';
import { proseOn } from './prose.ts';

/** The answer's text; `draw` is the request's own source of chance. */
export function compose(ask: Ask, skill: Skill, draw: () => number): string {
  const prompt = lastUserText(ask);
  const sum = sumIn(prompt);
  if (sum) return sumText(sum.value, skill, draw);
  return proseOn(prompt, skill, draw);
}

function sumText(value: number, skill: Skill, draw: () => number): string {
  if (skill.right) return skill.sure ? numberText(value) : `I think it is ${numberText(value)}.`;
  const off = 1 + Math.floor(draw() * Math.max(9, Math.abs(value) / 10));
  return `I am not sure, perhaps ${numberText(value + off)}.`;
}
