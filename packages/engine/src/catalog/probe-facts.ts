// What is known of an endpoint and its models by asking, each fact with its time and where it comes
// from. Facts are kept until a newer one is told: one that was not asked again is older, not wrong.
// Merging says what changed, for events; what moves with every call is no change.

export type LoadState =
  | 'loaded'
  /** The first call loads it: slow, not down. */
  | 'cold'
  | 'loading'
  | 'sleeping'
  | 'failed';

export type FactValues = {
  /** It answers, and not in the name of something behind it that is gone. */
  readonly reachable: boolean;
  /** It takes our credential. */
  readonly accepted: boolean;
  readonly version: string;
  readonly loadState: LoadState;
  /** Tokens that fit into one call as it is served now. */
  readonly contextTokens: number;
  /** Tokens that the model was made for. */
  readonly contextTokensMax: number;
  /** Calls that it works on at the same time. */
  readonly slots: number;
  readonly running: number;
  readonly queueDepth: number;
  readonly inputTokensPerSecond: number;
  readonly outputTokensPerSecond: number;
  readonly streaming: boolean;
  readonly tools: boolean;
  readonly vision: boolean;
  readonly jsonSchema: boolean;
  readonly logprobs: boolean;
  readonly embeddings: boolean;
  readonly reasoning: boolean;
};
export type FactName = keyof FactValues;

export const FACT_NAMES: readonly FactName[] = [
  ...(['reachable', 'accepted', 'version', 'loadState', 'contextTokens'] as const),
  ...(['contextTokensMax', 'slots', 'running', 'queueDepth', 'inputTokensPerSecond'] as const),
  ...(['outputTokensPerSecond', 'streaming', 'tools', 'vision', 'jsonSchema'] as const),
  ...(['logprobs', 'embeddings', 'reasoning'] as const),
];

/** They move with every call. */
const QUIET: ReadonlySet<FactName> = new Set<FactName>([
  ...(['running', 'queueDepth', 'inputTokensPerSecond', 'outputTokensPerSecond'] as const),
]);

export type Fact<T> = {
  readonly value: T;
  /** Unix milliseconds. */
  readonly at: number;
  /** The question that was answered (`GET /props`), or `kind`: every server of its kind is so. */
  readonly from: string;
};

/** Provenance of what nobody asked: the table of kinds. */
export const FROM_KIND = 'kind';

export type Findings = { readonly [K in FactName]?: FactValues[K] };
export type Facts = { readonly [K in FactName]?: Fact<FactValues[K]> };
type FactsInWork = { -readonly [K in FactName]?: Fact<FactValues[K]> };

/** `listed`: one round told every model that there is. */
export type EndpointKnown = {
  readonly endpoint: Facts;
  readonly models: ReadonlyMap<string, Facts>;
};
export type Seen = EndpointKnown & { readonly listed: boolean };

export const NOTHING_KNOWN: EndpointKnown = { endpoint: {}, models: new Map() };

export type ProbeChange =
  | {
      readonly kind: 'fact-changed';
      readonly fact: FactName;
      /** Undefined: of the endpoint as a whole. */
      readonly model: string | undefined;
      readonly before: string | number | boolean;
      readonly after: string | number | boolean;
      readonly at: number;
      readonly from: string;
    }
  | {
      readonly kind: 'model-appeared' | 'model-gone';
      readonly model: string;
      readonly at: number;
    };

export type Merged = { readonly known: EndpointKnown; readonly changes: readonly ProbeChange[] };

/**
 * Adds one round to what was known. What is learnt first is no change, except that the endpoint
 * cannot be reached; models of a whole list that are missing are gone.
 */
export function mergeProbe(before: EndpointKnown, seen: Seen, atMs: number): Merged {
  const changes: ProbeChange[] = [];
  const endpoint = mergeFacts(before.endpoint, seen.endpoint, undefined, changes);
  if (before.endpoint.reachable === undefined && seen.endpoint.reachable?.value === false) {
    const { at, from } = seen.endpoint.reachable;
    const known = { before: true, after: false, at, from };
    changes.push({ kind: 'fact-changed', fact: 'reachable', model: undefined, ...known });
  }
  const models = new Map<string, Facts>();
  const isFirst = before.models.size === 0;
  for (const [name, facts] of before.models) {
    if (seen.listed && !seen.models.has(name)) {
      changes.push({ kind: 'model-gone', model: name, at: atMs });
    } else models.set(name, mergeFacts(facts, seen.models.get(name) ?? {}, name, changes));
  }
  for (const [name, facts] of seen.models) {
    if (before.models.has(name)) continue;
    models.set(name, facts);
    if (!isFirst) changes.push({ kind: 'model-appeared', model: name, at: atMs });
  }
  return { known: { endpoint, models }, changes };
}

function mergeFacts(
  before: Facts,
  seen: Facts,
  model: string | undefined,
  changes: ProbeChange[],
): Facts {
  const merged: FactsInWork = { ...before };
  for (const fact of FACT_NAMES) {
    const old = before[fact];
    const found = seen[fact];
    // What a server told of itself counts more than what its kind usually is.
    if (found === undefined || (found.from === FROM_KIND && old !== undefined)) continue;
    take(merged, seen, fact);
    if (old === undefined || old.value === found.value || QUIET.has(fact)) continue;
    const { at, from } = found;
    const values = { before: old.value, after: found.value };
    changes.push({ kind: 'fact-changed', fact, model, ...values, at, from });
  }
  return merged;
}

function take<K extends FactName>(into: FactsInWork, facts: Facts, name: K): void {
  const found: FactsInWork[K] = facts[name];
  if (found !== undefined) into[name] = found;
}

/** Findings of one answer as facts, over those that were found before it in the same round. */
export function withFindings(
  facts: Facts,
  findings: Findings,
  { at, from }: { readonly at: number; readonly from: string },
): Facts {
  const more: FactsInWork = { ...facts };
  for (const name of FACT_NAMES) state(more, findings, name, at, from);
  return more;
}

function state<K extends FactName>(
  into: FactsInWork,
  findings: Findings,
  name: K,
  at: number,
  from: string,
): void {
  const value: FactValues[K] | undefined = findings[name];
  if (value === undefined) return;
  const fact: Fact<FactValues[K]> = { value, at, from };
  // The compiler cannot follow one key through two mappings.
  Object.assign(into, { [name]: fact });
}

/** Of a model by the name that callers use; a tag that everybody leaves out may be left out. */
export function factsOfModel(known: EndpointKnown, model: string): Facts {
  return known.models.get(model) ?? known.models.get(`${model}:latest`) ?? {};
}

/** Tokens that fit into one call of the model there; undefined: not known. */
export function contextTokensOf(known: EndpointKnown, model: string): number | undefined {
  const of = factsOfModel(known, model).contextTokens ?? known.endpoint.contextTokens;
  return of?.value;
}

/** `cold`: it will serve, the first call slowly. */
export type Standing = 'ready' | 'cold' | 'down' | 'unknown';

export function standingOf(known: EndpointKnown, model: string): Standing {
  const { reachable, accepted, loadState } = known.endpoint;
  if (reachable?.value === false || accepted?.value === false) return 'down';
  const state = (factsOfModel(known, model).loadState ?? loadState)?.value;
  if (state === 'failed') return 'down';
  if (state === 'cold' || state === 'loading' || state === 'sleeping') return 'cold';
  return reachable === undefined ? 'unknown' : 'ready';
}
