/** Which route a call is to take: aliases, rules and what happens when a tier is down. */
import type { Label, Tier } from '@signalbox/contract';
import type { EffectsDocument } from './effects.ts';
import type { Origin } from './origin.ts';
import type { PolicyTestDocument } from './policy-test.ts';

export interface TargetDocument {
  readonly model: string;
  /** Pins the target to one endpoint. */
  readonly endpoint: string | undefined;
  readonly weight: number | undefined;
}

export interface AliasDocument {
  readonly name: string;
  /** Tried in this order. */
  readonly targets: readonly TargetDocument[];
  readonly origin: Origin | undefined;
}

export interface PolicyDocument {
  readonly name: string;
  readonly version: string | undefined;
  readonly author: string | undefined;
  /** Its content is not in force until somebody else than its author has approved it. */
  readonly approval: 'required' | undefined;
  readonly fromMs: number | undefined;
  readonly untilMs: number | undefined;
  readonly mode: 'enforce' | 'shadow';
  /** Only for tenants of this ring and of those before it. */
  readonly ring: number | undefined;
  readonly defaultTier: Tier | undefined;
  /** Of those with a route the first that matches decides; all others add up. */
  readonly rules: readonly RuleDocument[];
  /** For `policy test` alone. */
  readonly tests: readonly PolicyTestDocument[];
  readonly fallback: FallbackDocument;
  /** A second place is asked when the first one takes longer than nearly always. */
  readonly hedge: boolean;
  /** Until the first token, for calls that say nothing of it. */
  readonly latencyBudgetMs: number | undefined;
  /** For calls whose rule says nothing of it. */
  readonly output: OutputDocument | undefined;
  readonly cascade: CascadeDocument | undefined;
  readonly origin: Origin | undefined;
}

export interface RuleDocument {
  readonly name: string;
  readonly when: RuleCondition;
  /** Nothing in it: the rule places no call. */
  readonly route: RuleRoute;
  readonly output: OutputDocument | undefined;
  readonly effects: EffectsDocument | undefined;
  readonly origin: Origin | undefined;
}

/** Every field that is present must hold; a field holds when one of its values does. */
export interface RuleCondition {
  readonly step: readonly string[] | undefined;
  readonly tenant: readonly string[] | undefined;
  readonly tenantClass: readonly string[] | undefined;
  /** The labels themselves, `>=personal` already spelled out. */
  readonly sensitivity: readonly Label[] | undefined;
  /** Patterns of the requested model's name. */
  readonly model: readonly string[] | undefined;
  readonly agent: readonly string[] | undefined;
  /** A condition in CEL; see `condition.ts`. */
  readonly expression: string | undefined;
}

export interface RuleRoute {
  /** The tier to run on while it is up; fallback may leave it. */
  readonly tier: Tier | undefined;
  /** The tier no fallback may pass: it lowers the clearance's ceiling. */
  readonly tierMax: Tier | undefined;
  /** A model or an alias. */
  readonly model: string | undefined;
  readonly endpoint: string | undefined;
  readonly chain: readonly TargetDocument[] | undefined;
}

/** It says where a call goes. */
export const places = (route: RuleRoute): boolean =>
  Object.values(route).some((one) => one !== undefined);

export interface FallbackDocument {
  /** Where calls go when tier 2 and 3 are down. */
  readonly cloudUnavailable: Tier | undefined;
  /** Where calls go when tier 1 is down; never past the clearance. */
  readonly localUnavailable: Tier | undefined;
  readonly allUnavailable: 'queue' | 'refuse' | undefined;
  /** Where an answer is begun in time when the better one takes too long; never a higher tier. */
  readonly tooSlow: Tier | undefined;
}

export type ConfidenceMin = Readonly<Partial<Record<Tier, number | undefined>>>;

/** What an answer is checked for before its release, and what follows when it fails. */
export interface OutputDocument {
  /** What the caller asked for: JSON, or JSON of its own schema. */
  readonly askedFormat: boolean;
  readonly json: boolean;
  /** A JSON Schema, as JSON text. */
  readonly schema: string | undefined;
  readonly notEmpty: boolean;
  /** Code points. */
  readonly charactersMin: number | undefined;
  readonly charactersMax: number | undefined;
  /** As the upstream counts them. */
  readonly tokensMin: number | undefined;
  readonly tokensMax: number | undefined;
  readonly toolArguments: boolean;
  /** How sure an answer of a model on that tier has to be, 0 to 1. */
  readonly confidenceMin: ConfidenceMin | undefined;
  /** Further attempts at the same place. */
  readonly retries: number;
  /** Up to which tier others are asked then; undefined: nobody else. */
  readonly escalate: Tier | undefined;
  readonly otherwise: 'refuse' | 'flag';
}

/** What of calls is looked into after their end. */
export interface CascadeDocument {
  /** Share of calls that are run on another tier, too; undefined: none. */
  readonly audit: number | undefined;
  /** Share of answers that may be kept though the better model would not have given them. */
  readonly risk: number | undefined;
  /** Probability that no more is lost; undefined: `risk` is what is expected. */
  readonly assurance: number | undefined;
}
