/** Keys that were written, are understood, and change nothing yet: said, never silently dropped. */
import { NOT_ACTIVE, type NotActiveKey } from '@signalbox/documents';
import { type Desk, originOf } from './desk.ts';
import { pathsOf, type Tree, treeAt } from './source.ts';

const FOUND_MAX = 1_000;

export interface NotActive {
  readonly path: string;
  readonly file: string;
  readonly line: number;
  /** `accepted, not active: ` and what holds instead. */
  readonly message: string;
}

export function findNotActive(
  desk: Desk,
  keys: readonly NotActiveKey[] = NOT_ACTIVE,
): readonly NotActive[] {
  const found: NotActive[] = [];
  for (const key of keys) {
    for (const path of pathsOf(desk.tree, key.path)) {
      if (!isMeant(key, treeAt(desk.tree, path))) continue;
      if (found.length >= FOUND_MAX) return found;
      const origin = originOf(desk, path);
      found.push({
        path: path.join('.'),
        file: origin?.file ?? '',
        line: origin?.line ?? 1,
        message: `accepted, not active: ${key.instead}`,
      });
    }
  }
  return found.toSorted(
    (a, b) => Number(a.file > b.file) - Number(a.file < b.file) || a.line - b.line,
  );
}

const isMeant = ({ values }: NotActiveKey, written: Tree | undefined): boolean =>
  values === undefined || (typeof written === 'string' && values.includes(written));
