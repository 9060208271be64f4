// Every recording below a folder, whatever tool made it: messages by lines, streams, whole answers,
// HTTP answers, cassettes.
import { globSync, readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fromCassette } from './cassettes.ts';
import { type Exchange, providerOf } from './exchange.ts';
import { fromLines } from './lines.ts';

export type Found = {
  readonly exchanges: readonly Exchange[];
  /** Files that could not be read, and why. */
  readonly broken: readonly string[];
};

/** Larger files are no recording of a call. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;

export function recordings(folder: string): Found {
  const exchanges: Exchange[] = [];
  const broken: string[] = [];
  const files = globSync(`${folder}/**/*.{txt,jsonl,ndjson,sse,json,yaml,yml,http}`).sort();
  for (const file of files) {
    const name = relative(folder, file).split(sep).join('/');
    try {
      exchanges.push(...fromFile(name, readFileSync(file)));
    } catch (error) {
      broken.push(`${name}: ${error instanceof Error ? error.message.split('\n')[0] : 'unknown'}`);
    }
  }
  return { exchanges: exchanges.map(named(indexOf(folder))), broken };
}

function fromFile(name: string, bytes: Uint8Array): readonly Exchange[] {
  if (bytes.length > FILE_BYTES_MAX || bytes.length === 0) return [];
  const text = new TextDecoder().decode(bytes);
  if (/\.ya?ml$/.test(name)) return fromCassette(name, text);
  if (name.endsWith('.http')) return fromHttp(name, bytes);
  if (name.endsWith('.json')) {
    if (/^\s*\{\s*"(version|interactions)"/.test(text)) return fromCassette(name, text);
    return [whole(name, bytes)];
  }
  // A list of recordings is none itself.
  if (name === INDEX) return [];
  return fromLines(name, text);
}

function whole(name: string, answered: Uint8Array): Exchange {
  const head = { provider: providerOf(name, undefined), url: undefined, status: 200 };
  return { ...head, name, asked: undefined, answered, unframed: false };
}

/** Head and body of an answer; a body that is still in pieces is put together. */
function fromHttp(name: string, bytes: Uint8Array): readonly Exchange[] {
  const text = new TextDecoder('latin1').decode(bytes);
  const gap = /\r?\n\r?\n/.exec(text);
  const status = Number(/^HTTP\/\S+ (\d{3})/.exec(text)?.[1]);
  if (gap === null || Number.isNaN(status)) return [];
  const head = text.slice(0, gap.index);
  const body = bytes.subarray(gap.index + gap[0].length);
  const inPieces = /transfer-encoding: *chunked/i.test(head) && /^[0-9a-f]+\r\n/i.test(latin(body));
  return [{ ...whole(name, inPieces ? together(body) : body), status }];
}

const latin = (bytes: Uint8Array): string =>
  new TextDecoder('latin1').decode(bytes.subarray(0, 16));

function together(body: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let at = 0;
  while (at < body.length) {
    const size = Number.parseInt(latin(body.subarray(at)), 16);
    const start = body.indexOf(0x0a, at) + 1;
    if (!(size > 0) || start === 0) break;
    pieces.push(body.subarray(start, start + size));
    at = start + size + 2;
  }
  return Buffer.concat(pieces);
}

const INDEX = 'index.jsonl';

/** Providers by file, where the folder has a list of what is in it. */
function indexOf(folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of globSync(`${folder}/${INDEX}`)) {
    for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
      const { src, path, provider } = JSON.parse(line);
      if (typeof provider === 'string') found.set(`${src}/${path}`, provider.split(' ')[0] ?? '');
    }
  }
  return found;
}

const named =
  (index: ReadonlyMap<string, string>) =>
  (exchange: Exchange): Exchange => {
    const file = exchange.name.replace(/#\d+$/, '');
    return { ...exchange, provider: index.get(file) ?? exchange.provider };
  };
