// Blocks as the Messages API has them into blocks of this format: the kind of a block is its one
// key. A mark for the cache is a block of its own, after what it marks.
import type { Dropped, Json, JsonObject } from '../canon/canon.ts';
import { booleanIn, isObject, member, textIn } from '../canon/exact.ts';

export type Blocks = {
  readonly dropped: Dropped;
  /** Documents named so far: two of one name are refused. */
  documents: number;
};

/** What a block may hold beside what is read of it. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['type', 'text', 'thinking', 'signature', 'data', 'source', 'title', 'cache_control'],
  ...['id', 'name', 'input', 'tool_use_id', 'content', 'is_error'],
]);

export function writeBlocks(content: Json | undefined, blocks: Blocks): readonly Json[] {
  if (typeof content === 'string') return [{ text: content }];
  if (!Array.isArray(content)) return [];
  return content.flatMap((block) => (isObject(block) ? written(block, blocks) : []));
}

function written(block: JsonObject, blocks: Blocks): readonly Json[] {
  const one = blockOf(block, blocks);
  if (one === undefined) return [];
  for (const key of Object.keys(block)) {
    if (!KNOWN.has(key)) blocks.dropped.add(`anthropic.${key}`);
  }
  if (member(block, 'cache_control') === undefined) return [one];
  return [one, { cachePoint: { type: 'default' } }];
}

function blockOf(block: JsonObject, blocks: Blocks): Json | undefined {
  switch (textIn(block, 'type')) {
    case 'text':
      return { text: textIn(block, 'text') ?? '' };
    case 'thinking': {
      const text = textIn(block, 'thinking') ?? '';
      const signature = textIn(block, 'signature') ?? '';
      return { reasoningContent: { reasoningText: { text, signature } } };
    }
    case 'redacted_thinking':
      return { reasoningContent: { redactedContent: textIn(block, 'data') ?? '' } };
    case 'image':
      return image(member(block, 'source'), blocks);
    case 'document':
      return document(block, blocks);
    case 'tool_use': {
      const [toolUseId, name] = [textIn(block, 'id') ?? '', textIn(block, 'name') ?? ''];
      return { toolUse: { toolUseId, name, input: member(block, 'input') ?? {} } };
    }
    case 'tool_result':
      return result(block, blocks);
    default:
      return drop('part.opaque', blocks);
  }
}

function drop(name: string, { dropped }: Blocks): undefined {
  dropped.add(name);
  return undefined;
}

/** Addresses are read in its own store alone. */
const STORE = 's3://';

function place(source: Json | undefined): JsonObject | undefined {
  const data = textIn(source, 'data');
  if (data !== undefined) {
    const isText = textIn(source, 'type') === 'text';
    return { bytes: isText ? base64(data) : data };
  }
  const uri = textIn(source, 'url');
  return uri?.startsWith(STORE) === true ? { s3Location: { uri } } : undefined;
}

function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let letters = '';
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters);
}

function image(source: Json | undefined, blocks: Blocks): Json | undefined {
  const from = place(source);
  const format = (textIn(source, 'media_type') ?? extension(source)).replace(/^image\//, '');
  if (from === undefined) return drop('part.image.url', blocks);
  return { image: { format: format === 'jpg' ? 'jpeg' : format, source: from } };
}

const extension = (source: Json | undefined): string =>
  /\.([a-z]{2,4})$/i.exec(textIn(source, 'url') ?? '')?.[1]?.toLowerCase() ?? 'png';

/** Letters that names of documents may have. */
const NAME_LETTERS = /[^a-zA-Z0-9 \-()[\]]+/g;
const NAME_CHARACTERS_MAX = 200;

function document(block: JsonObject, blocks: Blocks): Json | undefined {
  const source = member(block, 'source');
  const from = place(source);
  if (from === undefined) return drop('part.file', blocks);
  blocks.documents += 1;
  const plain = (textIn(block, 'title') ?? '').replace(NAME_LETTERS, ' ').replace(/ {2,}/g, ' ');
  const name = `${plain.trim().slice(0, NAME_CHARACTERS_MAX - 8)} ${blocks.documents}`.trim();
  const format = textIn(source, 'media_type') === 'text/plain' ? 'txt' : 'pdf';
  return {
    document: { format, name: plain.trim() === '' ? `document ${name}` : name, source: from },
  };
}

function result(block: JsonObject, blocks: Blocks): Json {
  const content = writeBlocks(member(block, 'content'), blocks);
  const failed = booleanIn(block, 'is_error');
  return {
    toolResult: {
      toolUseId: textIn(block, 'tool_use_id') ?? '',
      // None at all is refused.
      content: content.length === 0 ? [{ text: '' }] : content,
      ...(failed === undefined ? {} : { status: failed ? 'error' : 'success' }),
    },
  };
}
