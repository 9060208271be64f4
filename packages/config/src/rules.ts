/**
 * Rules that can never match. A policy is read from top to bottom and the first rule that matches
 * decides; a rule below one that takes all its calls is a mistake, and usually a dangerous one.
 */
import { LABELS, type Label } from '@signalbox/contract';
import {
  canHold,
  closest,
  coversPattern,
  type Path,
  places,
  type RuleCondition,
  type RuleDocument,
  readCondition,
} from '@signalbox/documents';
import { type Desk, entriesOf, report } from './desk.ts';
import { childOf, isList, isMap, type Tree, treeAt } from './source.ts';

/** A rule that could be read, and its place in the policy as written. */
export interface PlacedRule {
  readonly index: number;
  readonly rule: RuleDocument;
}

/**
 * @param rules of each policy those that could be read, in the order written.
 * @param lost nouns of which not every entry could be read.
 */
export function checkRules(
  desk: Desk,
  rules: ReadonlyMap<string, readonly PlacedRule[]>,
  lost: ReadonlySet<string>,
): void {
  const users = usersOf(desk);
  const classes = lost.has('tenants') || lost.has('plans') ? undefined : classesOf(desk);
  for (const [policy, placed] of rules) {
    const names = new Map<string, number>();
    for (const [at, { index, rule }] of placed.entries()) {
      const path = ['policies', policy, 'rules', index];
      const twin = names.get(rule.name);
      if (twin !== undefined) {
        const message = `rule ${twin + 1} of this policy is also named \`${rule.name}\``;
        report(desk, [...path, 'name'], { message, hint: 'give each rule a `name` of its own' });
      }
      names.set(rule.name, index);
      const earlier = placed.slice(0, at).map((one) => one.rule);
      checkShadow(desk, path, { rule, earlier });
      checkTenants(desk, path, { rule, policy, users });
      if (!users.has(policy)) continue;
      if (classes !== undefined) checkClass(desk, path, { rule, classes });
      checkCondition(desk, path, { rule, classes });
    }
  }
}

/** Of tenants and of plans; what cannot be read as one may be the one that was meant. */
function classesOf({ tree }: Desk): readonly string[] | undefined {
  const written = ['tenants', 'plans'].flatMap((noun) => entriesOf(tree, noun));
  const classes = written.map(([, one]) => (isMap(one) ? childOf(one, 'class') : undefined));
  const said = classes.filter((one) => one !== undefined);
  return said.every((one) => typeof one === 'string') ? [...new Set(said)] : undefined;
}

type Classed = { readonly rule: RuleDocument; readonly classes: readonly string[] | undefined };

function checkClass(desk: Desk, path: Path, { rule, classes = [] }: Classed): void {
  const wanted = rule.when.tenantClass ?? [];
  if (wanted.length === 0 || wanted.some((one) => classes.includes(one))) return;
  const near = closest(wanted[0] ?? '', classes);
  const names = wanted.map((one) => `\`${one}\``).join(' or ');
  const message = `this rule can never match: no tenant and no plan has the class ${names}`;
  const hint =
    near === undefined
      ? `write \`class: ${wanted[0]}\` at a tenant or a plan, or remove the rule`
      : `did you mean \`${near}\`?`;
  report(desk, [...path, 'when', 'class'], { message, hint });
}

/** As far as its condition reads what has few values: labels, topologies, classes. */
function checkCondition(desk: Desk, path: Path, { rule, classes }: Classed): void {
  const { expression, sensitivity } = rule.when;
  const read = expression === undefined ? undefined : readCondition(expression);
  if (read?.ok !== true) return;
  const known = {
    ...(sensitivity === undefined ? {} : { 'call.label': sensitivity }),
    ...(classes === undefined ? {} : { 'tenant.class': [undefined, ...classes] }),
  };
  if (canHold(read.value, known)) return;
  const message = 'this rule can never match: no call and no tenant meets its condition';
  report(desk, [...path, 'when'], { message, hint: 'mend the condition, or remove the rule' });
}

