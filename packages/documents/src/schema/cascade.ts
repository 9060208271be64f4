/** Written form of `cascade`: what is looked into after calls, and what a tenant is promised. */
import { z } from 'zod';
import type { CascadeDocument } from '../policy.ts';
import { isMapping } from './words.ts';

const AUDIT_MIN = 0.001;
const RISK_MIN = 0.005;
const RISK_MAX = 0.5;
const ASSURANCE_MIN = 0.5;
const ASSURANCE_MAX = 0.999;

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
    risk: z
      .number()
      .min(RISK_MIN)
      .max(RISK_MAX)
      .optional()
      .describe(
        'Share of calls that may keep an answer which the better model would not have given: ' +
          'audits set the threshold of the cascade by it. Needs `audit` and a `confidence_min`, ' +
          'which holds until there are enough of them.',
      ),
    assurance: z
      .number()
      .min(ASSURANCE_MIN)
      .max(ASSURANCE_MAX)
      .optional()
      .describe(
        'How sure it shall be that no more is lost than `risk`, for example 0.9. Absent: it is ' +
          'what is expected, and more by chance about as often as less.',
      ),
  })
  .superRefine(
    (written, context) => {
      const refuse = (message: string, hint: string, about: string): void =>
        context.addIssue({ code: 'custom', message, params: { hint, about: [about] } });
      const { audit, risk, assurance } = written;
      if (risk !== undefined && audit === undefined) {
        refuse('a promised `risk` is kept by audits alone', 'add `audit: 0.05`', 'risk');
      }
      if (assurance !== undefined && risk === undefined) {
        refuse('an `assurance` is of a `risk`', 'add `risk: 0.04`', 'assurance');
      }
    },
    { when: isMapping },
  )
  .transform(({ audit, risk, assurance }) => ({ audit, risk, assurance }));
