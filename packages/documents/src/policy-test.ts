/** Tests that stand beside the rules of a policy: a call, and what must come of it. */
import type { Difficulty, Label, Tier } from '@signalbox/contract';
import type { Origin } from './origin.ts';

export interface PolicyTestDocument {
  readonly name: string;
  readonly call: TestedCall;
  readonly expect: TestExpectation;
  readonly origin: Origin | undefined;
}

/** What is not said is as of an ordinary call: `auto`, labelled as the tenant labels it. */
export interface TestedCall {
  readonly tenant: string;
  /** A key of the tenant; undefined: one without limits. */
  readonly key: string | undefined;
  readonly model: string | undefined;
  readonly step: string | undefined;
  readonly agent: string | undefined;
  readonly sensitivity: Label | undefined;
  readonly kinds: readonly string[];
  /** A consent that it names. */
  readonly consent: string | undefined;
  readonly subject: string | undefined;
  readonly difficulty: Difficulty | undefined;
  readonly inputTokens: number | undefined;
  readonly outputTokensMax: number | undefined;
  readonly tools: boolean;
  readonly stream: boolean;
  readonly latencyBudgetMs: number | undefined;
  readonly tags: ReadonlyMap<string, string>;
  /** Unix milliseconds; undefined: now. */
  readonly atMs: number | undefined;
  /** Endpoints that are down. */
  readonly down: readonly string[];
  /** Of degradation. */
  readonly level: number;
}

/** All that is stated must hold. */
export interface TestExpectation {
  readonly tier: Tier | undefined;
  readonly endpoint: string | undefined;
  readonly model: string | undefined;
  readonly rule: string | undefined;
  /** A code, or any refusal. */
  readonly refused: string | true | undefined;
  /** Endpoints that are nowhere in the route. */
  readonly never: readonly string[];
}
