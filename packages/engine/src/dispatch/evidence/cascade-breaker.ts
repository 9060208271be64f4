// Keeps a cascade from paying twice for every call: where a model's answers are sent on to a better
// one too often, calls of that kind go to the better one at once, until trials show that the model
// is well again. Too rarely opens it as well: then what judges is broken, and lets everything pass.
// Of one tenant, one step and one model each; it only ever changes the order of a route that the
// clearance allows. Times are on the monotonic clock.
//
// The numbers: a window of 100 decisions or 5 minutes, the lower end of Wilson's 95 % interval
// against 30 % or the share from which asking the better one at once costs less, whichever is
// less; 60 s until the first trials, doubling, 5 % of the calls as trials.
import type { Clock } from '@signalbox/contract';

const WINDOW = 100;
const WINDOW_MS = 300_000;
const DECISIONS_MIN = 20;
export const ESCALATED_MAX = 0.3;
/** Fewer than this share of what is usual is a collapse. */
const COLLAPSE = 0.25;
/** What is usual is known after so many decisions, and slowly moves. */
const USUAL_DECISIONS_MIN = 200;
const USUAL_PACE = 0.001;
const COLLAPSE_DECISIONS_MIN = 50;
const OPEN_MS_FIRST = 60_000;
const OPEN_MS_MAX = 3_600_000;
const TRIAL_EVERY = 20;
const TRIALS = 20;
const Z = 1.96;
/** Kinds of calls that are watched; the longest unseen is forgotten. */
const KINDS_MAX = 10_000;

export type CascadeChange = 'opened' | 'collapsed' | 'closed';

export type CascadeKind = {
  readonly tenant: string;
  readonly step: string | undefined;
  /** With its tier. */
  readonly model: string;
};

export type CascadeTurn = {
  readonly change: CascadeChange;
  /** Of the window, or of the trials. */
  readonly escalated: number;
  readonly decisions: number;
};
export type CascadeNews = CascadeKind & CascadeTurn;

/** The lower and upper end of Wilson's interval for a share. */
export function wilson(hits: number, all: number): readonly [low: number, high: number] {
  if (all === 0) return [0, 1];
  const share = hits / all;
  const middle = share + (Z * Z) / (2 * all);
  const spread = Z * Math.sqrt((share * (1 - share) + (Z * Z) / (4 * all)) / all);
  const scale = 1 + (Z * Z) / all;
  return [(middle - spread) / scale, (middle + spread) / scale];
}

/**
 * Of a cascade every call pays the weak answer, and those that escalate the strong one, too: with
 * more escalations than 1 - weak / strong the strong one alone costs less.
 * @param weak what its answer costs, @param strong the same; undefined: not known.
 */
export function escalatedMaxOf(weak: bigint | undefined, strong: bigint | undefined): number {
  if (weak === undefined || strong === undefined || strong <= 0n) return ESCALATED_MAX;
  const breakEven = 1 - Number(weak) / Number(strong);
  return Math.max(0, Math.min(ESCALATED_MAX, breakEven));
}

export class CascadeBreakers {
  readonly #clock: Clock;
  readonly #told: (news: CascadeNews) => void;
  readonly #kinds: Map<string, CascadeBreaker> = new Map();

  constructor(clock: Clock, told: (news: CascadeNews) => void) {
    this.#clock = clock;
    this.#told = told;
  }

  /** The model is passed over for this call, where somebody better may be asked. */
  bypasses(kind: CascadeKind): boolean {
    const key = keyOf(kind);
    return this.#kinds.get(key)?.bypasses(this.#clock.monotonic()) === true;
  }

