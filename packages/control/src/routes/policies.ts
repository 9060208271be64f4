// Policies as they are in force, and as somebody would have them: a draft is read with everything
// else, its tests are run, and nothing is changed by it.
import { no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import { type Configuration, NAME, type PolicyDocument } from '@signalbox/documents';
import { testPolicies, withPolicies } from '@signalbox/engine';
import { z } from 'zod';
import type { ControlOptions } from '../options.ts';
import type { Depth, Draft, DraftProblem, Rehearsal } from '../rehearsal.ts';
import { UNKNOWN } from './answered.ts';
import { textTag } from './holdings.ts';
import { type AttachedStatus, attachments, policyOf } from './policy-words.ts';
import { type Answer, getRoute, NO_QUERY, pageBody, pageOf, type Route, read } from './route.ts';
import { time } from './rows.ts';
import { DRAFT_CHARACTERS_MAX, plainSchema } from './written.ts';

/** Of those that pass; all that fail are told. */
const TESTS_TOLD_MAX = 200;

const text = z.string();
const maybe = z.string().nullable();
const source = z.strictObject({ file: text, line: z.int() }).nullable();

const attachedSchema: z.ZodType<AttachedStatus> = z.strictObject({
  scope: z.enum(['session', 'agent', 'tenant', 'plan', 'platform']),
  names: z.array(text).describe('The first of them.'),
  total: z.int(),
});

const policySchema = z.strictObject({
  name: text,
  version: maybe,
  author: maybe,
  mode: z.enum(['enforce', 'shadow']),
  ring: z.int().nullable(),
  from: time.nullable(),
  until: time.nullable(),
  in_force: z.boolean().describe('By its dates, now.'),
  attached: z.array(attachedSchema).describe('From the nearest scope to the widest.'),
  default_tier: z.int().nullable(),
  rules: z.array(
    z.strictObject({
      name: text,
      when: z.array(text).describe('All of them must hold; none: every call.'),
      does: z.array(text),
      source,
    }),
  ),
  tests: z.int(),
  source,
});

const wholeSchema = policySchema.extend({
  text: maybe.describe('As it is written, below its name; null: it was imported.'),
  kept_here: z.boolean().describe('It can be changed here: no file owns it.'),
  etag: text.describe('For `if-match`.'),
});

export const draftProblem: z.ZodType = z.strictObject({
  file: maybe.describe('Null: the draft itself.'),
  line: z.int(),
  column: z.int(),
  excerpt: text,
  message: text,
  hint: text,
});

const testSchema = z.strictObject({
  policy: text,
  test: text,
  line: z.int().nullable().describe('In the draft; null: it stands elsewhere.'),
  passed: z.boolean(),
  failures: z.array(text),
});

const rehearsed = z.strictObject({
  problems: z.array(draftProblem),
  tests: z.array(testSchema),
  tests_total: z.int(),
});

type Asking = { readonly text: string; readonly depth: Depth };
const asking: z.ZodType<Asking> = z.strictObject({
  text: text.max(DRAFT_CHARACTERS_MAX).describe('What stands below its name in `policies`.'),
  depth: z
    .enum(['form', 'promises'])
    .default('form')
    .describe('`promises`: it is also held against what the documents promise, point by point.'),
});

export function policyRoutes(options: ControlOptions): readonly Route[] {
  const { configuration, clock, rehearsal } = options;
  return [
    getRoute({
      path: '/admin/v1/policies',
      summary: 'All policies: whose they are, whether they are in force, what their rules do',
      query: NO_QUERY,
      answer: pageOf(policySchema),
      async serve() {
        const all = configuration();
        const attached = attachments(all);
        const rows = [...all.policies.values()].map((one) =>
          policyOf(one, attached.get(one.name) ?? [], clock.now()),
        );
        return yes({ status: 200, body: pageBody(rows) });
      },
    }),
    getRoute({
      path: '/admin/v1/policies/{name}',
      summary: 'One policy, with its text as it is written',
      query: NO_QUERY,
      answer: wholeSchema,
      async serve(_query, { name }) {
        const all = configuration();
        const found = all.policies.get(name);
        if (found === undefined) return no(UNKNOWN);
        const row = policyOf(found, attachments(all).get(name) ?? [], clock.now());
        const written = rehearsal?.written(name)?.text;
        const etag = textTag(options, written);
        const isKept = options.texts?.isKept({ noun: 'policies', name }) ?? false;
        const body = { ...row, text: written ?? null, kept_here: isKept, etag };
        return yes({ status: 200, body, headers: ['etag', etag] });
      },
    }),
    {
      method: 'POST',
      path: '/admin/v1/policies/{name}/rehearse',
      summary: 'Read a draft of a policy with everything else, and run its tests; changes nothing',
      kind: 'json',
      status: 200,
      query: NO_QUERY,
      body: plainSchema(asking),
      answer: rehearsed,
      async serve({ name, body }) {
        const asked = read(asking, body);
        if (!asked.ok) return asked;
        if (rehearsal === undefined) return no(NO_REHEARSAL);
        if (!NAME.test(name)) return no(BAD_NAME);
        const draft = { name, text: asked.value.text };
        return rehearse(draft, asked.value.depth, { rehearsal, now: clock.now() });
      },
    },
  ];
}

export const NO_REHEARSAL: Refusal = refusal('route_unknown', 'This server tries no drafts.', {
  hint: 'Use `signalbox policy test` and `signalbox policy check` with the files.',
});
const BAD_NAME = refusal('body_invalid', 'The name of a policy is lower case, digits and `-`.', {
  hint: 'Begin with a letter or a digit; at most 63 characters.',
  param: 'name',
});

type Rehearsing = { readonly rehearsal: Rehearsal; readonly now: number };

async function rehearse(
  draft: Draft,
  depth: Depth,
  { rehearsal, now }: Rehearsing,
): Promise<Result<Answer, Refusal>> {
  const { problems, configuration } = await rehearsal.attempt(draft, depth);
  const told = problems.map(problemOf);
  if (configuration === undefined) {
    return yes({ status: 200, body: { problems: told, tests: [], tests_total: 0 } });
  }
  const tests = testsOf(configuration, draft, { rehearsal, now });
  const failed = tests.filter(({ passed }) => !passed);
  const passed = tests.filter((one) => one.passed).slice(0, TESTS_TOLD_MAX);
  const body = { problems: told, tests: [...failed, ...passed], tests_total: tests.length };
  return yes({ status: 200, body });
}

/** Of all policies: a rule of one may break what another one's tests say. */
function testsOf(
  configuration: Configuration,
  draft: Draft,
  { rehearsal, now }: Rehearsing,
): readonly { readonly passed: boolean }[] {
  const snapshot = withPolicies(rehearsal.snapshot(), configuration);
  const results = testPolicies(snapshot, configuration, now);
  return results.map(({ policy, test, failures }) => ({
    policy,
    test: test.name,
    line: policy === draft.name ? lineOf(configuration.policies.get(policy), test.origin) : null,
    passed: failures.length === 0,
    failures,
  }));
}

/** The first line of a draft is the one below its name. */
const lineOf = (
  policy: PolicyDocument | undefined,
  origin: PolicyDocument['origin'],
): number | null =>
  origin === undefined || policy?.origin === undefined ? null : origin.line - policy.origin.line;

export const problemOf = (one: DraftProblem): object => ({ ...one, file: one.file ?? null });
