// Documents as their writers wrote them: what stands below a name in a file, comments and order
// included, and the way back.
import type { ConfigurationFile } from '@signalbox/config';
import type { TextPlace } from '@signalbox/control';
import { isMap, isScalar, isSeq, parseDocument, stringify, visit } from 'yaml';

/** What each line below a name begins with, in files that are written here. */
export const INDENT = '    ';

/** An entry of a mapping by name. */
export function below(name: string, text: string): string {
  const lines = text.split('\n').map((line) => (line === '' ? '' : `${INDENT}${line}`));
  return `${keyLine(name)}\n${lines.join('\n')}\n`;
}

/** Lines of a draft's file above the draft itself. */
export const DRAFT_HEAD_LINES = 3;

/** A text that stands for the document of its name for one reading. */
export const draftFile = ({ noun, name }: TextPlace, text: string): ConfigurationFile => ({
  name: `draft of ${name}`,
  text: `version: 1\n${noun}:\n${below(name, text)}`,
  owner: { kind: 'draft' },
});

/** As `below` begins: a name such as `true` or `1` is put into quotes. */
export const keyLine = (name: string): string => `  ${stringify(name).trim()}:`;

/**
 * What stands below a name, as it was written, without the indentation that its file gives it.
 * Undefined: the file is in another format, or the document needs what stands elsewhere.
 */
export function textBelow(file: string, noun: string, name: string): string | undefined {
  const named: unknown = parseDocument(file, { prettyErrors: false }).get(noun);
  if (!isMap(named)) return undefined;
  const pair = named.items.find(({ key }) => isScalar(key) && String(key.value) === name);
  const { value } = pair ?? {};
  if (isScalar(value) && value.value === null) return '';
  const isWritten = isMap(value) || isSeq(value) || isScalar(value);
  if (!isWritten || value.range == null) return undefined;
  let isAlone = true;
  visit(value, {
    Alias() {
      isAlone = false;
    },
  });
  if (!isAlone) return undefined;
  const [from, to] = value.range;
  if (isScalar(value) || value.flow === true) return `${file.slice(from, to)}\n`;
  // Comments above the first key are its own.
  const key = pair?.key;
  const start = isScalar(key) && key.range != null ? file.indexOf('\n', key.range[1]) + 1 : from;
  const indent = from - (file.lastIndexOf('\n', from - 1) + 1);
  const cut = new RegExp(`^ {0,${indent}}`);
  const written = `${file.slice(start, to).trimEnd()}\n${commentsBehind(file, to, indent)}`;
  const lines = written.trimEnd().split('\n');
  return `${lines.map((line) => line.replace(cut, '')).join('\n')}\n`;
}

/** Comments that end a document stand as far in as it does. */
function commentsBehind(file: string, from: number, indent: number): string {
  const rest = file.slice(file.lastIndexOf('\n', from - 1) + 1);
  const lines = file.slice(from - 1, from) === '\n' ? rest.split('\n') : rest.split('\n').slice(1);
  const own = new RegExp(`^(?: {${indent},}#.*|\\s*)$`);
  const end = lines.findIndex((line) => !own.test(line));
  return lines.slice(0, end === -1 ? lines.length : end).join('\n');
}
