// Before documents are put in force they are held against what they promise, at every point of the
// lattice that a change can have touched. One broken promise, and nothing of them is published.
//
// It goes in steps, so that who serves meanwhile goes on: a slice takes the loop for a few
// milliseconds, then everybody else has a turn. What passed is kept, and of the next documents only
// what differs from it is asked.
import { isDeepStrictEqual } from 'node:util';
import { type ConfigurationFile, type Problem, problemOnLine } from '@signalbox/config';
import { type Clock, type Keys, Secret } from '@signalbox/contract';
import type { Configuration } from '@signalbox/documents';
import { checking, commandFor, type Violation } from '@signalbox/engine';
import { compile } from './compile.ts';
import { loadLists } from './lists.ts';

export type Publishing = {
  /** What stands in the way, each with a command that shows it; none: it may be published. */
  refusals(candidate: Candidate): Promise<readonly Problem[]>;
};

export type Candidate = {
  /** As written: what is only switched off for a while promises nothing else. */
  readonly configuration: Configuration;
  /** What its rules were written in. */
  readonly files: readonly ConfigurationFile[];
};

/** Long enough to get on, and no caller notices. */
const SLICE_MS = 4;

export type PublishingOptions = {
  readonly clock: Clock;
  /** Any: no caller is known by them. */
  readonly keys: Keys;
};

export function publishing(options: PublishingOptions): Publishing {
  let passed: Configuration | undefined;
  return {
    async refusals({ configuration, files }) {
      const touched = touchedBy(passed, configuration);
      if (touched === 'nothing') return [];
      const only = touched === 'all' ? undefined : touched;
      const violations = await checked(configuration, options, only);
      const wrong = violations.filter(isInTheWay).map((one) => problemOf(one, files));
      if (wrong.length === 0) passed = configuration;
      return wrong;
    },
  };
}

async function checked(
  configuration: Configuration,
  { clock, keys }: PublishingOptions,
  only: ReadonlySet<string> | undefined,
): Promise<readonly Violation[]> {
  const at = clock.now();
  // No secret is read: every credential counts as there. One that is missing breaks no promise.
  const snapshot = compile({
    configuration,
    version: 'candidate',
    keys,
    secretOf: () => new Secret('candidate'),
    ...(await loadLists()),
    at,
  });
  const steps = checking(snapshot, configuration, { at, only });
  for (;;) {
    const until = clock.monotonic() + SLICE_MS;
    do {
      const step = steps.next();
      if (step.done === true) return step.value.violations;
    } while (clock.monotonic() < until);
    await new Promise<void>((turn) => void clock.after(0, turn));
  }
}

/**
 * Points that break a promise, and words that nothing can have. A rule that nothing reaches harms
 * nobody, and what probes may still teach is not known to be broken: `policy check` names both.
 */
const isInTheWay = ({ kind, isOpen }: Violation): boolean => kind !== 'unreachable' && !isOpen;

function problemOf(
  { kind, says, point, rules }: Violation,
  files: readonly ConfigurationFile[],
): Problem {
  const origin = rules.find((one) => one.origin !== undefined)?.origin;
  const file = files.find(({ name }) => name === origin?.file);
  const hint = point === undefined ? WORDS_HINT : commandFor(point);
  const text = { message: `${kind}: ${says}`, hint };
  const known = file ?? { name: origin?.file ?? 'configuration', text: '' };
  return { ...problemOnLine(known, origin?.line ?? 1, text), line: origin?.line ?? 1 };
}

const WORDS_HINT = 'write a capability that the reference of needs lists, or drop it';

/** Of what stands in nobody's document alone, any change may touch everybody. */
const COMMON = ['node', 'endpoints', 'models', 'registry', 'aliases', 'plans', 'prices'] as const;

/** Whose calls may be decided otherwise than before. */
export function touchedBy(
  before: Configuration | undefined,
  after: Configuration,
): 'nothing' | 'all' | ReadonlySet<string> {
  // Without rules and consents there is nothing that documents promise beside what always holds.
  if (after.policies.size + after.consents.size === 0) return 'nothing';
  if (before === undefined) return 'all';
  if (COMMON.some((noun) => !isSame(before[noun], after[noun]))) return 'all';
  const policies = changed(before.policies, after.policies);
  const isTouched = (names: readonly string[]): boolean => names.some((one) => policies.has(one));
  if (isTouched(after.node.policies)) return 'all';
  const touched = changed(before.tenants, after.tenants);
  const consents = changed(before.consents, after.consents);
  for (const { name, tenant } of after.consents.values()) {
    if (consents.has(name)) touched.add(tenant);
  }
  const keys = changed(before.keys, after.keys);
  for (const { name, tenant, policies: own } of after.keys.values()) {
    if (keys.has(name) || isTouched(own)) touched.add(tenant);
  }
  for (const { name, plan, policies: own, agentPolicies } of after.tenants.values()) {
    const ofPlan = plan === undefined ? undefined : after.plans.get(plan)?.policies;
    const all = [...own, ...(ofPlan ?? []), ...[...agentPolicies.values()].flat()];
    if (isTouched(all)) touched.add(name);
  }
  return touched.size === 0 ? 'nothing' : touched;
}

function changed(
  before: ReadonlyMap<string, object>,
  after: ReadonlyMap<string, object>,
): Set<string> {
  const names = [...after].filter(([name, one]) => !isSame(before.get(name), one));
  return new Set(names.map(([name]) => name));
}

/** Lines that moved change nothing. */
const isSame = (a: unknown, b: unknown): boolean => isDeepStrictEqual(placeless(a), placeless(b));

function placeless(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Map) return [...value].map((pair) => placeless(pair));
  if (Array.isArray(value)) return value.map(placeless);
  const kept = Object.entries(value).filter(([key]) => key !== 'origin');
  return Object.fromEntries(kept.map(([key, one]) => [key, placeless(one)]));
}
