// Before documents are published: at every point of the lattice a call is decided, and its route is
// held against what the documents promise. A point that breaks a promise is a counterexample. Found
// beside that: rules that nothing reaches, rules that together leave nothing, words and regions
// that nobody knows.
import { higherLabel, type Label } from '@signalbox/contract';
import type { Configuration, ConsentDocument, RuleDocument } from '@signalbox/documents';
import type { Offering } from '../catalog/catalog.ts';
import type { Classified } from '../classify/classify.ts';
import { labelOfType } from '../classify/kinds.table.ts';
import type { Snapshot } from '../house.ts';
import type { Matched, Policies, Verdict } from '../policy/policy.ts';
import { readNeed } from '../resolve/need.ts';
import type { Offer } from '../resolve/offer.ts';
import type { Closings } from '../resolve/recorded.ts';
import { choose, resolve, survey } from '../resolve/resolve.ts';
import type { KeyFacts, TenantFacts } from '../tenant/tenant.ts';
import { type Agreement, type Naming, naming } from './agreements.ts';
import { contradictionOf } from './contradiction.ts';
import { downAt, imagine } from './imagined.ts';
import { type Lattice, latticeOf, type Shape } from './lattice.ts';
import { broken, type Promised } from './promises.ts';
import { unreachedRules } from './unreached.ts';

/** One point of the lattice, as `policy explain` takes it. */
export type Point = Shape &
  Naming & {
    readonly tenant: TenantFacts;
    readonly key: KeyFacts | undefined;
    readonly label: Label;
    readonly down: readonly string[];
    readonly level: number;
  };

export type Violation = {
  readonly kind: Promised | 'contradiction' | 'unreachable' | 'unknown-word';
  readonly says: string;
  /** Undefined: it is about the documents, whatever happens. */
  readonly point: Point | undefined;
  /** The rules that it is about, from the nearest scope to the widest; none: about no rule. */
  readonly rules: readonly RuleDocument[];
  /** What probes teach about models may still mend it. */
  readonly isOpen: boolean;
};

export type Checked = {
  readonly points: number;
  /** Only every so many points of the lattice were asked; 1: all. */
  readonly stride: number;
  readonly violations: readonly Violation[];
  /** What is no mistake by itself, and may be one. */
  readonly notes: readonly string[];
};

export type CheckOptions = {
  /** Unix milliseconds. */
  readonly at: number;
  readonly pointsMax?: number | undefined;
  /** Only these tenants: what nothing reaches is not asked then. */
  readonly only?: ReadonlySet<string> | undefined;
};

export const POINTS_MAX = 100_000;
const SHOWN_MAX = 20;
/** A fraction of a millisecond. */
const STEP_POINTS = 32;

