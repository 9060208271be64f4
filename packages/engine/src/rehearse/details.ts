// What conditions read of a call beside what rules select by: sides of the lattice that are there
// only where some condition asks, so that it stays small.
import type { Difficulty } from '@signalbox/contract';
import { comparedIn, type RuleDocument, readCondition } from '@signalbox/documents';

/** What is undefined is as in any call. */
export type Detail = {
  readonly difficulty?: Difficulty | undefined;
  readonly tools?: boolean | undefined;
  readonly stream?: boolean | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokensMax?: number | undefined;
};

export type Details = {
  /** Every combination; one that says nothing where no condition asks. */
  readonly all: readonly Detail[];
  /** Names that conditions read, `call.difficulty`, of which every case is among them. */
  readonly varied: ReadonlySet<string>;
};

/** Combinations. A side with which there would be more is left out. */
const DETAILS_MAX = 72;

const DIFFICULTIES: readonly Difficulty[] = ['easy', 'middle', 'hard'];
const BOTH = [false, true];

/** By name in conditions; the numbers are those just below, at and just above what is compared. */
const SIDES: Readonly<Record<string, (numbers: readonly number[]) => readonly Detail[]>> = {
  'call.difficulty': () => DIFFICULTIES.map((difficulty) => ({ difficulty })),
  'call.tools_offered': () => BOTH.map((tools) => ({ tools })),
  'call.stream': () => BOTH.map((stream) => ({ stream })),
  'call.input_tokens': (numbers) => numbers.map((inputTokens) => ({ inputTokens })),
  'call.output_tokens_max': (numbers) => numbers.map((outputTokensMax) => ({ outputTokensMax })),
};

const NUMBERS: ReadonlySet<string> = new Set(['call.input_tokens', 'call.output_tokens_max']);

export function detailsOf(rules: readonly RuleDocument[]): Details {
  const read = readsOf(rules);
  const varied = new Set<string>();
  let all: readonly Detail[] = [{}];
  for (const [name, sideOf] of Object.entries(SIDES)) {
    if (!read.has(name)) continue;
    const compared = read.get(name);
    if (NUMBERS.has(name) && compared === undefined) continue;
    const side = sideOf(around(compared ?? []));
    if (all.length * side.length > DETAILS_MAX) continue;
    all = all.flatMap((one) => side.map((more) => ({ ...one, ...more })));
    varied.add(name);
  }
  return { all, varied };
}

/** What all conditions together read, and the integers that each is compared with. */
function readsOf(
  rules: readonly RuleDocument[],
): ReadonlyMap<string, readonly number[] | undefined> {
  const read = new Map<string, readonly number[] | undefined>();
  for (const { when } of rules) {
    const { expression } = when;
    if (expression === undefined || !readCondition(expression).ok) continue;
    for (const [name, numbers] of comparedIn(expression)) {
      const known = read.has(name) ? read.get(name) : [];
      read.set(name, known && numbers && [...known, ...numbers]);
    }
  }
  return read;
}

const around = (numbers: readonly number[]): readonly number[] =>
  [...new Set(numbers.flatMap((one) => [one - 1, one, one + 1]))].filter((one) => one >= 0);
