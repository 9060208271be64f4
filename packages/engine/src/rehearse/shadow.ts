// Candidates on live traffic: what a policy in shadow mode would change is counted beside the calls
// that others decide. A call is looked at when it is over, on a turn of its own, and both ways are
// decided at that moment, so that only the policy differs. Nothing of it reaches a call.
//
// Bounds: so many calls wait, and so many are looked at a second; what comes beyond is counted as
// passed over. Without a policy in shadow mode nobody asks here at all.
import type { Clock, Sink } from '@signalbox/contract';
import { canonicalText, costNanoUsd, type PolicyDocument } from '@signalbox/documents';
import type { Catalog } from '../catalog/catalog.ts';
import type { Classified } from '../classify/classify.ts';
import type { Policies } from '../policy/policy.ts';
import type { Consents } from '../resolve/consent.ts';
import type { Offer } from '../resolve/offer.ts';
import type { Closings, Measured } from '../resolve/recorded.ts';
import { choose, type Survey, survey } from '../resolve/resolve.ts';
import { usageOf } from '../resolve/tokens.ts';
import { isOutside, type Moved } from './moved.ts';

export type ShadowFacts = {
  /** Of the documents. */
  readonly version: string;
  readonly catalog: Catalog;
  readonly policies: Policies;
  readonly consents: Consents;
  readonly closings: Closings;
  readonly measured: Measured;
  /** Of degradation. */
  readonly level: number;
};

/** What one policy would have changed, since it was read. */
export type ShadowCounts = {
  readonly policy: PolicyDocument;
  /** Unix milliseconds. */
  readonly since: number;
  readonly calls: number;
  /** Would have gone elsewhere, been refused, been let through. */
  readonly moved: number;
  readonly refused: number;
  readonly allowed: number;
  /** Of those that moved: `2 -> 1`, by tiers. */
  readonly tiers: ReadonlyMap<string, number>;
  /** What the calls may cost at most, where both prices are known. */
  readonly nanoUsd: { readonly before: bigint; readonly after: bigint };
  /** Would have left what the deciding policies cleared it for. */
  readonly breaches: number;
  readonly examples: readonly Moved[];
};

export const WAITING_MAX = 64;
export const PER_SECOND_MAX = 100;
const EXAMPLES_MAX = 5;
const POLICIES_MAX = 100;
const SECOND_MS = 1_000;
const REFUSED = 'refused';

type Waiting = { readonly call: Classified; readonly decision: string };
type Counting = { -readonly [K in keyof ShadowCounts]: ShadowCounts[K] } & {
  readonly tiers: Map<string, number>;
  readonly nanoUsd: { before: bigint; after: bigint };
  readonly examples: Moved[];
};

export class Shadows {
  readonly #clock: Clock;
  readonly #sink: Pick<Sink, 'count'> | undefined;
  readonly #counts = new Map<string, Counting>();
  readonly #waiting: Waiting[] = [];
  #second = 0;
  #taken = 0;
  passedOver = 0;

  constructor(clock: Clock, sink?: Pick<Sink, 'count'>) {
    this.#clock = clock;
    this.#sink = sink;
  }

  of(policy: string): ShadowCounts | undefined {
    return this.#counts.get(policy);
  }