export function checkPolicies(
  snapshot: Snapshot,
  configuration: Configuration,
  options: CheckOptions,
): Checked {
  const steps = checking(snapshot, configuration, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same in steps: who serves meanwhile goes on whenever it wants to. */
export function* checking(
  snapshot: Snapshot,
  configuration: Configuration,
  { at, pointsMax = POINTS_MAX, only }: CheckOptions,
): Generator<undefined, Checked> {
  const lattice = latticeOf(snapshot, configuration, only);
  const check = new Check(snapshot, at);
  const { tenants, variants, keysOf, agreementsOf, downs, levels } = lattice;
  const each = downs.length * levels.length * variants;
  const [plain, bare] = [callsOf(lattice, [undefined]).length, bareCalls(lattice).length];
  const total = tenants.reduce((sum, tenant) => {
    const calls = plain + bare * (agreementsOf(tenant).length - 1);
    return sum + each * keysOf(tenant).length * calls;
  }, 0);
  // Odd, so that it does not walk in step with sides of even length.
  const stride = total <= pointsMax ? 1 : Math.ceil(total / pointsMax) | 1;
  yield* check.walk(lattice, stride);
  const words = [...configuration.policies.values()].flatMap(({ rules }) => unknownWords(rules));
  const unreached = unreachedRules(configuration, check.reached, { varied: lattice.varied, at });
  const unreachable = unreached.flatMap(({ rule, isDecided }): readonly Violation[] =>
    isDecided ? [{ kind: 'unreachable', says: unreachedText(rule), ...aboutRule(rule) }] : [],
  );
  const notes = unreached.flatMap(({ rule, isDecided }) =>
    isDecided ? [] : [`${unreachedText(rule)}; its condition reads more than the check varies`],
  );
  const isWhole = stride === 1 && only === undefined;
  return {
    points: check.points,
    stride,
    violations: [...check.violations, ...words, ...(isWhole ? unreachable : [])],
    notes: [...check.notes, ...(only === undefined ? notes : []), ...unknownRegions(configuration)],
  };
}

/** Calls that differ by what some rule, label or consent is about. */
export function callsOf(
  lattice: Lattice,
  agreements: readonly (Agreement | undefined)[],
): readonly ImaginedCall[] {
  const all = pairsOf(lattice);
  const bare = bareCalls(lattice);
  return agreements.flatMap((agreement) =>
    (agreement === undefined ? all : bare).map((one) => {
      const what = { ...one, ...naming(agreement) };
      return { what, agreement };
    }),
  );
}

type Pair = Shape & { readonly label: Label };

/** No kind of data has a lower label than its own. */
const pairsOf = ({ shapes, labels }: Lattice): readonly Pair[] =>
  shapes.flatMap((shape) =>
    labels.flatMap((label) => {
      const isLow = shape.kinds?.some(
        (one) => higherLabel(labelOfType(one) ?? label, label) !== label,
      );
      return isLow === true ? [] : [{ ...shape, label }];
    }),
  );

/** What a consent covers, or does not, is said by the consent. */
const bareCalls = (lattice: Lattice): readonly Pair[] =>
  pairsOf(lattice).filter(({ kinds = [] }) => kinds.length === 0);

type ImaginedCall = {
  readonly what: Shape & Naming & { readonly label: Label };
  readonly agreement: Agreement | undefined;
};

type Moment = {
  readonly level: number;
  readonly down: ReadonlySet<string>;
  readonly closings: Closings;
};

/** One call, decided at many moments. */
class Imagining {
  readonly what: Omit<Point, 'down' | 'level'> & { readonly at: number };
  readonly call: Classified;
  readonly isReal: boolean;
  /** Held against the promises before. */
  readonly held: Set<Offering> = new Set();
  matched: readonly Matched[] | undefined = undefined;
  readonly #verdicts: Map<number, Verdict> = new Map();
  #judging: Policies | undefined = undefined;

  readonly consent: ConsentDocument | undefined;

  constructor(what: Imagining['what'], isReal: boolean, agreement: Agreement | undefined) {
    this.what = what;
    this.consent = agreement?.covers === true ? agreement.consent : undefined;
    this.call = imagine(what);
    this.isReal = isReal;
  }

  /** Rules do not ask what is down: each level is judged once. */
  judging(policies: Policies): Policies {
    this.#judging ??= {
      judge: (call, { level = 0 } = {}) => {
        const verdict = this.#verdicts.get(level) ?? policies.judge(call, { level });
        this.#verdicts.set(level, verdict);
        return verdict;
      },
      hasShadow: false,
      shadowed: () => [],
      matched: (call) => policies.matched(call),
    };
    return this.#judging;
  }
}

class Check {
  readonly #snapshot: Snapshot;
  readonly #at: number;
  readonly violations: Violation[] = [];
  /** `policy/rule`. */
  readonly reached: Set<string> = new Set();
  readonly #said: Set<string> = new Set();
  points = 0;
  #observed = 0;

  constructor(snapshot: Snapshot, at: number) {
    this.#snapshot = snapshot;
    this.#at = at;
  }

  get notes(): readonly string[] {
    return this.#observed === 0
      ? []
      : [`for ${this.#observed} places a label does not bind: it has \`privacy: observe\``];
  }

  *walk(lattice: Lattice, stride: number): Generator<undefined, void> {
    const { tenants, variants, variantAt, keysOf, agreementsOf, downs, levels } = lattice;
    const moments = levels.flatMap((level) =>
      downs.map((down): Moment => ({ level, down, closings: downAt(down) })),
    );
    let [count, steps] = [0, 0];
    // What lies between two points that are asked is counted, not made.
    const hasPoint = (ahead: number): boolean =>
      Math.floor((count + ahead) / stride) > Math.floor(count / stride);
    const made = new Map<readonly unknown[], readonly ImaginedCall[]>();
    for (const tenant of tenants) {
      const keys = keysOf(tenant);
      const agreements = agreementsOf(tenant);
      const calls = made.get(agreements) ?? callsOf(lattice, agreements);
      // Tenants without consents share theirs.
      if (agreements.length === 1) made.set(agreements, calls);
      const ofVariant = keys.length * calls.length * moments.length;
      for (let at = 0; at < variants; at += 1) {
        const variant = hasPoint(ofVariant) ? variantAt(tenant, at) : undefined;
        if (variant === undefined) {
          count += ofVariant;
          continue;
        }
        for (const key of keys) {
          for (const call of calls) {
            if (!hasPoint(moments.length)) {
              count += moments.length;
              continue;
            }
            const what = { ...call.what, tenant: variant.tenant, key, at: this.#at };
            const asked = new Imagining(what, variant.isReal, call.agreement);
            for (const moment of moments) {
              count += 1;
              if (count % stride !== 0) continue;
              this.#point(asked, moment);
              steps += 1;
              if (steps % STEP_POINTS === 0) yield;
            }
          }
        }
      }
      yield;
    }
  }

  #point(asked: Imagining, moment: Moment): void {
    this.points += 1;
    const { catalog, policies, consents } = this.#snapshot;
    const { call } = asked;
    // What nobody may serve was asked, too.
    this.#matched(asked);
    const facts = { catalog, policies: asked.judging(policies), consents, ...moment };
    const surveyed = survey(call, facts);
    // As resolve does it, but for its record.
    const offers = surveyed.ok ? choose(surveyed.value, call, facts).all : [];
    if (offers.length > 0) {
      this.#hold(offers, asked, moment);
      return;
    }
    // Its rules are reached all the same: they may be why it has no route.
    const met = this.#matched(asked);
    const isBare =
      asked.isReal &&
      moment.down.size === 0 &&
      moment.level === 0 &&
      asked.what.consent === undefined;
    if (!isBare) return;
    const resolved = resolve(call, facts);
    if (resolved.ok) return;
    const found = contradictionOf(asked.what, resolved.refusal.code, { facts, met });
    if (found === undefined) return;
    const { says, rules } = found;
    this.#violate({ kind: 'contradiction', says }, asked, { moment, rules });
  }

  #hold(offers: readonly Offer[], asked: Imagining, moment: Moment): void {
    const { tenant, label } = asked.what;
    const matched = this.#matched(asked);
    const promised = { tenant, label, matched, consent: asked.consent, at: this.#at };
    for (const offer of offers) {
      // What is promised of a place does not hang on the moment.
      if (asked.held.has(offer.offering)) continue;
      asked.held.add(offer.offering);
      for (const one of broken(offer, promised)) {
        const rules = one.rule === undefined ? [] : [one.rule];
        if (one.kind === 'label' && tenant.privacy === 'observe') this.#observed += 1;
        else this.#violate(one, asked, { moment, rules });
      }
    }
  }

  #matched(asked: Imagining): readonly Matched[] {
    if (asked.matched === undefined) {
      asked.matched = this.#snapshot.policies.matched(asked.call);
      for (const { policy, rule } of asked.matched) this.reached.add(`${policy.name}/${rule.name}`);
    }
    return asked.matched;
  }

  /** One counterexample for each sentence, the first. */
  #violate(
    { kind, says }: Pick<Violation, 'kind' | 'says'>,
    { what }: Imagining,
    { moment, rules }: { readonly moment: Moment; readonly rules: readonly RuleDocument[] },
  ): void {
    if (this.#said.has(says) || this.violations.length >= SHOWN_MAX) return;
    this.#said.add(says);
    const point = { ...what, down: [...moment.down], level: moment.level };
    const isOpen = kind === 'contradiction' && rules.some(asksWhatProbesTell);
    this.violations.push({ kind, says, point, rules, isOpen });
  }
}

