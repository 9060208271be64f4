/** Written form of the keys for an upstream. */
import { z } from 'zod';
import type { CredentialDocument } from '../endpoint.ts';
import { keptSecret, name } from './words.ts';

export const credential: z.ZodType<CredentialDocument> = z
  .strictObject({
    name: name.default('default').describe('Name of the credential in records.'),
    secret: keptSecret.describe(
      '`env:NAME`, `file:/path` or `exec:command`; never the value. ' +
        '`sealed:ENDPOINT` stands in what the gateway keeps for a tenant.',
    ),
    weight: z.int().min(1).max(1_000).default(1).describe('Share of calls among credentials.'),
    header: z
      .enum(['authorization', 'x-api-key', 'x-goog-api-key', 'api-key'])
      .default('authorization')
      .describe('Header it travels in; `authorization` as `Bearer`.'),
    limits: z
      .strictObject({
        requests_per_minute_max: z.int().min(1).optional().describe('Requests a minute.'),
        tokens_per_minute_max: z.int().min(1).optional().describe('Tokens a minute.'),
      })
      .optional()
      .describe('Limits that the provider set for it.'),
  })
  .transform((written) => ({
    name: written.name,
    secret: written.secret,
    weight: written.weight,
    header: written.header,
    limits: {
      requestsPerMinuteMax: written.limits?.requests_per_minute_max,
      tokensPerMinuteMax: written.limits?.tokens_per_minute_max,
    },
  }));
