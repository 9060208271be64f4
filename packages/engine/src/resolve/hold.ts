// Whether a step goes where the one before it in its session went. While a tool's result is on its
// way the model that asked for it reads it. Between steps the session moves to a lower tier where
// that saves more than the prompt costs that is read there anew (it is cached where it was), and
// upwards where the step needs more. It only chooses among offers that nothing refuses; a rule that
// names a tier goes before it, and so do what failed before and a share that is used up.
import type { RecordedTurn } from '@signalbox/contract';
import { costNanoUsd, type PricedUsage } from '@signalbox/documents';
import type { Offering } from '../catalog/catalog.ts';
import type { Classified } from '../classify/classify.ts';
import type { Served } from '../session/step-memory.ts';
import type { Field } from './field.ts';

/** About as long as servers and vendors hold a prompt that nobody asks for. */
const WARM_MS = 300_000;

export type Asking = {
  readonly call: Classified;
  /** Place in the field of what would be chosen without a session. */
  readonly chosen: number;
  readonly isUp: (at: number) => boolean;
  readonly usage: PricedUsage;
};

export type Held = { readonly at: number; readonly turn: RecordedTurn | undefined };

/** @returns the place in the field, and why its session's model is kept or left there. */
export function heldAt(field: Field, { call, chosen, isUp, usage }: Asking): Held {
  const { before, goesOn = false } = call.stepSeen ?? {};
  const offering = field.offerings[chosen];
  if (before === undefined || offering === undefined) return { at: chosen, turn: undefined };
  const from = before.model;
  const leave = (why: RecordedTurn['why']): Held => ({
    at: chosen,
    turn: { kept: false, why, from },
  });
  const keep = (at: number, why: RecordedTurn['why']): Held => ({
    at,
    turn: { kept: true, why, from },
  });
  const tier = field.tiers[chosen] ?? 1;
  if (offering.model === before.model && tier === before.tier) {
    return goesOn ? keep(chosen, 'tool') : { at: chosen, turn: undefined };
  }
  const kept = placeOf(field, before, isUp);
  const { closed, lowered, cache } = call.profile.routed ?? {};
  const isUsedUp = closed !== undefined && before.tier === 3 && tier < 3;
  if (lowered !== undefined || isUsedUp) return leave('share');
  if (kept === undefined) return leave('unavailable');
  if (goesOn) return keep(kept, 'tool');
  if (tier > before.tier) return leave('needs-more');
  const isPoor = (cache?.tier ?? 0) >= before.tier;
  if (isPoor || call.arrived - before.at > WARM_MS) return leave('step');
  const there = field.offerings[kept];
  return there !== undefined && isCheaper({ there, before, offering, usage })
    ? keep(kept, 'cache')
    : leave('saves');
}

/** Where it was, else where the same model is on the same tier. */
function placeOf(field: Field, before: Served, isUp: Asking['isUp']): number | undefined {
  let found: number | undefined;
  for (let at = 0; at < field.offerings.length; at += 1) {
    const one = field.offerings[at];
    const isModel = one?.model === before.model && field.tiers[at] === before.tier;
    if (!isModel || field.gates[at] !== 0 || !isUp(at)) continue;
    if (one.endpoint.name === before.endpoint) return at;
    found ??= at;
  }
  return found;
}

/** With what is cached there, than all of it anew at the other; what has no price is not. */
function isCheaper(between: {
  readonly there: Offering;
  readonly before: Served;
  readonly offering: Offering;
  readonly usage: PricedUsage;
}): boolean {
  const { there, before, offering, usage } = between;
  const cachedInputTokens = Math.min(before.cachedTokens, usage.inputTokens);
  if (cachedInputTokens === 0) return false;
  const stay = costNanoUsd(there.price, { ...usage, cachedInputTokens });
  const go = costNanoUsd(offering.price, usage);
  return stay.kind === 'known' && go.kind === 'known' && stay.nanoUsd <= go.nanoUsd;
}