const asksWhatProbesTell = ({ effects }: RuleDocument): boolean =>
  (effects?.require?.capabilities ?? []).length > 0;

const placeOf = ({ name, origin }: RuleDocument): string =>
  origin === undefined ? `\`${name}\`` : `\`${name}\` (${origin.file}:${origin.line})`;

const unreachedText = (rule: RuleDocument): string => `nothing reaches the rule ${placeOf(rule)}`;

const aboutRule = (rule: RuleDocument): Pick<Violation, 'point' | 'rules' | 'isOpen'> => ({
  point: undefined,
  rules: [rule],
  isOpen: false,
});

function unknownWords(rules: readonly RuleDocument[]): readonly Violation[] {
  return rules.flatMap((rule) => {
    const { require, prefer } = rule.effects ?? {};
    const words = [...(require?.capabilities ?? []), ...(prefer?.capabilities ?? [])];
    return words.flatMap((word): readonly Violation[] => {
      const need = readNeed(word);
      if (need.ok) return [];
      const says = `the rule ${placeOf(rule)}: ${need.refusal}`;
      return [{ kind: 'unknown-word', says, ...aboutRule(rule) }];
    });
  });
}

function unknownRegions({ endpoints, tenants, policies }: Configuration): readonly string[] {
  const known = new Set([...endpoints.values()].map(({ region }) => region));
  const named = [
    ...[...tenants.values()].flatMap(({ residency }) => residency ?? []),
    ...[...policies.values()].flatMap(({ rules }) =>
      rules.flatMap(({ effects }) => [
        ...(effects?.require?.regions ?? []),
        ...(effects?.forbid?.regions ?? []),
      ]),
    ),
  ];
  const unknown = [...new Set(named)].filter((one) => !known.has(one));
  return unknown.map((one) => `no endpoint says that it stands in the region \`${one}\``);
}
