// Asks every gate about one candidate and collects the noes as bits: all of them, so that an
// explanation is complete. What of a candidate does not change from call to call is asked once and
// kept as numbers (`view.ts`), so that thousands of offers cost a call some microseconds.
import {
  assert,
  type Breach,
  type Clearance,
  type Place,
  type Question,
  type Retention,
  within,
} from '@signalbox/contract';
import { type ModelCapabilities, matchesPattern } from '@signalbox/documents';
import type { Catalog, EndpointFacts, Offering } from '../catalog/catalog.ts';
import type { Classified } from '../classify/classify.ts';
import type { Identity } from '../tenant/tenant.ts';
import { GATES } from './gates.table.ts';

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

/** What the clearance says of a place, and the endpoint of itself. */
export function gatesOfPlace(
  endpoint: EndpointFacts,
  place: Place,
  clearance: Clearance,
  who: Identity,
): number {
  let gates = breachesOf(clearance, place);
  if (!includesTier(who, place.tier)) gates |= GATES.entitledTier;
  if (!endpoint.enabled) gates |= GATES.disabled;
  if (endpoint.quarantined) gates |= GATES.quarantined;
  if (endpoint.unavailable !== undefined) gates |= GATES.unavailable;
  return gates;
}

const includesTier = ({ tenant, key }: Identity, tier: Place['tier']): boolean =>
  (tenant.plan?.tiers?.includes(tier) ?? true) && (key.tiers?.includes(tier) ?? true);

/** What the plan and the key say of a model. */
export function gatesOfModel(model: string, { tenant, key }: Identity): number {
  for (const models of [tenant.plan?.models, key.models]) {
    if (models !== undefined && !models.some((one) => matchesPattern(one, model))) {
      return GATES.entitledModel;
    }
  }
  return 0;
}

/** What the plan and the key leave out. */
export function isEntitled(who: Identity, offering: Offering, place: Place): boolean {
  return gatesOfModel(offering.model, who) === 0 && includesTier(who, place.tier);
}

const CAPABILITIES: readonly (keyof ModelCapabilities)[] = [
  ...(['tools', 'vision', 'jsonSchema', 'logprobs', 'embeddings', 'reasoning'] as const),
];
/** Above one bit for each capability that is known to be there. */
const NO_TOOLS: number = 1 << CAPABILITIES.length;
const NO_EMBEDDINGS: number = NO_TOOLS << 1;
const ONLY_EMBEDDINGS: number = NO_TOOLS << 2;
const UNPRICED: number = NO_TOOLS << 3;
const FREE: number = NO_TOOLS << 4;
const TRIMS: number = NO_TOOLS << 5;

export const maskOf = (capabilities: readonly (keyof ModelCapabilities)[]): number =>
  capabilities.reduce((mask, one) => mask | (1 << CAPABILITIES.indexOf(one)), 0);

/** What is known that a model at an endpoint can do, as bits. */
export function traitsOf({ capabilities, price, facts }: Offering): number {
  const known = CAPABILITIES.filter((one) => capabilities[one] === true);
  let traits = maskOf(known);
  if (capabilities.tools === false) traits |= NO_TOOLS;
  if (capabilities.embeddings === false) traits |= NO_EMBEDDINGS;
  // Of a model that only embeds, nothing else is stated.
  if (known.length === 1 && known[0] === 'embeddings') traits |= ONLY_EMBEDDINGS;
  if (price.kind === 'unknown') traits |= UNPRICED;
  if (price.kind === 'known-zero') traits |= FREE;
  if (facts.manners?.trim === true) traits |= TRIMS;
  return traits;
}

/** What a call wants of whoever answers it. */
export type Wants = {
  readonly dialect: Classified['head']['dialect'];
  readonly operation: Classified['head']['operation'];
  /** Traits that stand in the way of this call, and the gate that says so. */
  readonly cannot: number;
  /**
   * Under a budget: the trait `UNPRICED` is in the way, or that `FREE` is missing. Prices are of
   * tokens: of an image or a sound nobody here can tell what it will cost.
   */
  readonly unpriced: number;
  readonly inputTokens: number;
  /** Least bits of a weight for this kind of work; 0: any. */
  readonly bitsMin: number;
  /** What is kept elsewhere than on tier 1 is kept against the tenant's word. */
  readonly storesInVain: boolean;
  /** The call refers to state that this endpoint holds; undefined: it refers to none. */
  readonly holder: string | undefined;
  /** Who is trusted to hold it beside: whoever was named, or one of the tenant's own. */
  readonly trusted: 'nobody' | 'own' | 'anybody';
  readonly tenant: string;
};

