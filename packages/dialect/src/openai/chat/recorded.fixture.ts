// Recorded traffic of this dialect below a folder: JSON chunks by lines, streams, whole messages,
// HTTP answers, and cassettes of two recorders.
import { globSync, readFileSync } from 'node:fs';
import type { Json } from '../../canon/canon.ts';
import { isObject, listIn, member, textIn, tryParse } from '../../canon/exact.ts';
import { cassettes } from '../../ollama/cassette.fixture.ts';

export type Recorded = {
  readonly name: string;
  readonly kind: 'stream' | 'whole';
  readonly text: string;
  readonly status: number;
  /** Body of the request, where it was recorded. */
  readonly asked: string;
};

const ADDRESS = /\/(?:chat\/completions|completions)(?:\?|$)/;
const DONE = 'data: [DONE]\n\n';

export function recorded(root: string): readonly Recorded[] {
  return [...lines(root), ...files(root), ...answers(root), ...taped(root), ...vcr(root)]
    .filter(isOurs)
    .map((one) => ({ ...one, name: one.name.replace(`${root}/`, '') }));
}

const isOurs = ({ kind, text, status }: Recorded): boolean => {
  if (kind === 'stream') return text.includes('"choices"');
  const body = tryParse(text);
  const hasChoices = listIn(body, 'choices')?.some((one) => isChoice(one)) ?? false;
  return hasChoices || (status >= 400 && isObject(body) && textIn(body, 'type') !== 'error');
};

const isChoice = (choice: Json): boolean =>
  isObject(member(choice, 'message')) || textIn(choice, 'text') !== undefined;

const NO_QUESTION = { status: 200, asked: '' };

/** Framing that such files lack is put back. */
function lines(root: string): readonly Recorded[] {
  return globSync(`${root}/**/*.chunks.txt`).map((name) => {
    const found = readFileSync(name, 'utf8').split('\n').filter(Boolean);
    const text = `${found.map((line) => `data: ${line}\n\n`).join('')}${DONE}`;
    return { ...NO_QUESTION, name, kind: 'stream', text };
  });
}

function files(root: string): readonly Recorded[] {
  const streams = globSync(`${root}/**/*.sse`).map((name) => ({ name, kind: 'stream' as const }));
  const wholes = globSync(`${root}/**/*.json`).map((name) => ({ name, kind: 'whole' as const }));
  return [...streams, ...wholes].map((one) => ({
    ...NO_QUESTION,
    ...one,
    text: readFileSync(one.name, 'utf8'),
  }));
}

function answers(root: string): readonly Recorded[] {
  return globSync(`${root}/**/*.http`).map((name) => {
    const [head = '', ...body] = readFileSync(name, 'utf8').split(/\r?\n\r?\n/);
    const kind = head.includes('text/event-stream') ? 'stream' : 'whole';
    const text = `${body.join('\n\n')}${kind === 'stream' ? '\n\n' : ''}`;
    return { name, kind, text, status: Number(/^HTTP\/\S+ (\d+)/.exec(head)?.[1]), asked: '' };
  });
}

const kindOf = (text: string): Recorded['kind'] => (text.startsWith('{') ? 'whole' : 'stream');

function taped(root: string): readonly Recorded[] {
  return cassettes(root, ADDRESS).map(({ file, answered, asked, status }, at) => ({
    name: `${file}#${at}`,
    kind: kindOf(answered),
    text: answered,
    status,
    asked,
  }));
}

/** Recordings of go-vcr: bodies are blocks or quoted. */
function vcr(root: string): readonly Recorded[] {
  return globSync(`${root}/**/cassettes/*.yaml`).flatMap((name) => {
    const parts = readFileSync(name, 'utf8').split(/^ *- id: \d+$/m);
    return parts.slice(1).flatMap((part, at) => {
      const [request = '', response = ''] = part.split(/^ *response:$/m);
      if (!ADDRESS.test(/^ *url: (.*)$/m.exec(request)?.[1] ?? '')) return [];
      const text = body(response);
      const status = Number(/^ *code: (\d+)$/m.exec(response)?.[1]);
      return [{ name: `${name}#${at}`, kind: kindOf(text), text, status, asked: body(request) }];
    });
  });
}

function body(part: string): string {
  const found = /^( *)body: (.*)\n/m.exec(part);
  if (found === null) return '';
  const [whole, indent = '', first = ''] = found;
  if (first.startsWith('"')) {
    const value: unknown = JSON.parse(first);
    return typeof value === 'string' ? value : '';
  }
  if (!first.startsWith('|')) return first.replace(/^'|'$/g, '').replaceAll("''", "'");
  const inner = `${indent}    `;
  const out: string[] = [];
  for (const line of part.slice(found.index + whole.length).split('\n')) {
    if (line !== '' && !line.startsWith(inner)) break;
    out.push(line.slice(inner.length));
  }
  return out.join('\n');
}
