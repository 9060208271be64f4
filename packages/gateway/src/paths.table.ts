// The data plane's paths. What is not in here is 404; what is known in the ecosystem and served by
// no endpoint here is 404 too, and says so.
import type { Dialect, Operation, PassedOperation, SpokenOperation } from '@signalbox/contract';
import type { Wire } from '@signalbox/dialect';

export type Page =
  | 'health'
  | 'ready'
  | 'metrics'
  | 'openapi'
  | 'models'
  | 'key'
  | 'explain'
  | 'simulate'
  | 'decision'
  | 'feedback'
  | 'tags'
  | 'show'
  | 'loaded'
  | 'version'
  | 'queued';

/** What stands in a path instead of the body. */
export type InPath = { readonly model: string; readonly stream: boolean };

export type Method = 'GET' | 'POST' | 'DELETE';

export type CallEntry = {
  readonly kind: 'call';
  readonly dialect: Dialect;
  readonly operation: Operation;
  /** Instead of POST. */
  readonly methods?: readonly Method[];
  /** Which object, and what is asked of it. */
  readonly object?: { readonly id: string; readonly deed?: string | undefined };
  /** Where the format names the model in the path. */
  readonly inPath?: InPath;
};

export type PathEntry =
  | CallEntry
  | { readonly kind: 'page'; readonly page: Page; readonly method: 'GET' | 'POST' };

const call = (operation: Operation, dialect: Dialect = 'openai'): PathEntry => ({
  kind: 'call',
  dialect,
  operation,
});
/** Of files and batches: a new one, or all of them. */
const objects = (operation: PassedOperation): PathEntry => ({
  kind: 'call',
  dialect: 'openai',
  operation,
  methods: ['GET', 'POST'],
});
const get = (page: Page): PathEntry => ({ kind: 'page', page, method: 'GET' });
const post = (page: Page): PathEntry => ({ kind: 'page', page, method: 'POST' });

export const PATHS: ReadonlyMap<string, PathEntry> = new Map([
  ['/v1/chat/completions', call('chat')],
  ['/v1/completions', call('completion')],
  ['/v1/responses', call('response')],
  ['/v1/responses/input_tokens', call('count')],
  ['/v1/embeddings', call('embedding')],
  ['/v1/moderations', call('moderation')],
  ['/v1/images/generations', call('image')],
  ['/v1/images/edits', call('image-edit')],
  ['/v1/images/variations', call('image-variation')],
  ['/v1/audio/speech', call('speech')],
  ['/v1/audio/transcriptions', call('transcription')],
  ['/v1/audio/translations', call('translation')],
  ['/v1/rerank', call('rerank')],
  ['/v1/files', objects('file')],
  ['/v1/batches', objects('batch')],
  ['/v1/messages', call('chat', 'anthropic')],
  ['/v1/messages/count_tokens', call('count', 'anthropic')],
  ['/api/chat', call('chat', 'ollama')],
  ['/api/generate', call('completion', 'ollama')],
  ['/api/embed', call('embedding', 'ollama')],
  ['/api/embeddings', call('embedding', 'ollama')],
  ['/api/tags', get('tags')],
  ['/api/show', post('show')],
  ['/api/ps', get('loaded')],
  ['/api/version', get('version')],
  ['/v1/models', get('models')],
  ['/v1/key', get('key')],
  ['/v1/feedback', post('feedback')],
  ['/v1/route/explain', post('explain')],
  ['/v1/route/simulate', post('simulate')],
  ['/healthz', get('health')],
  ['/readyz', get('ready')],
  ['/metrics', get('metrics')],
  ['/openapi.json', get('openapi')],
]);

/** Paths that end with an id. */
export const PREFIXES: readonly (readonly [string, PathEntry])[] = [
  ['/v1/decisions/', get('decision')],
  ['/v1/queued/', get('queued')],
  ['/v1/models/', get('models')],
];

/** Known elsewhere, and no endpoint of this version has them. */
export const ELSEWHERE: readonly string[] = [
  '/v1/images/',
  '/v1/audio/',
  '/v1/fine_tuning/',
  '/v1/uploads',
  '/v1/vector_stores',
  '/v1/messages/batches',
  '/v1beta/',
  '/api/',
];

/** Whose paths these are, also where nothing is served at them, or they are written amiss. */
const DIALECTS: readonly (readonly [RegExp, Wire])[] = [
  [/^\/+v1\/+messages(?![^/?])/, 'anthropic'],
  [/^\/+api\//, 'ollama'],
  [/^\/+v1(?:beta|beta1|alpha)\//, 'gemini'],
  [/^\/+v1\/[^?]*:(?:\w*[gG]enerateContent|\w*[eE]mbedContents?|countTokens)(?![^?])/, 'gemini'],
  [/^\/+v1\/+responses(?![^/?])/, 'responses'],
];

export const wireOfPath = (target: string): Wire =>
  DIALECTS.find(([shape]) => shape.test(target))?.[1] ?? 'openai';

/** One file or batch; ids as vendors write them. */
const OBJECT = /^\/v1\/(files|batches)\/([A-Za-z0-9][\w.-]{0,127})(?:\/(content|cancel))?$/;
const OBJECTS: ReadonlyMap<string, readonly [PassedOperation, readonly Method[]]> = new Map<
  string,
  readonly [PassedOperation, readonly Method[]]
>([
  ['files', ['file', ['GET', 'DELETE']]],
  ['files/content', ['file', ['GET']]],
  ['batches', ['batch', ['GET']]],
  ['batches/cancel', ['batch', ['POST']]],
]);

export function objectEntry(path: string): PathEntry | undefined {
  const [, noun = '', id = '', deed] = OBJECT.exec(path) ?? [];
  const known = OBJECTS.get(deed === undefined ? noun : `${noun}/${deed}`);
  if (known === undefined) return undefined;
  const [operation, methods] = known;
  return { kind: 'call', dialect: 'openai', operation, methods, object: { id, deed } };
}

/**
 * A client may leave out `models/` before a name that has a slash itself. Of several colons the last
 * one stands before the method: names have them, too (`qwen3:8b`).
 */
const MODEL_METHOD = /^\/v1(?:beta|beta1|alpha)?\/(?:models\/)?([^?]{1,256}):([A-Za-z]{1,32})$/;
const METHODS: ReadonlyMap<
  string,
  { readonly operation: SpokenOperation; readonly stream: boolean }
> = new Map([
  ['generateContent', { operation: 'chat', stream: false }],
  ['streamGenerateContent', { operation: 'chat', stream: true }],
  ['embedContent', { operation: 'embedding', stream: false }],
  ['batchEmbedContents', { operation: 'embedding', stream: false }],
  ['countTokens', { operation: 'count', stream: false }],
]);

/** Paths of the Gemini dialect, which name the model and how it is to answer. */
export function methodEntry(path: string): PathEntry | undefined {
  const found = MODEL_METHOD.exec(path);
  const name = found?.[1];
  const method = METHODS.get(found?.[2] ?? '');
  if (name === undefined || method === undefined) return undefined;
  const model = decoded(name);
  if (model === undefined) return undefined;
  const { operation, stream } = method;
  return { kind: 'call', dialect: 'gemini', operation, inPath: { model, stream } };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
