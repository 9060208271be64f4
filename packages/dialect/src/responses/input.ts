// The items of a request's input into turns: items of the assistant that stand together are one
// turn, and so are results of tools; a user's message is one. Items that only the provider can read
// stay whole in their place.
import type { Json, Media, Part, Turn } from '../canon/canon.ts';
import { isObject, listIn, member, restOf, textIn } from '../canon/exact.ts';
import {
  fieldOf,
  listField,
  objectsIn,
  type Place,
  pathOf,
  textField,
  textNeeded,
  Unreadable,
} from './fields.ts';
import { inputArguments, pictureOf, signatureOf } from './reading.ts';

export type Input = { readonly system: readonly Part[]; readonly turns: readonly Turn[] };

type Role = Turn['role'];
type Open = { readonly role: Role; readonly parts: Part[] };

const ROLES: ReadonlyMap<string, Role> = new Map([
  ['user', 'user'],
  ['assistant', 'assistant'],
  ['system', 'system'],
  ['developer', 'system'],
]);

export function readInput(body: Place): Input {
  const input = fieldOf(body, 'input');
  if (typeof input === 'string') {
    return { system: [], turns: [{ role: 'user', parts: [{ kind: 'text', text: input }] }] };
  }
  if (input !== undefined && !Array.isArray(input)) {
    throw new Unreadable('input', 'The field `input` must be a string or a list.');
  }
  const turns: Open[] = [];
  const system: Part[] = [];
  objectsIn(listField(body, 'input') ?? [], 'input').forEach((item, at) => {
    const { role, parts } = readItem(item, at);
    const last = turns.at(-1);
    if (role === 'system' && last === undefined) system.push(...parts);
    else if (last?.role === role && role !== 'user') last.parts.push(...parts);
    else turns.push({ role, parts: [...parts] });
  });
  return { system, turns };
}

function readItem(item: Place, at: number): { role: Role; parts: readonly Part[] } {
  const type = textField(item, 'type') ?? 'message';
  switch (type) {
    case 'message': {
      const word = textNeeded(item, 'role');
      const role = ROLES.get(word);
      if (role !== undefined) return { role, parts: readContent(item, 'content') };
      const path = pathOf(item, 'role');
      throw new Unreadable(path, `The field \`${path}\` has a value that is not known.`);
    }
    case 'reasoning':
      return { role: 'assistant', parts: [readThought(item)] };
    case 'function_call':
    case 'custom_tool_call':
      return { role: 'assistant', parts: [readCall(item, at)] };
    case 'function_call_output':
    case 'custom_tool_call_output':
      return { role: 'tool', parts: [readResult(item, at)] };
    default: {
      const part = pictureOf(item.value) ?? opaque(item.value);
      return { role: isOutput(type) ? 'tool' : 'assistant', parts: [part] };
    }
  }
}

const opaque = (value: Json): Part => ({ kind: 'opaque', wire: 'responses', value });

/** Of the provider's own tools that the caller runs. */
const isOutput = (type: string): boolean =>
  type.endsWith('_output') || type === 'mcp_approval_response';

const CALL = new Set([
  ...['type', 'id', 'call_id', 'name', 'arguments', 'input', 'status', 'extra_content'],
]);

function readCall(item: Place, at: number): Part {
  const custom = textField(item, 'type') === 'custom_tool_call';
  const said = fieldOf(item, custom ? 'input' : 'arguments') ?? '';
  const text = typeof said === 'string' ? said : JSON.stringify(said);
  const rest = restOf(item.value, CALL);
  const extra = custom ? { ...rest, type: 'custom' } : rest;
  const signature = signatureOf(item.value);
  return {
    kind: 'call',
    id: callId(item, at),
    name: textNeeded(item, 'name'),
    arguments: custom ? inputArguments(text) : text || '{}',
    ...(signature === undefined ? {} : { signature }),
    ...(extra === undefined ? {} : { extra: { responses: extra } }),
  };
}

const callId = (item: Place, at: number): string =>
  textField(item, 'call_id') || textField(item, 'id') || `call_${at}`;

const RESULT = new Set(['type', 'id', 'call_id', 'output', 'status', 'name']);

function readResult(item: Place, at: number): Part {
  const custom = textField(item, 'type') === 'custom_tool_call_output';
  const rest = restOf(item.value, RESULT);
  const extra = custom ? { ...rest, type: 'custom' } : rest;
  const name = textField(item, 'name');
  return {
    kind: 'result',
    id: callId(item, at),
    ...(name === undefined ? {} : { name }),
    parts: readContent(item, 'output'),
    ...(extra === undefined ? {} : { extra: { responses: extra } }),
  };
}