  /** @param escalatedMax as `escalatedMaxOf` tells it. */
  decided(kind: CascadeKind, escalated: boolean, escalatedMax: number): void {
    const key = keyOf(kind);
    const known = this.#kinds.get(key);
    if (known !== undefined) this.#kinds.delete(key);
    const breaker = known ?? new CascadeBreaker();
    this.#kinds.set(key, breaker);
    if (this.#kinds.size > KINDS_MAX) {
      for (const oldest of this.#kinds.keys()) {
        this.#kinds.delete(oldest);
        break;
      }
    }
    const turn = breaker.decided(escalated, this.#clock.monotonic(), escalatedMax);
    if (turn !== undefined) this.#told({ ...kind, ...turn });
  }
}

const keyOf = ({ tenant, step, model }: CascadeKind): string =>
  `${tenant}\n${step ?? ''}\n${model}`;

export class CascadeBreaker {
  readonly #escalated: Uint8Array = new Uint8Array(WINDOW);
  readonly #at: Float64Array = new Float64Array(WINDOW);
  #next = 0;
  #decisions = 0;
  #hits = 0;
  #usual = 0;
  #ever = 0;
  /** Undefined: closed. */
  #opened: { readonly until: number; readonly forMs: number } | undefined;
  #calls = 0;

  bypasses(now: number): boolean {
    if (this.#opened === undefined) return false;
    if (now < this.#opened.until) return true;
    this.#calls += 1;
    return this.#calls % TRIAL_EVERY !== 1;
  }

  decided(
    escalated: boolean,
    now: number,
    escalatedMax: number = ESCALATED_MAX,
  ): CascadeTurn | undefined {
    this.#forget(now);
    if (this.#decisions === WINDOW) this.#drop();
    const place = (this.#next + this.#decisions) % WINDOW;
    this.#escalated[place] = escalated ? 1 : 0;
    this.#at[place] = now;
    this.#decisions += 1;
    if (escalated) this.#hits += 1;
    const seen = { escalated: this.#hits, decisions: this.#decisions };
    const change =
      this.#opened === undefined
        ? this.#closed(escalated, now, escalatedMax)
        : this.#trial(now, escalatedMax);
    return change === undefined ? undefined : { change, ...seen };
  }

  #closed(escalated: boolean, now: number, escalatedMax: number): CascadeChange | undefined {
    this.#ever += 1;
    this.#usual += ((escalated ? 1 : 0) - this.#usual) * Math.max(USUAL_PACE, 1 / this.#ever);
    const [low, high] = wilson(this.#hits, this.#decisions);
    const isMuch = this.#decisions >= DECISIONS_MIN && low > escalatedMax;
    const isFew =
      this.#ever >= USUAL_DECISIONS_MIN &&
      this.#decisions >= COLLAPSE_DECISIONS_MIN &&
      high < COLLAPSE * this.#usual;
    if (!isMuch && !isFew) return undefined;
    this.#open(OPEN_MS_FIRST, now);
    return isMuch ? 'opened' : 'collapsed';
  }

  /** Only trials are decided while it is open. */
  #trial(now: number, escalatedMax: number): CascadeChange | undefined {
    if (this.#opened === undefined || now < this.#opened.until) return undefined;
    if (this.#decisions < TRIALS) return undefined;
    const [low] = wilson(this.#hits, this.#decisions);
    if (low > escalatedMax) {
      this.#open(Math.min(OPEN_MS_MAX, 2 * this.#opened.forMs), now);
      return undefined;
    }
    this.#opened = undefined;
    this.#ever = 0;
    this.#usual = 0;
    return 'closed';
  }

  #open(forMs: number, now: number): void {
    this.#opened = { until: now + forMs, forMs };
    this.#calls = 0;
    this.#decisions = 0;
    this.#hits = 0;
  }

  /** Trials are few: what they met may be older. */
  #forget(now: number): void {
    if (this.#opened !== undefined) return;
    while (this.#decisions > 0 && now - (this.#at[this.#next] ?? 0) > WINDOW_MS) this.#drop();
  }

  #drop(): void {
    this.#hits -= this.#escalated[this.#next] ?? 0;
    this.#next = (this.#next + 1) % WINDOW;
    this.#decisions -= 1;
  }
}
