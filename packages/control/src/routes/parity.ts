// What audits have shown of the lower tiers: by tenant, step and pair of models, how often their
// answer would have done, with times and costs of both.
import { microUsd, no, refusal, yes } from '@signalbox/contract';
import type { Parity } from '@signalbox/engine';
import { z } from 'zod';
import type { ControlOptions } from '../options.ts';
import { type ParityQuery, parityQuery } from './query.ts';
import { getRoute, type Route } from './route.ts';
import { isoTime, time } from './rows.ts';

const share = z.number().min(0).max(1);
const side = z.strictObject({
  model: z.string(),
  ms: z.number().nullable().describe('The mean; null: nobody told.'),
  micro_usd: z.number().nullable().describe('The mean; null: unknown.'),
});

const paritySchema = z.strictObject({
  data: z.array(
    z.strictObject({
      tenant: z.string(),
      step: z.string().nullable(),
      weak: side,
      strong: side,
      tokens_told: z.boolean().describe('Log-probabilities came with the lower answer.'),
      comparisons: z.int().describe('The last of them; of one kind 600 at most.'),
      share: share.describe('Of lower answers that would have done.'),
      low: share.describe('The lower end of 95 %.'),
      high: share.describe('The upper end.'),
      since: time,
    }),
  ),
});

const NOBODY = refusal('route_unknown', 'No tenant has this name.');

export function parityRoute(options: ControlOptions): Route {
  return getRoute<ParityQuery>({
    path: '/admin/v1/reports/parity',
    summary: 'How often the lower tier would have done, as audits have shown',
    query: parityQuery,
    answer: paritySchema,
    forTenants: true,
    async serve({ tenant }, _asked, { visitor }) {
      const isOther = visitor.tenant !== undefined && (tenant ?? visitor.tenant) !== visitor.tenant;
      if (isOther) return no(NOBODY);
      const shown = options.parity?.(visitor.tenant ?? tenant) ?? [];
      return yes({ status: 200, body: { data: shown.map(rowOf) } });
    },
  });
}

const rowOf = (parity: Parity): object => ({
  tenant: parity.tenant,
  step: parity.step ?? null,
  weak: sideOf(parity, 'weak'),
  strong: sideOf(parity, 'strong'),
  tokens_told: parity.tokensTold,
  comparisons: parity.comparisons,
  share: rounded(parity.share),
  low: rounded(parity.low),
  high: rounded(parity.high),
  since: isoTime(parity.since),
});

const sideOf = ({ ms, nanoUsd, ...models }: Parity, which: 'weak' | 'strong'): object => ({
  model: models[which],
  ms: ms[which] ?? null,
  micro_usd: nanoUsd[which] === undefined ? null : microUsd(BigInt(Math.round(nanoUsd[which]))),
});

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
