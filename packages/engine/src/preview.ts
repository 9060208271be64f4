// A dry run: the rooms up to resolve, and nothing after them. No permit, no call, no record.
import {
  type Call,
  type RecordedCandidate,
  type Refusal,
  type Result,
  yes,
} from '@signalbox/contract';
import type { House } from './house.ts';
import { enter } from './line.ts';
import { passportOf } from './passport.ts';
import { type Resolved, recordedCandidates, resolve, survey } from './resolve/resolve.ts';
import type { Identity } from './tenant/tenant.ts';

export type Preview = {
  readonly identity: Identity;
  readonly resolved: Result<Resolved, Refusal>;
  readonly candidates: readonly RecordedCandidate[];
};

/** Refuses what has no candidates to show: unknown callers, broken bodies, unknown models. */
export async function preview(call: Call, house: House): Promise<Result<Preview, Refusal>> {
  // A dry run takes no idempotency key: the call itself comes later.
  const head = { ...call.head, idempotencyKey: undefined };
  const dry = passportOf({ ...call, head });
  const classified = await enter(dry, house, { seen: dry });
  if (!classified.ok) return classified;
  const { tenant, key } = classified.value;
  const { catalog, policies } = house.now();
  const facts = { catalog, policies, health: house.live.health };
  const surveyed = survey(classified.value, facts);
  if (!surveyed.ok) return surveyed;
  const resolved = resolve(classified.value, facts);
  const offers = resolved.ok ? resolved.value.route.offers : [];
  const candidates = resolved.ok
    ? resolved.value.route.candidates
    : recordedCandidates(surveyed.value.candidates, offers, facts.health);
  return yes({ identity: { tenant, key }, resolved, candidates });
}
