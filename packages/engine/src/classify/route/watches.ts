// Whether somebody makes calls look hard to buy what was not paid for: of each tenant and step, and
// of each tenant as a whole, one day's share of strong calls, of escalations and of hard ones
// against what was usual (`watch.ts`), and words that are new and in every call (`affixes.ts`).
// Fed when a call has ended; it decides about no call, and knows hashes and counts, never a text.
// Bounded; in the memory of one gateway, a start begins anew.
import type { StepClass, TenantName } from '@signalbox/contract';
import { Affixes } from './affixes.ts';
import { Watch } from './watch.ts';

const DAY_MS = 86_400_000;
/** Of fewer calls a day's share says nothing. */
const CALLS_A_DAY_MIN = 20;
/** An alarm holds so long, and is told once. */
const ALARM_MS = 3_600_000;
export const KINDS_MAX = 4_096;

export type Watched = {
  readonly tenant: TenantName;
  readonly step: StepClass | undefined;
  /** The tenant's own words. */
  readonly instruction: string;
  /** Before a share or an alarm lowered it. */
  readonly isHard: boolean;
  readonly isStrong: boolean;
  readonly isEscalated: boolean;
};

export type RoutingAlarm = {
  readonly tenant: TenantName;
  /** `all` of its steps, `none` where none is known. */
  readonly step: StepClass | 'all' | 'none';
  readonly sign: 'strong' | 'escalated' | 'hard' | 'affix';
  readonly how: 'slow' | 'fast' | 'now';
  readonly usual: number;
  readonly seen: number;
  /** Share of hard calls that was usual for the tenant as a whole. */
  readonly share: number;
  /** How long the tenant is held at it. */
  readonly holdMs: number;
};

type News = Pick<RoutingAlarm, 'sign' | 'how' | 'usual' | 'seen'>;

const SIGNS = ['strong', 'escalated', 'hard'] as const;

export class Watches {
  readonly #kinds: Map<string, Kind> = new Map();

  /** @param at Unix milliseconds. @returns what is to be told, nearly always nothing. */
  saw(call: Watched, at: number): readonly RoutingAlarm[] {
    const { tenant, step = 'none' } = call;
    const whole = this.#of(`${tenant} all`, at);
    const inAll = whole.saw(call, at);
    const inStep = this.#of(`${tenant} ${step}`, at).saw(call, at);
    if (inAll.length === 0 && inStep.length === 0) return NONE;
    const held = { share: whole.usual, holdMs: ALARM_MS };
    return [
      ...inAll.map((one): RoutingAlarm => ({ tenant, step: 'all', ...one, ...held })),
      ...inStep.map((one): RoutingAlarm => ({ tenant, step, ...one, ...held })),
    ];
  }

  get size(): number {
    return this.#kinds.size;
  }

  #of(key: string, at: number): Kind {
    const kind = this.#kinds.get(key) ?? new Kind(dayOf(at));
    this.#kinds.delete(key);
    this.#kinds.set(key, kind);
    const [idle] = this.#kinds.keys();
    if (this.#kinds.size > KINDS_MAX && idle !== undefined) this.#kinds.delete(idle);
    return kind;
  }
}

const NONE: readonly never[] = [];
const dayOf = (at: number): number => Math.floor(at / DAY_MS);

/** One tenant and step. */
class Kind {
  readonly #watches = SIGNS.map(() => new Watch());
  readonly #counts = [0, 0, 0];
  readonly #affixes = new Affixes();
  #calls = 0;
  #day: number;
  #quietUntil = 0;

  constructor(day: number) {
    this.#day = day;
  }

  get usual(): number {
    return this.#watches[HARD]?.usual ?? this.#affixes.usual;
  }

  saw({ isStrong, isEscalated, isHard, instruction }: Watched, at: number): readonly News[] {
    const news = dayOf(at) > this.#day ? this.#close(dayOf(at)) : [];
    this.#calls += 1;
    [isStrong, isEscalated, isHard].forEach((is, sign) => {
      if (is) this.#counts[sign] = (this.#counts[sign] ?? 0) + 1;
    });
    const affix = this.#affixes.saw(instruction, isHard);
    if (affix !== undefined) news.push({ sign: 'affix', how: 'now', ...affix });
    if (news.length === 0 || at < this.#quietUntil) return NONE;
    this.#quietUntil = at + ALARM_MS;
    return news;
  }

  /** Days without calls are told, too, of a long pause those that are kept. */
  #close(today: number): News[] {
    const news: News[] = [];
    const isEnough = this.#calls >= CALLS_A_DAY_MIN;
    SIGNS.forEach((sign, at) => {
      const watch = this.#watches[at];
      const seen = isEnough ? (this.#counts[at] ?? 0) / this.#calls : Number.NaN;
      const usual = watch?.usual ?? 0;
      const how = watch?.day(seen);
      if (how !== undefined) news.push({ sign, how, usual, seen });
      for (let day = this.#day + 1; day < today && day <= this.#day + PAUSE_MAX; day += 1) {
        watch?.day(Number.NaN);
      }
      this.#counts[at] = 0;
    });
    this.#calls = 0;
    this.#day = today;
    return news;
  }
}

const HARD: number = SIGNS.indexOf('hard');
const PAUSE_MAX = 35;