const UNKNOWN_HOLDER = '';

export type WantsFacts = {
  readonly registry: Catalog['registry'];
  /** The endpoint was named by the caller. */
  readonly pinned: boolean;
  readonly retention: Retention;
};

export function wantsOf(call: Classified, { registry, pinned, retention }: WantsFacts): Wants {
  const { question, head, tenant, key } = call;
  const { passing } = question;
  const isEmbedding = head.operation === 'embedding';
  const cannot = isEmbedding ? NO_EMBEDDINGS : passing === undefined ? ONLY_EMBEDDINGS : 0;
  const isBudgeted = tenant.budget !== undefined || key.budget !== undefined;
  const isHeld = question.statefulReference !== undefined || namesFiles(question);
  // A file may be another tenant's, unless the endpoint is this tenant's alone.
  const trusted = passing === undefined && !namesFiles(question) ? 'anybody' : 'own';
  return {
    dialect: head.dialect,
    operation: head.operation,
    cannot: question.toolsOffered ? cannot | NO_TOOLS : cannot,
    unpriced: isBudgeted ? (passing === undefined ? UNPRICED : passing.works ? FREE : 0) : 0,
    inputTokens: question.inputTokensEstimate,
    bitsMin: bitsMinOf(call, registry),
    storesInVain: passing?.stores === true && retention === 'zero',
    holder: isHeld ? (call.held?.endpoint ?? UNKNOWN_HOLDER) : undefined,
    trusted: pinned ? trusted : 'nobody',
    tenant: tenant.name,
  };
}

/** By the step, and what an agent asks for at least by the rule for agents. */
function bitsMinOf(
  { step, agent, question }: Classified,
  { quantisationMin }: Catalog['registry'],
): number {
  const ofStep = step === undefined ? 0 : (quantisationMin.get(step) ?? 0);
  const isAgent = agent !== undefined || question.toolsOffered;
  return isAgent ? Math.max(ofStep, quantisationMin.get(AGENT) ?? 0) : ofStep;
}

const AGENT = 'agent';

export function gatesOfEndpoint(endpoint: EndpointFacts, place: Place, wants: Wants): number {
  let gates = 0;
  if (endpoint.lanes[wants.dialect][wants.operation] === undefined) gates |= GATES.operation;
  if (wants.storesInVain && place.tier !== 1) gates |= GATES.retention;
  if (wants.holder !== undefined && wants.holder !== endpoint.name && !mayHold(endpoint, wants)) {
    gates |= GATES.stateUnknown;
  }
  return gates;
}

/** Whoever names the endpoint may say that state is there. */
const mayHold = (endpoint: EndpointFacts, { trusted, tenant }: Wants): boolean =>
  trusted === 'anybody' || (trusted === 'own' && endpoint.tenant === tenant);

export const namesFiles = ({ fileReferences }: Question): boolean =>
  fileReferences !== undefined && fileReferences.length > 0;

/**
 * Counting by length errs high on text with many bytes a token: only a clear overflow is refused
 * here.
 */
const OVERESTIMATE = 2;

/** What of a model at an endpoint is a number; 0: not known. */
export type Sizes = { readonly contextTokens: number; readonly bits: number };

export function gatesOfTraits(
  traits: number,
  { contextTokens, bits }: Sizes,
  wants: Wants,
): number {
  let gates = 0;
  if ((traits & wants.cannot) !== 0) gates |= GATES.operation;
  const isOver = contextTokens > 0 && wants.inputTokens > contextTokens * OVERESTIMATE;
  if (isOver && (traits & TRIMS) === 0) gates |= GATES.context;
  if (((traits ^ FREE) & wants.unpriced) !== 0) gates |= GATES.unpriced;
  if (bits > 0 && bits < wants.bitsMin) gates |= GATES.quantised;
  return gates;
}
