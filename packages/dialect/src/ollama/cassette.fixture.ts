// Recordings of VCR: YAML files, of which only bodies, addresses and statuses are of interest here,
// and those are quoted scalars on a path that is always the same.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Interaction = {
  readonly file: string;
  readonly url: string;
  readonly status: number;
  readonly asked: string;
  readonly answered: string;
};

/** Every interaction of every cassette below `folder` whose address matches. */
export function cassettes(folder: string, address: RegExp): readonly Interaction[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.yaml') && file.includes('cassettes'))
    .sort()
    .flatMap((file) => interactions(file, readFileSync(join(folder, file), 'utf8')))
    .filter(({ url }) => address.test(url));
}

function interactions(file: string, text: string): readonly Interaction[] {
  return text
    .split(/^- request:$/m)
    .slice(1)
    .map((part) => ({
      file,
      url: /^ +uri: (.*)$/m.exec(part)?.[1] ?? '',
      status: Number(/^ +code: (\d+)$/m.exec(part)?.[1]),
      asked: scalar(part, /^ {4}body: /m),
      answered: scalar(part, /^ {6}string: /m),
    }));
}

/** The quoted text behind `key`; empty where it is none. */
function scalar(text: string, key: RegExp): string {
  const found = key.exec(text);
  if (found === null) return '';
  const from = found.index + found[0].length;
  if (text[from] === "'") {
    const [, raw = ''] = /^'((?:[^']|'')*)'/.exec(text.slice(from)) ?? [];
    return unfolded(raw).replaceAll("''", "'");
  }
  const [, raw = ''] = /^"((?:[^"\\]|\\[\s\S])*)"/.exec(text.slice(from)) ?? [];
  return unescaped(unfolded(raw.replace(/\\\n[ \t]*/g, '')));
}

/** A line's end is a space; empty lines are what they are. */
const unfolded = (raw: string): string =>
  raw.replace(/[ \t]*\n((?:[ \t]*\n)*)[ \t]*/g, (_, empty: string) =>
    empty === '' ? ' ' : '\n'.repeat(empty.split('\n').length - 1),
  );

const NAMED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', e: '\x1b' };

const unescaped = (raw: string): string =>
  raw.replace(/\\(?:x(..)|u(....)|U(.{8})|(.))/gs, (_, x, u, long, one: string) => {
    const code: string | undefined = x ?? u ?? long;
    return code === undefined
      ? (NAMED[one] ?? one)
      : String.fromCodePoint(Number.parseInt(code, 16));
  });
