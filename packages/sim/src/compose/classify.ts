// Chooses a label for a text: from the labels that the instruction names, or from the usual ones.
import { pick } from '../hash.ts';
import type { Skill } from './difficulty.ts';
import { labelRows, priorities, sentiments, usualLabels } from './labels.table.ts';
import { stem, stemsOf, wordsOfName } from './words.ts';

const labelsMax = 50;
const labelUnitsMax = 40;
const scanUnitsMax = 8_000;
const list = '([^\\n.;:?]{3,400})';
/** What stands before a list of labels; the weaker words are tried when the stronger ones fail. */
const listed: readonly RegExp[] = [
  'one of|labels?(?: are| is)?|categories|classes|options|choose (?:from|between)|either',
  'into|as',
].map((before) => new RegExp(`\\b(?:${before})\\b\\s*(?:the following)?\\s*:?\\s*${list}`, 'i'));
const separator = /\s*(?:,|\||\/|\bor\b|\band\b)\s*/i;
const signs = new Map(labelRows.map(([label, ...words]) => [stem(label), words.map(stem)]));

/** The label for the text; a wrong one when the skill says so. */
export function classify(
  instruction: string,
  text: string,
  skill: Skill,
  draw: () => number,
): string {
  return chooseLabel(labelsIn(instruction) ?? labelsFor(instruction), text, skill, draw);
}

export function chooseLabel(
  labels: readonly string[],
  text: string,
  skill: Skill,
  draw: () => number,
): string {
  const stems = stemsOf(text.slice(0, scanUnitsMax));
  let best = labels.find((label) => /^(other|neutral|unknown|none|general)$/i.test(label));
  let bestScore = 0;
  for (const label of labels.slice(0, labelsMax)) {
    const score = scoreOf(label, stems);
    if (score > bestScore) [best, bestScore] = [label, score];
  }
  const [first = 'other', ...rest] = labels;
  const chosen = best ?? pick([first, ...rest], draw());
  if (skill.right) return chosen;
  const [other, ...others] = labels.filter((label) => label !== chosen);
  return other === undefined ? chosen : pick([other, ...others], draw());
}

/** The labels that an instruction lists, at least two. */
function labelsIn(instruction: string): string[] | undefined {
  for (const pattern of listed) {
    const found = pattern.exec(instruction.slice(0, scanUnitsMax))?.[1] ?? '';
    const labels = found
      .split(separator)
      .map((label) => label.replace(/^[\s"'`[({]+|[\s"'`\])}]+$/g, ''))
      .filter((label) => label !== '' && label.length <= labelUnitsMax);
    if (labels.length >= 2) return labels.slice(0, labelsMax);
  }
  return undefined;
}

function labelsFor(instruction: string): readonly string[] {
  if (/\bsentiment\b/i.test(instruction)) return sentiments;
  return /\b(priority|urgency|severity)\b/i.test(instruction) ? priorities : usualLabels;
}

function scoreOf(label: string, stems: ReadonlySet<string>): number {
  let score = 0;
  for (const word of wordsOfName(label)) {
    const own = stem(word);
    if (stems.has(own)) score += 3;
    for (const sign of signs.get(own) ?? []) if (stems.has(sign)) score += 1;
  }
  return score;
}
