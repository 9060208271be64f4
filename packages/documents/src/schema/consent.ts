/** Written form of `consents` and `rings`. */
import { z } from 'zod';
import type { ConsentDocument, RingDocument } from '../tenant.ts';
import { callerText, formed, instantMs, isMapping, listOf, name, region, tier } from './words.ts';

const KINDS_MAX = 64;

export type ConsentPart = Omit<ConsentDocument, 'name' | 'origin'>;
export type RingPart = Omit<RingDocument, 'name' | 'origin'>;

const kind = formed({
  pattern: /^[a-z][a-z-]{0,62}$/,
  message: 'a kind is a word such as `health`',
  hint: 'write it in lower case',
});

export const consentPart: z.ZodType<ConsentPart> = z
  .strictObject({
    tenant: name.describe('Who consents.'),
    subject: callerText.optional().describe('Whose data it covers; else every subject.'),
    kinds: z
      .array(kind)
      .min(1)
      .max(KINDS_MAX)
      .describe('Kinds or types of data it covers; also `unscanned`, `declared`, `default`.'),
    tiers: listOf(tier).describe('Tiers it opens, and no other.'),
    regions: listOf(region).optional().describe('Regions it opens; else those of the tenant.'),
    purpose: z.string().min(1).max(1_000).describe('What for.'),
    from: instantMs.optional().describe('When it begins (UTC); else at once.'),
    until: instantMs.describe('When it ends (UTC).'),
    given_by: z.string().min(1).max(256).describe('Who gave it.'),
    revoked: z.boolean().default(false).describe('From then on calls that name it are refused.'),
  })
  .refine((written) => written.from === undefined || written.from < written.until, {
    error: 'a consent ends after it begins',
    params: { hint: 'look at `from` and `until`' },
    when: isMapping,
  })
  .transform((written) => ({
    tenant: written.tenant,
    subject: written.subject,
    kinds: written.kinds,
    tiers: written.tiers,
    regions: written.regions,
    purpose: written.purpose,
    fromMs: written.from,
    untilMs: written.until,
    givenBy: written.given_by,
    revoked: written.revoked,
  }));

export const ringPart: z.ZodType<RingPart> = z
  .strictObject({
    order: z.int().min(0).max(1_000).describe('The number that `ring` of a tenant names.'),
    percent: z.number().min(0).max(100).optional().describe('Share of its tenants to include.'),
  })
  .transform((written) => ({ order: written.order, percent: written.percent }));
