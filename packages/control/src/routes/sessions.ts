// What a session has held, lowered by somebody who says why: the one way down, and an act in the
// journal. What a call of it says itself holds as before.
import { LABELS, no, refusal, tenantName, yes } from '@signalbox/contract';
import { z } from 'zod';
import type { ControlOptions } from '../options.ts';
import { UNKNOWN } from './answered.ts';
import { NO_QUERY, type Route, read } from './route.ts';
import { plainSchema } from './written.ts';

const REASON_MAX = 1_000;

const body = z.strictObject({
  tenant: z.string().optional().describe('Whose session it is; an admin of a tenant says none.'),
  reason: z.string().trim().min(1).max(REASON_MAX).describe('Why; it is kept with the act.'),
  to: z.enum(LABELS).default('public').describe('The label that its later calls start from.'),
});

const lowered = z.strictObject({ session: z.string(), from: z.string(), to: z.string() });

export const sessionRoutes = ({ declassify, configuration }: ControlOptions): readonly Route[] => [
  {
    method: 'POST',
    path: '/admin/v1/sessions/{name}/declassify',
    summary: 'Lower what a session has held; by its id, or the name that its caller gives it',
    query: NO_QUERY,
    body: plainSchema(body),
    answer: lowered,
    status: 200,
    kind: 'json',
    forTenants: true,
    async serve({ name, body: sent }, { visitor }) {
      const said = read(body, sent);
      if (!said.ok) return said;
      const { tenant: stated, reason, to } = said.value;
      const whose = visitor.tenant ?? (stated === undefined ? undefined : tenantName(stated));
      if (whose === undefined) return no(NO_TENANT);
      const isTheirs = stated === undefined || stated === whose;
      if (!isTheirs || !configuration().tenants.has(whose)) return no(UNKNOWN);
      const by = visitor.name;
      const done = declassify?.({ tenant: whose, session: name, to, reason, by });
      if (done === undefined) return no(NOTHING_HELD);
      return yes({ status: 200, body: { ...done, to } });
    },
  },
];

const NO_TENANT = refusal('body_invalid', 'The body: `tenant` is missing.', { param: 'tenant' });
const NOTHING_HELD = refusal(
  'route_unknown',
  'No such session of the tenant holds more than that.',
  {
    hint: '`signalbox explain DECISION` names the session of a call.',
  },
);
