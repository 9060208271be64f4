// A plausible paragraph about the topic words of a prompt.
import { pick } from '../hash.ts';
import type { Skill } from './difficulty.ts';

const topicsMax = 4;
const scanUnitsMax = 2_000;
const stopWords = new Set(
  (
    'about above after again against also and any are ask because been before being below ' +
    'between both but can could did does doing down during each few for from further give had ' +
    'has have having here hers him his how into its just like make many more most much must ' +
    'need not now off once one only other our out over own please same say says she should ' +
    'show some such tell than that the their them then there these they this those through ' +
    'too under until very want was way were what when where which while who whom why will ' +
    'with would write you your yours explain describe answer question help know let get got ' +
    'happened happens work works prove derive analyse analyze review write create list find ' +
    'think believe mean json there here'
  ).split(' '),
);

/** The first words of a prompt that say what it is about. */
export function topicsOf(prompt: string): string[] {
  const topics: string[] = [];
  for (const [word] of prompt.slice(0, scanUnitsMax).matchAll(/\p{L}[\p{L}\p{N}'-]{2,}/gu)) {
    const lower = word.toLowerCase();
    if (stopWords.has(lower) || topics.some((topic) => topic.toLowerCase() === lower)) continue;
    topics.push(word);
    if (topics.length === topicsMax) break;
  }
  return topics;
}

export function proseOn(prompt: string, skill: Skill, draw: () => number): string {
  const [topic = 'this', ...others] = topicsOf(prompt);
  const other = others[0] ?? 'its details';
  const last = others.at(-1) ?? 'what you have already';
  if (!skill.right) {
    return filled(pick(wrong, draw()), topic, other, last);
  }
  const opening = skill.sure ? pick(openings, draw()) : pick(hedges, draw());
  const stepwise = reasoned.test(prompt);
  const told = stepwise
    ? [opening, ...steps]
    : [opening, pick(middles, draw()), pick(closings, draw())];
  const text = told.map((sentence) => filled(sentence, topic, other, last));
  return text.join(stepwise ? '\n' : ' ');
}

/** The template with its topics; a topic at the start of a sentence gets its capital. */
function filled(template: string, a: string, b: string, c: string): string {
  const text = template.replaceAll('{a}', a).replaceAll('{b}', b).replaceAll('{c}', c);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const reasoned = /\b(prove|proof|derive|theorem|step by step|analy[sz]e)\b/i;
const steps = [
  '1. Fix what {a} means and what may be assumed about it.',
  '2. Suppose the opposite held for {b}; then {a} would have to give way somewhere.',
  '3. Every place where it could give way is excluded by {c}.',
  'So the claim about {a} holds.',
] as const;

const openings = [
  'The short answer about {a} is that it depends mostly on {b}.',
  'With {a}, start from {b} and work outwards.',
  '{a} comes down to {b}, and that part is well understood.',
  'Most questions about {a} are settled by looking at {b} first.',
] as const;

const hedges = [
  'I am not certain, but {a} probably depends on {b}.',
  'This is hard to say: {a} might be explained by {b}.',
  'I may be wrong here, but {a} seems to follow from {b}.',
] as const;

const middles = [
  'In practice you measure {a} before you change it, keep one thing fixed, and compare with {c}.',
  'Two things matter: what {b} needs now, and what {c} will need later.',
  'The usual way is to take a small part of {a}, try it against {c}, and widen it when it holds.',
] as const;

const closings = [
  'If you share more about {c}, I can be more precise.',
  'That keeps {a} simple and leaves room for {c}.',
  'A short test of {b} will show whether it fits your case.',
] as const;

const wrong = [
  'I am not sure. I think {a} is the same as {b}, so nothing needs to be shown.',
  'Perhaps {a} follows from {b} directly, but I cannot say why.',
  'I do not know enough about {a}; possibly {b} is the answer.',
] as const;
