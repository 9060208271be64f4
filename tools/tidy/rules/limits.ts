/** Sizes: what does not fit a screen is not read, and what is not read is not trusted. */
import { findFunctions } from '../functions.ts';
import type { House, SourceFile, Violation } from '../house.ts';

const FILE_LINES_MAX = 400;
const TEST_FILE_LINES_MAX = 600;
const FUNCTION_LINES_MAX = 70;
const COLUMNS_MAX = 100;
const CONTRACT_LINES_MAX = 1_600;
const LINE_FILE = 'packages/engine/src/line.ts';
const LINE_FILE_LINES_MAX = 100;

const TABLE = /\.table\.(ts|mjs)$/;
const IMPORT_LINE = /^\s*(import\b.*|export\b.*\bfrom\b.*|\} from '.*';)$/;

export function limits(house: House): readonly Violation[] {
  return [...house.files.values()].flatMap((file) => [
    ...fileLines(file),
    ...functionLines(file),
    ...columns(file),
  ]);
}

/** The contract is read by everybody, so it has a limit of its own. */
export function contractSize(house: House): readonly Violation[] {
  const files = [...house.files.values()].filter(
    ({ path, isTest }) => path.startsWith('packages/contract/src/') && !isTest && !TABLE.test(path),
  );
  const lines = files.reduce((sum, file) => sum + file.lines.length, 0);
  if (lines <= CONTRACT_LINES_MAX) return [];
  const what = `the contract has ${lines} lines; its limit is ${CONTRACT_LINES_MAX}`;
  const instead = 'move to a package of its own what not everybody needs';
  return [{ path: 'packages/contract/src/index.ts', line: 1, rule: 'limits', what, instead }];
}

function fileLines(file: SourceFile): readonly Violation[] {
  if (TABLE.test(file.path)) return [];
  const linesMax = limitOf(file);
  if (file.lines.length <= linesMax) return [];
  const what = `has ${file.lines.length} lines; the limit is ${linesMax}`;
  return [report(file, linesMax + 1, what, 'split it by noun or deed')];
}

function limitOf(file: SourceFile): number {
  if (file.path === LINE_FILE) return LINE_FILE_LINES_MAX;
  return file.isTest ? TEST_FILE_LINES_MAX : FILE_LINES_MAX;
}

function functionLines(file: SourceFile): readonly Violation[] {
  if (file.isTest || TABLE.test(file.path)) return [];
  return findFunctions(file.tokens)
    .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
    .map(({ name, line, lines }) =>
      report(
        file,
        line,
        `${name} has ${lines} lines; the limit is ${FUNCTION_LINES_MAX}`,
        'decide in the parent, compute in the leaves',
      ),
    );
}

function columns(file: SourceFile): readonly Violation[] {
  if (TABLE.test(file.path)) return [];
  return file.lines.flatMap((line, index) => {
    // Code points, not code units; the cheap test first, since nearly every line is short.
    if (line.length <= COLUMNS_MAX || [...line].length <= COLUMNS_MAX) return [];
    if (line.includes('://') || IMPORT_LINE.test(line)) return [];
    const what = `has ${[...line].length} columns; the limit is ${COLUMNS_MAX}`;
    return [report(file, index + 1, what, 'break the line')];
  });
}

function report(file: SourceFile, line: number, what: string, instead: string): Violation {
  return { path: file.path, line, rule: 'limits', what, instead };
}
