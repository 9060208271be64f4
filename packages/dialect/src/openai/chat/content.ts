// Parts of a message: text, images, audio, video, files. What has no word of ours stays opaque, and
// fields beside the known ones come back to the same dialect from `extra`.
import type { Dropped, Json, JsonObject, Media, Part, Text } from '../../canon/canon.ts';
import { isObject, member, restOf, textIn } from '../../canon/exact.ts';
import { droppedExtra, type ExtraOf, extraOf, objectIn } from './extra.ts';
import { type Fields, pathOf } from './fields.ts';

const WIRE = 'openai';

/** @returns undefined where `value` is of a wrong type. Null: no parts. */
export function readContent(
  value: Json | undefined,
  where: string,
  fields: Fields,
): readonly Part[] | undefined {
  if (value === undefined || value === null || value === '') return [];
  if (typeof value === 'string') return [{ kind: 'text', text: value }];
  if (!Array.isArray(value)) return fields.bad(where, 'must be a string or a list of parts');
  const parts: Part[] = [];
  for (const [at, one] of value.entries()) {
    const part = readPart(one, `${where}[${at}]`, fields);
    if (part !== undefined) parts.push(...part);
  }
  return parts;
}

const TEXT_KEYS = new Set(['type', 'text']);

function readPart(value: Json, where: string, fields: Fields): readonly Part[] | undefined {
  if (!isObject(value)) return fields.bad(where, 'must be an object');
  const type = fields.text(value, 'type', where);
  switch (type) {
    case undefined:
      return fields.bad(pathOf(where, 'type'), 'must name the kind of the part');
    case 'text':
    case 'input_text':
    case 'output_text': {
      const text = fields.text(value, 'text', where);
      if (text === undefined) return fields.bad(pathOf(where, 'text'), 'must be a string');
      return [{ kind: 'text', text, ...extraOf(restOf(value, TEXT_KEYS)) }];
    }
    case 'refusal': {
      const text = fields.text(value, 'refusal', where) ?? '';
      return [refusalText(text)];
    }
    case 'thinking':
      return [{ kind: 'thought', text: thinkingText(member(value, 'thinking')) }];
    default: {
      const read = MEDIA[type];
      if (read === undefined) return [{ kind: 'opaque', wire: WIRE, value }];
      const media = read(value, type, where, fields);
      return media === undefined ? undefined : [media];
    }
  }
}

/** An answer that was refused, given back: other dialects see its text. */
export const refusalText = (text: string): Text => ({
  kind: 'text',
  text,
  extra: { [WIRE]: { refusal: true } },
});

/** A list of texts, or one. */
export function thinkingText(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  return value.map((one) => textIn(one, 'text') ?? '').join('');
}

type ReadMedia = (
  value: JsonObject,
  type: string,
  where: string,
  fields: Fields,
) => Media | undefined;

const byAddress =
  (medium: Media['medium']): ReadMedia =>
  (value, type, where, fields) => {
    const inner = member(value, type);
    const url = typeof inner === 'string' ? inner : textIn(inner, 'url');
    if (url === undefined) return fields.bad(pathOf(where, type), 'must be an object with a `url`');
    const more = restOf(inner, new Set(['url']));
    return { kind: 'media', medium, ...sourceOf(url), ...mediaExtra(value, type, more) };
  };

const MEDIA: { readonly [type: string]: ReadMedia | undefined } = {
  image_url: byAddress('image'),
  video_url: byAddress('video'),
  audio_url: byAddress('audio'),
  input_audio: readAudio,
  file: readFile,
  document_url: (value, type, where, fields) => {
    const url = fields.text(value, type, where);
    if (url === undefined) return fields.bad(pathOf(where, type), 'must be a string');
    const name = textIn(value, 'document_name');
    const named = name === undefined ? {} : { name };
    return { kind: 'media', medium: 'file', ...sourceOf(url), ...named };
  },
};

function readAudio(
  value: JsonObject,
  type: string,
  where: string,
  fields: Fields,
): Media | undefined {
  const inner = fields.object(value, type, where);
  const path = pathOf(where, type);
  const data = fields.text(inner, 'data', path);
  if (data === undefined) return fields.bad(pathOf(path, 'data'), 'must be a string');
  const format = fields.text(inner, 'format', path);
  const more = restOf(inner, new Set(['data', 'format']));
  const extra = mediaExtra(value, type, more);
  const isAddress = data.startsWith('data:') || data.startsWith('http');
  if (isAddress) return { kind: 'media', medium: 'audio', ...sourceOf(data), ...extra };
  const mime = format === undefined ? {} : { type: AUDIO_TYPES.get(format) ?? `audio/${format}` };
  return { kind: 'media', medium: 'audio', ...mime, source: { kind: 'base64', data }, ...extra };
}

