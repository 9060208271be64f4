// Bytes in a request or an answer, and files at an address: `inlineData` and `fileData`.
import type { Dropped, Json, JsonObject, Media } from '../canon/canon.ts';
import { restOf, said } from '../canon/exact.ts';
import { either, spellings } from './fields.ts';

type Source = Media['source'];

/** Where Google holds files: nobody else can fetch these. */
const HELD = /^gs:\/\/|^https:\/\/[^/]*googleapis\.com\/[^?#]*\bfiles\//;
const ADDRESS = /^(?:https?|gs):\/\//;
const DATA_URL = /^data:([^;,]*)((?:;[^;,]*)*);base64,/;
const DATA_URL_HEAD_MAX = 256;

const MEDIA_KEYS = spellings('inlineData', 'fileData', 'thoughtSignature');

/** Types that Google takes when a caller said only what kind of medium it is. */
const TYPES: Readonly<Record<Media['medium'], string>> = {
  image: 'image/png',
  audio: 'audio/wav',
  video: 'video/mp4',
  file: 'application/pdf',
};

const BY_ENDING: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['gif', 'image/gif'],
  ['heic', 'image/heic'],
  ['mp3', 'audio/mp3'],
  ['wav', 'audio/wav'],
  ['flac', 'audio/flac'],
  ['ogg', 'audio/ogg'],
  ['mp4', 'video/mp4'],
  ['mov', 'video/mov'],
  ['webm', 'video/webm'],
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
]);

function endingType(url: string): string | undefined {
  const path = /^[^?#]*/.exec(url)?.[0] ?? '';
  return BY_ENDING.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase());
}

function mediumOf(type: string | undefined): Media['medium'] {
  const family = type?.slice(0, type.indexOf('/'));
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'file';
}

/** Undefined where the part holds no medium, or one without bytes and address. */
export function readMedia(part: Json): Media | undefined {
  const inline = either(part, 'inlineData');
  const held = inline ?? either(part, 'fileData');
  const type = textOf(held, 'mimeType');
  const data = textOf(inline, 'data');
  const uri = inline === undefined ? textOf(held, 'fileUri') : undefined;
  const source = data === undefined ? sourceOf(uri) : { kind: 'base64' as const, data };
  if (source === undefined) return undefined;
  const rest = restOf(part, MEDIA_KEYS);
  const known = type ?? (uri === undefined ? undefined : endingType(uri));
  return {
    kind: 'media',
    medium: mediumOf(known),
    source,
    ...said({ type, name: textOf(held, 'displayName') }),
    ...(rest === undefined ? {} : { extra: { gemini: rest } }),
  };
}

function textOf(value: Json | undefined, name: string): string | undefined {
  const found = either(value, name);
  return typeof found === 'string' ? found : undefined;
}

function sourceOf(uri: string | undefined): Source | undefined {
  if (uri === undefined) return undefined;
  return HELD.test(uri) || !ADDRESS.test(uri) ? { kind: 'id', id: uri } : { kind: 'url', url: uri };
}

/** Undefined, and named among what is dropped, where another provider holds the file. */
export function writeMedia(media: Media, dropped: Dropped): JsonObject | undefined {
  const { source, medium, type, name, extra } = media;
  if (name !== undefined) dropped.add('part.name');
  const more = extra?.gemini ?? {};
  const inline = inlineOf(source);
  if (inline !== undefined) {
    const mimeType = type ?? inline.type ?? TYPES[medium];
    return { ...more, inlineData: { mimeType, data: inline.data } };
  }
  const uri = source.kind === 'id' ? source.id : source.kind === 'url' ? source.url : '';
  if (!ADDRESS.test(uri)) {
    dropped.add(`part.${medium}`);
    return undefined;
  }
  return { ...more, fileData: said({ mimeType: type ?? endingType(uri), fileUri: uri }) };
}

function inlineOf(source: Source): { type: string | undefined; data: string } | undefined {
  if (source.kind === 'base64') return { type: undefined, data: source.data };
  if (source.kind !== 'url' || !source.url.startsWith('data:')) return undefined;
  const head = DATA_URL.exec(source.url.slice(0, DATA_URL_HEAD_MAX));
  if (head === null) return undefined;
  return { type: head[1] || undefined, data: source.url.slice(head[0].length) };
}