/** Without text and without what the provider sealed it is only a reference to what it holds. */
function readThought(item: Place): Part {
  const pieces = [
    ...(listIn(item.value, 'summary') ?? []),
    ...(listIn(item.value, 'content') ?? []),
  ];
  const text = pieces
    .map((one) => textIn(one, 'text') ?? '')
    .filter(Boolean)
    .join('\n\n');
  const sealed = textField(item, 'encrypted_content') || undefined;
  const id = textField(item, 'id');
  if (text === '' && sealed === undefined) return opaque(item.value);
  const extra = id === undefined ? {} : { extra: { responses: { id } } };
  if (sealed === undefined) return { kind: 'thought', text, ...extra };
  if (text === '') return { kind: 'thought', text, sealed, ...extra };
  return { kind: 'thought', text, signature: sealed, ...extra };
}

/** A string or a list of parts. */
function readContent(item: Place, key: string): readonly Part[] {
  const content = fieldOf(item, key);
  if (content === undefined) return [];
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  const path = pathOf(item, key);
  if (!Array.isArray(content)) {
    throw new Unreadable(path, `The field \`${path}\` must be a string or a list.`);
  }
  return objectsIn(content, path).map(readPart);
}

const TEXT = new Set(['type', 'text', 'logprobs', 'annotations']);

function readPart(at: Place): Part {
  switch (textNeeded(at, 'type')) {
    case 'input_text':
    case 'output_text':
    case 'text': {
      const annotations = listIn(at.value, 'annotations') ?? [];
      const rest = restOf(at.value, TEXT);
      const extra = annotations.length > 0 ? { ...rest, annotations } : rest;
      const own = extra === undefined ? {} : { extra: { responses: extra } };
      return { kind: 'text', text: textField(at, 'text') ?? '', ...own };
    }
    case 'refusal': {
      const extra = { responses: { type: 'refusal' } };
      return { kind: 'text', text: textNeeded(at, 'refusal'), extra };
    }
    case 'input_image':
      return readImage(at);
    case 'input_file':
      return readFile(at);
    case 'input_audio':
      return readAudio(at);
    default:
      return opaque(at.value);
  }
}

const DATA_URL = /^data:([^;,]*)(?:;[^;,]*)*;base64,/;

type Sourced = Pick<Media, 'source' | 'type'>;

function sourceOf(address: string): Sourced {
  // The head of a data URL is short; its body may be megabytes.
  const head = DATA_URL.exec(address.slice(0, 256));
  if (head === null) return { source: { kind: 'url', url: address } };
  const source = { kind: 'base64', data: address.slice(head[0].length) } as const;
  return head[1] ? { source, type: head[1] } : { source };
}

function kept(at: Place, known: ReadonlySet<string>): Pick<Media, 'extra'> {
  const rest = restOf(at.value, known);
  return rest === undefined ? {} : { extra: { responses: rest } };
}

const IMAGE = new Set(['type', 'image_url', 'file_id']);

function readImage(at: Place): Part {
  const id = textField(at, 'file_id');
  const value = fieldOf(at, 'image_url');
  // Some clients nest it as chat does.
  const address = isObject(value) ? textIn(value, 'url') : textField(at, 'image_url');
  const source: Sourced =
    id === undefined
      ? sourceOf(address ?? missing(at, 'image_url'))
      : { source: { kind: 'id', id } };
  return { kind: 'media', medium: 'image', ...source, ...kept(at, IMAGE) };
}

const FILE = new Set(['type', 'file_id', 'file_url', 'file_data', 'filename']);

function readFile(at: Place): Part {
  const id = textField(at, 'file_id');
  const name = textField(at, 'filename');
  const address = textField(at, 'file_data') ?? textField(at, 'file_url');
  const source: Sourced =
    id === undefined
      ? fileSource(address ?? missing(at, 'file_data'))
      : { source: { kind: 'id', id } };
  const named = name === undefined ? {} : { name };
  return { kind: 'media', medium: 'file', ...source, ...named, ...kept(at, FILE) };
}

/** Bare base64 is taken too. */
function fileSource(address: string): Sourced {
  if (/^(data|https?|gs|s3|file):/.test(address)) return sourceOf(address);
  return { source: { kind: 'base64', data: address }, type: 'application/pdf' };
}

const AUDIO = new Set(['type', 'input_audio']);

function readAudio(at: Place): Part {
  const audio = member(at.value, 'input_audio');
  const data = textIn(audio, 'data') ?? missing(at, 'input_audio');
  const type = `audio/${textIn(audio, 'format') ?? 'wav'}`;
  const source = { kind: 'base64', data } as const;
  return { kind: 'media', medium: 'audio', type, source, ...kept(at, AUDIO) };
}

function missing(at: Place, key: string): never {
  const path = pathOf(at, key);
  throw new Unreadable(path, `The field \`${path}\` is missing.`);
}
