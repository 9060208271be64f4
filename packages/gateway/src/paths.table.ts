// The data plane's paths. What is not in here is 404; what is known in the ecosystem and served by
// no endpoint here is 404 too, and says so.
import type { Dialect, Operation } from '@signalbox/contract';

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
  | 'count'
  | 'tags'
  | 'show'
  | 'loaded'
  | 'version'
  | 'queued';

/** What stands in a path instead of the body. */
export type InPath = { readonly model: string; readonly stream: boolean };

export type CallEntry = {
  readonly kind: 'call';
  readonly dialect: Dialect;
  readonly operation: Operation;
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
const get = (page: Page): PathEntry => ({ kind: 'page', page, method: 'GET' });
const post = (page: Page): PathEntry => ({ kind: 'page', page, method: 'POST' });

export const PATHS: ReadonlyMap<string, PathEntry> = new Map([
  ['/v1/chat/completions', call('chat')],
  ['/v1/completions', call('completion')],
  ['/v1/responses', call('response')],
  ['/v1/embeddings', call('embedding')],
  ['/v1/messages', call('chat', 'anthropic')],
  ['/v1/messages/count_tokens', post('count')],
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
  '/v1/moderations',
  '/v1/images',
  '/v1/audio',
  '/v1/rerank',
  '/v1/files',
  '/v1/batches',
  '/v1/messages/batches',
  '/v1beta/',
  '/api/',
];

/** A client may leave out `models/` before a name that has a slash itself. */
const MODEL_METHOD = /^\/v1(?:beta|beta1|alpha)?\/(?:models\/)?([^:?]{1,256}):([A-Za-z]{1,32})$/;
const METHODS: ReadonlyMap<string, { readonly operation: Operation; readonly stream: boolean }> =
  new Map([
    ['generateContent', { operation: 'chat', stream: false }],
    ['streamGenerateContent', { operation: 'chat', stream: true }],
    ['embedContent', { operation: 'embedding', stream: false }],
    ['batchEmbedContents', { operation: 'embedding', stream: false }],
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
