// Versioned documents become verdicts. Compiles rules into closures and answers, for one classified
// call, where a rule wants it, what rules demand of the place, and how far fallback may go. They
// are attached to a key's sessions, an agent, a tenant, a plan or the node: the nearest of them
// decides where a call goes, and what any of them requires, forbids or caps holds whatever the
// others say. A condition that cannot be decided restricts and never permits. It refuses nothing by
// itself: what a rule asks for passes through resolve, where the clearance has the last word.
import type { Tier } from '@signalbox/contract';
import type {
  CapDocument,
  CascadeDocument,
  FallbackDocument,
  PolicyDocument,
  PreferDocument,
  RuleDocument,
  RuleRoute,
  TargetDocument,
  TooSlowDocument,
} from '@signalbox/documents';
import type { Classified } from '../classify/classify.ts';
import { type Demands, DemandsOf, lowest } from './demands.ts';
import {
  Asked,
  compileOutput,
  compileRule,
  type OutputRules,
  type Rule,
  withTools,
} from './rule.ts';
import { ToolRules } from './tools.ts';

export type { Demands } from './demands.ts';
export type { OutputRules } from './rule.ts';

export type Verdict = {
  /** Of degradation, 0 to 4, at which it was judged. */
  readonly level: number;
  /** Name of the rule that places the call, with its file and line. */
  readonly rule: string | undefined;
  readonly tier: Tier | undefined;
  readonly tierMax: Tier | undefined;
  /** Only this endpoint, whatever model was asked for. */
  readonly endpoint: string | undefined;
  /** Tried in this order instead of what was asked for. */
  readonly chain: readonly TargetDocument[] | undefined;
  readonly fallback: FallbackDocument;
  readonly hedge: boolean;
  /** For calls that state none. */
  readonly latencyBudgetMs: number | undefined;
  /** What the answer is checked for before its release. */
  readonly output: OutputRules | undefined;
  /** What of it is looked into after its end. */
  readonly cascade: CascadeDocument | undefined;
  /** What rules require and forbid; undefined: nothing beside the tenant's own terms. */
  readonly demands: Demands | undefined;
  readonly prefers: readonly PreferDocument[];
  readonly cap: CapDocument | undefined;
  readonly tooSlow: TooSlowDocument | undefined;
  /** The record keeps what money and proof need, and no more. */
  readonly unlogged: boolean;
};

/** From the nearest to the widest. */
export const SCOPES = ['session', 'agent', 'tenant', 'plan', 'platform'] as const;

type Policy = {
  readonly rules: readonly Rule[];
  readonly document: PolicyDocument;
  readonly output: OutputRules | undefined;
  /** Undefined: it says nothing of it. */
  readonly fallback: FallbackDocument | undefined;
};

export type Judging = {
  /** Level of degradation, 0 to 4. */
  readonly level?: number | undefined;
  /** The policy of this name is asked as if it held, though it is in shadow mode. */
  readonly shadow?: string | undefined;
};

const NOW: Judging = {};
const NO_FALLBACK: FallbackDocument = {
  cloudUnavailable: undefined,
  localUnavailable: undefined,
  allUnavailable: undefined,
  tooSlow: undefined,
};
const NOTHING: readonly never[] = [];
const NO_ROUTE: RuleRoute = {
  tier: undefined,
  tierMax: undefined,
  model: undefined,
  endpoint: undefined,
  chain: undefined,
};

export type Policies = {
  judge(call: Classified, judging?: Judging): Verdict;
  /** Something is in shadow mode, for some call. */
  readonly hasShadow: boolean;
  /** What is in shadow mode for this call. */
  shadowed(call: Classified): readonly PolicyDocument[];
  /** Every rule that holds for the call, from the nearest scope to the widest: for people. */
  matched(call: Classified): readonly Matched[];
};

export type Matched = {
  readonly scope: (typeof SCOPES)[number];
  readonly policy: PolicyDocument;
  readonly rule: RuleDocument;
  /** Its name with its file and line. */
  readonly name: string;
  /** Its condition could not be decided: it restricts, and permits nothing. */
  readonly undecided: boolean;
};

