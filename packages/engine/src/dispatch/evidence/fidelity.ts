// How often a model's answers were of the form that was asked for: JSON of a schema, arguments that
// fit their tools, a call where one was demanded. Counted where a policy checks answers anyway, by
// tenant, step and place, so that nobody's schemas move another's routes. It says nothing of how
// right an answer is, so it only ever lowers what a document says of a model's quality.
import type { Answer, Ask } from '@signalbox/dialect';
import type { Offering } from '../../catalog/catalog.ts';
import type { OutputRules } from '../../policy/policy.ts';
import type { Found } from '../check.ts';
import { wilson } from './cascade-breaker.ts';

/** Fewer tell nothing. */
const CHECKED_MIN = 20;
/** What is older counts half. */
const CHECKED_MAX = 400;
/** Tenants with a step each; the longest unseen is forgotten. */
const STEPS_MAX = 5_000;
const PLACES_MAX = 64;

type Counts = { checked: number; held: number };

export type Checked = {
  readonly tenant: string;
  readonly step: string | undefined;
  readonly offering: Pick<Offering, 'model' | 'endpoint'>;
};

export class Fidelity {
  readonly #steps: Map<string, Map<string, Counts>> = new Map();

  checked({ tenant, step, offering }: Checked, held: boolean): void {
    const key = keyOf(tenant, step);
    const places = this.#steps.get(key) ?? new Map<string, Counts>();
    this.#steps.delete(key);
    this.#steps.set(key, places);
    if (this.#steps.size > STEPS_MAX) forgetFirst(this.#steps);
    const place = nameOf(offering);
    const counts = places.get(place) ?? { checked: 0, held: 0 };
    places.delete(place);
    places.set(place, counts);
    if (places.size > PLACES_MAX) forgetFirst(places);
    counts.checked += 1;
    if (held) counts.held += 1;
    if (counts.checked < CHECKED_MAX) return;
    counts.checked /= 2;
    counts.held /= 2;
  }

  /**
   * By place the most that the share of answers of the right form may be in the long run (the upper
   * end of Wilson's 95 % interval), 0 to 100; undefined: too few were checked.
   */
  of(
    tenant: string,
    step: string | undefined,
  ): ((offering: Checked['offering']) => number | undefined) | undefined {
    if (this.#steps.size === 0) return undefined;
    const places = this.#steps.get(keyOf(tenant, step));
    if (places === undefined) return undefined;
    return (offering) => {
      const counts = places.get(nameOf(offering));
      if (counts === undefined || counts.checked < CHECKED_MIN) return undefined;
      return 100 * wilson(counts.held, counts.checked)[1];
    };
  }
}

/** Checks of form; the others are of length and of what an answer says. */
const OF_FORM = /^(?:json|schema|asked_format|tool_arguments)\b/;

/**
 * Whether an answer has the form that was asked for; undefined: none was.
 * @param ask undefined: the request cannot be read.
 */
export function holdsForm(
  read: Answer | undefined,
  found: Pick<Found, 'rejected'>,
  rules: OutputRules,
  ask: () => Ask | undefined,
): boolean | undefined {
  if (!rules.json && rules.schema === undefined && !rules.askedFormat && !rules.toolArguments) {
    return undefined;
  }
  const asked = ask();
  const choice = asked?.toolChoice?.kind;
  const isForced = choice === 'any' || choice === 'tool';
  const format = asked?.format?.kind ?? 'text';
  const isDemanded = rules.json || rules.schema !== undefined || format !== 'text';
  if (!isDemanded && (asked?.tools.length ?? 0) === 0) return undefined;
  if (found.rejected !== undefined) return !OF_FORM.test(found.rejected);
  const parts = read?.answers.flatMap((one) => one.parts) ?? [];
  return !isForced || parts.some(({ kind }) => kind === 'call');
}

const keyOf = (tenant: string, step: string | undefined): string => `${tenant}\n${step ?? ''}`;
const nameOf = ({ model, endpoint }: Checked['offering']): string => `${model}@${endpoint.name}`;

function forgetFirst(map: Map<string, unknown>): void {
  for (const first of map.keys()) {
    map.delete(first);
    break;
  }
}
