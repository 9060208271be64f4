// What one in shadow mode would have changed.
import { microUsd, no, yes } from '@signalbox/contract';
import type { PolicyDocument } from '@signalbox/documents';
import type { ShadowCounts } from '@signalbox/engine';
import { z } from 'zod';
import type { ControlOptions } from '../options.ts';
import { UNKNOWN } from './answered.ts';
import { getRoute, NO_QUERY, type Route } from './route.ts';
import { isoTime, time } from './rows.ts';

const text = z.string();

const shadowSchema = z.strictObject({
  policy: text,
  version: text.nullable(),
  mode: z.enum(['enforce', 'shadow']),
  since: time.nullable().describe('Null: no call was looked at yet.'),
  calls: z.int().describe('Looked at; not more than 100 a second.'),
  same: z.int(),
  moved: z.int().describe('Would have gone elsewhere.'),
  refused: z.int().describe('Were let through, and would have been refused.'),
  allowed: z.int().describe('Were refused, and would have been let through.'),
  tiers: z.record(text, z.int()).describe('Of those that moved, from tier to tier.'),
  micro_usd: z
    .strictObject({ before: z.int(), after: z.int() })
    .describe('What the same calls may cost at most, where both prices are known.'),
  residency_violations: z.int(),
  examples: z.array(z.strictObject({ decision: text, tenant: text, before: text, after: text })),
});

export const shadowRoutes = (options: ControlOptions): readonly Route[] => [
  getRoute({
    path: '/admin/v1/policies/{name}/shadow',
    summary: 'What a policy in shadow mode would have changed',
    query: NO_QUERY,
    answer: shadowSchema,
    async serve(_query, { name }) {
      const policy = options.configuration().policies.get(name);
      if (policy === undefined) return no(UNKNOWN);
      return yes({ status: 200, body: shadowOf(policy, options.shadowOf?.(name)) });
    },
  }),
];

const NONE = { calls: 0, moved: 0, refused: 0, allowed: 0, breaches: 0, examples: [] } as const;

function shadowOf(
  { name, version, mode }: PolicyDocument,
  counted: ShadowCounts | undefined,
): object {
  const { calls, moved, refused, allowed, breaches, examples } = counted ?? NONE;
  const { before, after } = counted?.nanoUsd ?? { before: 0n, after: 0n };
  return {
    policy: name,
    version: version ?? null,
    mode,
    since: counted === undefined ? null : isoTime(counted.since),
    calls,
    same: calls - moved - refused - allowed,
    moved,
    refused,
    allowed,
    tiers: Object.fromEntries(counted?.tiers ?? []),
    micro_usd: { before: microUsd(before), after: microUsd(after) },
    residency_violations: breaches,
    examples,
  };
}