function readFile(
  value: JsonObject,
  type: string,
  where: string,
  fields: Fields,
): Media | undefined {
  const inner = fields.object(value, type, where);
  const path = pathOf(where, type);
  const name = fields.text(inner, 'filename', path);
  const id = fields.text(inner, 'file_id', path);
  const data = fields.text(inner, 'file_data', path);
  const more = restOf(inner, new Set(['filename', 'file_id', 'file_data']));
  const beside = { ...(name === undefined ? {} : { name }), ...mediaExtra(value, type, more) };
  if (id !== undefined) {
    return { kind: 'media', medium: 'file', source: { kind: 'id', id }, ...beside };
  }
  if (data === undefined) return fields.bad(path, 'must have a `file_id` or `file_data`');
  const isAddress = data.startsWith('data:') || data.startsWith('http');
  const source = isAddress ? sourceOf(data) : { source: { kind: 'base64', data } as const };
  return { kind: 'media', medium: 'file', ...source, ...beside };
}

const AUDIO_TYPES = new Map([
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
]);
const AUDIO_FORMATS = new Map([
  ['audio/mpeg', 'mp3'],
  ['audio/x-wav', 'wav'],
  ['audio/wave', 'wav'],
]);

/** A `data:` address becomes what it holds. */
function sourceOf(url: string): Pick<Media, 'source' | 'type'> {
  const comma = url.startsWith('data:') ? url.indexOf(',') : -1;
  const head = comma < 0 ? '' : url.slice('data:'.length, comma);
  if (!head.endsWith(';base64')) return { source: { kind: 'url', url } };
  const type = head.slice(0, head.indexOf(';'));
  const source = { kind: 'base64', data: url.slice(comma + 1) } as const;
  return type === '' ? { source } : { type, source };
}

/** Fields beside the known ones: of the part itself, and of its inner object under `type`. */
function mediaExtra(value: JsonObject, type: string, inner: JsonObject | undefined): ExtraOf {
  const outer = restOf(value, new Set(['type', 'document_name', type]));
  if (outer === undefined && inner === undefined) return {};
  return extraOf({ ...outer, ...(inner === undefined ? {} : { [type]: inner }) });
}

/** A text, an image, ... as a part of a message; undefined, and named, where there is none. */
export function writePart(part: Part, dropped: Dropped): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
      droppedExtra(part.extra, dropped);
      return { type: 'text', text: part.text, ...part.extra?.[WIRE] };
    case 'media':
      return writeMedia(part, dropped);
    case 'opaque':
      if (part.wire === WIRE && isObject(part.value)) return part.value;
      dropped.add('part.opaque');
      return undefined;
    default:
      dropped.add(`part.${part.kind}`);
      return undefined;
  }
}

function writeMedia(media: Media, dropped: Dropped): JsonObject | undefined {
  const { medium, source, extra } = media;
  const [type, inner] = mediaFields(media);
  if (inner === undefined) {
    dropped.add(source.kind === 'id' ? `part.${medium}.id` : `part.${medium}`);
    return undefined;
  }
  droppedExtra(extra, dropped);
  const own = extra?.[WIRE];
  return { type, ...own, [type]: { ...inner, ...objectIn(own, type) } };
}

function mediaFields(media: Media): readonly [string, JsonObject | undefined] {
  const { medium, source, type, name } = media;
  if (medium === 'file') return ['file', fileFields(media)];
  if (source.kind === 'id') return [medium, undefined];
  if (medium === 'audio' && source.kind === 'base64') {
    const format = type === undefined ? 'wav' : audioFormat(type);
    return ['input_audio', { data: source.data, format }];
  }
  const usual = medium === 'image' ? 'image/png' : `${medium}/mp4`;
  const url = source.kind === 'url' ? source.url : dataUrl(type ?? usual, source.data);
  return [`${medium}_url`, { url, ...(name === undefined ? {} : { name }) }];
}

const audioFormat = (type: string): string =>
  AUDIO_FORMATS.get(type) ?? type.slice(type.indexOf('/') + 1);

export const dataUrl = (type: string, data: string): string => `data:${type};base64,${data}`;

function fileFields({ source, type, name }: Media): JsonObject {
  if (source.kind === 'id') return { file_id: source.id };
  if (source.kind === 'url') {
    return { ...(name === undefined ? {} : { filename: name }), file_data: source.url };
  }
  // A file without a name is refused.
  const mime = type ?? 'application/pdf';
  const filename = name ?? `file.${mime.slice(mime.lastIndexOf('/') + 1)}`;
  return { filename, file_data: dataUrl(mime, source.data) };
}
