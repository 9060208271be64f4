// What differs between two texts, by lines: the longest common subsequence, between what both begin
// and end with. Quadratic in what is left, and bounded: beyond that everything differs.

export type DiffLine = {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
  /** In the text that has it; of what both have, in the new one. */
  readonly line: number;
};

/** Lines on either side that are compared one by one. */
const COMPARED_MAX = 1_500;

export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  const most = Math.min(old.length, now.length) - start;
  while (end < most && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  const [left, right] = [old.slice(start, old.length - end), now.slice(start, now.length - end)];
  const same = (text: string, at: number): DiffLine => ({ kind: 'same', text, line: at + 1 });
  return [
    ...now.slice(0, start).map(same),
    ...between(left, right, start),
    ...now.slice(now.length - end).map((text, at) => same(text, now.length - end + at)),
  ];
}

const linesOf = (text: string): readonly string[] => {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};

function between(
  left: readonly string[],
  right: readonly string[],
  start: number,
): readonly DiffLine[] {
  const lengths = Math.max(left.length, right.length) > COMPARED_MAX ? [] : common(left, right);
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  const found: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const [gone = '', come = ''] = [left[i], right[j]];
    if (i < left.length && j < right.length && gone === come) {
      found.push({ kind: 'same', text: come, line: start + j + 1 });
      i += 1;
      j += 1;
    } else if (i < left.length && (j >= right.length || at(i + 1, j) >= at(i, j + 1))) {
      found.push({ kind: 'removed', text: gone, line: start + i + 1 });
      i += 1;
    } else {
      found.push({ kind: 'added', text: come, line: start + j + 1 });
      j += 1;
    }
  }
  return found;
}

/** `[i][j]`: lines that `left` from i and `right` from j have in common, in order. */
function common(left: readonly string[], right: readonly string[]): readonly Uint16Array[] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i -= 1) {
    const [row, below] = [lengths[i], lengths[i + 1]];
    if (row === undefined || below === undefined) continue;
    for (let j = right.length - 1; j >= 0; j -= 1) {
      const longer = Math.max(below[j] ?? 0, row[j + 1] ?? 0);
      row[j] = left[i] === right[j] ? (below[j + 1] ?? 0) + 1 : longer;
    }
  }
  return lengths;
}

/** Only what differs, with some lines around it; `gap` before a piece that does not follow. */
export function pieces(
  all: readonly DiffLine[],
  around = 2,
): readonly (DiffLine & { readonly gap: boolean })[] {
  const near = new Set<number>();
  all.forEach(({ kind }, at) => {
    if (kind === 'same') return;
    for (let one = at - around; one <= at + around; one += 1) near.add(one);
  });
  return all.flatMap((line, at) =>
    near.has(at) ? [{ ...line, gap: at > 0 && !near.has(at - 1) }] : [],
  );
}
