// A server that answers badly, in every dialect: which one is told by the path that it is asked at,
// what it does by the name of the model, up to the first dot.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { type Odd, SPEECHES, type Speech, type Wire } from './bad-speech.fixture.ts';

export type BadServer = {
  readonly url: string;
  /** How often somebody followed its redirect. */
  readonly followed: () => number;
  readonly close: () => Promise<void>;
};

type Asked = {
  readonly speech: Speech;
  readonly stream: boolean;
  readonly response: ServerResponse;
  readonly url: string;
};
type Deed = (asked: Asked) => void;

/** What an answer says otherwise than a good one. */
const ODD: Readonly<Record<string, Partial<Odd>>> = {
  'odd-stop': { stop: 'unheard-of' },
  'no-usage': { usage: false },
  'other-model': { model: 'another-one' },
};

/** A bomb: so much of nothing, far beyond what any text is packed by. */
const BOMB = gzipSync(Buffer.alloc(4 * 2 ** 20));
const HEADER_BYTES = 2 ** 18;
const SLOW_MS = 20;

const half = (text: string): string => text.slice(0, Math.floor(text.length / 2));

/** As a stream or whole, with what is spoilt said by the two. */
function say(
  { speech, stream, response }: Asked,
  frames: (speech: Speech) => readonly string[] = framesOf,
  whole: (text: string) => string = (text) => text,
): void {
  const body = stream ? frames(speech) : [whole(speech.whole)];
  response.writeHead(200, { 'content-type': stream ? speech.type : 'application/json' });
  for (const piece of body) response.write(piece);
  response.end();
}

const begun = ({ opening, deltas }: Speech): readonly string[] => [
  ...opening,
  ...deltas.slice(0, 2),
];
const framesOf = (speech: Speech): readonly string[] => {
  const { opening, deltas, closing, finish, mark } = speech;
  return [...opening, ...deltas, ...closing, finish, ...mark];
};

/** Sends what it has, and goes on as told. */
function stopShort({ speech, stream, response }: Asked, then: () => void): void {
  const type = stream ? speech.type : 'application/json';
  response.writeHead(200, { 'content-type': type });
  response.write(stream ? begun(speech).join('') : half(speech.whole), then);
}

const DEEDS: Readonly<Record<string, Deed>> = {
  error: (asked) =>
    say(
      asked,
      (speech) => [...begun(speech), speech.error],
      () => asked.speech.errorBody,
    ),
  'error-first': (asked) => say(asked, ({ error }) => [error]),
  'html-502': ({ response }) => {
    response.writeHead(502, { 'content-type': 'text/html' });
    response.end('<html><head><title>502 Bad Gateway</title></head></html>');
  },
  'wrong-type': ({ speech, stream, response }) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(stream ? framesOf(speech).join('') : speech.whole);
  },
  truncated: (asked) =>
    say(asked, (speech) => [...begun(speech), half(String(speech.deltas[2]))], half),
  torn: (asked) =>
    say(
      asked,
      (speech) =>
        framesOf(speech).map((frame) => {
          if (frame !== speech.deltas[2]) return frame;
          const text = frame.trimEnd();
          return text.slice(0, -8) + frame.slice(text.length);
        }),
      (text) => text.slice(0, -8),
    ),
  dies: (asked) => stopShort(asked, () => asked.response.destroy()),
  silent: (asked) => stopShort(asked, () => undefined),
  bomb: ({ speech, stream, response }) => {
    const type = stream ? speech.type : 'application/json';
    response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' });
    response.end(BOMB);
  },
  'endless-headers': ({ response }) => {
    response.socket?.write(`HTTP/1.1 200 OK\r\nx-more: ${'a'.repeat(HEADER_BYTES)}`);
  },
  slow: ({ speech, stream, response }) => {
    response.writeHead(200, { 'content-type': stream ? speech.type : 'application/json' });
    const bytes = stream ? framesOf(speech).join('') : speech.whole;
    let at = 0;
    const timer = setInterval(() => {
      response.write(bytes.charAt(at));
      at += 1;
      if (at === bytes.length) response.end();
    }, SLOW_MS);
    response.on('close', () => clearInterval(timer));
  },
  redirect: ({ response, url }) => {
    response.writeHead(302, { location: `${url}/inner` });
    response.end();
  },
  'no-mark': (asked) => say(asked, (speech) => framesOf({ ...speech, mark: [] })),
  'no-end': (asked) => say(asked, ({ opening, deltas }) => [...opening, ...deltas]),
  'two-ends': (asked) =>
    say(asked, (speech) => framesOf({ ...speech, finish: speech.finish + speech.finish })),
  crlf: (asked) =>
    say(asked, (speech) => framesOf(speech).map((frame) => frame.replace(/\r?\n/g, '\r\n'))),
  comments: (asked) =>
    say(asked, (speech) => framesOf(speech).map((frame) => `: still at it\n\n${frame}`)),
  empty: (asked) =>
    say(
      asked,
      () => [],
      () => '',
    ),
};

const WIRES: readonly (readonly [path: RegExp, wire: Wire])[] = [
  [/\/chat\/completions$/, 'openai'],
  [/\/responses$/, 'responses'],
  [/\/messages$|[rR]awPredict$/, 'anthropic'],
  [/[gG]enerateContent/, 'gemini'],
  [/\/api\/chat$/, 'ollama'],
];

async function answer(request: IncomingMessage, response: ServerResponse, url: string) {
  let text = '';
  for await (const piece of request) text += piece;
  const path = request.url ?? '';
  const wire = WIRES.find(([one]) => one.test(path))?.[1];
  // Questions about the server itself.
  if (wire === undefined) {
    response.writeHead(404);
    response.end();
    return;
  }
  const body = JSON.parse(text);
  const model = body.model ?? /models\/([^:/]+):/.exec(path)?.[1];
  const [deed = ''] = String(model).split('.');
  const stream = body.stream === true || path.includes('stream');
  const speech = SPEECHES[wire]({ model, usage: true, ...ODD[deed] });
  (DEEDS[deed] ?? say)({ speech, stream, response, url });
}

export async function startBadServer(): Promise<BadServer> {
  let followed = 0;
  const server = createServer((request, response) => {
    if (request.url === '/inner') followed += 1;
    response.on('error', () => undefined);
    answer(request, response, url).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    followed: () => followed,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
