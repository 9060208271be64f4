// What rules require, forbid and prefer, asked of offerings. Of all that a tenant sees it is asked
// once for each set of rules, and kept as numbers (`view.ts`).
import type { Place } from '@signalbox/contract';
import { matchesPattern, type PreferDocument } from '@signalbox/documents';
import type { Offering } from '../catalog/catalog.ts';
import type { Demands } from '../policy/policy.ts';
import { GATES } from './gates.table.ts';
import { type Need, readNeed, unmetByModel, unmetByPlace } from './need.ts';

/** The gates that rules close; 0: none. Terms of the clearance are not asked here. */
export type Demanded = (offering: Offering, place: Place) => number;

export function demandedBy(demands: Demands): Demanded {
  const { models, endpoints, forbidden, capabilities } = demands;
  const isMet = meeting(capabilities);
  return (offering, place) => {
    const { endpoint, model } = offering;
    let gates = 0;
    const isIn = (patterns: readonly string[], name: string): boolean =>
      patterns.some((one) => matchesPattern(one, name));
    if (
      !isMet(offering, place) ||
      !models.every((one) => isIn(one, model)) ||
      !endpoints.every((one) => isIn(one, endpoint.name))
    ) {
      gates |= GATES.required;
    }
    if (
      isIn(forbidden.models, model) ||
      isIn(forbidden.endpoints, endpoint.name) ||
      forbidden.kinds.includes(endpoint.kind) ||
      mayStandIn(forbidden.regions, place)
    ) {
      gates |= GATES.forbidden;
    }
    return gates;
  };
}

/** The node's own machine is in no forbidden region; elsewhere one that is not known may be. */
function mayStandIn(regions: readonly string[], { tier, region }: Place): boolean {
  if (regions.length === 0 || tier === 1) return false;
  return region === undefined || regions.includes(region);
}

export function isPreferred({ capabilities, models, endpoints }: PreferDocument): Meets {
  const isMet = meeting(capabilities);
  const isIn = (patterns: readonly string[] | undefined, name: string): boolean =>
    patterns === undefined || patterns.some((one) => matchesPattern(one, name));
  return (offering, place) =>
    isIn(models, offering.model) &&
    isIn(endpoints, offering.endpoint.name) &&
    isMet(offering, place);
}

type Meets = (offering: Offering, place: Place) => boolean;

/** A word that nobody knows is met by nobody. */
function meeting(words: readonly string[]): Meets {
  if (words.length === 0) return () => true;
  const needs: Need[] = [];
  for (const word of words) {
    const need = readNeed(word);
    if (!need.ok) return () => false;
    needs.push(need.value);
  }
  return (offering, place) =>
    needs.every(
      (need) =>
        unmetByModel(need, offering) === 0 && unmetByPlace(need, offering.endpoint, place) === 0,
    );
}
