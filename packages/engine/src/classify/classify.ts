// How sensitive, how hard, how soon; by local means alone. Adds the profile that resolve decides
// from. The label starts at the tenant's default and only ever rises: by what the scanner found in
// the content, by what the caller's header declares (a label, types, sources), by parts that nobody
// here can read, by state that is held upstream, by what its session has held before.
// Difficulty is what the step usually needs, else a rule of thumb (`difficulty.ts`).
// This room refuses nothing; it must never lower a label, and never keeps or prints what it has
// read.
import {
  type Branded,
  type Difficulty,
  higherLabel,
  type Label,
  type RecordedRouting,
} from '@signalbox/contract';
import type { Ground } from '../session/labels.ts';
import type { Joined } from '../session/session.ts';
import { judgeDifficulty, type RoutingSource } from './difficulty.ts';
import { groundsOf, isUnread, TYPES_MAX } from './grounds.ts';
import { labelOfType } from './kinds.table.ts';
import { type Content, UNSCANNED } from './reading.ts';

export type Profile = {
  readonly label: Label;
  /** Why the label stands where it stands: kinds found or declared, `unscanned`, `default`. */
  readonly kinds: readonly string[];
  /** What of it stays with its session; of one without a name, not what was only declared. */
  readonly lasting: Label;
  /** Each of those reasons with its label; of a call that any tier may have, none. */
  readonly grounds: readonly Ground[];
  /** What the caller declared, where it is less than the label: nothing follows from it. */
  readonly declared?: Label | undefined;
  readonly difficulty: Difficulty;
  /** Of the model `auto` alone: who said so. */
  readonly routed?: RecordedRouting | undefined;
  readonly latencyBudgetMs: number | undefined;
};
export type Classified = Branded<Joined & { readonly profile: Profile }, 'classified'>;

/** @param content what was found in the body, as `Reading` says it. */
export function classify(joined: Joined, content: Content, learned?: RoutingSource): Classified {
  const { label, lasting, kinds, declared } = sensitivity(joined, content);
  const { difficulty, routed } = judgeDifficulty(joined, label, learned);
  const profile: Profile = {
    label,
    lasting,
    kinds,
    grounds: label === 'public' || label === 'internal' ? NO_GROUNDS : groundsOf(joined, content),
    declared,
    difficulty,
    routed,
    latencyBudgetMs: joined.head.latencyBudgetMs,
  };
  return Object.assign(joined, { profile }) as Classified; // brand: minted here
}

/** Before anybody else is asked about the content. */
export const labelSoFar = (joined: Joined, content: Content): Label =>
  sensitivity(joined, content).label;

const NO_GROUNDS: readonly Ground[] = [];
const NO_SOURCES: readonly string[] = [];

function sensitivity(
  joined: Joined,
  content: Content,
): Pick<Profile, 'label' | 'lasting' | 'kinds' | 'declared'> {
  const { tenant, head, held, remembered, resumed } = joined;
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
  if (unscanned || isUnread(joined)) {
    label = higherLabel(label, tenant.unscannedLabel);
    kinds.push(UNSCANNED);
  }
  // State is as sensitive as the call that made it, whatever this one says.
  if (held !== undefined && higherLabel(label, held.label) !== label) {
    label = held.label;
    kinds.push('held-upstream');
  }
  // A harmless turn goes no further than what its session has held before.
  if (remembered !== undefined && higherLabel(label, remembered.label) !== label) {
    label = remembered.label;
    kinds.push('held-session');
  }
  const told = label;
  const declared = head.sensitivity;
  let said: Label | undefined;
  if (declared !== undefined) {
    // `public(health)` says two things; the stricter one holds.
    said = declared.label;
    for (const type of declared.kinds) said = higherLabel(said, labelOfType(type) ?? said);
    label = higherLabel(label, said);
    for (const type of declared.kinds) if (!kinds.includes(type)) kinds.push(type);
  }
  // Known to the tenant alone: what it has not named raises nothing.
  for (const source of head.sources ?? NO_SOURCES) {
    const kind = tenant.sensitive?.sources.get(source);
    if (kind === undefined) continue;
    label = higherLabel(label, labelOfType(kind) ?? 'regulated');
    if (!kinds.includes(source)) kinds.push(source);
  }
  // Calls that begin alike may have nothing else in common: what is declared is of each alone.
  const lasting = joined.sessionNamed ? label : told;
  return { label, lasting, kinds, declared: said === label ? undefined : said };
}
