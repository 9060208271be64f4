/** A mistake in a configuration, with where it is and what to do about it. Holds no secret. */
import type { Path } from '@signalbox/documents';
import { conceal, printable } from './conceal.ts';
import { makeSource, positionOf, type Source, type Span, type Spot } from './source.ts';

/** Found in one reading; what is wrong a thousand times is wrong once. */
export const PROBLEMS_MAX = 1_000;
const EXCERPT_COLUMNS_MAX = 100;
const MESSAGE_CHARACTERS_MAX = 300;
/** How far around a place a line is read at all; a whole file may be one line. */
const CONTEXT_CHARACTERS_MAX = 1_000;

export interface Problem {
  /** File name; for values from elsewhere the name of the variable or flag. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line and, below it, a caret. */
  readonly excerpt: string;
  /** Dotted path of what is wrong, in the words of the file. */
  readonly path: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

export interface ProblemText {
  readonly message: string;
  readonly hint: string;
  readonly path?: Path;
}

const NOWHERE: Source = makeSource('configuration', '');

/** A problem at a place; without a place it stands at the start of nothing. */
export function problemAt(spot: Spot | undefined, at: 'key' | 'value', text: ProblemText): Problem {
  if (spot === undefined) return problemIn(NOWHERE, { from: 0, to: 0 }, text);
  return problemIn(spot.source, at === 'key' ? spot.key : spot.value, text);
}

export function problemIn(source: Source, span: Span, text: ProblemText): Problem {
  const { line, column } = positionOf(source, span.from);
  return {
    file: source.name,
    line,
    column,
    excerpt: excerptOf(source, span),
    path: clean((text.path ?? []).join('.')),
    message: clean(text.message),
    hint: clean(text.hint),
  };
}

/** A problem with what a line says as a whole, found by somebody who knows no more of its place. */
export function problemOnLine(
  file: { readonly name: string; readonly text: string },
  line: number,
  text: ProblemText,
): Problem {
  const source = makeSource(file.name, file.text);
  const start = source.lineStarts[line - 1] ?? 0;
  const whole = source.text.slice(start, source.lineStarts[line] ?? source.text.length);
  const from = start + Math.max(0, whole.search(/\S/));
  // What to do about it may be a command, and half a command is none.
  return {
    ...problemIn(source, { from, to: start + whole.trimEnd().length }, text),
    hint: text.hint,
  };
}

/** By file, line and column, so that one run reads from top to bottom. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  const once = problems.filter((one) => {
    const id = JSON.stringify([one.file, one.line, one.column, one.path, one.message]);
    return !seen.has(id) && seen.add(id);
  });
  return once.toSorted(
    (a, b) =>
      Number(a.file > b.file) - Number(a.file < b.file) || a.line - b.line || a.column - b.column,
  );
}

function clean(text: string): string {
  const shown = printable(conceal(text));
  return shown.length > MESSAGE_CHARACTERS_MAX
    ? `${shown.slice(0, MESSAGE_CHARACTERS_MAX - 3)}...`
    : shown;
}

/** The caret stands under the first character, and under as many more as the line still shows. */
function excerptOf(source: Source, span: Span): string {
  const { line, column } = positionOf(source, span.from);
  const start = source.lineStarts[line - 1] ?? 0;
  const end = source.lineStarts[line] ?? source.text.length;
  const from = Math.max(start, span.from - CONTEXT_CHARACTERS_MAX);
  const to = Math.min(end, span.from + CONTEXT_CHARACTERS_MAX);
  const raw = source.text.slice(from, to).replace(/[\r\n]+$/, '');
  const before = start + column - 1 - from;
  const shown = printable(concealKeeping(raw, before));
  const left = Math.max(0, before - EXCERPT_COLUMNS_MAX / 2);
  const window = shown.slice(left, left + EXCERPT_COLUMNS_MAX).trimEnd();
  const indent = Math.min(before - left, window.length);
  const carets = Math.max(1, Math.min(span.to - span.from, window.length - indent));
  return `${window}\n${' '.repeat(indent)}${'^'.repeat(carets)}`;
}

/** What stands before the caret keeps its width unless it holds a secret itself. */
function concealKeeping(raw: string, before: number): string {
  const hidden = conceal(raw);
  return hidden.slice(0, before) === raw.slice(0, before) ? hidden : hidden.padEnd(before);
}