class Attached implements Policies {
  readonly #policies = new Map<string, Policy>();
  readonly #platform: readonly string[];
  readonly #demands: DemandsOf;
  readonly hasShadow: boolean;

  constructor(documents: Iterable<PolicyDocument>, platform: readonly string[]) {
    for (const document of documents) {
      const rules = document.rules.map(compileRule);
      const output = compileOutput(document.output);
      const fallback = saysAnything(document.fallback) ? document.fallback : undefined;
      this.#policies.set(document.name, { document, rules, output, fallback });
    }
    const all = [...this.#policies.values()];
    this.#platform = platform;
    this.#demands = new DemandsOf(all.flatMap(({ rules }) => rules));
    this.hasShadow = all.some(({ document }) => document.mode === 'shadow');
  }

  judge(call: Classified, judging: Judging = NOW): Verdict {
    const found = new Found(new Asked(call), judging.level ?? 0);
    const { shadow } = judging;
    for (let scope = 0; scope < SCOPES.length; scope += 1) {
      const names = this.#attached(call, scope);
      for (const name of names) {
        const policy = this.#policies.get(name);
        if (policy === undefined) continue;
        const { mode } = policy.document;
        if (mode === 'shadow' && name !== shadow) continue;
        if (isInForce(policy, call)) found.add(policy, scope);
      }
    }
    return found.verdict(this.#demands);
  }

  matched(call: Classified): readonly Matched[] {
    const asked = new Asked(call);
    return SCOPES.flatMap((scope, at) =>
      this.#attached(call, at).flatMap((name) => {
        const policy = this.#policies.get(name);
        if (policy === undefined || !isInForce(policy, call)) return [];
        return policy.rules.flatMap((rule): readonly Matched[] => {
          const matches = rule.matches(asked);
          if (matches === false) return [];
          const undecided = matches === undefined;
          const { document } = rule;
          return [{ scope, policy: policy.document, rule: document, name: rule.name, undecided }];
        });
      }),
    );
  }

  shadowed(call: Classified): readonly PolicyDocument[] {
    if (!this.hasShadow) return NOTHING;
    const found = new Set<PolicyDocument>();
    for (let scope = 0; scope < SCOPES.length; scope += 1) {
      for (const name of this.#attached(call, scope)) {
        const policy = this.#policies.get(name);
        if (policy?.document.mode !== 'shadow' || !isInForce(policy, call)) continue;
        found.add(policy.document);
      }
    }
    return [...found];
  }

  #attached({ key, agent, tenant }: Classified, scope: number): readonly string[] {
    switch (SCOPES[scope]) {
      case 'session':
        return key.policies;
      case 'agent':
        return (agent === undefined ? undefined : tenant.agentPolicies.get(agent)) ?? NOTHING;
      case 'tenant':
        return tenant.policies;
      case 'plan':
        return tenant.plan?.policies ?? NOTHING;
      default:
        return this.#platform;
    }
  }
}

export const compilePolicies = (
  documents: Iterable<PolicyDocument>,
  platform: readonly string[] = NOTHING,
): Policies => new Attached(documents, platform);

/** By its dates and its ring; in shadow mode as if it held. */
function isInForce({ document }: Policy, { at, tenant }: Classified): boolean {
  const { ring, fromMs, untilMs } = document;
  if (ring !== undefined && !(tenant.ring !== undefined && tenant.ring <= ring)) return false;
  return (fromMs === undefined || at >= fromMs) && (untilMs === undefined || at < untilMs);
}

/** What the policies of one call say, from the nearest scope to the widest. */
class Found {
  readonly #asked: Asked;
  readonly #level: number;
  readonly #matched: Rule[] = [];
  #placing: Rule | undefined;
  #tierMax: Tier | undefined;
  #defaultTier: Tier | undefined;
  #fallback: FallbackDocument | undefined;
  #hedge = false;
  #latencyBudgetMs: number | undefined;
  #ruleOutput: OutputRules | undefined;
  #output: OutputRules | undefined;
  #cascade: CascadeDocument | undefined;
  #prefers: readonly PreferDocument[] = NOTHING;
  #prefersOf = -1;
  #outputTokens: number | undefined;
  #costNanoUsd: bigint | undefined;
  #tools: ToolRules | undefined;
  #tooSlow: TooSlowDocument | undefined;
  #unlogged = false;

