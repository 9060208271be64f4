/** Relative links lead somewhere: to a file of the repository, and to a heading that it has. */
import { posix } from 'node:path';
import type { Page } from './markdown.ts';

export type Problem = { readonly path: string; readonly line: number; readonly what: string };

const ELSEWHERE = /^([a-z][a-z0-9+.-]*:|\/\/)/i;

/**
 * @param exists whether the repository has a file or a folder of that path
 */
export function checkLinks(
  pages: readonly Page[],
  exists: (path: string) => boolean,
): readonly Problem[] {
  const anchors = new Map(pages.map((page) => [page.path, page.anchors]));
  return pages.flatMap((page) =>
    page.links.flatMap(({ target, line }) => {
      if (ELSEWHERE.test(target)) return [];
      const what = problemOf(page.path, target, anchors, exists);
      return what === undefined ? [] : [{ path: page.path, line, what }];
    }),
  );
}

function problemOf(
  from: string,
  target: string,
  anchors: ReadonlyMap<string, ReadonlySet<string>>,
  exists: (path: string) => boolean,
): string | undefined {
  const [file = '', anchor] = target.split('#');
  if (file.startsWith('/')) return `links to ${target}: say where it is relative to this page`;
  const path = file === '' ? from : posix.join(posix.dirname(from), decodeURI(file));
  if (path.startsWith('..')) return `links to ${target}, outside the repository`;
  if (!exists(path)) return `links to ${target}, which does not exist`;
  const known = anchors.get(path);
  if (anchor === undefined || anchor === '' || known === undefined) return undefined;
  return known.has(anchor) ? undefined : `links to ${target}: ${path} has no such heading`;
}
