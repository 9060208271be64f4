// The data plane in OpenAPI 3.1. Calls pass fields that are not named here: the dialect belongs to
// its makers, and unknown fields survive both ways.
import { CODES } from '@signalbox/contract';
import { OPERATIONS } from './explain.ts';

const BODIES: readonly (readonly [path: string, summary: string, required: readonly string[]])[] = [
  [
    '/v1/chat/completions',
    'Chat completion, unary or as server-sent events',
    ['model', 'messages'],
  ],
  ['/v1/completions', 'Completion of a prompt', ['model', 'prompt']],
  ['/v1/responses', 'Response, unary or as typed events', ['model', 'input']],
  [
    '/v1/responses/input_tokens',
    'Tokens of a response, told by the upstream, else by length',
    ['model', 'input'],
  ],
  ['/v1/embeddings', 'Embeddings', ['model', 'input']],
  ['/v1/moderations', 'Moderation; passes through', ['model', 'input']],
  ['/v1/images/generations', 'Images from a text; passes through', ['model', 'prompt']],
  ['/v1/images/edits', 'A changed image, as a form; passes through', ['model', 'image']],
  [
    '/v1/images/variations',
    'Variations of an image, as a form; passes through',
    ['model', 'image'],
  ],
  ['/v1/audio/speech', 'Speech from a text; passes through', ['model', 'input']],
  ['/v1/audio/transcriptions', 'Text of a recording, as a form; passes through', ['model', 'file']],
  ['/v1/audio/translations', 'Its text in English, as a form; passes through', ['model', 'file']],
  ['/v1/rerank', 'Documents by their closeness to a query; passes through', ['model', 'query']],
  ['/v1/files', 'Keep a file at an endpoint, as a form', ['file', 'purpose']],
  ['/v1/batches', 'Work off a file of requests', ['input_file_id', 'endpoint']],
  ['/v1/batches/{batch}/cancel', 'Stop a batch', []],
  ['/v1/messages', "Message in Anthropic's dialect", ['model', 'messages', 'max_tokens']],
  [
    '/v1/messages/count_tokens',
    'Tokens of a message, told by the upstream, else by length',
    ['model', 'messages'],
  ],
  ['/v1beta/models/{model}:generateContent', "Content in Gemini's dialect", ['contents']],
  ['/v1beta/models/{model}:streamGenerateContent', 'The same as a stream', ['contents']],
  ['/v1beta/models/{model}:countTokens', 'Tokens of contents, told in the same way', []],
  ['/v1beta/models/{model}:embedContent', "One embedding in Gemini's dialect", ['content']],
  ['/v1beta/models/{model}:batchEmbedContents', 'Several embeddings', ['requests']],
  ['/api/chat', "Chat in Ollama's dialect", ['model', 'messages']],
  ['/api/generate', "Completion of a prompt in Ollama's dialect", ['model']],
  ['/api/embed', "Embeddings in Ollama's dialect", ['model', 'input']],
  ['/api/embeddings', "One embedding in Ollama's older form", ['model', 'prompt']],
  ['/api/show', "One model, for Ollama's clients", ['model']],
];

const FORMS: ReadonlySet<string> = new Set([
  '/v1/images/edits',
  '/v1/images/variations',
  '/v1/audio/transcriptions',
  '/v1/audio/translations',
  '/v1/files',
]);

const FEEDBACK = 'How good an answer was: `ok`, or `score` from 0 to 1; of another tier, `tier`';

const EXPLAIN =
  'Dry run: every candidate, the gates that refused it, its cost at most and its latency';

const PAGES: readonly (readonly [path: string, summary: string])[] = [
  ['/v1/models', 'What this key may call'],
  ['/v1/models/{model}', 'One model'],
  ['/api/tags', "What this key may call, for Ollama's clients"],
  ['/api/ps', 'Models that are loaded: none is known to be'],
  ['/api/version', "The gateway's version"],
  ['/v1/key', 'What this key may do and has left'],
  ['/v1/files', 'Your files at one endpoint'],
  ['/v1/files/{file}', 'One of your files'],
  ['/v1/files/{file}/content', 'What it holds'],
  ['/v1/batches', 'Your batches at one endpoint'],
  ['/v1/batches/{batch}', 'One of your batches'],
  ['/v1/decisions/{decision}', 'The record of a call of your own'],
  ['/v1/queued/{request}', 'The answer of a parked call: 202 while it waits, once, then 410'],
  ['/healthz', 'Alive'],
  ['/readyz', 'Can serve in some mode, which, and why'],
  ['/metrics', 'Prometheus metrics; needs the admin key'],
];

type Document = { readonly openapi: '3.1.0' } & Readonly<Record<string, unknown>>;

export function openapi(version: string): Document {
  const paths: Record<string, unknown> = {};
  for (const [path, summary, required] of BODIES) {
    const format = FORMS.has(path) ? 'multipart/form-data' : 'application/json';
    paths[path] = { post: { ...call(summary, required, format), parameters: inPath(path) } };
  }
  for (const [path, summary] of PAGES) {
    paths[path] = { ...Object(paths[path]), get: page(path, summary) };
  }
  const file = Object(paths['/v1/files/{file}']);
  paths['/v1/files/{file}'] = { ...file, delete: page('/v1/files/{file}', 'Remove your file') };
  const parameters = [operationParameter()];
  paths['/v1/route/explain'] = { post: { ...call(EXPLAIN, ['model']), parameters } };
  paths['/v1/route/simulate'] = {
    post: { ...call('A batch of dry runs', ['requests']), parameters },
  };
  paths['/v1/feedback'] = { post: call(FEEDBACK, ['decision']) };
  return {
    openapi: '3.1.0',
    info: { title: 'Signalbox', version, license: { name: 'Apache-2.0' } },
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', bearerFormat: 'sbx_…' } },
      schemas: { Error: errorSchema() },
    },
    security: [{ key: [] }],
  };
}

function call(summary: string, required: readonly string[], format = 'application/json'): object {
  const properties = Object.fromEntries(required.map((name) => [name, {}]));
  const schema = { type: 'object', required, properties, additionalProperties: true };
  return {
    summary,
    requestBody: { required: true, content: { [format]: { schema } } },
    responses: { 200: { description: 'The answer' }, default: problem() },
  };
}

/** Of a dry run: the path of the call itself is not there to tell. */
const operationParameter = (): object => ({
  name: 'operation',
  in: 'query',
  required: false,
  description:
    'What the body is for. Without it: `messages` is a chat, `prompt` a completion, `input` a ' +
    'response; an embedding must say so.',
  schema: { type: 'string', enum: OPERATIONS },
});

/** What stands in braces in a path. */
function inPath(path: string): readonly object[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function page(path: string, summary: string): object {
  const open = path === '/healthz' || path === '/readyz';
  const security = open ? { security: [] } : {};
  return {
    summary,
    parameters: inPath(path),
    responses: { 200: { description: summary }, default: problem() },
    ...security,
  };
}

const problem = (): object => ({
  description: 'A refusal',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
});

function errorSchema(): object {
  const text = { type: 'string' };
  const maybe = { type: ['string', 'null'] };
  return {
    type: 'object',
    properties: {
      error: {
        type: 'object',
        required: ['type', 'code', 'message'],
        properties: {
          type: text,
          code: { type: 'string', enum: Object.keys(CODES) },
          message: text,
          param: maybe,
          hint: text,
          doc_url: text,
          request_id: text,
          decision_id: maybe,
        },
      },
    },
  };
}
