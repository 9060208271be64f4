// Writes the text of an answer. A handful of skills, chosen by key words of the prompt, or of the
// system prompt when the user's words ask for nothing in particular; whatever fits none of them
// gets a paragraph about the prompt's own topic words.
import type { Ask } from '../ask.ts';
import { lastUserText, systemText } from '../ask.ts';
import { numberText, sumIn } from './arithmetic.ts';
import { classify } from './classify.ts';
import { codeFor } from './code.ts';
import type { Skill } from './difficulty.ts';
import { extraction } from './facts.ts';
import { proseOn } from './prose.ts';
import { subjectOf, summarise } from './summarise.ts';
import { shortened } from './words.ts';

/** Key words are looked for in this much of a prompt. */
const scanUnitsMax = 2_000;
const resultUnitsMax = 300;

export type Intent = 'classify' | 'extract' | 'summarise' | 'code';

const codeVerbs = 'write|implement|create|give me|show me|fix';
const codeNouns = 'function|code|script|program|query|class|regex|python|javascript|sql';
const intents: readonly (readonly [Intent, RegExp])[] = [
  [
    'classify',
    /\b(classif\w+|categori[sz]e|label (this|the)|which category|sentiment of|triage)\b/i,
  ],
  ['extract', /\b(extract|pull out|list (all|the) (e-?mails|dates|names|amounts))\b/i],
  ['summarise', /\b(summari[sz]e|summary|tl;?dr|in one sentence)\b/i],
  ['code', new RegExp(`\\b(${codeVerbs})\\b.{0,60}\\b(${codeNouns})\\b`, 'i')],
];
const greeting =
  /^\W*(hi|hello|hey|good (morning|afternoon|evening)|greetings|moin|hallo)\b.{0,20}$/i;
const thanks = /^\W*(thanks|thank you|thx|great, thanks)\b.{0,20}$/i;
const capitals: ReadonlyMap<string, string> = new Map([
  ['france', 'Paris'],
  ['germany', 'Berlin'],
  ['italy', 'Rome'],
  ['spain', 'Madrid'],
  ['japan', 'Tokyo'],
  ['austria', 'Vienna'],
  ['poland', 'Warsaw'],
  ['canada', 'Ottawa'],
]);

/** The answer's text; `draw` is the request's own source of chance. */
export function compose(ask: Ask, skill: Skill, draw: () => number): string {
  const prompt = lastUserText(ask);
  const results = resultsSince(ask);
  if (results.length > 0) return resultText(results);
  const sum = sumIn(prompt);
  if (sum) return sumText(sum.value, skill, draw);
  const system = systemText(ask);
  const intent = intentOf(prompt) ?? intentOf(system);
  const text = intentOf(prompt) ? subjectOf(prompt) : prompt;
  switch (intent) {
    case 'classify':
      return classify(`${prompt}\n${system}`, text, skill, draw);
    case 'extract':
      return extraction(text, skill.right);
    case 'summarise':
      return summarise(text, skill);
    case 'code':
      return codeFor(prompt, skill);
    case undefined:
      return talk(prompt.slice(0, scanUnitsMax), ask.model, skill, draw);
  }
}

export function intentOf(text: string): Intent | undefined {
  const scanned = text.slice(0, scanUnitsMax);
  return intents.find(([, pattern]) => pattern.test(scanned))?.[0];
}

/** Results of tools that came after the user's last words. */
export function resultsSince(ask: Ask): string[] {
  const asked = ask.turns.findLastIndex((turn) => turn.role === 'user');
  const later = ask.turns.slice(asked + 1);
  return later.filter((turn) => turn.role === 'tool').map((turn) => turn.text);
}

function resultText(results: readonly string[]): string {
  const told = results.map((result) => shortened(readable(result), resultUnitsMax));
  return `Here is what I found: ${told.join('; ')}.`;
}

/** `{"temperature":21,"unit":"celsius"}` reads: temperature is 21, unit is celsius. */
function readable(result: string): string {
  try {
    const value: unknown = JSON.parse(result);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return result;
    const fields = Object.entries(value).map(([name, field]) => {
      const shown = typeof field === 'string' ? field : JSON.stringify(field);
      return `${name.replaceAll('_', ' ')} is ${shown}`;
    });
    return fields.length > 0 ? fields.join(', ') : 'nothing';
  } catch {
    return result.replace(/\.\s*$/, '');
  }
}

function sumText(value: number, skill: Skill, draw: () => number): string {
  if (skill.right) return skill.sure ? numberText(value) : `I think it is ${numberText(value)}.`;
  const off = 1 + Math.floor(draw() * Math.max(9, Math.abs(value) / 10));
  return `I am not sure, perhaps ${numberText(value + off)}.`;
}

function talk(prompt: string, model: string, skill: Skill, draw: () => number): string {
  if (greeting.test(prompt)) return 'Hello! How can I help you today?';
  if (thanks.test(prompt)) return 'You are welcome. Is there anything else?';
  if (/\b(who|what (model )?) ?are you\b/i.test(prompt)) {
    return `I am ${model}, a simulated model: I follow rules, not weights.`;
  }
  const country = /\bcapital (?:city )?of (\w+)/i.exec(prompt)?.[1]?.toLowerCase() ?? '';
  const capital = capitals.get(country);
  if (capital !== undefined && skill.right) return `${capital}.`;
  return proseOn(prompt, skill, draw);
}
