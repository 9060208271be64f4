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

type Recent = { times: number; readonly scores: Map<string, number> };

/** What was said a moment ago, which the records do not show yet. */
export class RecentFeedback {
  /** The last said stands last. */
  readonly #recent = new Map<DecisionId, Recent>();

  /** Whether it is new; `too-often`: it is, and was changed again and again. */
  say(decision: DecisionId, { tier, by, score }: Word): 'new' | 'known' | 'too-often' {
    const what = `${by} ${tier}`;
    const one = this.#recent.get(decision) ?? { times: 0, scores: new Map() };
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
}
