import type { Goal, GoalLine } from './goals.table.ts';
import type { Row } from './report.ts';
import { median, type Spread, spreadOf } from './statistics.ts';

/**
 * Where the figures of all rounds are written down, and how they become rows.
 *
 * A figure belongs to a contestant and a round. Comparisons are made inside a round, where both
 * sides saw the same machine, and only then is the median taken: the noise of a shared machine
 * moves rounds, not ratios.
 */

const ours = 'signalbox';
const reference = 'direct';

export class Book {
  /** figure -> contestant -> round -> value */
  readonly #pages = new Map<string, Map<string, Map<number, number>>>();

  write(entry: {
    readonly figure: string;
    readonly contestant: string;
    readonly round: number;
    readonly value: number;
  }): void {
    const page = this.#pages.get(entry.figure) ?? new Map<string, Map<number, number>>();
    this.#pages.set(entry.figure, page);
    const column = page.get(entry.contestant) ?? new Map<number, number>();
    page.set(entry.contestant, column);
    column.set(entry.round, entry.value);
  }

  column(figure: string, contestant: string): ReadonlyMap<number, number> {
    return this.#pages.get(figure)?.get(contestant) ?? new Map<number, number>();
  }

  contestants(figure: string): readonly string[] {
    return [...(this.#pages.get(figure)?.keys() ?? [])];
  }

  /**
   * Writes `added FIGURE` for all but the direct way: the distance to the direct way in the same
   * round.
   */
  writeAdded(figure: string): void {
    const floor = this.column(figure, reference);
    for (const contestant of this.contestants(figure)) {
      if (contestant === reference) continue;
      for (const [round, value] of this.column(figure, contestant)) {
        const below = floor.get(round);
        if (below === undefined) continue;
        this.write({ figure: `added ${figure}`, contestant, round, value: value - below });
      }
    }
  }

  /** `everyGoal`: a goal whose figure nobody measured has a row too, and is not met. */
  rows(lines: readonly GoalLine[], everyGoal = false): readonly Row[] {
    return lines
      .filter((line) => this.#pages.has(line.figure) || (everyGoal && line.goals.length > 0))
      .flatMap((line) =>
        line.goals.length === 0
          ? [this.#row(line, undefined)]
          : line.goals.map((goal) => this.#row(line, goal)),
      );
  }

  #row(line: GoalLine, goal: Goal | undefined): Row {
    const baselines: Record<string, number | null> = {};
    const spread: Record<string, Spread> = {};
    for (const contestant of this.contestants(line.figure)) {
      const values = this.column(line.figure, contestant).values();
      const found = spreadOf(values);
      if (found !== undefined) spread[contestant] = found;
      if (contestant !== ours) baselines[contestant] = this.#median(line.figure, contestant);
    }
    const mine = this.#median(line.figure, ours);
    const ratio = goal === undefined ? null : this.#ratio(line.figure, goal);
    return {
      figure: line.figure,
      unit: line.unit,
      ours: mine,
      baselines,
      ratio,
      goal: goal === undefined ? null : wordsOf(goal, line.unit),
      met: goal === undefined ? null : isMet(goal, mine, ratio),
      spread,
    };
  }

  #median(figure: string, contestant: string): number | null {
    return median(this.column(figure, contestant).values()) ?? null;
  }

  #ratio(figure: string, goal: Goal): number | null {
    if (goal.kind === 'at-most' || goal.kind === 'at-least') return null;
    const theirs = this.column(figure, goal.against);
    const ratios: number[] = [];
    for (const [round, value] of this.column(figure, ours)) {
      const other = theirs.get(round);
      if (other === undefined || other === 0 || value === 0) continue;
      ratios.push(goal.kind === 'times-below' ? other / value : value / other);
    }
    return median(ratios) ?? null;
  }
}

function wordsOf(goal: Goal, unit: string): string {
  switch (goal.kind) {
    case 'at-most':
      return `<= ${goal.bound} ${unit}`;
    case 'at-least':
      return `>= ${goal.bound} ${unit}`;
    case 'times-below':
      return `>= ${goal.atLeast}x below ${goal.against}`;
    case 'times-of':
      return `<= ${goal.atMost}x ${goal.against}`;
  }
}

function isMet(goal: Goal, mine: number | null, ratio: number | null): boolean {
  if (mine === null) return false;
  if (goal.kind === 'at-most') return mine <= goal.bound;
  if (goal.kind === 'at-least') return mine >= goal.bound;
  if (ratio === null) return false;
  return goal.kind === 'times-below' ? ratio >= goal.atLeast : ratio <= goal.atMost;
}
