/** What a rule does beside choosing a route: it narrows, prefers, bounds. It never widens. */
import type { Tier } from '@signalbox/contract';

export interface EffectsDocument {
  readonly require: RequireDocument | undefined;
  readonly forbid: ForbidDocument | undefined;
  readonly prefer: PreferDocument | undefined;
  readonly cap: CapDocument | undefined;
  readonly tools: ToolsDocument | undefined;
  /** `none`: the record keeps what money and proof need, and no more. */
  readonly log: 'none' | 'metadata' | undefined;
  readonly degrade: DegradeDocument | undefined;
  readonly tooSlow: TooSlowDocument | undefined;
}

/** A place must have all that is stated; what is not known of it, it has not. */
export interface RequireDocument {
  readonly regions: readonly string[] | undefined;
  readonly retention: 'zero' | undefined;
  /** Not with a public provider: tier 1 or 2. */
  readonly selfHosted: boolean;
  /** The tenant's own. */
  readonly own: boolean;
  readonly capabilities: readonly string[];
  /** Patterns; one must fit. */
  readonly models: readonly string[] | undefined;
  readonly endpoints: readonly string[] | undefined;
  readonly tierMax: Tier | undefined;
}

/** A place must have none of it. */
export interface ForbidDocument {
  readonly models: readonly string[];
  readonly endpoints: readonly string[];
  /** A place whose region is not known may be in one of them. */
  readonly regions: readonly string[];
  /** Kinds of servers: `openai`. */
  readonly kinds: readonly string[];
}

/** Offers that have all that is stated go before others. */
export interface PreferDocument {
  readonly capabilities: readonly string[];
  readonly models: readonly string[] | undefined;
  readonly endpoints: readonly string[] | undefined;
  readonly weight: number;
}

export interface CapDocument {
  readonly outputTokens: number | undefined;
  /** What the call may cost at most. */
  readonly costNanoUsd: bigint | undefined;
}

/** Which tools an answer may call. */
export interface ToolsDocument {
  /** Patterns; undefined: all that are not denied. */
  readonly allow: readonly string[] | undefined;
  readonly deny: readonly DeniedToolDocument[];
}

export interface DeniedToolDocument {
  readonly name: string;
  /** A condition on its arguments; undefined: always. */
  readonly expression: string | undefined;
}

/** Holds from that level of degradation on. */
export interface DegradeDocument {
  readonly level: number;
  readonly tierMax: Tier | undefined;
  readonly outputTokens: number | undefined;
}

export interface TooSlowDocument {
  /** Without a first token. */
  readonly afterMs: number;
  readonly model: string;
}
