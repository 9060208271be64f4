/** No file may need itself: not through others, and not through types alone. */
import type { House, Violation } from '../house.ts';

export function cycles(house: House): readonly Violation[] {
  const done = new Set<string>();
  const found: Violation[] = [];
  for (const path of house.files.keys()) {
    const cycle = walk(house, path, done);
    if (cycle === undefined) continue;
    const [first = path] = cycle;
    const what = `is in an import cycle: ${[...cycle, first].join(' -> ')}`;
    const instead = 'move what both need into a file of its own';
    found.push({
      path: first,
      line: lineOf(house, first, cycle[1] ?? first),
      rule: 'cycles',
      what,
      instead,
    });
  }
  return found;
}

type Visit = { readonly path: string; readonly next: string[] };

/** Depth first with a stack of our own; every file is entered once. */
function walk(house: House, start: string, done: Set<string>): readonly string[] | undefined {
  if (done.has(start)) return undefined;
  const stack: Visit[] = [enter(house, start, done)];
  let cycle: readonly string[] | undefined;
  for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
    const next = visit.next.pop();
    if (next === undefined) {
      stack.pop();
      continue;
    }
    const open = stack.findIndex((candidate) => candidate.path === next);
    if (open !== -1) cycle ??= stack.slice(open).map((candidate) => candidate.path);
    else if (!done.has(next)) stack.push(enter(house, next, done));
  }
  return cycle;
}

function enter(house: House, path: string, done: Set<string>): Visit {
  done.add(path);
  return { path, next: targetsOf(house, path) };
}

function targetsOf(house: House, path: string): string[] {
  const imports = house.files.get(path)?.imports ?? [];
  return imports.flatMap(({ kind, target }) =>
    kind === 'import' && target !== undefined && house.files.has(target) ? [target] : [],
  );
}

function lineOf(house: House, path: string, target: string): number {
  const entry = house.files.get(path)?.imports.find((candidate) => candidate.target === target);
  return entry?.line ?? 1;
}
