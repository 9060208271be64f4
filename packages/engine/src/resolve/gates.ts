// Asks every gate about one candidate and collects the noes as bits: all of them, so that an
// explanation is complete.
import {
  assert,
  type Breach,
  type Clearance,
  type Place,
  type Question,
  within,
} from '@signalbox/contract';
import { matchesPattern } from '@signalbox/documents';
import type { Offering } from '../catalog/catalog.ts';
import type { Classified } from '../classify/classify.ts';
import type { Identity } from '../tenant/tenant.ts';
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

type Term = Exclude<Breach, 'forged'>;

const BREACHES: Readonly<Record<Term, number>> = {
  tier: GATES.tier,
  residency: GATES.residency,
  retention: GATES.retention,
  'not-own': GATES.notOwn,
  tenant: GATES.otherTenant,
};

/** The place as it would have to be for a term to hold. */
const MENDED: Readonly<Record<Term, (place: Place, terms: Clearance['terms']) => Place>> = {
  tier: (place, { ceiling }) => ({ ...place, tier: ceiling }),
  residency: (place, { residency }) => ({ ...place, region: residency?.[0] }),
  retention: (place) => ({ ...place, retention: 'zero' }),
  'not-own': (place) => ({ ...place, own: true }),
  tenant: (place) => ({ ...place, tenant: undefined }),
};
const TERMS_MAX = 5;

/** `within` names the first term that a place breaks; an explanation wants all of them. */
function breachesOf(clearance: Clearance, place: Place): number {
  let gates = 0;
  let rest = place;
  // An empty residency cannot be met at all: that is one term like the others.
  for (let count = 0; count < TERMS_MAX; count += 1) {
    const breach = within(clearance, rest);
    if (breach === undefined) break;
    assert(breach !== 'forged', 'resolve asks with the clearance it minted');
    gates |= BREACHES[breach];
    rest = MENDED[breach](rest, clearance.terms);
  }
  return gates;
}

export function gatesOf(inputs: GateInputs): number {
  const { offering, place, clearance, need } = inputs;
  const { endpoint } = offering;
  let gates = breachesOf(clearance, place);
  gates |= entitlements(inputs.call, offering, place);
  if (!endpoint.enabled) gates |= GATES.disabled;
  if (endpoint.quarantined) gates |= GATES.quarantined;
  if (endpoint.unavailable !== undefined) gates |= GATES.unavailable;
  if (need !== undefined && !meets(offering, need)) gates |= GATES.need;
  return gates | suitability(inputs);
}

/** What the plan and the key leave out. */
export function entitlements({ tenant, key }: Identity, offering: Offering, place: Place): number {
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

function suitability(inputs: GateInputs): number {
  const { call, offering, pinned } = inputs;
  const { question, head, tenant } = call;
  let gates = 0;
  const embeds = offering.capabilities.embeddings;
  const wantsEmbedding = head.operation === 'embedding';
  const { passing } = question;
  const onlyEmbeds = passing === undefined && isOnlyEmbedding(offering);
  if (wantsEmbedding ? embeds === false : onlyEmbeds) gates |= GATES.operation;
  if (offering.endpoint.lanes[head.dialect][head.operation] === undefined) gates |= GATES.operation;
  if (question.toolsOffered && offering.capabilities.tools === false) gates |= GATES.operation;
  const context = offering.contextTokens;
  if (context !== undefined && question.inputTokensEstimate > context * OVERESTIMATE) {
    gates |= GATES.context;
  }
  const budgeted = tenant.budget !== undefined || call.key.budget !== undefined;
  if (budgeted && isUnpriced(inputs)) gates |= GATES.unpriced;
  if (passing?.stores === true && storesInVain(inputs)) gates |= GATES.retention;
  const refers = question.statefulReference !== undefined || namesFiles(question);
  if (refers && !(pinned && mayHold(inputs))) {
    if (call.held?.endpoint !== offering.endpoint.name) gates |= GATES.stateUnknown;
  }
  return gates;
}

/** Prices are of tokens: of an image or a sound nobody here can tell what it will cost. */
function isUnpriced({ call, offering }: GateInputs): boolean {
  const { kind } = offering.price;
  const { passing } = call.question;
  if (passing === undefined) return kind === 'unknown';
  return passing.works && kind !== 'known-zero';
}

/** What is kept elsewhere than on tier 1 is kept against the tenant's word. */
const storesInVain = ({ call, place }: GateInputs): boolean =>
  call.tenant.retention === 'zero' && place.tier !== 1;

/**
 * Whoever names the endpoint may say that state is there. A file may be another tenant's, unless
 * the endpoint is this tenant's alone.
 */
const mayHold = ({ call, offering }: GateInputs): boolean =>
  (call.question.passing === undefined && !namesFiles(call.question)) ||
  offering.endpoint.tenant === call.tenant.name;

export const namesFiles = ({ fileReferences }: Question): boolean =>
  fileReferences !== undefined && fileReferences.length > 0;

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
