import { Book } from './book.ts';
import type { Goal, GoalLine } from './goals.table.ts';
import type { Report } from './report.ts';
import { Chance } from './resilience/chance.ts';
import { firstTokens, type Help } from './resilience/first-token.ts';
import { cloudOnTheLine, loopsOnTheLine, outageOnTheLine } from './resilience/line.ts';
import { loops, type Patience } from './resilience/loop.ts';
import { outage } from './resilience/outage.ts';
import { type Balance, replicas } from './resilience/replicas.ts';
import { ascending, quantile } from './statistics.ts';
import { versions } from './versions.ts';

/**
 * What the means against slow and dead endpoints achieve, beside the same calls without them, in
 * simulated time: the modules of `engine/src/dispatch` decide, by themselves and on the engine's
 * whole line; the distributions are those of `resilience/chance.ts`. A round is a seed; the same
 * seed gives the same figures on every machine.
 */

export interface ResilienceOptions {
  readonly rounds: number;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

const CALLS = 40_000;
const LOOPS = 20_000;
const SPAN_MS = 600_000;
const LINE_CALLS = 20_000;
const LINE_LOOPS = 2_000;
const QUICK_SHARE = 0.25;

const atMost = (bound: number): readonly Goal[] => [{ kind: 'at-most', bound }];
const line = (figure: string, unit: string, goals: readonly Goal[] = []): GoalLine => ({
  figure,
  unit,
  goals,
});

/** In the order of the table; `without` is the same without the mechanism. */
const LINES: readonly GoalLine[] = [
  line('first token p50, hedged', 'ms'),
  line('first token p95, hedged', 'ms'),
  line('first token p99, hedged', 'ms', atMost(2_800)),
  line('first token p99.9, hedged', 'ms'),
  line('calls more by hedging', '%', atMost(5.5)),
  line('first token p99, local in time', 'ms', atMost(1_800)),
  line('first token p99.9, local in time', 'ms'),
  line('answers begun locally', '%'),
  line('loops of 5 steps over 6 s', '%', atMost(2)),
  line('steps of loops begun locally', '%', atMost(15)),
  line('answer p50, 8 replicas, 1 slow', 'ms'),
  line('answer p99, 8 replicas, 1 slow', 'ms', atMost(2_100)),
  line('calls failed, 1 dead of 3', 'calls', atMost(0)),
  line('calls at once to a dead endpoint', 'calls', atMost(1)),
  line('on the line: first token p99, hedged', 'ms', atMost(2_800)),
  line('on the line: calls more by hedging', '%', atMost(5.5)),
  line('on the line: first token p99, local in time', 'ms', atMost(1_800)),
  line('on the line: answers begun locally', '%'),
  line('on the line: loops of 5 steps over 6 s', '%', atMost(2)),
  line('on the line: steps of loops begun locally', '%', atMost(15)),
  line('on the line: calls failed, 1 dead of 3', 'calls', atMost(0)),
  line('on the line: calls at once to a dead endpoint', 'calls', atMost(1)),
];

export async function resilience({ rounds, quick, say }: ResilienceOptions): Promise<Report> {
  const book = new Book();
  const share = quick ? QUICK_SHARE : 1;
  for (let round = 0; round < rounds; round += 1) {
    say(`seed ${round + 1} of ${rounds}`);
    const page = new Page(book, round);
    page.firstTokens(CALLS * share);
    page.loops(LOOPS * share);
    page.replicas(SPAN_MS);
    page.outage();
    await page.onTheLine(LINE_CALLS * share);
    await page.loopsOnTheLine(LINE_LOOPS * share);
  }
  return { name: 'resilience', versions: versions(), rows: book.rows(LINES, true), faults: [] };
}

/** One seed. */
class Page {
  readonly #book: Book;
  readonly #round: number;

  constructor(book: Book, round: number) {
    this.#book = book;
    this.#round = round;
  }

