// The learned router that is promoted, and for whom. Asked for the tier of a call it speaks only
// where it has labels of the step, of this tenant or of all together; it moves a call by one tier
// at most from where such steps usually begin. Swapped at once; a call that was decided stays so.
import type { Difficulty, StepClass } from '@signalbox/contract';
import { type Asked, LearnedRouter, type RouteModel, stepKey } from './route.ts';
import { Usual } from './usual.ts';

/** How the models of an artifact for the line are called: by the tiers that they stand for. */
export const TIER_MODELS: Readonly<Record<string, Difficulty>> = {
  'tier-1': 'easy',
  'tier-2': 'middle',
  'tier-3': 'hard',
};
/** The family of rows that are no single tenant's. */
export const EVERYBODY = '*';

export type RoutingRules = {
  /** The stronger tier is asked where it gains more than this. */
  readonly threshold: number;
  /** With fewer labels of the step nothing is said. */
  readonly labelsMin: number;
};

export type Promoted = {
  readonly digest: string;
  readonly model: RouteModel;
  /** Tenants of this ring and those before it; undefined: all. */
  readonly ring: number | undefined;
};

export type RouterAsked = {
  readonly tenant: { readonly name: string; readonly ring: number | undefined };
  readonly step: StepClass | undefined;
  /** The tenant's own words alone. */
  readonly text: string;
  /** Where such steps usually begin. */
  readonly usual: Difficulty | undefined;
};

/** Undefined of a decision: it abstains, and says why. */
export type RouterSaid = {
  readonly router: string;
  readonly difficulty: Difficulty | undefined;
  readonly gain?: number;
  readonly error?: number;
  readonly abstained?: string;
};

/** Of tenants whose usual words are known. */
const USUAL_MAX = 1_024;
const ORDER: readonly Difficulty[] = ['easy', 'middle', 'hard'];

type Held = { readonly digest: string; readonly ring: number | undefined; router: LearnedRouter };

export class Routers {
  #held: Held | undefined;
  #usual = new Map<string, Usual>();

  get digest(): string | undefined {
    return this.#held?.digest;
  }

  /** In words, for whom: what an act in the journal names. */
  get standing(): string {
    if (this.#held === undefined) return 'none';
    const { digest, ring } = this.#held;
    return ring === undefined ? `${digest} for all` : `${digest} to ring ${ring}`;
  }

  /** @returns false: its models are no tiers, and nothing changes. */
  promote(promoted: Promoted | undefined): boolean {
    if (promoted === undefined) {
      this.#held = undefined;
      return true;
    }
    const { digest, model, ring } = promoted;
    if (!isForLine(model)) return false;
    this.#usual = new Map();
    this.#held = { digest, ring, router: new LearnedRouter(model) };
    return true;
  }

  /** Undefined: nothing is promoted for this tenant. */
  ask(asked: RouterAsked, rules: RoutingRules): RouterSaid | undefined {
    const held = this.#held;
    const { tenant, step, text, usual } = asked;
    if (held === undefined || !isFor(held, tenant.ring)) return undefined;
    const { digest, router } = held;
    const silent = (abstained: string): RouterSaid => ({
      ...{ router: digest, difficulty: undefined, abstained },
    });
    if (step === undefined) return silent('unknown-step');
    const family = familyOf(router.model, { tenant: tenant.name, step, least: rules.labelsMin });
    const own = router.residual(tenant.name, step);
    const isOwnAlone = own?.isEven === true && own.labels >= rules.labelsMin;
    if (family === undefined && !isOwnAlone) return silent('no-labels');
    const question: Asked = { text, step, tenant: tenant.name, ...(family && { family }) };
    const { abstained, gain, error, good } = isOwnAlone
      ? router.decideBy(own)
      : router.decide(question, this.#usualOf(tenant.name));
    if (abstained !== undefined) return silent(abstained);
    const chosen = tierOf(router.model, { gain, good, threshold: rules.threshold });
    const difficulty = near(chosen, usual);
    return { router: digest, difficulty, gain: rounded(gain), error: rounded(error) };
  }

  /** What a tenant always says is not scored. */
  #usualOf(tenant: string): Usual {
    const known = this.#usual.get(tenant);
    if (known !== undefined) return known;
    const made = new Usual();
    this.#usual.set(tenant, made);
    const [oldest] = this.#usual.keys();
    if (this.#usual.size > USUAL_MAX && oldest !== undefined) this.#usual.delete(oldest);
    return made;
  }
}

export const isForLine = ({ models }: RouteModel): boolean =>
  models.length > 1 && models.every(({ name }) => Object.hasOwn(TIER_MODELS, name));

const isFor = (held: Held, ring: number | undefined): boolean =>
  held.ring === undefined || (ring !== undefined && ring <= held.ring);

export type Knowing = { readonly tenant: string; readonly step: string; readonly least: number };

/** The tenant's own labels before everybody's; undefined: of neither there are enough. */
export function familyOf(
  { card }: RouteModel,
  { tenant, step, least }: Knowing,
): string | undefined {
  return [tenant, EVERYBODY].find((one) => (card.steps?.[stepKey(one, step)] ?? 0) >= least);
}

type Choosing = Readonly<{ gain: number; good: readonly number[]; threshold: number }>;

/** The weakest that the strongest does not beat by more than the threshold. */
function tierOf({ models }: RouteModel, { gain, good, threshold }: Choosing): Difficulty {
  const best = good.at(-1) ?? 0;
  const at = models.findIndex((_, place) =>
    place === 0 ? gain <= threshold : best - (good[place] ?? 0) <= threshold,
  );
  return TIER_MODELS[models[at]?.name ?? ''] ?? 'hard';
}

/** One tier at most from what is usual, so that no text alone buys more. */
function near(chosen: Difficulty, usual: Difficulty | undefined): Difficulty {
  if (usual === undefined) return chosen;
  const from = ORDER.indexOf(usual);
  const by = Math.max(-1, Math.min(1, ORDER.indexOf(chosen) - from));
  return ORDER[from + by] ?? chosen;
}

/** Enough for a record. */
const rounded = (share: number): number => Math.round(share * 10_000) / 10_000;
