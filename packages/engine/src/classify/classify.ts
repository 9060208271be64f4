// How sensitive, how hard, how soon; by local means alone. Adds the profile that resolve decides
// from. The label starts at the tenant's default and only ever rises: by what the scanner found in
// the content, by the caller's header and the types it names, by parts that nobody here can read,
// by state that is held upstream.
// Difficulty is a rule of thumb: the step when it is known, else length and a short list of words.
// This room refuses nothing; it must never lower a label, and never keeps or prints what it has
// read.
import { type Branded, type Difficulty, higherLabel, type Label } from '@signalbox/contract';
import type { Joined } from '../session/session.ts';
import { EASY_STEPS, EASY_WORDS, HARD_STEPS, HARD_WORDS } from './difficulty.table.ts';
import { labelOfType } from './kinds.table.ts';
import { type Content, UNSCANNED } from './reading.ts';

export type Profile = {
  readonly label: Label;
  /** Why the label stands where it stands: kinds found or declared, `unscanned`, `default`. */
  readonly kinds: readonly string[];
  readonly difficulty: Difficulty;
  readonly latencyBudgetMs: number | undefined;
};
export type Classified = Branded<Joined & { readonly profile: Profile }, 'classified'>;

/** About 12,000 characters: a local model's context is mostly gone. */
const HARD_INPUT_TOKENS = 3_000;

/** @param content what was found in the body, as `Reading` says it. */
export function classify(joined: Joined, content: Content): Classified {
  const { label, kinds } = sensitivity(joined, content);
  const profile: Profile = {
    label,
    kinds,
    difficulty: difficulty(joined),
    latencyBudgetMs: joined.head.latencyBudgetMs,
  };
  return Object.assign(joined, { profile }) as Classified; // brand: minted here
}

/** Types named in a header or a record: a page of customers is not listed whole. */
const TYPES_MAX = 8;

function sensitivity(joined: Joined, content: Content): { label: Label; kinds: readonly string[] } {
  const { tenant, head, question, held, resumed } = joined;
  const kinds: string[] = [];
  // A call that waited on disk is no less sensitive than it was, whatever the documents say now.
  let label = higherLabel(tenant.defaultLabel, resumed?.label ?? tenant.defaultLabel);
  let unscanned = false;
  for (const { type, kind } of content) {
    if (kind === UNSCANNED) {
      unscanned = true;
      continue;
    }
    // What nobody has put into the table is as bad as it gets.
    label = higherLabel(label, labelOfType(kind) ?? 'regulated');
    if (kinds.length < TYPES_MAX) kinds.push(type);
  }
  const unknownState = question.statefulReference !== undefined && held?.endpoint === undefined;
  if (question.unreadableParts || unknownState || unscanned) {
    label = higherLabel(label, tenant.unscannedLabel);
    kinds.push(UNSCANNED);
  }
  // State is as sensitive as the call that made it, whatever this one says.
  if (held !== undefined && higherLabel(label, held.label) !== label) {
    label = held.label;
    kinds.push('held-upstream');
  }
  const declared = head.sensitivity;
  if (declared !== undefined) {
    label = higherLabel(label, declared.label);
    // `public(health)` says two things; the stricter one holds.
    for (const type of declared.kinds) label = higherLabel(label, labelOfType(type) ?? label);
    for (const type of declared.kinds) if (!kinds.includes(type)) kinds.push(type);
  }
  return { label, kinds };
}

function difficulty(joined: Joined): Difficulty {
  const step = joined.step;
  if (step !== undefined && EASY_STEPS.has(step)) return 'easy';
  if (step !== undefined && HARD_STEPS.has(step)) return 'hard';
  if (joined.question.model !== 'auto') return 'middle';
  if (joined.question.inputTokensEstimate > HARD_INPUT_TOKENS) return 'hard';
  const words =
    joined.question
      .lastInstruction()
      .toLowerCase()
      .match(/\p{L}+/gu) ?? [];
  if (words.some((word) => HARD_WORDS.has(word))) return 'hard';
  if (words.some((word) => EASY_WORDS.has(word))) return 'easy';
  return words.length <= SHORT_WORDS ? 'easy' : 'middle';
}

/** A greeting or a short question. */
const SHORT_WORDS = 12;
