// What the model has "read": sentences, small JSON objects and tool calls, made here so that
// nothing is fetched and no text of anybody is in the weights.
import type { Chance } from './chance.ts';

const SENTENCES = 1_500;
const OBJECTS = 900;
const CALLS = 300;
const REPEATS_PER_WORD = 40;

const SUBJECTS = [
  'The order',
  'The device',
  'The local model',
  'The agent',
  'Your request',
  'The report',
  'The customer',
  'The invoice',
  'The session',
  'The answer',
] as const;

const VERBS = [
  'was shipped',
  'is ready',
  'has been updated',
  'is waiting for review',
  'was sent to the team',
  'is stored on the device',
  'was approved',
  'needs more detail',
  'is complete',
  'was cancelled',
] as const;

const TAILS = [
  'today',
  'this morning',
  'by the local planner',
  'in the last step',
  'after the check',
  'for the next task',
  'with no error',
  'and the result is saved',
] as const;

const TOOLS = ['get_weather', 'search_docs', 'create_ticket', 'send_mail', 'lookup_order'] as const;

const KEYS = [
  'city',
  'query',
  'title',
  'name',
  'id',
  'status',
  'label',
  'value',
  'reason',
  'answer',
] as const;

const VALUES = [
  'Paris',
  'Berlin',
  'open',
  'closed',
  'yes',
  'no',
  'refund',
  'billing',
  'support',
  'ok',
] as const;

/**
 * Words that must be one token each: the ones that make the model unsure, and everyday ones beside
 * them.
 */
const WORDS = [
  'prove',
  'theorem',
  'hard',
  'derive',
  'lemma',
  'hello',
  'please',
  'what',
  'weather',
  'classify',
  'summarize',
  'the',
  'user',
] as const;

/** `spoken` teaches tokens and what follows what; `shown` teaches tokens alone. */
export type Text = { readonly kind: 'spoken' | 'shown'; readonly text: string };

/** The order of the draws is part of the format: changing it changes every byte of the model. */
export function corpus(luck: Chance): readonly Text[] {
  const texts: Text[] = [];
  for (let count = 0; count < SENTENCES; count += 1) {
    texts.push({ kind: 'spoken', text: sentences(luck) });
  }
  for (let count = 0; count < OBJECTS; count += 1) {
    texts.push({ kind: 'spoken', text: smallObject(luck) });
  }
  for (let count = 0; count < CALLS; count += 1) {
    texts.push({ kind: 'shown', text: toolCall(luck) });
  }
  for (const word of WORDS) {
    for (let count = 0; count < REPEATS_PER_WORD; count += 1) {
      texts.push({ kind: 'shown', text: `Please ${word} it ${word}.` });
    }
  }
  return texts;
}

function sentences(luck: Chance): string {
  const wanted = 1 + Math.floor(luck.draw() * 2);
  const said: string[] = [];
  while (said.length < wanted) {
    said.push(`${luck.pick(SUBJECTS)} ${luck.pick(VERBS)} ${luck.pick(TAILS)}.`);
  }
  return said.join(' ');
}

function smallObject(luck: Chance): string {
  const keys = [luck.pick(KEYS), luck.pick(KEYS)];
  const object = Object.fromEntries(keys.map((key) => [key, luck.pick(VALUES)]));
  return JSON.stringify(object).replaceAll(':', ': ').replaceAll(',', ', ');
}

function toolCall(luck: Chance): string {
  const name = luck.pick(TOOLS);
  return `{"name": "${name}", "arguments": {"${luck.pick(KEYS)}": "${luck.pick(VALUES)}"}}`;
}
