// The data plane's paths. What is not in here is 404; what is known in the ecosystem and served by
// no endpoint here is 404 too, and says so.
import type { Operation } from '@signalbox/contract';

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
  | 'queued';

export type PathEntry =
  | { readonly kind: 'call'; readonly operation: Operation }
  | { readonly kind: 'page'; readonly page: Page; readonly method: 'GET' | 'POST' };

const call = (operation: Operation): PathEntry => ({ kind: 'call', operation });
const get = (page: Page): PathEntry => ({ kind: 'page', page, method: 'GET' });
const post = (page: Page): PathEntry => ({ kind: 'page', page, method: 'POST' });

export const PATHS: ReadonlyMap<string, PathEntry> = new Map([
  ['/v1/chat/completions', call('chat')],
  ['/v1/completions', call('completion')],
  ['/v1/responses', call('response')],
  ['/v1/embeddings', call('embedding')],
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
  '/v1/messages',
  '/v1beta/',
  '/api/',
];
