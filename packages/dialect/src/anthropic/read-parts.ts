// Content of requests into parts. What this wire alone can say beside a part goes to its `extra`; a
// document or a search result that is text is text for every other dialect, with the block itself
// beside it; blocks of the provider's own tools are opaque.
import type { Json, JsonObject, Media, Part, Text, ToolCall, ToolResult } from '../canon/canon.ts';
import { isObject, listIn, member, textIn } from '../canon/exact.ts';
import { extraOf, flag, neededText, object, restOf, text, Wrong } from './fields.ts';
import { readCallSignature, readInput } from './input.ts';
import { readThought } from './thought.ts';

const TEXT = new Set(['type', 'text']);
const IMAGE = new Set(['type', 'source']);
const DOCUMENT = new Set(['type', 'source', 'title']);
const CALL = new Set(['type', 'id', 'name', 'input', 'extra_content']);
const RESULT = new Set(['type', 'tool_use_id', 'content', 'is_error']);

/** A text, or a list of blocks. */
export function readParts(content: Json | undefined, path: string): readonly Part[] {
  if (content === undefined || content === null || content === '') return [];
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  if (!Array.isArray(content)) throw new Wrong(path, 'must be a string or an array');
  return content.map((block: Json, at) => readBlock(block, `${path}.${at}`));
}

function readBlock(block: Json, path: string): Part {
  if (!isObject(block)) throw new Wrong(path, 'must be an object');
  switch (neededText(block, 'type', path)) {
    case 'text':
      return {
        kind: 'text',
        text: neededText(block, 'text', path),
        ...extraOf(restOf(block, TEXT)),
      };
    case 'image':
      return readMedia(block, 'image', path) ?? opaque(block);
    case 'document':
      return readDocument(block, path) ?? readMedia(block, 'file', path) ?? opaque(block);
    case 'search_result':
      return standing(block, [textIn(block, 'title'), textIn(block, 'source'), contentText(block)]);
    case 'thinking':
      neededText(block, 'thinking', path);
      text(block, 'signature', path);
      return readThought(block);
    case 'redacted_thinking':
      return { kind: 'thought', text: '', sealed: neededText(block, 'data', path) };
    case 'tool_use':
      return readCall(block, path);
    case 'tool_result':
      return readResult(block, path);
    default:
      return opaque(block);
  }
}

const opaque = (value: JsonObject): Part => ({ kind: 'opaque', wire: 'anthropic', value });

/** Text for those who have no such block; the same dialect gets the block. */
function standing(block: JsonObject, texts: readonly (string | undefined)[]): Text {
  const said = texts.filter((one) => one !== undefined && one !== '');
  const type = textIn(block, 'type') ?? '';
  return { kind: 'text', text: said.join('\n'), extra: { anthropic: { [type]: block } } };
}

/** The block that a text stands for. */
export function standsFor({ extra }: Text): Json | undefined {
  const own = extra?.anthropic;
  const block = own?.['document'] ?? own?.['search_result'];
  return isObject(block) ? block : undefined;
}

function contentText(from: Json): string {
  const content = member(from, 'content');
  if (typeof content === 'string') return content;
  const texts = (listIn(from, 'content') ?? []).map((one) => textIn(one, 'text') ?? '');
  return texts.join('\n');
}

/** A document whose words stand in the request. */
function readDocument(block: JsonObject, path: string): Text | undefined {
  const source = object(block, 'source', path) ?? {};
  const kind = textIn(source, 'type');
  const content = listIn(source, 'content') ?? [];
  const isReadable = content.every((one) => textIn(one, 'type') === 'text');
  const said =
    kind === 'text'
      ? neededText(source, 'data', `${path}.source`)
      : kind === 'content' && isReadable
        ? contentText(source)
        : undefined;
  if (said === undefined) return undefined;
  return standing(block, [textIn(block, 'title'), textIn(block, 'context'), said]);
}

function readMedia(block: JsonObject, medium: 'image' | 'file', path: string): Media | undefined {
  const from = object(block, 'source', path) ?? {};
  const where = `${path}.source`;
  const source = readSource(from, where);
  if (source === undefined) return undefined;
  const type = text(from, 'media_type', where);
  const title = medium === 'file' ? text(block, 'title', path) : undefined;
  return {
    kind: 'media',
    medium,
    source,
    ...(type === undefined ? {} : { type }),
    ...(title === undefined ? {} : { name: title }),
    ...extraOf(restOf(block, medium === 'file' ? DOCUMENT : IMAGE)),
  };
}

function readSource(from: JsonObject, path: string): Media['source'] | undefined {
  switch (neededText(from, 'type', path)) {
    case 'base64':
      return { kind: 'base64', data: neededText(from, 'data', path) };
    case 'url':
      return { kind: 'url', url: neededText(from, 'url', path) };
    case 'file':
      return { kind: 'id', id: neededText(from, 'file_id', path) };
    default:
      return undefined;
  }
}

function readCall(block: JsonObject, path: string): ToolCall {
  const signature = readCallSignature(block);
  return {
    kind: 'call',
    id: neededText(block, 'id', path),
    name: neededText(block, 'name', path),
    arguments: readInput(object(block, 'input', path)),
    ...(signature === undefined ? {} : { signature }),
    ...extraOf(restOf(block, CALL)),
  };
}

function readResult(block: JsonObject, path: string): ToolResult {
  const failed = flag(block, 'is_error', path);
  return {
    kind: 'result',
    id: neededText(block, 'tool_use_id', path),
    parts: readParts(block['content'], `${path}.content`),
    ...(failed === undefined ? {} : { failed }),
    ...extraOf(restOf(block, RESULT)),
  };
}
