// What is done with policies beside their documents: approved by a second person, promoted from
// shadow over the rings to all, rolled back to what was in force before.
import { no, type Refusal, type Result, yes } from '@signalbox/contract';
import { z } from 'zod';
import type { ControlOptions, Deed } from '../options.ts';
import type { PoliciesDesk, PolicyDeed } from '../policies-desk.ts';
import { answered, UNKNOWN } from './answered.ts';
import { type Answer, getRoute, NO_QUERY, type Route, read } from './route.ts';
import { isoTime, time } from './rows.ts';
import { plainSchema } from './written.ts';

const text = z.string();
const person = z
  .string()
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?$/)
  .describe('Who approves: somebody else than the author.');

const standingSchema = z.strictObject({
  name: text,
  version: text.nullable(),
  author: text.nullable(),
  digest: text.describe('Of the content as its document has it.'),
  decides: text.nullable().describe('Digest of the content in force; null: none is.'),
  ring: z.int().nullable().describe('For tenants of this ring and those before it; null: all.'),
  why: z.enum(['written', 'promoted', 'waits-for-approval', 'rolled-back']),
  approvals: z.array(z.strictObject({ digest: text, by: text, at: time })),
});

const approve = z.strictObject({
  by: person,
  digest: text.optional().describe('Refused where the content is another one by now.'),
});
const promote = z.strictObject({
  ring: z
    .int()
    .min(0)
    .max(1_000)
    .nullable()
    .optional()
    .describe('To tenants of this ring and those before it; null: to all; absent: one step.'),
});
const nothing = z.strictObject({});

export function policyDeedRoutes(options: ControlOptions): readonly Route[] {
  const { policies } = options;
  if (policies === undefined) return [];
  return [
    getRoute({
      path: '/admin/v1/policies/{name}/standing',
      summary: 'Which content of a policy is in force, for whom, and who approved it',
      query: NO_QUERY,
      answer: standingSchema,
      serve: async (_query, { name }) => shown(policies, name),
    }),
    deedRoute(options, policies, {
      word: 'approve',
      summary: 'Approve the content of a policy, as a second person',
      schema: approve,
      act: 'policy-approved',
      deedOf: ({ by, digest }) => ({ deed: 'approve', by, digest }),
    }),
    deedRoute(options, policies, {
      word: 'promote',
      summary: 'Let a policy further: from shadow over the rings to all',
      schema: promote,
      act: 'policy-promoted',
      deedOf: ({ ring }) => ({ deed: 'promote', ring }),
    }),
    deedRoute(options, policies, {
      word: 'rollback',
      summary: 'Put back in force what was before the content of a policy',
      schema: nothing,
      act: 'policy-rolled-back',
      deedOf: () => ({ deed: 'rollback' }),
    }),
  ];
}

type Given<T> = {
  readonly word: string;
  readonly summary: string;
  readonly schema: z.ZodType<T>;
  readonly act: Deed['act'];
  readonly deedOf: (body: T) => PolicyDeed;
};

const deedRoute = <T>(
  { acted }: ControlOptions,
  policies: PoliciesDesk,
  { word, summary, schema, act, deedOf }: Given<T>,
): Route => ({
  method: 'POST',
  path: `/admin/v1/policies/{name}/${word}`,
  summary,
  query: NO_QUERY,
  body: plainSchema(schema),
  answer: standingSchema,
  status: 200,
  kind: 'json',
  async serve({ name, body }, { visitor }) {
    const asked = read(schema, body);
    if (!asked.ok) return asked;
    const deed = deedOf(asked.value);
    const answer = await policies.carryOut(name, deed);
    const digest = policies.standing(name)?.digest ?? '';
    const by = deed.deed === 'approve' ? deed.by : visitor.name;
    if (answer.kind === 'done') acted?.({ act, by, tenant: undefined, what: `${name}@${digest}` });
    return answered(answer, () => shown(policies, name));
  },
});

function shown(policies: PoliciesDesk, name: string): Result<Answer, Refusal> {
  const found = policies.standing(name);
  if (found === undefined) return no(UNKNOWN);
  const { version, author, decides, ring, approvals } = found;
  const body = {
    ...found,
    version: version ?? null,
    author: author ?? null,
    decides: decides ?? null,
    ring: ring ?? null,
    approvals: approvals.map((one) => ({ ...one, at: isoTime(one.at) })),
  };
  return yes({ status: 200, body });
}
