/** Problems as people read them in a terminal. */
import type { Problem } from './problem.ts';

const RED = '\u001b[31m';
const CYAN = '\u001b[36m';
const BOLD = '\u001b[1m';
const PLAIN = '\u001b[0m';

/** One block a problem, then the count. With `color` the colours of a terminal are written. */
export function renderProblems(
  problems: readonly Problem[],
  options: { readonly color: boolean },
): string {
  const paint = (code: string, text: string): string =>
    options.color ? `${code}${text}${PLAIN}` : text;
  const blocks = problems.map((one) => {
    const place = paint(BOLD, `${one.file}:${one.line}:${one.column}`);
    const path = one.path === '' ? '' : `${one.path}: `;
    const gutter = String(one.line);
    const [text = '', caret = ''] = one.excerpt.split('\n');
    // A file that cannot be read has no line to show.
    const excerpt =
      text === ''
        ? []
        : [`  ${gutter} | ${text}`, `  ${' '.repeat(gutter.length)} | ${paint(RED, caret)}`];
    const hint = `  ${paint(CYAN, 'hint:')} ${one.hint}`;
    return [`${place} ${path}${one.message}`, ...excerpt, hint].join('\n');
  });
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return [...blocks, count].join('\n\n').concat('\n');
}
