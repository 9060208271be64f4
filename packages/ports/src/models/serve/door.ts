// The HTTP side of the child: who may come in, which way to go, and how a no is written. It has no
// port of its own; connections are handed in by the parent, which holds the port.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { answerChat, answerCompletion, type Desk, type Exchange } from './desk.ts';
import { answerEmbeddings, type EmbeddingDesk } from './embed.ts';
import { isObject, type JsonObject, parseJson } from './json.ts';
import { badRequest, envelope, no, type Refusal, type Result, refusal, yes } from './refusal.ts';

const BODY_BYTES_MAX = 32 * 1024 * 1024;
const CONNECTIONS_MAX = 1_024;
const HEAD_MS_MAX = 10_000;
const REQUEST_MS_MAX = 60_000;
const KEEP_ALIVE_MS = 60_000;

export type Door = {
  readonly take: (socket: Socket) => void;
};

export type Desks = { readonly desk: Desk; readonly embeddings: EmbeddingDesk };

type Answerer = (desks: Desks, exchange: Exchange) => Promise<Result<undefined>>;

const POSTS: Readonly<Record<string, Answerer>> = {
  '/v1/chat/completions': ({ desk }, exchange) => answerChat(desk, exchange),
  '/v1/completions': ({ desk }, exchange) => answerCompletion(desk, exchange),
  '/v1/embeddings': ({ embeddings }, exchange) => answerEmbeddings(embeddings, exchange),
};

const GETS: Readonly<Record<string, (desks: Desks) => JsonObject>> = {
  '/v1/models': models,
  '/health': health,
};

export function openDoor(desks: Desks, secret: string): Door {
  const digest = digestOf(secret);
  const server = createServer(
    {
      headersTimeout: HEAD_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (request, response) => {
      handle(request, response).catch(() => fail(response));
    },
  );
  return { take: taking(server) };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path !== '/health' && !isAllowed(request, digest)) {
      refuse(response, refusal(401, 'key_invalid', 'this model server wants its own secret'));
      return;
    }
    const get = Object.hasOwn(GETS, path) ? GETS[path] : undefined;
    const post = Object.hasOwn(POSTS, path) ? POSTS[path] : undefined;
    if (get !== undefined && request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(get(desks)));
    } else if (post !== undefined && request.method === 'POST') {
      const ended = await answerPost(post, request, response);
      if (!ended.ok) refuse(response, ended.refusal);
    } else if (get !== undefined || post !== undefined) {
      refuse(response, refusal(405, 'method_not_allowed', `${path} is not asked that way`));
    } else {
      refuse(response, refusal(404, 'route_unknown', 'this model server does not know that path'));
    }
  }

  async function answerPost(
    post: Answerer,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Result<undefined>> {
    const body = await readBody(request);
    if (!body.ok) return body;
    const leaving = new AbortController();
    response.once('close', () => leaving.abort());
    return await post(desks, { body: body.value, response, signal: leaving.signal });
  }
}

/** The parent counts nothing, so connections are bounded here. */
function taking(server: Server): (socket: Socket) => void {
  let open = 0;
  return (socket) => {
    if (open >= CONNECTIONS_MAX) {
      socket.destroy();
      return;
    }
    open += 1;
    socket.once('close', () => {
      open -= 1;
    });
    server.emit('connection', socket);
    // The parent accepted it paused, so that no byte was lost on the way.
    socket.resume();
  };
}

function models({ desk }: Desks): JsonObject {
  const { id, model, contextTokens } = desk.loaded;
  const meta = {
    n_ctx: contextTokens,
    n_ctx_train: model.trainContextSize,
    n_embd: model.embeddingVectorSize,
    size: model.size,
  };
  const entry = { id, object: 'model', created: 0, owned_by: 'local', meta };
  return { object: 'list', data: [entry] };
}

function health({ desk }: Desks): JsonObject {
  return { status: 'ok', slots: desk.slots.counts() };
}

function isAllowed(request: IncomingMessage, digest: Buffer): boolean {
  const given = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '');
  return timingSafeEqual(digestOf(given?.[1] ?? ''), digest);
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

async function readBody(request: IncomingMessage): Promise<Result<JsonObject>> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json' || request.headers['content-encoding'] !== undefined) {
    return no(refusal(415, 'content_type_unsupported', 'the body must be plain application/json'));
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > BODY_BYTES_MAX) {
      return no(refusal(413, 'body_too_large', `a body has at most ${BODY_BYTES_MAX} bytes`));
    }
    chunks.push(bytes);
  }
  const body = parseJson(Buffer.concat(chunks).toString('utf8'));
  if (!isObject(body)) return no(badRequest('body_invalid', 'the body must be a JSON object'));
  return yes(body);
}

function refuse(response: ServerResponse, refused: Refusal): void {
  if (response.headersSent || response.destroyed) return;
  const headers = {
    'content-type': 'application/json',
    ...(refused.retryAfterMs === undefined ? {} : { 'retry-after-ms': refused.retryAfterMs }),
    // What is left of a body that was not read would be taken for the next request.
    ...(refused.status === 413 ? { connection: 'close' } : {}),
  };
  response.writeHead(refused.status, headers).end(envelope(refused));
}

/** A bug of ours: the caller learns that much and no more. */
function fail(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else refuse(response, refusal(500, 'internal', 'the model server failed'));
}
