// A summary is the first sentence, shortened; a wrong one is about another sentence.
import type { Skill } from './difficulty.ts';
import { shortened } from './words.ts';

const summaryUnitsMax = 160;
const scanUnitsMax = 20_000;

export function summarise(text: string, skill: Skill): string {
  const sentences = text.slice(0, scanUnitsMax).split(/(?<=[.!?])\s+|\n{2,}/);
  const told = sentences.filter((sentence) => sentence.trim() !== '');
  const chosen = (skill.right ? told[0] : told.at(-1)) ?? text;
  const short = shortened(chosen, summaryUnitsMax);
  const ended = /[.!?]$/.test(short) ? short : `${short}.`;
  return skill.sure ? ended : `It seems to say: ${ended}`;
}

/** What an instruction is about: what follows its first colon or line end, else all of it. */
export function subjectOf(prompt: string): string {
  const border = /[:\n]\s*(?=\S)/.exec(prompt);
  return border ? prompt.slice(border.index + 1).trim() : prompt;
}
