// How policies stand: what their documents say, as far as it was approved, promoted and not rolled
// back. A content that is not in force leaves what was in force before it, so that an edit that
// nobody approved opens nothing.
import type { ConfigurationFile } from '@signalbox/config';
import type { Configuration, PolicyDocument } from '@signalbox/documents';
import { contentDigest, NO_STATE, type PolicyState, type PolicyStates } from './policy-states.ts';
import { below } from './written-text.ts';

export type Standing =
  | { readonly kind: 'written' }
  /** Instead of it an earlier content holds. */
  | {
      readonly kind: 'kept';
      readonly why: 'rolled-back' | 'not-approved';
      readonly digest: string;
      readonly text: string;
    }
  /** It was never approved: it decides nothing. */
  | { readonly kind: 'held' }
  /** As far as it was promoted; null: everybody. */
  | { readonly kind: 'promoted'; readonly ring: number | null };

const WRITTEN: Standing = { kind: 'written' };
const HELD: Standing = { kind: 'held' };

export function standingOf(policy: PolicyDocument, state: PolicyState = NO_STATE): Standing {
  const digest = contentDigest(policy);
  const { approvals, released, stage, back } = state;
  const isApproved = (content: string): boolean => approvals.some((one) => one.digest === content);
  if (back?.from === digest) {
    const to = released.find((one) => one.digest === back.to);
    if (to !== undefined) return { ...to, kind: 'kept', why: 'rolled-back' };
  }
  if (policy.approval === 'required' && !isApproved(digest)) {
    // What was in force for everybody goes on, also from the time before approval was wanted.
    const last = released.findLast((one) => one.digest !== digest);
    return last === undefined ? HELD : { ...last, kind: 'kept', why: 'not-approved' };
  }
  if (stage?.digest === digest) return { kind: 'promoted', ring: stage.ring };
  return WRITTEN;
}

/** The file that stands for the policies whose earlier content holds; undefined: none does. */
export function keptFile(
  { policies }: Configuration,
  states: PolicyStates,
  files: readonly ConfigurationFile[],
): ConfigurationFile | undefined {
  const drafts = new Set(
    files.filter(({ owner }) => owner?.kind === 'draft').map((one) => one.name),
  );
  const parts = [...policies.values()].flatMap((policy) => {
    // What is only being tried is tried as it is.
    if (drafts.has(policy.origin?.file ?? '')) return [];
    const standing = standingOf(policy, states.get(policy.name));
    return standing.kind === 'kept' ? [below(policy.name, standing.text)] : [];
  });
  if (parts.length === 0) return undefined;
  const text = `version: 1\npolicies:\n${parts.join('')}`;
  return { name: KEPT_FILE, text, owner: { kind: 'draft' } };
}

const KEPT_FILE = 'policies kept in force';

/** Held back, or let as far as they were promoted. */
export function staged(configuration: Configuration, states: PolicyStates): Configuration {
  const policies = new Map(configuration.policies);
  for (const [name, policy] of policies) {
    // It was in force for everybody, whatever its text says of shadow and ring.
    if (policy.origin?.file === KEPT_FILE) {
      policies.set(name, { ...policy, mode: 'enforce', ring: undefined });
      continue;
    }
    const standing = standingOf(policy, states.get(name));
    if (standing.kind === 'held') policies.set(name, { ...policy, mode: 'shadow' });
    else if (standing.kind === 'promoted') {
      policies.set(name, { ...policy, mode: 'enforce', ring: standing.ring ?? undefined });
    }
  }
  return { ...configuration, policies };
}
