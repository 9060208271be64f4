// Requests that are moderated, counted or only pass: their paths and bodies, as JSON and as forms,
// with parts that can be read and parts that nobody can.
import type { Operation } from '@signalbox/contract';
import { encode } from '@signalbox/dialect';
import type { Chance } from '../chance.ts';
import type { Wish } from '../facts.ts';
import type { MadeObject } from '../upstream/passed.ts';

/** What differs from a chat. */
export type Asked = Pick<
  Wish,
  'operation' | 'method' | 'path' | 'model' | 'body' | 'unreadable' | 'holds' | 'about'
> & { readonly contentType: string };

export type AskingTools = {
  readonly chance: Chance;
  /** What it says: its canary among it. */
  readonly text: string;
  /** What somebody has made before. */
  readonly objects: readonly MadeObject[];
};

const JSON_TYPE = 'application/json';
const BOUNDARY = 'edgeoftheworld';
const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;
const MODELS = ['small', 'medium', 'auto', 'upwards', 'careful', 'large'] as const;

const MADE: readonly [readonly [Operation, number], ...(readonly [Operation, number])[]] = [
  ['moderation', 6],
  ['count', 6],
  ['file', 12],
  ['batch', 1],
  ['image', 2],
  ['image-edit', 2],
  ['speech', 2],
  ['transcription', 2],
  ['translation', 1],
  ['rerank', 2],
];
/** Of calls of these kinds: about something that was made before. */
const ABOUT_SHARE = 0.75;
const BATCH_SHARE = 0.4;

export function drawAsked(tools: AskingTools, holds: Wish['holds']): Asked {
  const { chance, objects } = tools;
  const object = chance.happens(ABOUT_SHARE) ? chance.oneOf(objects) : undefined;
  const isBatched = object?.operation === 'file' && chance.happens(BATCH_SHARE);
  if (object !== undefined && !isBatched) return aboutObject(object, chance);
  const operation = isBatched ? 'batch' : chance.weighted(MADE);
  const body = bodyOf(operation, tools);
  return {
    operation,
    method: 'POST',
    path: PATHS[operation] ?? '',
    model: body.model,
    body: body.bytes,
    unreadable: body.unreadable,
    holds: body.isRead === false ? [] : holds,
    about: body.about,
    contentType: body.contentType,
  };
}

function aboutObject({ name, operation }: MadeObject, chance: Chance): Asked {
  const one = `${PATHS[operation]}/${name}`;
  const asked = {
    operation,
    ...{ model: 'auto', body: encode(''), unreadable: false, holds: [], contentType: JSON_TYPE },
  };
  const lists = {
    ...asked,
    method: 'GET',
    path: PATHS[operation] ?? '',
    about: undefined,
  } as const;
  if (chance.happens(0.2)) return lists;
  if (operation === 'batch') {
    return chance.happens(0.5)
      ? { ...asked, method: 'GET', path: one, about: name }
      : { ...asked, method: 'POST', path: `${one}/cancel`, about: name };
  }
  return chance.pick<Asked>([
    { ...asked, method: 'GET', path: one, about: name },
    { ...asked, method: 'GET', path: `${one}/content`, about: name },
    { ...asked, method: 'DELETE', path: one, about: name },
  ]);
}

const PATHS: Readonly<Partial<Record<Operation, string>>> = {
  moderation: '/v1/moderations',
  count: '/v1/messages/count_tokens',
  file: '/v1/files',
  batch: '/v1/batches',
  image: '/v1/images/generations',
  'image-edit': '/v1/images/edits',
  speech: '/v1/audio/speech',
  transcription: '/v1/audio/transcriptions',
  translation: '/v1/audio/translations',
  rerank: '/v1/rerank',
};

type Body = Pick<Asked, 'model' | 'unreadable' | 'contentType'> & {
  readonly bytes: Uint8Array;
  readonly about?: string | undefined;
  /** False: what it says stands where nobody reads. */
  readonly isRead?: boolean;
};

function bodyOf(operation: Operation, { chance, text, objects }: AskingTools): Body {
  const model = chance.pick(MODELS);
  const written = JSON.stringify(text);
  const json = (fields: string): Body => ({
    bytes: encode(`{"model":"${model}",${fields}}`),
    ...{ model, unreadable: false, contentType: JSON_TYPE },
  });
  switch (operation) {
    case 'count':
      return json(`"messages":[{"role":"user","content":${written}}]`);
    case 'image':
      return json(`"prompt":${written}`);
    case 'speech':
      return json(`"input":${written},"voice":"a"`);
    case 'rerank':
      return json(`"query":${written},"documents":["one","two"]`);
    case 'batch': {
      const files = objects.filter((one) => one.operation === 'file');
      const file = chance.oneOf(files)?.name ?? 'file-of0x';
      const bytes = encode(`{"input_file_id":"${file}","endpoint":"/v1/chat/completions"}`);
      const plain = { model: 'auto', unreadable: false, contentType: JSON_TYPE };
      return { ...plain, bytes, about: file, isRead: false };
    }
    case 'moderation': {
      const image = '{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}';
      const isSeen = chance.happens(0.7);
      const parts = `[{"type":"text","text":${written}}${isSeen ? '' : `,${image}`}]`;
      return { ...json(`"input":${parts}`), unreadable: !isSeen };
    }
    default:
      return form(operation, model, { chance, text });
  }
}

function form(
  operation: Operation,
  model: string,
  { chance, text }: Pick<AskingTools, 'chance' | 'text'>,
): Body {
  const part = (name: string, value: string, more = ''): string =>
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  const isFile = operation === 'file';
  const isText = isFile && chance.happens(0.6);
  const isBatch = isFile && chance.happens(0.2);
  const value = isText ? text : `\0\x01${text}\0`;
  const named = isFile ? 'file' : operation === 'image-edit' ? 'image' : 'file';
  const parts = [
    isFile ? part('purpose', isBatch ? 'batch' : 'assistants') : part('model', model),
    part(named, value, `; filename="a.${isText ? 'txt' : 'bin'}"`),
    ...(isFile ? [] : [part('prompt', text)]),
  ];
  return {
    bytes: encode(`${parts.join('')}--${BOUNDARY}--\r\n`),
    model: isFile ? 'auto' : model,
    unreadable: !isText || isBatch,
    isRead: isText || !isFile,
    contentType: FORM_TYPE,
  };
}