type Users = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The tenants that have each policy, and under `*` those whose policies cannot be read; what is
 * written is asked, so that other mistakes of a tenant do not matter.
 */
function usersOf(desk: Desk): Users {
  const users = new Map<string, Set<string>>();
  const add = (policy: string, tenant: string): void => {
    const found = users.get(policy) ?? new Set();
    users.set(policy, found.add(tenant));
  };
  const addAll = (policies: Tree | undefined, tenant: string): void => {
    if (policies === undefined) return;
    if (!isList(policies)) add(UNREAD, tenant);
    else for (const one of policies) add(typeof one === 'string' ? one : UNREAD, tenant);
  };
  const { tree } = desk;
  for (const [tenant, written] of entriesOf(tree, 'tenants')) {
    addAll(treeAt(tree, ['node', 'policies']), tenant);
    if (!isMap(written)) continue;
    const plan = childOf(written, 'plan');
    if (typeof plan === 'string') addAll(treeAt(tree, ['plans', plan, 'policies']), tenant);
    const agents = childOf(written, 'agents');
    for (const one of isMap(agents) ? Object.values(agents) : []) addAll(one, tenant);
    addAll(childOf(written, 'policies'), tenant);
  }
  for (const [, key] of entriesOf(tree, 'keys')) {
    const tenant = isMap(key) ? childOf(key, 'tenant') : undefined;
    if (isMap(key) && typeof tenant === 'string') addAll(childOf(key, 'policies'), tenant);
  }
  return users;
}

const UNREAD = '*';

function checkShadow(
  desk: Desk,
  path: Path,
  { rule, earlier }: { readonly rule: RuleDocument; readonly earlier: readonly RuleDocument[] },
): void {
  const shadows = shadowsOf(rule, earlier);
  if (shadows === undefined) return;
  const names = [...new Set(shadows)].map((one) => {
    const line = one.origin === undefined ? '' : ` (line ${one.origin.line})`;
    return `\`${one.name}\`${line}`;
  });
  const verb = names.length === 1 ? 'takes' : 'take';
  const message = `this rule can never match: ${names.join(' and ')} ${verb} all its calls`;
  report(desk, path, { message, hint: 'move it up, or remove it' });
}

/**
 * The earlier rules that together take every label the rule asks for; undefined when one is free.
 */
export function shadowsOf(
  rule: RuleDocument,
  earlier: readonly RuleDocument[],
): readonly RuleDocument[] | undefined {
  // What does not place a call holds beside whoever does.
  if (rule.effects !== undefined || !places(rule.route)) return undefined;
  const wide = earlier.filter(
    (one) => places(one.route) && coversBesidesLabel(one.when, rule.when),
  );
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
    coversAll(wide.tenantClass, narrow.tenantClass, isEqual) &&
    coversAll(wide.agent, narrow.agent, isEqual) &&
    coversAll(wide.model, narrow.model, coversPattern) &&
    (wide.expression === undefined || wide.expression === narrow.expression)
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
  readonly rule: RuleDocument;
  readonly policy: string;
  readonly users: Users;
}

/**
 * A rule about tenants none of whom has this policy. A policy that nobody has is work in progress.
 */
function checkTenants(desk: Desk, path: Path, { rule, policy, users }: TenantCheck): void {
  const wanted = rule.when.tenant;
  const having = users.get(policy);
  if (wanted === undefined || having === undefined) return;
  const tenants = new Set(entriesOf(desk.tree, 'tenants').map(([name]) => name));
  const unread = users.get(UNREAD);
  if (wanted.some((one) => having.has(one) || unread?.has(one) || !tenants.has(one))) return;
  const message = 'this rule can never match: no tenant it names has this policy';
  const hint = `add \`${policy}\` to \`tenants.${wanted[0]}.policies\``;
  report(desk, [...path, 'when', 'tenant'], { message, hint });
}
