// A policy in the words of the API: where it is attached, when it holds, what its rules do.
import type {
  Configuration,
  Origin,
  PolicyDocument,
  RuleCondition,
  RuleDocument,
} from '@signalbox/documents';
import { isoTime } from './rows.ts';

/** Names that are told of one scope. */
const NAMES_TOLD_MAX = 12;

export type AttachedStatus = {
  readonly scope: 'session' | 'agent' | 'tenant' | 'plan' | 'platform';
  readonly names: readonly string[];
  readonly total: number;
};

type Held = readonly [scope: AttachedStatus['scope'], name: string, policies: readonly string[]];

/** By policy, from the nearest scope to the widest. */
export function attachments(
  configuration: Configuration,
): ReadonlyMap<string, readonly AttachedStatus[]> {
  const found = new Map<string, Map<AttachedStatus['scope'], string[]>>();
  for (const [scope, name, policies] of held(configuration)) {
    for (const policy of policies) {
      const scopes = found.get(policy) ?? new Map<AttachedStatus['scope'], string[]>();
      found.set(policy, scopes);
      const names = scopes.get(scope) ?? [];
      scopes.set(scope, names);
      names.push(name);
    }
  }
  const told = [...found].map(([policy, scopes]) => {
    const rows = [...scopes].map(([scope, names]) => ({
      scope,
      names: names.slice(0, NAMES_TOLD_MAX),
      total: names.length,
    }));
    return [policy, rows] as const;
  });
  return new Map(told);
}

function* held({ keys, tenants, plans, node }: Configuration): Generator<Held> {
  for (const one of keys.values()) yield ['session', one.name, one.policies];
  for (const one of tenants.values()) {
    for (const [agent, policies] of one.agentPolicies) {
      yield ['agent', `${one.name}/${agent}`, policies];
    }
  }
  for (const one of tenants.values()) yield ['tenant', one.name, one.policies];
  for (const one of plans.values()) yield ['plan', one.name, one.policies];
  yield ['platform', node.name, node.policies];
}

export const policyOf = (
  one: PolicyDocument,
  attached: readonly AttachedStatus[],
  now: number,
): object => ({
  name: one.name,
  version: one.version ?? null,
  author: one.author ?? null,
  mode: one.mode,
  ring: one.ring ?? null,
  from: one.fromMs === undefined ? null : isoTime(one.fromMs),
  until: one.untilMs === undefined ? null : isoTime(one.untilMs),
  in_force: (one.fromMs ?? now) <= now && now < (one.untilMs ?? Number.POSITIVE_INFINITY),
  attached,
  default_tier: one.defaultTier ?? null,
  rules: one.rules.map((rule) => ({
    name: rule.name,
    when: whenOf(rule.when),
    does: ruleDoes(rule),
    source: sourceOf(rule.origin),
  })),
  tests: one.tests.length,
  source: sourceOf(one.origin),
});

export const sourceOf = (one: Origin | undefined): object | null =>
  one === undefined ? null : { file: one.file, line: one.line };

const WHEN: Readonly<Record<Exclude<keyof RuleCondition, 'expression'>, string>> = {
  step: 'step',
  tenant: 'tenant',
  tenantClass: 'class',
  sensitivity: 'sensitivity',
  model: 'model',
  agent: 'agent',
};

/** As it might have been written. */
function whenOf({ expression, ...fields }: RuleCondition): readonly string[] {
  const said = Object.entries(fields).flatMap(([key, values]) =>
    values === undefined ? [] : [`${Reflect.get(WHEN, key)}: ${values.join(', ')}`],
  );
  return expression === undefined ? said : [...said, expression];
}

function ruleDoes({ route, effects, output }: RuleDocument): readonly string[] {
  const said = (value: object, under: string): readonly string[] =>
    Object.entries(value).flatMap(([key, one]) =>
      one === undefined ? [] : [`${under}${snake(key)}${wordsOf(one)}`],
    );
  return [
    ...said(route, 'route '),
    ...said(effects ?? {}, ''),
    ...(output === undefined ? [] : ['output']),
  ];
}

/** What fits on a line; what an effect says beside its name stands in the text. */
const wordsOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? ` ${value}` : '';

const snake = (key: string): string =>
  key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
