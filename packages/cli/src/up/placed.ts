// Where a mistake stands in a text that is read below a name, as its writer sees it.
import type { Problem } from '@signalbox/config';
import type { DraftProblem } from '@signalbox/control';

export type TextInFile = {
  readonly file: string;
  /** Lines of the file above the first of the text. */
  readonly above: number;
  /** What each of its lines begins with there. */
  readonly indent: string;
};

export function placed(problem: Problem, { file, above, indent }: TextInFile): DraftProblem {
  const { line, column, excerpt, message, hint } = problem;
  if (problem.file !== file) return { file: problem.file, line, column, excerpt, message, hint };
  const own = excerpt
    .split('\n')
    .map((one) => (one.startsWith(indent) ? one.slice(indent.length) : one));
  return {
    file: undefined,
    line: Math.max(1, line - above),
    column: Math.max(1, column - indent.length),
    excerpt: own.join('\n'),
    message,
    hint,
  };
}
