// The words and prefixes that one pass looks for, and what each of them means.
import { automatonOf, type Pattern } from './automaton.ts';
import { CONTEXT } from './context.table.ts';
import { SPOKEN } from './forms.table.ts';
import { Lanes } from './lanes.ts';
import {
  COMMAND_WORDS,
  COOKIE_WORDS,
  ISSUER_WORDS,
  SECRET_RULES,
  SECRET_WORDS,
} from './secrets.table.ts';
import { CLASS, isLatin } from './text.ts';

export type Word = {
  readonly text: string;
  /** Numbers of the context groups it belongs to. */
  readonly groups: readonly number[];
  /** Numbers of the secret rules that begin with it. */
  readonly rules: readonly number[];
  readonly latin: boolean;
  readonly goesOn: boolean;
  /** It is no part of a name of a program. */
  readonly apart: boolean;
  /** What the search for secrets does with it: nothing, an assignment, a key, an address. */
  readonly role: 'none' | 'assigned' | 'pem' | 'url' | 'command' | 'cookie';
  /** A sentence may say the credential: `my password is ...`. */
  readonly spoken: boolean;
  /** Its classes stand for other characters too: compare before it counts. */
  readonly compare: boolean;
};

export type Lexicon = { readonly lanes: Lanes; readonly words: readonly Word[] };

const EXTRA: readonly (readonly [string, string])[] = [
  ['secret', SECRET_WORDS],
  ['issuer', ISSUER_WORDS],
  ['at-sign', '[at]|[@]|[.]| dot '],
  ['point', '[dot]|[punkt]|[punto]|[point]'],
  ['pem', '-----begin'],
  ['command', COMMAND_WORDS],
  ['cookie', COOKIE_WORDS],
  ['credentials-in-url', '://'],
  ['values', 'values'],
];

export const GROUPS: readonly string[] = [
  ...CONTEXT.map(([name]) => name),
  ...EXTRA.map(([name]) => name),
];
export const groupNumber = (name: string): number => {
  const at = GROUPS.indexOf(name);
  if (at < 0) throw new Error(`no group of words ${name}`);
  return at;
};

type Draft = { groups: Set<number>; rules: number[]; goesOn: boolean; apart: boolean };

function make(): Lexicon {
  const drafts = new Map<string, Draft>();
  const draft = (text: string): Draft => {
    const found = drafts.get(text) ?? {
      ...{ groups: new Set<number>(), rules: [], goesOn: false, apart: false },
    };
    drafts.set(text, found);
    return found;
  };
  [...CONTEXT, ...EXTRA].forEach(([, list], group) => {
    for (const word of list.split('|')) {
      const goesOn = word.endsWith('*');
      const apart = word.endsWith('!');
      const text = goesOn || apart ? word.slice(0, -1) : word;
      for (const form of formsOf(text)) {
        const one = draft(form);
        one.groups.add(group);
        one.goesOn ||= goesOn;
        one.apart ||= apart;
      }
    }
  });
  SECRET_RULES.forEach(({ prefix }, index) => void draft(prefix).rules.push(index));
  const words = [...drafts].map(([text, one]) => wordOf(text, one));
  const patterns: readonly Pattern[] = words.map(({ text }) => ({ word: text, exact: false }));
  return { lanes: new Lanes(automatonOf(patterns)), words };
}

/** With its gaps, and run together. */
function formsOf(text: string): readonly string[] {
  const inner = text.trim();
  return inner.includes(' ') && text === inner ? [text, text.replaceAll(' ', '')] : [text];
}

function roleOf(groups: ReadonlySet<number>): Word['role'] {
  if (groups.has(groupNumber('secret')) || groups.has(groupNumber('issuer'))) return 'assigned';
  for (const role of ['pem', 'command', 'cookie'] as const) {
    if (groups.has(groupNumber(role))) return role;
  }
  return groups.has(groupNumber('credentials-in-url')) ? 'url' : 'none';
}

const MARKS = /[[\]():/@-]/;

function wordOf(text: string, one: Draft): Word {
  const codes = [...text].map((letter) => letter.charCodeAt(0));
  const latin = codes.every((code) => code < 128 || isLatin(code)) && !MARKS.test(text);
  return {
    text,
    groups: [...one.groups],
    rules: one.rules,
    role: roleOf(one.groups),
    spoken: SPOKEN.test(text),
    // ` dot ` begins behind a letter.
    latin: latin && one.groups.size > 0 && text === text.trim(),
    goesOn: one.goesOn,
    apart: one.apart,
    compare: codes.some((code) => code > 127 && (CLASS[code] ?? 0) > 32) || /[0-9]/.test(text),
  };
}

/** Made while the node starts, so that no caller waits for it. */
export const LEXICON: Lexicon = make();
