/** Written form of `output`: what an answer has to be before it may go to its caller. */
import type { Tier } from '@signalbox/contract';
import { z } from 'zod';
import { compileSchema, KEYWORDS } from '../conform/conform.ts';
import type { Json } from '../origin.ts';
import type { ConfidenceMin, OutputDocument } from '../policy.ts';
import { closest } from '../suggest.ts';
import { isMapping, tier } from './words.ts';

const RETRIES_MAX = 5;
const SCHEMA_BYTES_MAX = 262_144;
const CHECKS = [
  'asked_format',
  'json',
  'schema',
  'not_empty',
  'characters_min',
  'characters_max',
  'tokens_min',
  'tokens_max',
  'tool_arguments',
  'confidence_min',
] as const;

const onEveryTier = (least: number): ConfidenceMin => ({ 1: least, 2: least, 3: least });

/** What a policy checks that states a threshold beside its checks, or alone. */
export function withThreshold(
  checks: OutputDocument | undefined,
  threshold: number | undefined,
): OutputDocument | undefined {
  if (threshold === undefined) return checks;
  const confidenceMin = checks?.confidenceMin ?? onEveryTier(threshold);
  return checks === undefined
    ? { ...NO_CHECKS, confidenceMin, escalate: 3, otherwise: 'flag' }
    : { ...checks, confidenceMin };
}

export const NO_CHECKS: OutputDocument = {
  askedFormat: false,
  json: false,
  schema: undefined,
  notEmpty: false,
  charactersMin: undefined,
  charactersMax: undefined,
  tokensMin: undefined,
  tokensMax: undefined,
  toolArguments: false,
  confidenceMin: undefined,
  retries: 0,
  escalate: undefined,
  otherwise: 'refuse',
};

const isNever = (least: number | undefined, most: number | undefined): boolean =>
  least !== undefined && most !== undefined && least > most;

const count = z.int().min(0).max(100_000_000).optional();
const flag = z.boolean().default(false);
const share = z.number().min(0).max(1);

const onTier = (tier: Tier) => share.optional().describe(`Of an answer from tier ${tier}.`);

/** One for every tier, or one by tier. */
const confidence = z
  .union([share, z.strictObject({ 1: onTier(1), 2: onTier(2), 3: onTier(3) })], {
    error: 'must be a number from 0 to 1, or such a number for each tier (`{ 1: 0.85, 2: 0.75 }`)',
  })
  .transform((written) => (typeof written === 'number' ? onEveryTier(written) : written));

/** What cannot be checked in it is a mistake here, not a surprise at the first call. */
const schema = z
  .record(z.string(), z.json())
  .superRefine((written, context) => {
    const refuse = (message: string, hint: string): void =>
      context.addIssue({ code: 'custom', message, params: { hint } });
    if (JSON.stringify(written).length > SCHEMA_BYTES_MAX) {
      refuse('the schema is too large', `write at most ${SCHEMA_BYTES_MAX} characters`);
      return;
    }
    const { unread, unheard } = compileSchema(written as Json); // z.json() read it
    const [left] = unread;
    const [slip] = unheard;
    const hint =
      'leave it out, or write it otherwise; docs/concepts/output-checks.md lists what is';
    if (left !== undefined) refuse(`\`${left}\` is not checked as it stands here`, hint);
    else if (slip !== undefined) {
      const near = closest(slip, KEYWORDS);
      const meant = near === undefined ? hint : `did you mean \`${near}\`?`;
      refuse(`no JSON Schema has a keyword \`${slip}\`: nothing would check it`, meant);
    }
  })
  .transform((written): string => JSON.stringify(written));

export const output: z.ZodType<OutputDocument> = z
  .strictObject({
    asked_format: flag.describe(
      'The answer is what the caller asked for: JSON, or JSON of its schema (`response_format` ' +
        'and its like in other dialects).',
    ),
    json: flag.describe('The text is JSON and nothing else.'),
    schema: schema.optional().describe('The text is JSON that conforms to this JSON Schema.'),
    not_empty: flag.describe('There is text, a tool call or a medium in it.'),
    characters_min: count.describe('The text has at least so many characters.'),
    characters_max: count.describe('The text has at most so many characters.'),
    tokens_min: count.describe('The upstream counts at least so many output tokens.'),
    tokens_max: count.describe('The upstream counts at most so many output tokens.'),
    tool_arguments: flag.describe(
      'Only offered tools are called, with arguments that conform to their schemas.',
    ),
    confidence_min: confidence
      .optional()
      .describe(
        'The answer is at least so sure, 0 to 1, by its tokens and its words; one number, or one ' +
          'by tier.',
      ),
    retries: z
      .int()
      .min(0)
      .max(RETRIES_MAX)
      .default(0)
      .describe('How often the same model at the same place is asked again.'),
    escalate: tier
      .optional()
      .describe(
        'Then the next offers of the route are asked, and better models up to this tier; never ' +
          'past what the data allows.',
      ),
    otherwise: z
      .enum(['refuse', 'flag'])
      .default('refuse')
      .describe('What a caller gets when no answer passed: an error, or the last answer, marked.'),
  })
  .superRefine(
    (written, context) => {
      const refuse = (message: string, hint: string): void =>
        context.addIssue({ code: 'custom', message, params: { hint, about: [...CHECKS] } });
      const isChecking = CHECKS.some((one) => (written[one] ?? false) !== false);
      if (!isChecking) refuse('`output` checks nothing', 'for example `not_empty: true`');
      const { characters_min, characters_max, tokens_min, tokens_max } = written;
      if (isNever(characters_min, characters_max) || isNever(tokens_min, tokens_max)) {
        refuse('the least lies above the most, so no answer could pass', 'swap the two bounds');
      }
    },
    { when: isMapping },
  )
  .transform((written) => ({
    askedFormat: written.asked_format,
    json: written.json,
    schema: written.schema,
    notEmpty: written.not_empty,
    charactersMin: written.characters_min,
    charactersMax: written.characters_max,
    tokensMin: written.tokens_min,
    tokensMax: written.tokens_max,
    toolArguments: written.tool_arguments,
    confidenceMin: written.confidence_min,
    retries: written.retries,
    escalate: written.escalate,
    otherwise: written.otherwise,
  }));
