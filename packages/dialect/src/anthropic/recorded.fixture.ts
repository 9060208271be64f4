// Recorded traffic of this dialect below a folder: JSON chunks by lines, whole messages, HTTP
// answers, and cassettes. A file of chunks may hold several answers, one after the other.
import { globSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { cassettes } from '../ollama/cassette.fixture.ts';

export type Recorded = {
  readonly name: string;
  readonly kind: 'stream' | 'whole';
  readonly text: string;
  readonly status: number;
};

export function recorded(root: string): readonly Recorded[] {
  return [...chunks(root), ...wholes(root), ...answers(root), ...taped(root), ...packed(root)]
    .filter(({ text }) => isOurs(text))
    .map((one) => ({ ...one, name: one.name.replace(`${root}/`, '') }));
}

const isOurs = (text: string): boolean =>
  /"type":\s*"message_start"/.test(text) ||
  (/"type":\s*"message"/.test(text) && /"(?:stop_reason|stop_sequence)"/.test(text)) ||
  /"type":\s*"error",\s*"error":\s*\{\s*"type"/.test(text);

function chunks(root: string): readonly Recorded[] {
  return globSync(`${root}/**/*.chunks.txt`).flatMap((name) => {
    const lines = readFileSync(name, 'utf8').split('\n').filter(Boolean);
    if (lines[0]?.includes('"message_start"') !== true) return [];
    return messages(lines).map((some, at) => ({
      name: `${name}#${at}`,
      kind: 'stream' as const,
      text: some.map((line) => `data: ${line}\n\n`).join(''),
      status: 200,
    }));
  });
}

function messages(lines: readonly string[]): readonly (readonly string[])[] {
  const all: string[][] = [[]];
  for (const line of lines) {
    all.at(-1)?.push(line);
    if (line.includes('"type":"message_stop"')) all.push([]);
  }
  return all.filter((some) => some.length > 0);
}

function wholes(root: string): readonly Recorded[] {
  return globSync(`${root}/**/*.json`)
    .map((name) => ({
      name,
      kind: 'whole' as const,
      text: readFileSync(name, 'utf8'),
      status: 200,
    }))
    .filter(({ text }) => /^\s*\{/.test(text) && !text.includes('"object"'))
    .filter(({ text }) => {
      const { type, content } = JSON.parse(text);
      return (type === 'message' && Array.isArray(content)) || type === 'error';
    });
}

function answers(root: string): readonly Recorded[] {
  return globSync(`${root}/**/*.http`).map((name) => {
    const [head = '', ...body] = readFileSync(name, 'utf8').split(/\r?\n\r?\n/);
    const kind = head.includes('text/event-stream') ? ('stream' as const) : ('whole' as const);
    const status = Number(/^HTTP\/\S+ (\d+)/.exec(head)?.[1]);
    return { name, kind, text: `${body.join('\n\n')}${kind === 'stream' ? '\n\n' : ''}`, status };
  });
}

const ADDRESS = /\/v1\/messages(?:\?|$)/;

function taped(root: string): readonly Recorded[] {
  return cassettes(root, ADDRESS).map(({ file, answered, status }, at) => ({
    name: `${file}#${at}`,
    kind: answered.startsWith('event:') ? 'stream' : 'whole',
    text: answered,
    status,
  }));
}

/** Bodies in base64, as a rule compressed. */
function packed(root: string): readonly Recorded[] {
  return globSync(`${root}/**/cassettes/**/*.yaml`).flatMap((name) => {
    const parts = readFileSync(name, 'utf8')
      .split(/^- request:$/m)
      .slice(1);
    return parts.flatMap((part, at) => {
      if (!ADDRESS.test(/^ +uri: (.*)$/m.exec(part)?.[1] ?? '')) return [];
      const [, base64] = /^ {6}string: !!binary \|\n((?: {8}.*\n)+)/m.exec(part) ?? [];
      if (base64 === undefined) return [];
      const bytes = Buffer.from(base64, 'base64');
      const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
      const status = Number(/^ +code: (\d+)$/m.exec(part)?.[1]);
      return [{ name: `${name}#${at}`, kind: 'whole' as const, text, status }];
    });
  });
}
