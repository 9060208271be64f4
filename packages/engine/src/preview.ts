// A dry run: the rooms up to resolve, and nothing after them. No permit, no call, no record. Of
// every candidate it says what the call would cost there at most, and how long answers took lately.
import {
  type Call,
  type RecordedCandidate,
  type Refusal,
  type Result,
  yes,
} from '@signalbox/contract';
import { costNanoUsd, type PricedUsage } from '@signalbox/documents';
import type { Took } from './catalog/pace.ts';
import { resolveFacts } from './handed.ts';
import type { House } from './house.ts';
import { enter } from './line.ts';
import { passportOf } from './passport.ts';
import { type Need, wordsOf } from './resolve/need.ts';
import type { Candidate } from './resolve/offer.ts';
import { recordedOf, shownOf } from './resolve/recorded.ts';
import { type Resolved, resolve, survey } from './resolve/resolve.ts';
import { usageOf } from './resolve/tokens.ts';
import type { Identity } from './tenant/tenant.ts';

export type Preview = {
  readonly identity: Identity;
  readonly resolved: Result<Resolved, Refusal>;
  readonly candidates: readonly Predicted[];
};

export type Predicted = RecordedCandidate & {
  /** Undefined: its price is unknown. */
  readonly costNanoUsdMax: bigint | undefined;
  /** Demands of the need that it does not meet, in words. */
  readonly unmet: readonly string[];
  /** Undefined: not measured yet. */
  readonly took: Took | undefined;
};

/** Refuses what has no candidates to show: unknown callers, broken bodies, unknown models. */
export async function preview(call: Call, house: House): Promise<Result<Preview, Refusal>> {
  // A dry run takes no idempotency key: the call itself comes later.
  const head = { ...call.head, idempotencyKey: undefined };
  const dry = passportOf({ ...call, head });
  const classified = await enter(dry, house, { seen: dry, isDry: true });
  if (!classified.ok) return classified;
  const { tenant, key } = classified.value;
  const facts = resolveFacts(house, classified.value);
  const surveyed = survey(classified.value, facts);
  if (!surveyed.ok) return surveyed;
  const resolved = resolve(classified.value, facts);
  const { offers, late, better } = resolved.ok ? resolved.value.route : NOWHERE;
  const all = [...offers, ...(late === undefined ? [] : [late]), ...better];
  const seen = shownOf(surveyed.value.field, all);
  const recorded = resolved.ok ? resolved.value.route.candidates : recordedOf(seen, [], facts);
  const { stream } = classified.value.question;
  const usage = { ...usageOf(classified.value, surveyed.value.verdict.cap), stream };
  // Both were made of the same list, in its order.
  const candidates = recorded.map((one, at) => ({
    ...predict(one, { candidate: seen[at], usage }, house),
    unmet: unmetWords(surveyed.value.need, seen[at]),
  }));
  return yes({ identity: { tenant, key }, resolved, candidates });
}

const NOWHERE: Pick<Resolved['route'], 'offers' | 'late' | 'better'> = {
  offers: [],
  late: undefined,
  better: [],
};

const unmetWords = (need: Need | undefined, seen: Candidate | undefined): readonly string[] =>
  need === undefined || seen === undefined ? [] : wordsOf(need, seen.unmet);

type Predicting = {
  readonly candidate: Candidate | undefined;
  readonly usage: PricedUsage & { readonly stream: boolean };
};

function predict(
  recorded: RecordedCandidate,
  { candidate, usage }: Predicting,
  { live }: House,
): Omit<Predicted, 'unmet'> {
  const cost = candidate === undefined ? undefined : costNanoUsd(candidate.offering.price, usage);
  return {
    ...recorded,
    costNanoUsdMax: cost?.kind === 'known' ? cost.nanoUsd : undefined,
    took: live.pace.took(recorded.endpoint, usage.stream),
  };
}
