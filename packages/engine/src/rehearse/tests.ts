// The tests that stand beside the rules of policies, run: each call is decided as the line would
// decide it, and held against what its author expects.
import { tenantName } from '@signalbox/contract';
import type { Configuration, PolicyTestDocument, TestExpectation } from '@signalbox/documents';
import type { Snapshot } from '../house.ts';
import { type Resolved, resolve } from '../resolve/resolve.ts';
import type { KeyFacts } from '../tenant/tenant.ts';
import { downAt, imagine } from './imagined.ts';
import { keysOf } from './whose.ts';

export type PolicyTestResult = {
  readonly policy: string;
  readonly test: PolicyTestDocument;
  /** What was not as expected, in words; none: it passes. */
  readonly failures: readonly string[];
};

/** @param at Unix milliseconds, for calls that state no time. */
export function testPolicies(
  snapshot: Snapshot,
  configuration: Configuration,
  at: number,
): readonly PolicyTestResult[] {
  return [...configuration.policies.values()].flatMap(({ name, tests }) =>
    tests.map((test) => {
      const keys = keysOf(configuration, test.call.tenant);
      return { policy: name, test, failures: failuresOf(snapshot, test, { keys, at }) };
    }),
  );
}

function failuresOf(
  { tenants, catalog, policies, consents }: Snapshot,
  { call, expect }: PolicyTestDocument,
  { keys, at }: { readonly keys: readonly KeyFacts[]; readonly at: number },
): readonly string[] {
  const tenant = tenants.tenants.get(tenantName(call.tenant));
  if (tenant === undefined) return [`there is no tenant \`${call.tenant}\``];
  const key = keys.find(({ name }) => name === call.key);
  if (call.key !== undefined && key === undefined) {
    return [`the tenant has no key \`${call.key}\``];
  }
  const { sensitivity: label, tags, atMs, down, level, ...rest } = call;
  const imagined = imagine({
    ...rest,
    tenant,
    key,
    label,
    tags: Object.fromEntries(tags),
    at: atMs ?? at,
  });
  const closings = downAt(new Set(down));
  const resolved = resolve(imagined, { catalog, policies, consents, closings, level });
  if (resolved.ok) return differences(resolved.value, expect);
  const { code, message } = resolved.refusal;
  if (expect.refused === undefined) return [`refused with ${code}: ${message}`];
  if (expect.refused === true || expect.refused === code) return [];
  return [`refused with ${code}, not ${expect.refused}`];
}

function differences({ route }: Resolved, expect: TestExpectation): readonly string[] {
  const [first] = route.offers;
  const rule = route.verdict.rule?.split(' ')[0];
  const found: readonly (readonly [what: string, wanted: unknown, got: unknown])[] = [
    ['tier', expect.tier, first?.place.tier],
    ['endpoint', expect.endpoint, first?.place.name],
    ['model', expect.model, first?.offering.model],
    ['rule', expect.rule, rule],
  ];
  const off = found.flatMap(([what, wanted, got]) =>
    wanted === undefined || wanted === got ? [] : [`${what} is ${got ?? 'none'}, not ${wanted}`],
  );
  const all = [...route.offers, ...route.better, ...(route.late === undefined ? [] : [route.late])];
  const reached = all.map(({ place }) => place.name);
  const never = expect.never.filter((name) => reached.some((one) => one === name));
  const where = `${first?.place.name}/${first?.offering.model}`;
  return [
    ...off,
    ...never.map((name) => `\`${name}\` is in the route`),
    ...(expect.refused === undefined ? [] : [`is not refused: goes to ${where}`]),
  ];
}
