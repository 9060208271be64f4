/**
 * Calls to a cloud that now and then stalls: alone, with a second cloud asked late (`hedge.ts`),
 * and with the local model asked when the time that was given runs out (`latency-budget.ts`).
 */
import { Hedging } from '../../../packages/engine/src/dispatch/hedge.ts';
import { Latencies } from '../../../packages/engine/src/dispatch/latencies.ts';
import { patienceMs } from '../../../packages/engine/src/dispatch/latency-budget.ts';
import { type Chance, cloudMs, localMs } from './chance.ts';
import { Events } from './events.ts';

export type Help = 'none' | 'hedge' | 'local';

export type FirstTokens = {
  readonly tookMs: readonly number[];
  /** Calls to the second place, for each call. */
  readonly moreShare: number;
};

const BETWEEN_MS = 50;
const INPUT_TOKENS = 400;
const BUDGET_MS = 1_800;
/** Nearly always: what is kept free for the local answer. */
const LOCAL_QUANTILE = 0.99;
const LOCAL_MS_ASSUMED = 250;

export function firstTokens(help: Help, calls: number, chance: Chance): FirstTokens {
  const scene = new Scene(help);
  let begun = 0;
  const next = (): void => {
    begun += 1;
    // Drawn by every call alike, so that all contestants meet the same clouds.
    const gap = chance.exponential(BETWEEN_MS);
    scene.call(cloudMs(chance), help === 'local' ? localMs(chance) : cloudMs(chance));
    if (begun < calls) scene.events.after(gap, next);
  };
  next();
  scene.events.run();
  return { tookMs: scene.tookMs, moreShare: scene.more / calls };
}

class Scene {
  readonly events: Events = new Events();
  readonly tookMs: number[] = [];
  more = 0;
  readonly #help: Help;
  readonly #hedging = new Hedging();
  readonly #local = new Latencies(LOCAL_QUANTILE);

  constructor(help: Help) {
    this.#help = help;
  }

  call(firstMs: number, secondMs: number): void {
    const { events } = this;
    const began = events.nowMs;
    const waiting: (() => void)[] = [];
    const answered = (): void => {
      for (const cancel of waiting) cancel();
      const tookMs = events.nowMs - began;
      this.tookMs.push(tookMs);
      this.#hedging.took(tookMs, INPUT_TOKENS, true, events.nowMs);
    };
    this.#hedging.began();
    waiting.push(events.after(firstMs, answered));
    const delayMs = this.#delayMs();
    if (delayMs === undefined) return;
    const second = (): void => {
      if (this.#help === 'hedge' && !this.#hedging.take(events.nowMs)) return;
      this.more += 1;
      waiting.push(
        events.after(secondMs, () => {
          this.#local.took(secondMs, events.nowMs);
          answered();
        }),
      );
    };
    waiting.push(events.after(delayMs, second));
  }

  #delayMs(): number | undefined {
    const now = this.events.nowMs;
    if (this.#help === 'none') return undefined;
    if (this.#help === 'hedge') return this.#hedging.delayMs(INPUT_TOKENS, true, now);
    const localMs = this.#local.quantile(now) ?? LOCAL_MS_ASSUMED;
    return patienceMs({ budgetMs: BUDGET_MS, steps: 1, localMs });
  }
}
