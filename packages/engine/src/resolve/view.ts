// The catalog as one tenant sees it, and as numbers: what of the gates is the same for all calls of
// a tenant is asked when its first call comes, and kept until the documents change.
import type { Clearance, Place } from '@signalbox/contract';
import type { PreferDocument } from '@signalbox/documents';
import type { Catalog, EndpointFacts, Offering } from '../catalog/catalog.ts';
import type { Demands } from '../policy/policy.ts';
import type { Identity, KeyFacts, TenantFacts } from '../tenant/tenant.ts';
import { existing, visible } from './asked.ts';
import { demandedBy, isPreferred } from './demanded.ts';
import { gatesOfModel, gatesOfPlace, traitsOf } from './gates.ts';
import { type Measure, measured } from './need.table.ts';

/** What of each offering is a number. */
export type Numbers = Readonly<Record<Measure, Float64Array>> & { readonly traits: Int32Array };

/** What of the offerings is the same for everybody; places in the arrays are the catalog's. */
type Columns = Numbers & {
  /** Place in `endpoints` of each offering. */
  readonly endpoint: Uint16Array;
  readonly endpoints: readonly EndpointFacts[];
  /** Place in `models` of each offering. */
  readonly model: Uint32Array;
  readonly models: readonly string[];
  readonly rowOf: ReadonlyMap<Offering, number>;
  /** In the order of their first calls. */
  readonly views: Map<TenantFacts, View>;
  /** Every place, for a tenant from whom nothing is hidden. */
  readonly rows: Uint32Array;
};

/** Tenants whose view is kept: some kilobytes each with a hundred endpoints. */
const VIEWS_MAX = 2_048;
/** Keys with limits of their own, in one tenant's view. */
const KEYS_MAX = 256;

const columns = new WeakMap<Catalog, Columns>();

export function viewOf(catalog: Catalog, tenant: TenantFacts): View {
  const known = columns.get(catalog) ?? prepare(catalog);
  const { views } = known;
  let view = views.get(tenant);
  if (view === undefined) {
    view = new View(catalog, tenant, known);
    keep(views, tenant, view, VIEWS_MAX);
  }
  return view;
}

/** What is the same for everybody is made before the first call comes. */
export function prepare(catalog: Catalog): Columns {
  const made = columnsOf(catalog);
  columns.set(catalog, made);
  return made;
}

function columnsOf({ offerings }: Catalog): Columns {
  const endpoints = [...new Set(offerings.map((one) => one.endpoint))];
  const models = [...new Set(offerings.map((one) => one.model))];
  const measure = (of: Measure): Float64Array =>
    Float64Array.from(offerings, (one) => measured(of, one));
  const placeIn = <T>(all: readonly T[]): ReadonlyMap<T, number> =>
    new Map(all.map((one, at) => [one, at]));
  const endpointAt = placeIn(endpoints);
  const modelAt = placeIn(models);
  return {
    endpoint: Uint16Array.from(offerings, (one) => endpointAt.get(one.endpoint) ?? 0),
    endpoints,
    model: Uint32Array.from(offerings, (one) => modelAt.get(one.model) ?? 0),
    models,
    traits: Int32Array.from(offerings, traitsOf),
    rowOf: placeIn(offerings),
    contextTokens: measure('contextTokens'),
    bits: measure('bits'),
    inputPico: measure('inputPico'),
    outputPico: measure('outputPico'),
    views: new Map(),
    rows: Uint32Array.from(offerings, (_, at) => at),
  };
}

function keep<K, V>(kept: Map<K, V>, key: K, value: V, most: number): void {
  const [oldest] = kept.keys();
  if (kept.size >= most && oldest !== undefined) kept.delete(oldest);
  kept.set(key, value);
}

/** Both lists are in one order. */
function rowsOf({ offerings }: Catalog, seen: readonly Offering[]): Uint32Array {
  const rows = new Uint32Array(seen.length);
  for (let at = 0, row = 0; at < offerings.length && row < seen.length; at += 1) {
    if (offerings[at] !== seen[row]) continue;
    rows[row] = at;
    row += 1;
  }
  return rows;
}

/** What the documents say of each endpoint and each model to one key. */
export type Fixed = {
  /** By ceiling, then by endpoint. */
  readonly endpoints: (Int32Array | undefined)[];
  /** The same where rules narrow the clearance. */
  readonly demanded: WeakMap<Demands, (Int32Array | undefined)[]>;
  readonly models: Int32Array;
};

export class View {
  readonly columns: Columns;
  /** Offerings that exist for the tenant, in the catalog's order. */
  readonly visible: readonly Offering[];
  /** Their places in the columns. */
  readonly rows: Uint32Array;
  readonly tiers: Uint8Array;
  /** By their places in the columns: what a price is, and whether it is known, is the tenant's. */
  readonly numbers: Numbers;
  readonly #catalog: Catalog;
  readonly #tenant: TenantFacts;
  readonly #places = new Map<EndpointFacts, Place>();
  /** Of offerings that have other prices than the catalog's, and are others by that. */
  #ownPlaces: ReadonlyMap<Offering, number> | undefined;
  readonly #fixed = new Map<KeyFacts | undefined, Fixed>();
  readonly #demanded = new WeakMap<Demands, Int32Array>();
  readonly #preferred = new WeakMap<PreferDocument, Uint8Array>();

