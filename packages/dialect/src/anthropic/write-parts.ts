// Parts of a request into blocks, as the provider wants them: no blank text, ids of calls in its
// letters, thoughts only with what it signed or sealed.
import type {
  Dropped,
  Extra,
  Json,
  JsonObject,
  Media,
  Part,
  Text,
  Thought,
  ToolCall,
  ToolResult,
  Turn,
} from '../canon/canon.ts';
import type { WriteQuirks } from '../canon/codec.ts';
import { textIn } from '../canon/exact.ts';
import { writeInput } from './input.ts';
import { standsFor } from './read-parts.ts';
import { thoughtBlock } from './thought.ts';

export type Out = {
  readonly quirks: WriteQuirks;
  readonly dropped: Dropped;
  readonly ids: CallIds;
};

/** Ids as the wire allows them, the same one for a call and its result. */
export class CallIds {
  readonly #given = new Map<string, string>();
  readonly #taken = new Set<string>();

  of(id: string): string {
    const known = this.#given.get(id);
    if (known !== undefined) return known;
    const plain = id.replace(/[^a-zA-Z0-9_-]/g, '_') || 'call';
    let free = plain;
    for (let n = 2; this.#taken.has(free); n += 1) free = `${plain}_${n}`;
    this.#given.set(id, free);
    this.#taken.add(free);
    return free;
  }
}

/** Names what only another dialect can read, and gives back our own. */
export function ownExtra(extra: Extra | undefined, { quirks, dropped }: Out): JsonObject {
  if (extra === undefined) return {};
  let own: JsonObject = {};
  for (const [wire, fields] of Object.entries(extra)) {
    if (wire === 'anthropic') own = fields;
    else for (const key of Object.keys(fields)) dropped.add(`${wire}.${key}`);
  }
  if (own['cache_control'] === undefined || !quirks.lacks?.includes('cache_control')) return own;
  dropped.add('anthropic.cache_control');
  const { cache_control: _, ...rest } = own;
  return rest;
}

export function textBlock(part: Text, out: Out): Json {
  const whole = standsFor(part);
  if (whole !== undefined) return whole;
  return { type: 'text', text: part.text, ...ownExtra(part.extra, out) };
}

export const isBlank = ({ text }: Pick<Text, 'text'>): boolean => !/\S/.test(text);

/** Blocks of one turn, in its order; what finds no place is in `dropped`. */
export function turnBlocks(turn: Turn, out: Out): readonly Json[] {
  const blocks: Json[] = [];
  for (const part of turn.parts) {
    const block = blockOf(part, turn.role === 'assistant', out);
    if (block !== undefined) blocks.push(block);
  }
  return blocks;
}

function blockOf(part: Part, isAssistant: boolean, out: Out): Json | undefined {
  switch (part.kind) {
    case 'text':
      return part.text === '' ? undefined : textBlock(part, out);
    case 'thought':
      return isAssistant ? thought(part, out) : drop('part.thought', out);
    case 'media':
      return isAssistant ? drop(mediaName(part), out) : media(part, out);
    case 'call':
      return isAssistant ? call(part, out) : drop('part.call', out);
    case 'result':
      return isAssistant ? drop('part.result', out) : result(part, out);
    case 'opaque':
      return part.wire === 'anthropic' ? part.value : drop('part.opaque', out);
  }
}

function drop(name: string, { dropped }: Out): undefined {
  dropped.add(name);
  return undefined;
}

const mediaName = ({ medium }: Media): string => `part.${medium}`;

/** The provider refuses a thought that it did not sign; other servers of the dialect take it. */
function thought(part: Thought, out: Out): Json | undefined {
  const isProven = part.signature !== undefined || part.sealed !== undefined;
  const isTaken = isProven || out.quirks.thoughtField === 'content_parts';
  if (!isTaken || out.quirks.thoughtField === 'none') return drop('part.thought', out);
  ownExtra(part.extra, out);
  return thoughtBlock(part);
}

function call(part: ToolCall, out: Out): Json {
  const { id, name, arguments: json, signature, extra } = part;
  if (signature !== undefined) out.dropped.add('call.signature');
  const own = ownExtra(extra, out);
  return { type: 'tool_use', id: out.ids.of(id), name, input: writeInput(json), ...own };
}

function result(part: ToolResult, out: Out): Json {
  const { id, parts, failed, extra } = part;
  return {
    type: 'tool_result',
    tool_use_id: out.ids.of(id),
    ...resultContent(parts, out),
    ...(failed === undefined ? {} : { is_error: failed }),
    ...ownExtra(extra, out),
  };
}

function resultContent(parts: readonly Part[], out: Out): JsonObject {
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only?.kind === 'text' && only.extra === undefined) return { content: only.text };
  const blocks: Json[] = [];
  for (const part of parts) {
    const block = inResult(part, out);
    if (block !== undefined) blocks.push(block);
  }
  return blocks.length === 0 ? {} : { content: blocks };
}

function inResult(part: Part, out: Out): Json | undefined {
  if (part.kind === 'text') return isBlank(part) ? undefined : textBlock(part, out);
  if (part.kind === 'opaque' && part.wire === 'anthropic') return part.value;
  if (part.kind !== 'media') return drop(`result.${part.kind}`, out);
  if (out.quirks.mediaInResults === false) return drop(`result.${part.medium}`, out);
  return media(part, out);
}

/** Base64 of the first bytes of the formats that the wire takes. */
const BEGINNINGS: readonly (readonly [start: string, type: string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
];
const PDF = 'application/pdf';

function media(part: Media, out: Out): Json | undefined {
  const { medium, source, type, name, extra } = part;
  if (medium !== 'image' && medium !== 'file') return drop(mediaName(part), out);
  const kind = medium === 'image' ? 'image' : 'document';
  const from = medium === 'image' ? imageSource(source, type) : fileSource(source, type);
  if (from === undefined) return drop(mediaName(part), out);
  const title = medium === 'file' && name !== undefined ? { title: name } : {};
  return { type: kind, source: from, ...title, ...ownExtra(extra, out) };
}

function imageSource(source: Media['source'], type: string | undefined): Json {
  if (source.kind === 'url') return { type: 'url', url: source.url };
  if (source.kind === 'id') return { type: 'file', file_id: source.id };
  const { data } = source;
  const seen = BEGINNINGS.find(([start]) => data.startsWith(start))?.[1];
  return { type: 'base64', media_type: type ?? seen ?? 'image/png', data };
}

/** Documents are PDF or plain text. */
function fileSource(source: Media['source'], type: string | undefined): Json | undefined {
  if (source.kind === 'url') return { type: 'url', url: source.url };
  if (source.kind === 'id') return { type: 'file', file_id: source.id };
  const { data } = source;
  if (type === PDF || type === undefined) return { type: 'base64', media_type: PDF, data };
  const text = type.startsWith('text/') ? decoded(data) : undefined;
  return text === undefined ? undefined : { type: 'text', media_type: 'text/plain', data: text };
}

function decoded(base64: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export const typeOf = (block: Json): string | undefined => textIn(block, 'type');