  /** Of a call that is over. */
  take(call: Classified, decision: string, facts: () => ShadowFacts): void {
    const second = Math.floor(this.#clock.monotonic() / SECOND_MS);
    if (second !== this.#second) [this.#second, this.#taken] = [second, 0];
    if (this.#taken >= PER_SECOND_MAX || this.#waiting.length >= WAITING_MAX) {
      this.passedOver += 1;
      this.#sink?.count('shadow_passed_over_total', {});
      return;
    }
    this.#taken += 1;
    this.#waiting.push({ call, decision });
    if (this.#waiting.length === 1) this.#next(facts);
  }

  #next(facts: () => ShadowFacts): void {
    this.#clock.after(0, () => {
      const one = this.#waiting.shift();
      if (one !== undefined) this.#look(one, facts());
      if (this.#waiting.length > 0) this.#next(facts);
    });
  }

  #look({ call, decision }: Waiting, facts: ShadowFacts): void {
    const { snapshot } = call as { readonly snapshot?: string }; // brand: a field of the passport
    // Its tenant and key are those of other documents.
    if (snapshot !== facts.version) return;
    for (const policy of facts.policies.shadowed(call)) {
      const counting = this.#countingOf(policy);
      if (counting === undefined) continue;
      const [before, after] = [decided(call, facts), decided(call, facts, policy.name)];
      const told = { decision, tenant: call.tenant.name, ...namesOf(before, after) };
      const outcome = add(counting, before, after, told);
      this.#sink?.count('shadow_calls_total', { policy: policy.name, outcome });
    }
  }

  #countingOf(policy: PolicyDocument): Counting | undefined {
    const known = this.#counts.get(policy.name);
    if (known !== undefined && isSame(known.policy, policy)) {
      // Its files were read again; the next call is told by a look.
      known.policy = policy;
      return known;
    }
    if (known === undefined && this.#counts.size >= POLICIES_MAX) return undefined;
    const made: Counting = {
      policy,
      since: this.#clock.now(),
      calls: 0,
      moved: 0,
      refused: 0,
      allowed: 0,
      tiers: new Map(),
      nanoUsd: { before: 0n, after: 0n },
      breaches: 0,
      examples: [],
    };
    this.#counts.set(policy.name, made);
    return made;
  }
}

const isSame = (a: PolicyDocument, b: PolicyDocument): boolean =>
  a === b || canonicalText(a) === canonicalText(b);

type Decided = {
  readonly first: Offer | undefined;
  readonly surveyed: Survey | undefined;
  /** At most; undefined: not known. */
  readonly nanoUsd: bigint | undefined;
};

function decided(call: Classified, facts: ShadowFacts, shadow?: string): Decided {
  // Its own object goes into the journal later: what is looked at here stays off it.
  const copy: Classified = { ...call };
  const surveyed = survey(copy, facts, { level: facts.level, shadow });
  if (!surveyed.ok) return { first: undefined, surveyed: undefined, nanoUsd: undefined };
  const [first] = choose(surveyed.value, copy, facts).all;
  const usage = usageOf(copy, surveyed.value.verdict.cap);
  const cost = first === undefined ? undefined : costNanoUsd(first.offering.price, usage);
  const nanoUsd = cost?.kind === 'known' ? cost.nanoUsd : undefined;
  return { first, surveyed: surveyed.value, nanoUsd };
}

type Outcome = 'same' | 'moved' | 'refused' | 'allowed';

function add(counting: Counting, before: Decided, after: Decided, told: Moved): Outcome {
  counting.calls += 1;
  if (before.nanoUsd !== undefined && after.nanoUsd !== undefined) {
    counting.nanoUsd.before += before.nanoUsd;
    counting.nanoUsd.after += after.nanoUsd;
  }
  const { surveyed } = before;
  if (after.first !== undefined && surveyed !== undefined) {
    if (isOutside(surveyed.clearance.terms, after.first)) counting.breaches += 1;
  }
  if (told.before === told.after) return 'same';
  if (counting.examples.length < EXAMPLES_MAX) counting.examples.push(told);
  if (before.first === undefined) {
    counting.allowed += 1;
    return 'allowed';
  }
  if (after.first === undefined) {
    counting.refused += 1;
    return 'refused';
  }
  counting.moved += 1;
  const tiers = `${before.first.place.tier} -> ${after.first.place.tier}`;
  counting.tiers.set(tiers, (counting.tiers.get(tiers) ?? 0) + 1);
  return 'moved';
}

const namesOf = (before: Decided, after: Decided): Pick<Moved, 'before' | 'after'> => ({
  before: nameOf(before),
  after: nameOf(after),
});

const nameOf = ({ first }: Decided): string =>
  first === undefined ? REFUSED : `${first.place.name}/${first.offering.model}`;
