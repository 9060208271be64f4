// Cassettes of the recorders that client libraries are tested with: vcrpy, go-vcr and their like.
// All hold a list of interactions; they differ in where a body stands and whether it is compressed.
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { parse } from 'yaml';
import { FRAMED_TYPE, framesFor } from '../../packages/ports/src/dial/frames.ts';
import { type Exchange, providerOf } from './exchange.ts';

type Fields = { readonly [key: string]: unknown };

/** Throws where the file is no YAML (or JSON, which is YAML too). */
export function fromCassette(name: string, text: string): readonly Exchange[] {
  const whole = parsed(text);
  const list = valueIn(whole, 'interactions') ?? valueIn(whole, 'http_interactions');
  if (!Array.isArray(list)) return [];
  const interactions: readonly unknown[] = list;
  return interactions.flatMap((one, at) => exchangeOf(`${name}#${at}`, one) ?? []);
}

function parsed(text: string): unknown {
  const read = (some: string): unknown =>
    parse(some, { customTags: ['binary'], logLevel: 'error' });
  try {
    return read(text);
  } catch {
    return read(indented(text));
  }
}

const OPENING = /^( *)(?:- )?[\w-]+: (['"])/;
const REST = { "'": /^(?:[^']|'')*'\s*$/, '"': /^(?:[^"\\]|\\.)*"\s*$/ } as const;

/** Some recorders do not indent the further lines of a quoted text, and some readers take that. */
function indented(text: string): string {
  let prefix = '';
  let rest: RegExp | undefined;
  const lines = text.split('\n').map((line) => {
    if (rest !== undefined) {
      const here = `${prefix}${line}`;
      if (rest.test(line)) rest = undefined;
      return here;
    }
    const found = OPENING.exec(line);
    if (found === null) return line;
    const [head, indent = '', quote] = found;
    const closing = quote === '"' ? REST['"'] : REST["'"];
    if (!closing.test(line.slice(head.length))) {
      prefix = `${indent}    `;
      rest = closing;
    }
    return line;
  });
  return lines.join('\n');
}

function exchangeOf(name: string, one: unknown): Exchange | undefined {
  const request = fieldsIn(one, 'request');
  const response = fieldsIn(one, 'response');
  if (request === undefined || response === undefined) return undefined;
  const url = textOf(request['uri'] ?? request['url']);
  const asked = bodyOf(request);
  const answered = bodyOf(response);
  if (answered === undefined) return undefined;
  return {
    name,
    provider: providerOf(name, url),
    url,
    status: statusOf(response),
    asked: asked === undefined ? undefined : new TextDecoder().decode(unpacked(asked, request)),
    answered: unpacked(answered, response),
    unframed: false,
  };
}

function statusOf(response: Fields): number {
  const { status, code, status_code } = response;
  const inner = valueIn(status, 'code');
  const said = [inner, code, status_code, status].find((value) => value !== undefined);
  return Number.parseInt(String(said ?? 200), 10);
}

/** Text, bytes, or what a recorder has parsed for its readers. */
function bodyOf(message: Fields): Uint8Array | undefined {
  const { body, parsed_body, content } = message;
  const said = valueIn(body, 'string') ?? body ?? content;
  if (said instanceof Uint8Array) return said;
  if (typeof said === 'string') return new TextEncoder().encode(said);
  const base64 = valueIn(body, 'base64_string') ?? valueIn(body, 'base64');
  if (typeof base64 === 'string') return Buffer.from(base64, 'base64');
  const parsed = parsed_body ?? said;
  if (parsed === undefined || parsed === null) return undefined;
  return new TextEncoder().encode(JSON.stringify(parsed));
}

/** By what the bytes are: recorders decompress and leave the header as it was, or do not. */
function unpacked(bytes: Uint8Array, message: Fields): Uint8Array {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes);
  if (bytes[0] === 0x28 && bytes[1] === 0xb5) return zstdDecompressSync(bytes);
  if (headerOf(message, 'content-type')?.startsWith(FRAMED_TYPE) === true) return unframed(bytes);
  const encoding = headerOf(message, 'content-encoding');
  try {
    if (encoding === 'br') return brotliDecompressSync(bytes);
    if (encoding === 'deflate') return inflateSync(bytes);
  } catch {
    return bytes;
  }
  return bytes;
}

/** Binary frames as the events that the connection makes of them. */
function unframed(bytes: Uint8Array): Uint8Array {
  const events: Uint8Array[] = [];
  const nothing = (): void => undefined;
  const frames = framesFor({
    chunk: (event) => void events.push(event),
    end: nothing,
    fault: (_, why) => {
      throw new Error(why);
    },
    full: nothing,
    drained: nothing,
  });
  frames.write(bytes);
  frames.end();
  return Buffer.concat(events);
}

function headerOf(message: Fields, name: string): string | undefined {
  const headers = fieldsIn(message, 'headers') ?? {};
  const key = Object.keys(headers).find((one) => one.toLowerCase() === name);
  const value = key === undefined ? undefined : headers[key];
  return textOf(Array.isArray(value) ? value[0] : value);
}

function valueIn(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  const found: unknown = Reflect.get(value, key);
  return found ?? undefined;
}

function fieldsIn(value: unknown, key: string): Fields | undefined {
  const found = valueIn(value, key);
  return isFields(found) ? found : undefined;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;
