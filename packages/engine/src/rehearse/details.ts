// What conditions read of a call beside what rules select by: sides of the lattice that are there
// only where some condition asks, so that it stays small.
import type { CallHead, Difficulty, Operation } from '@signalbox/contract';
import { type Compared, comparedIn, type RuleDocument, readCondition } from '@signalbox/documents';
import { OPERATIONS } from '../resolve/features.ts';

/** What is undefined is as in any call. */
export type Detail = {
  readonly difficulty?: Difficulty | undefined;
  readonly tools?: boolean | undefined;
  readonly stream?: boolean | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokensMax?: number | undefined;
  readonly latencyBudgetMs?: number | undefined;
  readonly model?: string | undefined;
  readonly step?: string | undefined;
  readonly agent?: string | undefined;
  readonly dialect?: CallHead['dialect'] | undefined;
  readonly operation?: Operation | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
};

export type Details = {
  /** Combinations; one that says nothing where no condition asks. */
  readonly all: readonly Detail[];
  /** Names that conditions read, `call.difficulty`, of which every case is among them. */
  readonly varied: ReadonlySet<string>;
};

type Side = {
  readonly name: string;
  readonly cases: readonly Detail[];
  /** It has every case that conditions can tell apart. */
  readonly isWhole: boolean;
};

/** Combinations. A side with which there would be more is varied by itself, the others as usual. */
const DETAILS_MAX = 72;
/** Cases of all sides that are varied by themselves. */
const ALONE_MAX = 24;
/** Of so many kinds every combination is tried. */
const KINDS_COMBINED_MAX = 2;

const DIFFICULTIES: readonly Difficulty[] = ['easy', 'middle', 'hard'];
const DIALECTS = ['openai', 'anthropic', 'gemini', 'ollama'] as const;
const BOTH = [false, true];
const TAGS = 'call.tags';

const all = (cases: readonly Detail[]): Pick<Side, 'cases' | 'isWhole'> => ({
  cases,
  isWhole: true,
});

type SideOf = (compared: Compared) => Pick<Side, 'cases' | 'isWhole'>;

/** By name in conditions. */
const SIDES: Readonly<Record<string, SideOf>> = {
  'call.difficulty': () => all(DIFFICULTIES.map((difficulty) => ({ difficulty }))),
  'call.dialect': () => all(DIALECTS.map((dialect) => ({ dialect }))),
  'call.tools_offered': () => all(BOTH.map((tools) => ({ tools }))),
  'call.stream': () => all(BOTH.map((stream) => ({ stream }))),
  'call.input_tokens': numbers((inputTokens) => ({ inputTokens })),
  'call.output_tokens_max': numbers((outputTokensMax) => ({ outputTokensMax }), [{}]),
  'call.latency_budget_ms': numbers((latencyBudgetMs) => ({ latencyBudgetMs }), [{}]),
  'call.model': texts((model) => ({ model })),
  'call.step': texts((step) => ({ step })),
  'call.agent': texts((agent) => ({ agent })),
  'call.operation': ({ texts: named, isWhole }) => ({
    cases: [
      {},
      ...OPERATIONS.flatMap((operation) => (named.includes(operation) ? { operation } : [])),
    ],
    isWhole,
  }),
  'call.kinds': ({ texts: named, isWhole }) => {
    const kinds = [...new Set(named)];
    return {
      cases: setsOf([...kinds, other(kinds)]).map((one) => ({ kinds: one })),
      isWhole: isWhole && kinds.length <= KINDS_COMBINED_MAX,
    };
  },
};

/** Those just below, at and just above what is compared. */
function numbers(detail: (one: number) => Detail, more: readonly Detail[] = []): SideOf {
  return ({ numbers: compared, isWhole }) => ({
    cases: compared.length === 0 ? [] : [...more, ...around(compared).map(detail)],
    isWhole,
  });
}

/** As in any call; each that is compared; one that is none of them. */
function texts(detail: (one: string) => Detail): SideOf {
  return ({ texts: compared, isWhole }) => {
    const named = [...new Set(compared)];
    return { cases: [{}, ...[...named, other(named)].map(detail)], isWhole };
  };
}

function other(named: readonly string[]): string {
  let word = 'other';
  while (named.includes(word)) word += '-one';
  return word;
}

/** All sets of a few; of many none, each alone and all together. */
function setsOf(words: readonly string[]): readonly (readonly string[])[] {
  if (words.length > KINDS_COMBINED_MAX + 1) return [[], ...words.map((one) => [one]), words];
  let sets: readonly (readonly string[])[] = [[]];
  for (const word of words) sets = [...sets, ...sets.map((one) => [...one, word])];
  return sets;
}

export function detailsOf(rules: readonly RuleDocument[]): Details {
  const read = readsOf(rules);
  const varied = new Set<string>();
  const partly = new Set<string>();
  const alone: Detail[] = [];
  let details: readonly Detail[] = [{}];
  for (const { name, cases, isWhole } of sidesOf(read)) {
    if (details.length * cases.length <= DETAILS_MAX) {
      details = details.flatMap((one) => cases.map((more) => joined(one, more)));
      (isWhole ? varied : partly).add(name);
    } else {
      alone.push(...cases.slice(0, ALONE_MAX - alone.length));
      partly.add(name);
    }
  }
  for (const name of partly) varied.delete(name);
  return { all: [...details, ...alone], varied };
}

/** The smaller ones first: more of them are combined. */
function sidesOf(read: ReadonlyMap<string, Compared>): readonly Side[] {
  const sides: Side[] = [];
  for (const [name, compared] of read) {
    const sideOf = SIDES[name];
    if (sideOf !== undefined) sides.push({ name, ...sideOf(compared) });
    if (!name.startsWith(`${TAGS}.`)) continue;
    const tag = name.slice(TAGS.length + 1);
    sides.push({ name: TAGS, ...texts((value) => ({ tags: { [tag]: value } }))(compared) });
  }
  // Of some tag that no condition names nothing can be said.
  if (read.has(TAGS)) sides.push({ name: TAGS, cases: [{}], isWhole: false });
  return sides
    .filter(({ cases }) => cases.length > 0)
    .toSorted((a, b) => a.cases.length - b.cases.length);
}

const joined = (one: Detail, more: Detail): Detail =>
  one.tags === undefined || more.tags === undefined
    ? { ...one, ...more }
    : { ...one, ...more, tags: { ...one.tags, ...more.tags } };

/** What all conditions together read, and what each is compared with. */
function readsOf(rules: readonly RuleDocument[]): ReadonlyMap<string, Compared> {
  const read = new Map<string, Compared>();
  for (const { when } of rules) {
    const { expression } = when;
    if (expression === undefined || !readCondition(expression).ok) continue;
    for (const [name, one] of comparedIn(expression)) {
      const known = read.get(name) ?? { numbers: [], texts: [], isWhole: true };
      read.set(name, {
        numbers: [...known.numbers, ...one.numbers],
        texts: [...known.texts, ...one.texts],
        isWhole: known.isWhole && one.isWhole,
      });
    }
  }
  return read;
}

const around = (compared: readonly number[]): readonly number[] =>
  [...new Set(compared.flatMap((one) => [one - 1, one, one + 1]))].filter((one) => one >= 0);
