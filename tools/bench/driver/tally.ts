import { ascending, quantile } from '../statistics.ts';
import type { Verdict } from './checks.ts';
import type { LatencySummary, LoadResult } from './commands.ts';

/** Counts answers, failures and latencies of one command. */

export class Tally {
  readonly #latenciesUs: number[] = [];
  readonly #latenessUs: number[] = [];
  readonly #startedAtMs: number = performance.now();
  #answers = 0;
  #failures = 0;
  #failureFirst: string | undefined;
  #chunks = 0;

  latency(us: number): void {
    this.#latenciesUs.push(us);
  }

  lateness(us: number): void {
    this.#latenessUs.push(us);
  }

  verdict(verdict: Verdict, chunks = 0): void {
    if (verdict.ok) {
      this.#answers += 1;
      this.#chunks += chunks;
    } else {
      this.#failures += 1;
      this.#failureFirst ??= verdict.reason;
    }
  }

  get failures(): number {
    return this.#failures;
  }

  result(): LoadResult {
    return {
      answers: this.#answers,
      failures: this.#failures,
      failureFirst: this.#failureFirst,
      durationMs: performance.now() - this.#startedAtMs,
      latency: summary(this.#latenciesUs),
      lateness: summary(this.#latenessUs),
      chunks: this.#chunks,
    };
  }
}

function summary(valuesUs: readonly number[]): LatencySummary | undefined {
  const sorted = ascending(valuesUs);
  const [p50Us, p99Us, maxUs] = [quantile(sorted, 0.5), quantile(sorted, 0.99), sorted.at(-1)];
  if (p50Us === undefined || p99Us === undefined || maxUs === undefined) return undefined;
  return { p50Us, p99Us, maxUs };
}
