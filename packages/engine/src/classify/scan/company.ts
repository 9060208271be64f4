// What could be somebody's value and has nothing of its own that says so: it counts in a line that
// holds something that is.
import { sameLine } from './edges.ts';
import type { Finding } from './finding.ts';
import type { Kind } from './identifiers.table.ts';

/** How near another finding makes company, in characters of the same line. */
const COMPANY_MAX = 200;
const COMPANY_SURE = 0.6;

/** What only company makes sure. */
export type Weak = { start: number; end: number; type: string; kind: Kind };

/** Adds to `found` those of `weak` that stand near one that is sure. */
export function addCompany(text: string, weak: Weak[], found: Finding[]): void {
  if (weak.length === 0) return;
  const sure = found.filter(({ confidence, kind }) => confidence >= COMPANY_SURE && kind !== 'ip');
  if (!isInOrder(sure)) sure.sort((a, b) => a.start - b.start);
  let next = 0;
  for (const { start, end, type, kind } of weak.sort((a, b) => a.start - b.start)) {
    while (next < sure.length && (sure[next]?.start ?? 0) < end) next += 1;
    const after = sure[next];
    const before = sure[next - 1];
    const near =
      (after !== undefined && areNear(text, end, after.start)) ||
      (before !== undefined && before.end <= start && areNear(text, before.end, start));
    if (near) found.push({ start, end, type, kind, confidence: 0.6 });
  }
}

const isInOrder = (found: readonly Finding[]): boolean =>
  found.every((one, at) => at === 0 || (found[at - 1]?.start ?? 0) <= one.start);

const areNear = (text: string, end: number, start: number): boolean =>
  start - end < COMPANY_MAX && sameLine(text, end, start);
