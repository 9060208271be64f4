// The offerings that a call might go to, each with the gates that refuse it. A list that was asked
// for is looked at one by one; all there is, as numbers.
import { assert, type Clearance } from '@signalbox/contract';
import { costNanoUsd } from '@signalbox/documents';
import type { Offering } from '../catalog/catalog.ts';
import type { Classified } from '../classify/classify.ts';
import type { Verdict } from '../policy/policy.ts';
import type { Target } from './asked.ts';
import { demandedBy, isPreferred } from './demanded.ts';
import { GATES } from './gates.table.ts';
import {
  gatesOfEndpoint,
  gatesOfModel,
  gatesOfPlace,
  gatesOfTraits,
  type Sizes,
  traitsOf,
  type Wants,
} from './gates.ts';
import { bitsOf, costOf } from './need.table.ts';
import { addUnmet, type Need, unmetByModel, unmetByPlace } from './need.ts';
import type { Candidate } from './offer.ts';
import { usageOf } from './tokens.ts';
import type { View } from './view.ts';

export type Looking = {
  readonly call: Classified;
  readonly view: View;
  readonly clearance: Clearance;
  readonly wants: Wants;
  readonly need: Need | undefined;
  /** Its clearance is its own: an entry before binds it, or a consent lifts it. */
  readonly isBound: boolean;
  readonly verdict: Verdict;
};

export class Field {
  readonly offerings: readonly Offering[];
  /** They are all there are for the tenant. */
  readonly isAll: boolean;
  /** Of each offering; 0: nothing refuses it. */
  readonly gates: Int32Array;
  readonly tiers: Uint8Array;
  /** Of each offering the demands of the need that it does not meet; without a need undefined. */
  readonly #unmet: Uint32Array | undefined;
  /** How much rules prefer each; undefined: none of them says so. */
  readonly scores: Float64Array | undefined;
  readonly #targets: readonly Target[] | undefined;
  readonly #view: View;
  readonly #made: Candidate[] = [];

  constructor(
    offerings: readonly Offering[],
    targets: readonly Target[] | undefined,
    looking: Looking,
  ) {
    const { view } = looking;
    this.offerings = offerings;
    this.#targets = targets;
    this.#view = view;
    const isAll = offerings === view.visible;
    this.isAll = isAll;
    this.gates = isAll ? gatesOfAll(looking) : gatesOfEach(offerings, looking);
    this.#unmet = isAll ? unmetOfAll(looking) : unmetOfEach(offerings, looking);
    if (this.#unmet !== undefined) refuseUnmet(this.gates, this.#unmet);
    this.tiers = isAll ? view.tiers : tiersOf(offerings, view);
    closeDear(this.gates, offerings, looking);
    this.scores = scoresOf(offerings, looking);
  }

  /** Place of an offering; -1: it is not among them. Of a field of all there is. */
  indexOf(offering: Offering): number {
    return this.#view.indexOf(offering);
  }

  /** What a token in and a token out cost together, in pico-dollars. */
  costOf(at: number): number {
    const offering = this.offerings[at];
    if (offering === undefined) return Number.POSITIVE_INFINITY;
    const { rows, numbers } = this.#view;
    if (!this.isAll) return costOf(offering);
    const row = rows[at] ?? 0;
    return (numbers.inputPico[row] ?? 0) + (numbers.outputPico[row] ?? 0);
  }

  /** The same one every time: places in flight are counted by it. */
  candidate(at: number): Candidate {
    this.#made[at] ??= this.#candidate(at);
    return this.#made[at];
  }

  #candidate(at: number): Candidate {
    const offering = this.offerings[at];
    assert(offering !== undefined, 'an offering of this field');
    const place = this.#view.placeOf(offering.endpoint);
    const gates = this.gates[at] ?? 0;
    const unmet = this.#unmet?.[at] ?? 0;
    const target = this.#targets?.[at];
    return { offering, place, gates, unmet, target, score: this.scores?.[at] ?? 0 };
  }

  candidates(): readonly Candidate[] {
    return this.offerings.map((_, at) => this.candidate(at));
  }

  /** Nothing refuses them. */
  open(): readonly Candidate[] {
    return this.candidates().filter(({ gates }) => gates === 0);
  }
}

// Loops: `TypedArray.from` costs a list of one more than its gates do.
function gatesOfEach(offerings: readonly Offering[], looking: Looking): Int32Array {
  const gates = new Int32Array(offerings.length);
  offerings.forEach((offering, at) => {
    gates[at] = gatesOfOne(offering, looking);
  });
  return gates;
}

function tiersOf(offerings: readonly Offering[], view: View): Uint8Array {
  const tiers = new Uint8Array(offerings.length);
  offerings.forEach(({ endpoint }, at) => {
    tiers[at] = view.placeOf(endpoint).tier;
  });
  return tiers;
}

