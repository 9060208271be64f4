// Asks every gate about one candidate and collects the noes as bits: all of them, so that an
// explanation is complete.
import { type Breach, type Clearance, type Place, within } from '@signalbox/contract';
import { matchesPattern } from '@signalbox/documents';
import type { Offering } from '../catalog/catalog.ts';
import type { Classified } from '../classify/classify.ts';
import { GATES } from './gates.table.ts';
import { meets, type Need } from './need.ts';

export type GateInputs = {
  readonly call: Classified;
  readonly offering: Offering;
  readonly place: Place;
  readonly clearance: Clearance;
  readonly need: Need | undefined;
  readonly pinned: boolean;
};

const BREACHES: Readonly<Record<Exclude<Breach, 'forged'>, number>> = {
  tier: GATES.tier,
  residency: GATES.residency,
  retention: GATES.retention,
  'not-own': GATES.notOwn,
  tenant: GATES.otherTenant,
};

export function gatesOf(inputs: GateInputs): number {
  const { offering, place, clearance, need } = inputs;
  const { endpoint } = offering;
  const breach = within(clearance, place);
  let gates = breach === undefined || breach === 'forged' ? 0 : BREACHES[breach];
  gates |= entitlements(inputs);
  if (!endpoint.enabled) gates |= GATES.disabled;
  if (endpoint.unavailable !== undefined) gates |= GATES.unavailable;
  if (need !== undefined && !meets(offering, need)) gates |= GATES.need;
  return gates | suitability(inputs);
}

function entitlements({ call, offering, place }: GateInputs): number {
  const { tenant, key } = call;
  let gates = 0;
  for (const models of [tenant.plan?.models, key.models]) {
    if (models !== undefined && !models.some((one) => matchesPattern(one, offering.model)))
      gates |= GATES.entitledModel;
  }
  for (const tiers of [tenant.plan?.tiers, key.tiers]) {
    if (tiers !== undefined && !tiers.includes(place.tier)) gates |= GATES.entitledTier;
  }
  return gates;
}

function suitability({ call, offering, pinned }: GateInputs): number {
  const { question, head, tenant } = call;
  let gates = 0;
  const embeds = offering.capabilities.embeddings;
  const wantsEmbedding = head.operation === 'embedding';
  if (wantsEmbedding ? embeds === false : isOnlyEmbedding(offering)) gates |= GATES.operation;
  if (question.toolsOffered && offering.capabilities.tools === false) gates |= GATES.operation;
  const context = offering.contextTokens;
  if (context !== undefined && question.inputTokensEstimate > context * OVERESTIMATE) {
    gates |= GATES.context;
  }
  const budgeted = tenant.budget !== undefined || call.key.budget !== undefined;
  if (budgeted && offering.price.kind === 'unknown') gates |= GATES.unpriced;
  if (question.statefulReference !== undefined && !pinned) gates |= GATES.stateUnknown;
  return gates;
}

/**
 * Counting by length errs high on text with many bytes a token: only a clear overflow is refused
 * here.
 */
const OVERESTIMATE = 2;

/** Of a model that only embeds, nothing else is stated. */
function isOnlyEmbedding(offering: Offering): boolean {
  const { embeddings, ...others } = offering.capabilities;
  return embeddings === true && !Object.values(others).includes(true);
}
