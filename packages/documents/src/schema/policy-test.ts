/** Written form of the tests of a policy. */
import { z } from 'zod';
import type { PolicyTestDocument, TestExpectation, TestedCall } from '../policy-test.ts';
import {
  CONSENT_FORM,
  callerText,
  formed,
  instantMs,
  isMapping,
  label,
  listOf,
  mapOf,
  milliseconds,
  modelName,
  modelReference,
  name,
  tier,
} from './words.ts';

const TOKENS_MAX = 100_000_000;
const HOUR_MS = 3_600_000;
const LEVELS = 4;
const TEST_NAME_MAX = 200;

const CODE_FORM = {
  pattern: /^[a-z_]{1,40}$/,
  message: 'is no code of a refusal',
  hint: 'write one such as `policy_denied`',
};

export type PolicyTestPart = Omit<PolicyTestDocument, 'origin'>;

const tokens = z.int().min(0).max(TOKENS_MAX).optional();

const call: z.ZodType<TestedCall> = z
  .strictObject({
    tenant: name.describe('Who calls.'),
    key: name.optional().describe('With this key; else with one without limits.'),
    model: modelReference.optional().describe('The model that is asked for; `auto`.'),
    step: callerText.optional().describe('Step class.'),
    agent: callerText.optional().describe('Agent.'),
    sensitivity: label.optional().describe('Label of its data; else that of the tenant.'),
    kinds: listOf(callerText).optional().describe('Kinds of sensitive data in it.'),
    consent: formed(CONSENT_FORM).optional().describe('A consent that it names.'),
    subject: callerText.optional().describe('The subject that it names.'),
    difficulty: z.enum(['easy', 'middle', 'hard']).optional().describe('How hard it is.'),
    input_tokens: tokens.describe('Its length.'),
    output_tokens_max: tokens.describe('What the caller bounds the answer to.'),
    tools: z.boolean().default(false).describe('It offers tools.'),
    stream: z.boolean().default(false).describe('It asks for a stream.'),
    latency_budget_ms: milliseconds(HOUR_MS).optional().describe('Its latency budget.'),
    tags: mapOf(callerText, callerText).optional().describe('Its tags.'),
    at: instantMs.optional().describe('When; else now.'),
    down: listOf(modelName).optional().describe('Endpoints that are down.'),
    level: z.int().min(0).max(LEVELS).default(0).describe('Level of degradation.'),
  })
  .transform((written) => ({
    tenant: written.tenant,
    key: written.key,
    model: written.model,
    step: written.step,
    agent: written.agent,
    sensitivity: written.sensitivity,
    kinds: written.kinds ?? [],
    consent: written.consent,
    subject: written.subject,
    difficulty: written.difficulty,
    inputTokens: written.input_tokens,
    outputTokensMax: written.output_tokens_max,
    tools: written.tools,
    stream: written.stream,
    latencyBudgetMs: written.latency_budget_ms,
    tags: written.tags ?? new Map<string, string>(),
    atMs: written.at,
    down: written.down ?? [],
    level: written.level,
  }));

const expectation: z.ZodType<TestExpectation> = z
  .strictObject({
    tier: tier.optional().describe('Tier of the first offer.'),
    endpoint: modelName.optional().describe('Endpoint of the first offer.'),
    model: modelReference.optional().describe('Model of the first offer.'),
    rule: name.optional().describe('The rule that places the call.'),
    refused: z
      .union([z.literal(true), formed(CODE_FORM)])
      .optional()
      .describe('The code of the refusal, or `true` for any.'),
    never: listOf(modelName).optional().describe('Endpoints that are nowhere in the route.'),
  })
  .superRefine(
    (written, context) => {
      if (Object.values(written).some((one) => one !== undefined)) return;
      const params = { hint: 'for example `tier: 1`, or `refused: true`' };
      context.addIssue({ code: 'custom', message: 'expects nothing', params });
    },
    { when: isMapping },
  )
  .transform((written) => ({
    tier: written.tier,
    endpoint: written.endpoint,
    model: written.model,
    rule: written.rule,
    refused: written.refused,
    never: written.never ?? [],
  }));

export const policyTest: z.ZodType<PolicyTestPart> = z.strictObject({
  name: z.string().min(1).max(TEST_NAME_MAX).describe('What it shows.'),
  call: call.describe('The call.'),
  expect: expectation.describe('What must come of it.'),
});
