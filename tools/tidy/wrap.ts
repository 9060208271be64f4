/**
 * Refills comments that are wider than the house allows. The formatter leaves comments alone, and
 * refilling a paragraph by hand for one more word is nobody's work.
 *
 * A paragraph without a line too long stays as it is. So does everything that is laid out by hand:
 * lines that are indented, tables, code, tags. A comment behind code moves above it.
 */
import { scan } from './tokens.ts';

export const COLUMNS_MAX = 100;

const ITEM = /^([-*]|\d+\.) /;
const LAID_OUT = /^(\s|\||```|@|biome-ignore|ts-)/;

export function wrapComments(text: string, columns: number = COLUMNS_MAX): string {
  const lines = text.split('\n');
  const comments = new Map(scan(text).comments.map((comment) => [comment.line, comment.text]));
  const out: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const comment = comments.get(at + 1);
    const begins = comment !== undefined && line.trimStart().startsWith(comment.slice(0, 3));
    const count = begins ? blockLines(lines, comments, at, comment) : 1;
    const block = lines.slice(at, at + count);
    if (block.every((part) => part.length <= columns)) out.push(...block);
    else if (begins) out.push(...wrapBlock(block, columns));
    else out.push(...moveTrailing(line, comment, columns));
    at += count;
  }
  return out.join('\n');
}

/** How many lines the comment that begins at this line takes, with those of its kind below it. */
function blockLines(
  lines: readonly string[],
  comments: ReadonlyMap<number, string>,
  at: number,
  comment: string,
): number {
  if (comment.startsWith('/*')) return comment.split('\n').length;
  const indent = indentOf(lines[at] ?? '');
  let end = at;
  while (comments.has(end + 1) && lines[end]?.startsWith(`${indent}//`) === true) end += 1;
  return end - at;
}

function wrapBlock(block: readonly string[], columns: number): readonly string[] {
  const indent = indentOf(block[0] ?? '');
  if (block[0]?.trimStart().startsWith('//') === true) {
    const content = block.map((line) => line.trimStart().replace(/^\/\/ ?/, ''));
    return refill(content, `${indent}// `, columns);
  }
  const content = block.map((line) =>
    line
      .trim()
      .replace(/^\/\*\*? ?/, '')
      .replace(/ ?\*\/$/, '')
      .replace(/^\* ?/, ''),
  );
  if (content[0] === '') content.shift();
  if (content.at(-1) === '') content.pop();
  return [`${indent}/**`, ...refill(content, `${indent} * `, columns), `${indent} */`];
}

/** Fills each paragraph that has a line too long; its first line may be an item of a list. */
function refill(content: readonly string[], prefix: string, columns: number): readonly string[] {
  const out: string[] = [];
  for (let at = 0; at < content.length; ) {
    const paragraph = paragraphAt(content, at);
    at += paragraph.length;
    const fits = paragraph.every((line) => prefix.length + line.length <= columns);
    const first = paragraph[0] ?? '';
    if (fits || LAID_OUT.test(first)) {
      out.push(...paragraph.map((line) => `${prefix}${line}`.trimEnd()));
      continue;
    }
    const hang = ' '.repeat(ITEM.exec(first)?.[0].length ?? 0);
    const words = paragraph.flatMap((line) => line.trim().split(/ +/));
    const filled = fill(words, columns - prefix.length - hang.length);
    out.push(...filled.map((line, index) => `${prefix}${index === 0 ? '' : hang}${line}`));
  }
  return out;
}

function paragraphAt(content: readonly string[], begin: number): readonly string[] {
  const first = content[begin] ?? '';
  if (first === '' || LAID_OUT.test(first)) return [first];
  const isItem = ITEM.test(first);
  let end = begin + 1;
  for (let line = content[end]; line !== undefined && line !== ''; line = content[end]) {
    const goesOn = isItem ? /^\s+\S/.test(line) : !LAID_OUT.test(line);
    if (!goesOn || ITEM.test(line)) break;
    end += 1;
  }
  return content.slice(begin, end);
}

function fill(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

function moveTrailing(
  line: string,
  comment: string | undefined,
  columns: number,
): readonly string[] {
  if (comment === undefined || !comment.startsWith('//') || !line.endsWith(comment)) return [line];
  const code = line.slice(0, -comment.length).trimEnd();
  const above = refill([comment.replace(/^\/\/ ?/, '')], `${indentOf(line)}// `, columns);
  return [...above, code];
}

function indentOf(line: string): string {
  return line.slice(0, line.length - line.trimStart().length);
}
