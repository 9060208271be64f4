/** Written form of `cascade`: what is looked into after calls. */
import { z } from 'zod';
import type { CascadeDocument } from '../policy.ts';

const AUDIT_MIN = 0.001;

export const cascade: z.ZodType<CascadeDocument> = z
  .strictObject({
    audit: z
      .number()
      .min(AUDIT_MIN)
      .max(1)
      .optional()
      .describe(
        'Share of calls of `auto` and of cascades that are run on another tier, too, after their ' +
          'answer has gone out, to compare both; usually 0.02 to 0.1. The tenant pays for them. ' +
          'Absent: none.',
      ),
  })
  .transform(({ audit }) => ({ audit }));