  firstTokens(calls: number): void {
    for (const help of ['none', 'hedge', 'local'] as const satisfies readonly Help[]) {
      const { tookMs, moreShare } = firstTokens(help, calls, this.#chance(1));
      const sorted = ascending(tookMs);
      const at = (share: number): number => quantile(sorted, share) ?? 0;
      const who = help === 'none' ? 'without' : 'signalbox';
      if (help !== 'local') {
        this.#write('first token p50, hedged', who, at(0.5));
        this.#write('first token p95, hedged', who, at(0.95));
        this.#write('first token p99, hedged', who, at(0.99));
        this.#write('first token p99.9, hedged', who, at(0.999));
        this.#write('calls more by hedging', who, moreShare * 100);
      }
      if (help !== 'hedge') {
        this.#write('first token p99, local in time', who, at(0.99));
        this.#write('first token p99.9, local in time', who, at(0.999));
        this.#write('answers begun locally', who, moreShare * 100);
      }
    }
  }

  loops(count: number): void {
    const all: readonly (readonly [Patience, string])[] = [
      ['endless', 'without'],
      ['share', 'shares'],
      ['reserve', 'signalbox'],
    ];
    for (const [patience, who] of all) {
      const { lateShare, localShare } = loops(patience, count, this.#chance(2));
      this.#write('loops of 5 steps over 6 s', who, lateShare * 100);
      this.#write('steps of loops begun locally', who, localShare * 100);
    }
  }

  replicas(spanMs: number): void {
    const all: readonly (readonly [Balance, string])[] = [
      ['round', 'without'],
      ['least', 'least-pending'],
      ['pick', 'signalbox'],
    ];
    for (const [balance, who] of all) {
      const sorted = ascending(replicas(balance, spanMs, this.#chance(3)));
      this.#write('answer p50, 8 replicas, 1 slow', who, quantile(sorted, 0.5) ?? 0);
      this.#write('answer p99, 8 replicas, 1 slow', who, quantile(sorted, 0.99) ?? 0);
    }
  }

  outage(): void {
    for (const who of ['without', 'signalbox']) {
      const { failed, atOnceMax } = outage(who === 'signalbox', this.#chance(4));
      this.#write('calls failed, 1 dead of 3', who, failed);
      this.#write('calls at once to a dead endpoint', who, atOnceMax);
    }
  }

  async onTheLine(calls: number): Promise<void> {
    const p99 = (tookMs: readonly number[]): number => quantile(ascending(tookMs), 0.99) ?? 0;
    const without = await cloudOnTheLine('none', calls, this.#chance(5));
    const hedged = await cloudOnTheLine('hedge', calls, this.#chance(5));
    const local = await cloudOnTheLine('local', calls, this.#chance(5));
    for (const figure of ['hedged', 'local in time']) {
      this.#write(`on the line: first token p99, ${figure}`, 'without', p99(without.tookMs));
    }
    this.#write('on the line: first token p99, hedged', 'signalbox', p99(hedged.tookMs));
    this.#write('on the line: calls more by hedging', 'signalbox', hedged.moreShare * 100);
    this.#write('on the line: first token p99, local in time', 'signalbox', p99(local.tookMs));
    this.#write('on the line: answers begun locally', 'signalbox', local.moreShare * 100);
    this.#write('on the line: calls more by hedging', 'without', without.moreShare * 100);
    this.#write('on the line: answers begun locally', 'without', without.moreShare * 100);
    const all = [
      ['without', outage(false, this.#chance(6))],
      ['signalbox', await outageOnTheLine(this.#chance(6))],
    ] as const;
    for (const [who, { failed, atOnceMax }] of all) {
      this.#write('on the line: calls failed, 1 dead of 3', who, failed);
      this.#write('on the line: calls at once to a dead endpoint', who, atOnceMax);
    }
  }

  async loopsOnTheLine(count: number): Promise<void> {
    const all = [
      ['without', loops('endless', count, this.#chance(7))],
      ['signalbox', await loopsOnTheLine(count, this.#chance(7))],
    ] as const;
    for (const [who, { lateShare, localShare }] of all) {
      this.#write('on the line: loops of 5 steps over 6 s', who, lateShare * 100);
      this.#write('on the line: steps of loops begun locally', who, localShare * 100);
    }
  }

  /** Each contestant of a scene draws from the same seed. */
  #chance(scene: number): Chance {
    return new Chance((this.#round + 1) * 1_000 + scene);
  }

  #write(figure: string, contestant: string, value: number): void {
    this.#book.write({ figure, contestant, round: this.#round, value });
  }
}
