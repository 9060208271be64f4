/** What somebody should know about a configuration that is otherwise right. */
import { conceal, printable } from './conceal.ts';
import { positionOf, type Spot } from './source.ts';

export interface Notice {
  readonly file: string;
  readonly line: number;
  readonly path: string;
  readonly message: string;
}

export function noticeAt(spot: Spot | undefined, path: string, message: string): Notice {
  const clean = (text: string): string => printable(conceal(text));
  const line = spot === undefined ? 1 : positionOf(spot.source, spot.key.from).line;
  return { file: spot?.source.name ?? '', line, path: clean(path), message: clean(message) };
}
