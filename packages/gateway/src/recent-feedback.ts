// What was said of decisions a moment ago: the records lag, and nobody says it again and again.
import type { DecisionId, Tier } from '@signalbox/contract';

/** Of one decision: whoever changes their mind more often is told to stop. */
const CHANGES_MAX = 8;
const DECISIONS_MAX = 10_000;

export type Word = {
  readonly tier: Tier;
  readonly by: 'caller' | 'device';
  /** 0 to 1. */
  readonly score: number;
};

/** A score that is undefined may not have been written: whatever is said next is. */
type Recent = { times: number; readonly scores: Map<string, number | undefined> };

/** What was said a moment ago, which the records do not show yet. */
export class RecentFeedback {
  /** The last said stands last. */
  readonly #recent = new Map<DecisionId, Recent>();

  /**
   * Whether it is new, to be written; `known`: it was handed to the journal a moment ago;
   * `too-often`: it is new, and was changed again and again.
   * @param isStored the records show this word. They lag: it is no news only where nothing was
   * said of late.
   */
  say(
    decision: DecisionId,
    { tier, by, score }: Word,
    isStored: boolean,
  ): 'new' | 'known' | 'stored' | 'too-often' {
    const what = `${by} ${tier}`;
    const one: Recent = this.#recent.get(decision) ?? { times: 0, scores: new Map() };
    if (isStored && !one.scores.has(what)) return 'stored';
    if (one.scores.get(what) === score) return 'known';
    if (one.times >= CHANGES_MAX) return 'too-often';
    one.times += 1;
    one.scores.set(what, score);
    this.#recent.delete(decision);
    this.#recent.set(decision, one);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > DECISIONS_MAX && oldest !== undefined) this.#recent.delete(oldest);
    return 'new';
  }

  /** A new one could not be written: said again, it is new. */
  forget(decision: DecisionId, { tier, by }: Word): void {
    const one = this.#recent.get(decision);
    if (one === undefined) return;
    one.times -= 1;
    one.scores.set(`${by} ${tier}`, undefined);
  }
}
