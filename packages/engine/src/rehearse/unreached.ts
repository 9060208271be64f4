// Rules of policies that are attached and in force, and that no point of the lattice met.
import { type Configuration, type RuleDocument, readCondition } from '@signalbox/documents';

export type Unreached = {
  readonly rule: RuleDocument;
  /** The lattice has every case that its condition can tell apart: nothing ever meets it. */
  readonly isDecided: boolean;
};

/**
 * @param reached `policy/rule`.
 * @param varied names that conditions read, beside those of tenants and labels.
 */
export function unreachedRules(
  { node, plans, tenants, keys, policies }: Configuration,
  reached: ReadonlySet<string>,
  { varied, at }: { readonly varied: ReadonlySet<string>; readonly at: number },
): readonly Unreached[] {
  const attached = new Set([
    ...node.policies,
    ...[...plans.values()].flatMap((one) => one.policies),
    ...[...keys.values()].flatMap((one) => one.policies),
    ...[...tenants.values()].flatMap((one) => [
      ...one.policies,
      ...[...one.agentPolicies.values()].flat(),
    ]),
  ]);
  return [...policies.values()].flatMap((policy): readonly Unreached[] => {
    const isInForce = at >= (policy.fromMs ?? at) && at < (policy.untilMs ?? at + 1);
    if (!attached.has(policy.name) || !isInForce) return [];
    return policy.rules
      .filter((one) => !reached.has(`${policy.name}/${one.name}`))
      .map((rule) => ({ rule, isDecided: isDecided(rule, varied) }));
  });
}

/** What the lattice always varies: a condition that reads nothing else is decided by it. */
const VARIED = /^(call\.label|tenant\.)/;

function isDecided({ when }: RuleDocument, varied: ReadonlySet<string>): boolean {
  if (when.expression === undefined) return true;
  const read = readCondition(when.expression);
  return read.ok && read.value.reads.every((name) => VARIED.test(name) || varied.has(name));
}