function gatesOfOne(offering: Offering, looking: Looking): number {
  const { call, view, clearance, wants } = looking;
  const { endpoint } = offering;
  const place = view.placeOf(endpoint);
  const { demands } = looking.verdict;
  const demanded = demands === undefined ? 0 : demandedBy(demands)(offering, place);
  return (
    demanded |
    gatesOfPlace(endpoint, place, clearance, call) |
    gatesOfModel(offering.model, call) |
    gatesOfEndpoint(endpoint, place, wants) |
    gatesOfTraits(traitsOf(offering), sizesOf(offering), wants)
  );
}

const sizesOf = (offering: Offering): Sizes => ({
  contextTokens: offering.contextTokens ?? 0,
  bits: bitsOf(offering) ?? 0,
});

function unmetOfEach(
  offerings: readonly Offering[],
  { need, view, call }: Looking,
): Uint32Array | undefined {
  if (need === undefined) return undefined;
  return Uint32Array.from(offerings, (offering) => {
    const { endpoint } = offering;
    const place = view.placeOf(endpoint);
    return unmetByModel(need, offering, call.step) | unmetByPlace(need, endpoint, place);
  });
}

function unmetOfAll({ need, view, call }: Looking): Uint32Array | undefined {
  if (need === undefined) return undefined;
  const { columns, numbers, rows } = view;
  const { endpoint, endpoints } = columns;
  const byPlace = endpoints.map((one) => unmetByPlace(need, one, view.placeOf(one)));
  const unmet = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i += 1) unmet[i] = byPlace[endpoint[rows[i] ?? 0] ?? 0] ?? 0;
  addUnmet(need, { all: view.visible, rows, numbers, step: call.step }, unmet);
  return unmet;
}

function refuseUnmet(gates: Int32Array, unmet: Uint32Array): void {
  for (let i = 0; i < gates.length; i += 1) {
    if (unmet[i] !== 0) gates[i] = (gates[i] ?? 0) | GATES.need;
  }
}

function gatesOfAll({ call, view, clearance, wants, isBound, verdict }: Looking): Int32Array {
  const { endpoint, endpoints, model } = view.columns;
  const { traits, contextTokens, bits } = view.numbers;
  const { demands } = verdict;
  const byPlace = view.endpointGates(clearance, call, isBound ? 'bound' : demands);
  const byEndpoint = new Int32Array(endpoints.length);
  for (let at = 0; at < endpoints.length; at += 1) {
    const one = endpoints[at];
    if (one === undefined) continue;
    byEndpoint[at] = (byPlace[at] ?? 0) | gatesOfEndpoint(one, view.placeOf(one), wants);
  }
  const byModel = view.fixedFor(call.key).models;
  const { rows } = view;
  const demanded = demands === undefined ? undefined : view.demanded(demands);
  const gates = new Int32Array(rows.length);
  const sizes = { contextTokens: 0, bits: 0 };
  for (let i = 0; i < rows.length; i += 1) {
    const at = rows[i] ?? 0;
    sizes.contextTokens = contextTokens[at] ?? 0;
    sizes.bits = bits[at] ?? 0;
    gates[i] =
      (demanded?.[i] ?? 0) |
      (byEndpoint[endpoint[at] ?? 0] ?? 0) |
      (byModel[model[at] ?? 0] ?? 0) |
      gatesOfTraits(traits[at] ?? 0, sizes, wants);
  }
  return gates;
}

/** Only of what nothing else refuses: prices are counted one by one. */
function closeDear(
  gates: Int32Array,
  offerings: readonly Offering[],
  { call, verdict }: Looking,
): void {
  const most = verdict.cap?.costNanoUsd;
  if (most === undefined) return;
  const usage = usageOf(call, verdict.cap);
  for (let at = 0; at < gates.length; at += 1) {
    const offering = offerings[at];
    if (gates[at] !== 0 || offering === undefined) continue;
    const cost = costNanoUsd(offering.price, usage);
    if (cost.kind === 'unknown' || cost.nanoUsd > most) gates[at] = GATES.tooDear;
  }
}

function scoresOf(
  offerings: readonly Offering[],
  { verdict, view }: Looking,
): Float64Array | undefined {
  if (verdict.prefers.length === 0) return undefined;
  const scores = new Float64Array(offerings.length);
  for (const prefer of verdict.prefers) {
    const kept = offerings === view.visible ? view.preferred(prefer) : undefined;
    const is = isPreferred(prefer);
    offerings.forEach((one, at) => {
      const has = kept === undefined ? is(one, view.placeOf(one.endpoint)) : kept[at] === 1;
      if (has) scores[at] = (scores[at] ?? 0) + prefer.weight;
    });
  }
  return scores;
}