  constructor(catalog: Catalog, tenant: TenantFacts, all: Columns) {
    this.#catalog = catalog;
    this.#tenant = tenant;
    this.columns = all;
    const seen = existing(catalog.offerings, tenant);
    this.visible = tenant.ownPrices === undefined ? seen : visible(seen, tenant);
    this.rows = seen === catalog.offerings ? all.rows : rowsOf(catalog, seen);
    this.numbers = tenant.ownPrices === undefined ? all : this.#ownNumbers();
    const tiers = all.endpoints.map((endpoint) => this.placeOf(endpoint).tier);
    this.tiers = Uint8Array.from(this.rows, (row) => tiers[all.endpoint[row] ?? 0] ?? 3);
  }

  #ownNumbers(): Numbers {
    const { traits, inputPico, outputPico, contextTokens, bits } = this.columns;
    const own = {
      traits: traits.slice(),
      inputPico: inputPico.slice(),
      outputPico: outputPico.slice(),
    };
    this.visible.forEach((one, at) => {
      const row = this.rows[at] ?? 0;
      own.traits[row] = traitsOf(one);
      own.inputPico[row] = measured('inputPico', one);
      own.outputPico[row] = measured('outputPico', one);
    });
    return { ...own, contextTokens, bits };
  }

  /** Place of an offering among the visible; -1: it is not there. */
  indexOf(offering: Offering): number {
    if (this.#tenant.ownPrices !== undefined) {
      this.#ownPlaces ??= new Map(this.visible.map((one, at) => [one, at]));
      return this.#ownPlaces.get(offering) ?? -1;
    }
    const row = this.columns.rowOf.get(offering) ?? -1;
    if (row < 0 || this.rows === this.columns.rows) return row;
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.rows[middle] ?? 0) < row) low = middle + 1;
      else high = middle;
    }
    return this.rows[low] === row ? low : -1;
  }

  placeOf(endpoint: EndpointFacts): Place {
    let place = this.#places.get(endpoint);
    if (place === undefined) {
      place = this.#catalog.placeOf(endpoint, this.#tenant);
      this.#places.set(endpoint, place);
    }
    return place;
  }

  /** What rules close, of each visible offering. */
  demanded(demands: Demands): Int32Array {
    const known = this.#demanded.get(demands);
    if (known !== undefined) return known;
    const gates = demandedBy(demands);
    const made = Int32Array.from(this.visible, (one) => gates(one, this.placeOf(one.endpoint)));
    this.#demanded.set(demands, made);
    return made;
  }

  /** 1: it is what the rule prefers; of each visible offering. */
  preferred(prefer: PreferDocument): Uint8Array {
    const known = this.#preferred.get(prefer);
    if (known !== undefined) return known;
    const is = isPreferred(prefer);
    const made = Uint8Array.from(this.visible, (one) =>
      is(one, this.placeOf(one.endpoint)) ? 1 : 0,
    );
    this.#preferred.set(prefer, made);
    return made;
  }

  /** Keys without models and tiers of their own share what the plan says. */
  fixedFor(key: KeyFacts): Fixed {
    const own = key.models === undefined && key.tiers === undefined ? undefined : key;
    let fixed = this.#fixed.get(own);
    if (fixed === undefined) {
      const who = { tenant: this.#tenant, key };
      const models = this.columns.models.map((one) => gatesOfModel(one, who));
      fixed = { endpoints: [], demanded: new WeakMap(), models: Int32Array.from(models) };
      keep(this.#fixed, own, fixed, KEYS_MAX);
    }
    return fixed;
  }

  /**
   * @param by The rules that narrow the clearance beside the ceiling; `bound`: something else does,
   * and it is asked anew.
   */
  endpointGates(
    clearance: Clearance,
    who: Identity,
    by: Demands | 'bound' | undefined,
  ): Int32Array {
    if (by === 'bound') return this.#askEndpoints(clearance, who);
    const fixed = this.fixedFor(who.key);
    const byCeiling = by === undefined ? fixed.endpoints : demandedOf(fixed, by);
    const { ceiling } = clearance.terms;
    byCeiling[ceiling] ??= this.#askEndpoints(clearance, who);
    return byCeiling[ceiling];
  }

  #askEndpoints(clearance: Clearance, who: Identity): Int32Array {
    const { endpoints } = this.columns;
    const gates = new Int32Array(endpoints.length);
    endpoints.forEach((endpoint, at) => {
      gates[at] = gatesOfPlace(endpoint, this.placeOf(endpoint), clearance, who);
    });
    return gates;
  }
}

function demandedOf({ demanded }: Fixed, demands: Demands): Fixed['endpoints'] {
  const known = demanded.get(demands) ?? [];
  demanded.set(demands, known);
  return known;
}
