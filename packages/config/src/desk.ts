/**
 * What every check has before it: the tree, where its values stand, and the list of what is wrong.
 */
import type { Origin, Path } from '@signalbox/documents';
import { PROBLEMS_MAX, type Problem, problemAt } from './problem.ts';
import {
  childOf,
  isMap,
  OPERATOR,
  type Owner,
  type Places,
  positionOf,
  type Tree,
  type TreeMap,
} from './source.ts';

export interface Desk {
  readonly tree: TreeMap;
  readonly places: Places;
  readonly problems: Problem[];
  /** Paths about which something was said, as JSON. */
  readonly told: Set<string>;
}

export interface Remark {
  readonly message: string;
  readonly hint: string;
  readonly at?: 'key' | 'value';
}

export function makeDesk(tree: TreeMap, places: Places): Desk {
  return { tree, places, problems: [], told: new Set() };
}

/** One mistake at a place is enough: what is no name at all is not looked up. */
export function isTold(desk: Desk, path: Path): boolean {
  return desk.told.size > 0 && desk.told.has(JSON.stringify(path));
}

/** True when so much is wrong that looking on would only cost time. */
export function isFull(desk: Desk): boolean {
  return desk.problems.length >= PROBLEMS_MAX;
}

/** Says what is wrong at a path, or at the nearest thing around it that was written. */
export function report(desk: Desk, path: Path, remark: Remark): void {
  if (isFull(desk)) return;
  const { spot, exact } = desk.places.locate(desk.tree, path);
  // What is missing has no value to point at; the name of what lacks it is the best place there is.
  const at = exact ? (remark.at ?? 'value') : 'key';
  desk.told.add(JSON.stringify(path));
  desk.problems.push(problemAt(spot, at, { ...remark, path }));
}

export function ownerOf(desk: Desk, path: Path): Owner {
  return desk.places.find(desk.tree, path)?.source.owner ?? OPERATOR;
}

export function originOf(desk: Desk, path: Path): Origin | undefined {
  const spot = desk.places.find(desk.tree, path);
  if (spot === undefined) return undefined;
  return { file: spot.source.name, line: positionOf(spot.source, spot.key.from).line };
}

/** The entries of a mapping by name. */
export function entriesOf(tree: TreeMap, key: string): readonly (readonly [string, Tree])[] {
  const section = childOf(tree, key);
  return isMap(section) ? Object.entries(section) : [];
}