  constructor(asked: Asked, level: number) {
    this.#asked = asked;
    this.#level = level;
    const { declaredTools } = asked.call.head;
    if (declaredTools !== undefined) this.#tools = new ToolRules(declaredTools);
  }

  add({ document, output, rules, fallback }: Policy, scope: number): void {
    this.#defaultTier ??= document.defaultTier;
    this.#fallback ??= fallback;
    this.#hedge ||= document.hedge;
    this.#latencyBudgetMs ??= document.latencyBudgetMs;
    this.#output ??= output;
    this.#cascade ??= document.cascade;
    for (const rule of rules) {
      const matches = rule.matches(this.#asked);
      if (matches !== false) this.#bind(rule);
      if (matches === true) this.#place(rule, scope);
    }
  }

  /** Narrows: also where a condition could not be decided. */
  #bind(rule: Rule): void {
    const { route, effects } = rule.document;
    this.#tierMax = lowest(this.#tierMax, route.tierMax);
    if (effects === undefined) return;
    const { require, forbid, cap, log, degrade } = effects;
    if (require !== undefined || forbid !== undefined) this.#matched.push(rule);
    if (cap !== undefined) this.#bound(cap);
    if (rule.tools !== undefined) {
      this.#tools ??= new ToolRules(undefined);
      this.#tools.add(rule.tools);
    }
    if (log === 'none') this.#unlogged = true;
    if (degrade === undefined || this.#level < degrade.level) return;
    this.#tierMax = lowest(this.#tierMax, degrade.tierMax);
    this.#bound({ outputTokens: degrade.outputTokens, costNanoUsd: undefined });
  }

  #bound({ outputTokens, costNanoUsd }: CapDocument): void {
    this.#outputTokens = least(this.#outputTokens, outputTokens);
    this.#costNanoUsd = least(this.#costNanoUsd, costNanoUsd);
  }

  /** Says where to go: the nearest scope that says anything. */
  #place(rule: Rule, scope: number): void {
    const prefer = rule.document.effects?.prefer;
    if (rule.places) this.#placing ??= rule;
    else this.#ruleOutput ??= rule.output;
    this.#tooSlow ??= rule.document.effects?.tooSlow;
    if (prefer === undefined) return;
    if (this.#prefers.length === 0) this.#prefersOf = scope;
    if (this.#prefersOf === scope) this.#prefers = [...this.#prefers, prefer];
  }

  verdict(demands: DemandsOf): Verdict {
    const placing = this.#placing;
    const route = placing?.document.route ?? NO_ROUTE;
    const found = this.#matched.length === 0 ? undefined : demands.of(this.#matched);
    const isCapped = this.#outputTokens !== undefined || this.#costNanoUsd !== undefined;
    return {
      level: this.#level,
      rule: placing?.name,
      tier: route.tier ?? this.#defaultTier,
      tierMax: lowest(this.#tierMax, found?.tierMax),
      endpoint: route.endpoint,
      chain: chainOf(route),
      fallback: this.#fallback ?? NO_FALLBACK,
      hedge: this.#hedge,
      latencyBudgetMs: this.#latencyBudgetMs,
      output: withTools(placing?.output ?? this.#ruleOutput ?? this.#output, this.#tools),
      cascade: this.#cascade,
      demands: found,
      prefers: this.#prefers,
      cap: isCapped
        ? { outputTokens: this.#outputTokens, costNanoUsd: this.#costNanoUsd }
        : undefined,
      tooSlow: this.#tooSlow,
      unlogged: this.#unlogged,
    };
  }
}

const saysAnything = (fallback: FallbackDocument): boolean =>
  Object.values(fallback).some((one) => one !== undefined);

function chainOf(route: RuleRoute): readonly TargetDocument[] | undefined {
  if (route.chain !== undefined) return route.chain;
  if (route.model === undefined) return undefined;
  return [{ model: route.model, endpoint: route.endpoint, weight: undefined }];
}

const least = <T extends number | bigint>(a: T | undefined, b: T | undefined): T | undefined =>
  a === undefined || b === undefined ? (a ?? b) : a < b ? a : b;
