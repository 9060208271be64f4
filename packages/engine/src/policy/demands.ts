// What rules demand of a place, added up: what is required is required by all of them, what is
// forbidden by one is forbidden. Nothing in here can take a demand of another rule back, so the
// order of rules and scopes does not matter. The same rules give the same object, and what resolve
// keeps about it is found again.
import { lowerTier, type Tier } from '@signalbox/contract';
import type { RequireDocument, RuleDocument } from '@signalbox/documents';
import type { Rule } from './rule.ts';

export type Demands = {
  /** Lists: of each it must be in one. Regions that rules forbid stand in `forbidden`. */
  readonly regions: readonly (readonly string[])[];
  readonly retention: 'zero' | undefined;
  readonly own: boolean;
  readonly tierMax: Tier | undefined;
  readonly capabilities: readonly string[];
  /** Lists of patterns: of each list one must fit. */
  readonly models: readonly (readonly string[])[];
  readonly endpoints: readonly (readonly string[])[];
  readonly forbidden: {
    readonly models: readonly string[];
    readonly endpoints: readonly string[];
    readonly regions: readonly string[];
    readonly kinds: readonly string[];
  };
};

/** Sets of rules whose demands are kept. */
const KEPT_MAX = 1_024;
const SELF_HOSTED: Tier = 2;

/** Of the rules of one set of documents. */
export class DemandsOf {
  readonly #numbers = new Map<Rule, number>();
  readonly #kept = new Map<string, Demands>();

  constructor(rules: Iterable<Rule>) {
    for (const rule of rules) {
      const { require, forbid } = rule.document.effects ?? {};
      if (require !== undefined || forbid !== undefined)
        this.#numbers.set(rule, this.#numbers.size);
    }
  }

  /** Undefined: none of them demands anything. */
  of(rules: readonly Rule[]): Demands | undefined {
    let key = '';
    for (const rule of rules) {
      const number = this.#numbers.get(rule);
      if (number !== undefined) key += `${number},`;
    }
    if (key === '') return undefined;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const made = demandsOf(rules.map(({ document }) => document));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, made);
    return made;
  }
}

export function demandsOf(rules: readonly RuleDocument[]): Demands {
  const required = rules.flatMap(({ effects }) => effects?.require ?? []);
  const forbidden = rules.flatMap(({ effects }) => effects?.forbid ?? []);
  return {
    regions: required.flatMap(({ regions }) => (regions === undefined ? [] : [regions])),
    retention: required.some(({ retention }) => retention === 'zero') ? 'zero' : undefined,
    own: required.some(({ own }) => own),
    tierMax: required.reduce<Tier | undefined>(
      (most, one) => lowest(most, tierMaxOf(one)),
      undefined,
    ),
    capabilities: [...new Set(required.flatMap(({ capabilities }) => capabilities))],
    models: required.flatMap(({ models }) => (models === undefined ? [] : [models])),
    endpoints: required.flatMap(({ endpoints }) => (endpoints === undefined ? [] : [endpoints])),
    forbidden: {
      models: forbidden.flatMap(({ models }) => models),
      endpoints: forbidden.flatMap(({ endpoints }) => endpoints),
      regions: forbidden.flatMap(({ regions }) => regions),
      kinds: forbidden.flatMap(({ kinds }) => kinds),
    },
  };
}

const tierMaxOf = ({ selfHosted, tierMax }: RequireDocument): Tier | undefined =>
  lowest(selfHosted ? SELF_HOSTED : undefined, tierMax);

export const lowest = (a: Tier | undefined, b: Tier | undefined): Tier | undefined =>
  a === undefined || b === undefined ? (a ?? b) : lowerTier(a, b);
