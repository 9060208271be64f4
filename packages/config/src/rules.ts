/**
 * Rules that can never match. A policy is read from top to bottom and the first rule that matches
 * decides; a rule below one that takes all its calls is a mistake, and usually a dangerous one.
 */
import { LABELS, type Label } from '@signalbox/contract';
import {
  type Configuration,
  coversPattern,
  type PolicyDocument,
  type RuleCondition,
  type RuleDocument,
} from '@signalbox/documents';
import { type Desk, report } from './desk.ts';

export function checkRules(desk: Desk, configuration: Configuration): void {
  const { tenants } = configuration;
  const users = usersOf(configuration);
  for (const policy of configuration.policies.values()) {
    const names = new Map<string, number>();
    policy.rules.forEach((rule, index) => {
      const path = ['policies', policy.name, 'rules', index];
      const twin = names.get(rule.name);
      if (twin !== undefined) {
        const message = `rule ${twin + 1} of this policy is also named \`${rule.name}\``;
        report(desk, [...path, 'name'], { message });
      }
      names.set(rule.name, index);
      checkShadow(desk, policy, index);
      checkTenants(desk, { policy, index, users: users.get(policy.name), tenants });
    });
  }
}

function usersOf(configuration: Configuration): ReadonlyMap<string, ReadonlySet<string>> {
  const users = new Map<string, Set<string>>();
  for (const tenant of configuration.tenants.values()) {
    for (const policy of tenant.policies) {
      const found = users.get(policy) ?? new Set();
      users.set(policy, found.add(tenant.name));
    }
  }
  return users;
}

function checkShadow(desk: Desk, policy: PolicyDocument, index: number): void {
  const rule = policy.rules[index];
  const shadows = rule === undefined ? undefined : shadowsOf(rule, policy.rules.slice(0, index));
  if (shadows === undefined) return;
  const names = [...new Set(shadows)].map((one) => {
    const line = one.origin === undefined ? '' : ` (line ${one.origin.line})`;
    return `\`${one.name}\`${line}`;
  });
  const verb = names.length === 1 ? 'takes' : 'take';
  const message = `this rule can never match: ${names.join(' and ')} ${verb} all its calls`;
  const hint = 'move it up, or remove it';
  report(desk, ['policies', policy.name, 'rules', index], { message, hint });
}

/**
 * The earlier rules that together take every label the rule asks for; undefined when one is free.
 */
export function shadowsOf(
  rule: RuleDocument,
  earlier: readonly RuleDocument[],
): readonly RuleDocument[] | undefined {
  const wide = earlier.filter((one) => coversBesidesLabel(one.when, rule.when));
  const labels = labelsOf(rule.when);
  const alone = wide.find((one) => labels.every((label) => labelsOf(one.when).includes(label)));
  if (alone !== undefined) return [alone];
  const shadows: RuleDocument[] = [];
  for (const label of labels) {
    const shadow = wide.find((one) => labelsOf(one.when).includes(label));
    if (shadow === undefined) return undefined;
    shadows.push(shadow);
  }
  return shadows;
}

const labelsOf = (when: RuleCondition): readonly Label[] => when.sensitivity ?? LABELS;

function coversBesidesLabel(wide: RuleCondition, narrow: RuleCondition): boolean {
  return (
    coversAll(wide.step, narrow.step, isEqual) &&
    coversAll(wide.tenant, narrow.tenant, isEqual) &&
    coversAll(wide.agent, narrow.agent, isEqual) &&
    coversAll(wide.model, narrow.model, coversPattern)
  );
}

const isEqual = (a: string, b: string): boolean => a === b;

function coversAll(
  wide: readonly string[] | undefined,
  narrow: readonly string[] | undefined,
  covers: (wide: string, narrow: string) => boolean,
): boolean {
  if (wide === undefined) return true;
  if (narrow === undefined) return wide.includes('*') && covers !== isEqual;
  return narrow.every((one) => wide.some((other) => covers(other, one)));
}

interface TenantCheck {
  readonly policy: PolicyDocument;
  readonly index: number;
  readonly users: ReadonlySet<string> | undefined;
  readonly tenants: ReadonlyMap<string, unknown>;
}

/**
 * A rule about tenants none of whom has this policy. A policy that nobody has is work in progress.
 */
function checkTenants(desk: Desk, { policy, index, users, tenants }: TenantCheck): void {
  const wanted = policy.rules[index]?.when.tenant;
  if (wanted === undefined || users === undefined) return;
  if (wanted.some((one) => users.has(one) || !tenants.has(one))) return;
  const message = 'this rule can never match: no tenant it names has this policy';
  const hint = `add \`${policy.name}\` to \`tenants.${wanted[0]}.policies\``;
  report(desk, ['policies', policy.name, 'rules', index, 'when', 'tenant'], { message, hint });
}
