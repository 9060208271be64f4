// Whatever a caller sends: an error in the envelope of the house, at once, and never a fault of
// ours.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  type Answer,
  type Asked,
  chat,
  documents,
  type Gateway,
  raw,
  refused,
  startGateway,
  WAIT_MS_MAX,
} from './gateway.fixture.ts';

const CHAT = '/v1/chat/completions';
let gateway: Gateway;
before(async () => {
  gateway = await startGateway(documents);
});
after(async () => {
  const fine = await gateway.ask(CHAT, { body: chat('sim-small', 'still there?') });
  assert.equal(fine.status, 200, 'after all this it serves as before');
  await gateway.stop();
});

const headOf = (key: string): string =>
  `POST ${CHAT} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n` +
  'content-type: application/json\r\n';
const send = (body: string | Uint8Array, more: Asked = {}): Promise<Answer> =>
  gateway.ask(CHAT, { body, ...more });

describe('bodies that are not understood', () => {
  const bodies: readonly (readonly [name: string, body: string | Uint8Array])[] = [
    ['nothing', ''],
    ['a word', 'hello'],
    ['a list', '[]'],
    ['a broken object', '{"model":"sim-small","messages":[}'],
    ['a cut object', '{"model":"sim-small"'],
    ['two objects', '{"model":"a","messages":[]}{}'],
    ['a byte order mark', '\ufeff{"model":"sim-small","messages":[]}'],
    ['UTF-16', Buffer.from('{"model":"sim-small","messages":[]}', 'utf16le')],
    ['noise', new Uint8Array(1_000).map((_, i) => (i * 37) & 255)],
    ['no model', '{"messages":[]}'],
    ['no messages', '{"model":"sim-small"}'],
    ['a model that is a list', '{"model":["sim-small"],"messages":[]}'],
    ['only `__proto__`', '{"__proto__":{"model":"sim-small","messages":[]}}'],
    ['a key with a broken escape', '{"mod\\u00":"sim-small","messages":[]}'],
    ['100,000 nested brackets', `{"model":"sim-small","messages":${'['.repeat(100_000)}`],
    ['100,000 closed ones', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['100,000 nested objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ];
  for (const [name, body] of bodies) {
    it(`are refused: ${name}`, async () => {
      const error = refused(await send(body), 400, 'body_invalid');
      assert.ok(String(error['message']).length < 300);
    });
  }

  it('are taken where only their insides are odd', async () => {
    const odd = [
      '{"__proto__":{"odd":true},"model":"sim-small","messages":[{"role":"user","content":"x"}]}',
      '{"constructor":{},"model":"sim-small","messages":[{"role":"user","content":"x"}]}',
      '{"a\\"b":1,"model":"sim-small","messages":[{"role":"user","content":"x"}]}',
      '{"model":"sim-frontier","model":"sim-small","messages":[{"role":"user","content":"x"}]}',
      `{"model":"sim-small","messages":[{"role":"user","content":"x"}],"x":${'9'.repeat(500)}}`,
    ];
    for (const body of odd) {
      const answer = await send(body);
      assert.equal(answer.status, 200, `${body.slice(0, 60)}: ${answer.text}`);
      assert.equal(answer.headers['x-signalbox-endpoint'], 'near');
    }
    assert.equal(Reflect.get({}, 'odd'), undefined);
  });

  it('are refused by whoever parses them where only a parser could tell', async () => {
    const inner = '{"model":"sim-small","messages":[{"role":"user","\\u12":"x","content":"x"}]}';
    const answer = await send(inner);
    assert.ok(answer.status >= 400 && answer.status < 500, answer.text);
    const control = '{"model":"sim-small","messages":[{"role":"user","content":"a\u0001b"}]}';
    const parsed = await send(control);
    assert.ok(parsed.status < 500, parsed.text);
  });

  it('are refused when they are too large, declared or not, in bounded time', async () => {
    const large = new Uint8Array(40 * 1024 * 1024).fill(0x20);
    const began = performance.now();
    const declared = await send(large);
    refused(declared, 413, 'body_too_large');
    const head = headOf(gateway.key('main'));
    const chunk = Buffer.concat([
      Buffer.from('100000\r\n'),
      Buffer.alloc(0x100000, 0x20),
      Buffer.from('\r\n'),
    ]);
    const chunked = await raw(
      gateway.port,
      [`${head}transfer-encoding: chunked\r\n\r\n`, ...Array<Buffer>(40).fill(chunk)],
      (text) => text.includes('body_too_large'),
    );
    assert.match(chunked.text, /^HTTP\/1\.1 413 /);
    assert.ok(performance.now() - began < WAIT_MS_MAX);
  });

  it('cost a bad key not one byte of a body', async () => {
    const head = `${headOf('no')}content-length: 1000000\r\n\r\n`;
    const answer = await raw(gateway.port, [head], (text) => text.includes('key_invalid'));
    assert.equal(answer.end, 'enough');
    assert.match(answer.text, /^HTTP\/1\.1 401 /);
  });
});

describe('types and encodings', () => {
  const body = JSON.stringify(chat('sim-small', 'x'));
  for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'json']) {
    it(`are refused: ${type}`, async () => {
      const answer = await send(body, { headers: { 'content-type': type } });
      refused(answer, 415, 'content_type_unsupported');
    });
  }

  for (const type of [
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/vnd.x+json',
  ]) {
    it(`are taken: ${type}`, async () => {
      assert.equal((await send(body, { headers: { 'content-type': type } })).status, 200);
    });
  }

  it('are refused where the body is compressed', async () => {
    const answer = await send(gzipSync(body), { headers: { 'content-encoding': 'gzip' } });
    const error = refused(answer, 415, 'content_type_unsupported');
    assert.equal(error['param'], 'content-encoding');
  });
});

const ANTHROPIC = /^\{"type":"error","error":\{"type":/;
const OLLAMA = /^\{"error":"/;
const GEMINI = /^\{"error":\{"code":\d+,/;
const OPENAI = /^\{"error":\{"type":"[^"]*","code":"/;

describe('paths and methods', () => {
  const paths: readonly (readonly [path: string, status: number, code: string])[] = [
    ['/', 404, 'route_unknown'],
    ['/v1', 404, 'route_unknown'],
    ['/v1/', 404, 'route_unknown'],
    ['/v1/chat/completions/', 404, 'route_unknown'],
    ['/V1/chat/completions', 404, 'route_unknown'],
    ['//v1/chat/completions', 400, 'body_invalid'],
    ['/v1//chat/completions', 400, 'body_invalid'],
    ['/v1/chat%2Fcompletions', 400, 'body_invalid'],
    ['/v1/./chat/completions', 400, 'body_invalid'],
    ['/v1/../v1/models', 400, 'body_invalid'],
    ['/v1/%2e%2e/models', 400, 'body_invalid'],
    ['/v1/models\\x', 400, 'body_invalid'],
    ['/v1/chat%00', 400, 'body_invalid'],
    [`/${'x'.repeat(9_000)}`, 400, 'body_invalid'],
    ['/v1/decisions/', 404, 'route_unknown'],
    ['/v1/images/else', 404, 'route_unknown'],
    ['/v1/files/a/else', 404, 'route_unknown'],
    ['/v1/files/..', 400, 'body_invalid'],
    ['/v1/moderations', 401, 'key_missing'],
    ['/v1/files', 401, 'key_missing'],
    ['/v1/messages/batches', 404, 'route_unknown'],
    ['/api/push', 404, 'route_unknown'],
    ['/.env', 404, 'route_unknown'],
  ];
  for (const [path, status, code] of paths) {
    it(`are refused: POST ${path.slice(0, 40)}`, async () => {
      const fields = 'host: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n';
      const line = `POST ${path} HTTP/1.1\r\n${fields}{}`;
      const { text, end } = await raw(gateway.port, [line]);
      assert.equal(end, 'closed');
      assert.match(text, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.match(text, new RegExp(`"code":"${code}"`));
    });
  }

  it('say which of the paths that others have are not served here', async () => {
    const error = refused(
      await gateway.ask('/v1/vector_stores', { body: {} }),
      404,
      'route_unknown',
    );
    assert.match(String(error['message']), /\/v1\/vector_stores/);
  });

  const foreign: readonly (readonly [path: string, status: number, body: RegExp])[] = [
    ['/v1/messages', 405, ANTHROPIC],
    ['/v1/messages/count_tokens', 405, ANTHROPIC],
    ['/v1/messages/batches', 404, ANTHROPIC],
    ['//v1/messages', 400, ANTHROPIC],
    ['/v1//messages', 400, ANTHROPIC],
    ['/api/chat', 405, OLLAMA],
    ['/api/push', 404, OLLAMA],
    ['//api/chat', 400, OLLAMA],
    ['/v1beta/models/m:generateContent', 405, GEMINI],
    ['/v1/models/m:generateContent', 405, GEMINI],
    ['/v1beta/files', 404, GEMINI],
    ['/v1/chat/completions', 405, OPENAI],
    ['/v1/messages-of-ours', 404, OPENAI],
  ];
  for (const [path, status, body] of foreign) {
    it(`are refused in the words of their clients: GET ${path}`, async () => {
      const answer = await gateway.ask(path);
      assert.equal(answer.status, status);
      assert.match(answer.text, body);
    });
  }

  const methods: readonly (readonly [method: string, path: string, allow: string])[] = [
    ['GET', CHAT, 'POST'],
    ['HEAD', CHAT, 'POST'],
    ['OPTIONS', CHAT, 'POST'],
    ['PUT', CHAT, 'POST'],
    ['DELETE', '/v1/models', 'GET'],
    ['POST', '/v1/models', 'GET'],
    ['OPTIONS', '/healthz', 'GET'],
    ['PATCH', '/v1/key', 'GET'],
    ['GET', '/v1/route/explain', 'POST'],
    ['HEAD', '/v1/queued/req_00000000000000000000000000', 'GET'],
  ];
  for (const [method, path, allow] of methods) {
    it(`are refused: ${method} ${path}`, async () => {
      const answer = await gateway.ask(path, { method });
      assert.equal(answer.status, 405);
      assert.equal(answer.headers['allow'], allow);
      assert.equal(answer.headers['access-control-allow-origin'], undefined);
      if (method !== 'HEAD') refused(answer, 405, 'method_not_allowed');
    });
  }
});

describe('headers of ours', () => {
  const body = chat('sim-small', 'x');
  const bad: readonly (readonly [name: string, value: string])[] = [
    ['x-signalbox-session', 'x'.repeat(129)],
    ['x-signalbox-session', ''],
    ['x-signalbox-session', 'caf\u00e9'],
    ['x-signalbox-agent', 'x'.repeat(129)],
    ['x-signalbox-subject', 'tab\there'],
    ['x-signalbox-step', 'two words'],
    ['x-signalbox-sensitivity', 'secret'],
    ['x-signalbox-sensitivity', 'public('],
    ['x-signalbox-latency-budget-ms', '0'],
    ['x-signalbox-latency-budget-ms', 'soon'],
    ['x-signalbox-latency-budget-ms', '1e999'],
    ['x-signalbox-latency-budget-ms', '6000;steps=0'],
    ['x-signalbox-queue', 'yes'],
    ['x-signalbox-tags', 'a=b,'.repeat(9)],
    ['x-signalbox-tags', `a=${'x'.repeat(64)}`],
    ['x-signalbox-tags', 'novalue'],
    ['idempotency-key', 'x'.repeat(256)],
    ['idempotency-key', 'two words'],
  ];
  for (const [name, value] of bad) {
    it(`are refused by name: ${name}: ${value.slice(0, 20)}`, async () => {
      const error = refused(
        await gateway.ask(CHAT, { body, headers: { [name]: value } }),
        400,
        'body_invalid',
      );
      assert.equal(error['param'], name);
      assert.match(String(error['message']), new RegExp(name));
    });
  }

  it('are passed over where they are unknown, and a broken trace is dropped', async () => {
    const headers = { 'x-signalbox-future': 'x', traceparent: 'nonsense' };
    assert.equal((await gateway.ask(CHAT, { body, headers })).status, 200);
    const { last } = gateway.sim.requests();
    assert.equal(last.at(-1)?.headers['traceparent'], undefined);
  });
});

describe('what is hardly HTTP', () => {
  const body = JSON.stringify(chat('sim-small', 'x'));
  const length = `content-length: ${body.length}`;
  const lines = (...all: string[]): string => `${all.join('\r\n')}\r\n\r\n`;
  const cases: readonly (readonly [name: string, bytes: string])[] = [
    ['two lengths', lines(`POST ${CHAT} HTTP/1.1`, 'host: x', length, 'content-length: 3') + body],
    [
      'a length and chunks',
      lines(`POST ${CHAT} HTTP/1.1`, 'host: x', length, 'transfer-encoding: chunked') + body,
    ],
    [
      'an unknown coding',
      lines(`POST ${CHAT} HTTP/1.1`, 'host: x', 'transfer-encoding: zip') + body,
    ],
    ['no host', lines(`POST ${CHAT} HTTP/1.1`, length) + body],
    ['two hosts', lines(`POST ${CHAT} HTTP/1.1`, 'host: x', 'host: y', length) + body],
    [
      'a line feed in a name',
      lines(`POST ${CHAT} HTTP/1.1`, 'host: x', 'x-a\nb: c', length) + body,
    ],
    ['a return in a name', lines(`POST ${CHAT} HTTP/1.1`, 'host: x', 'x-a\rb: c', length) + body],
    ['a space before the colon', lines(`POST ${CHAT} HTTP/1.1`, 'host: x', 'x-a : c') + body],
    ['a NUL in a value', lines(`POST ${CHAT} HTTP/1.1`, 'host: x', 'x-a: \u0000') + body],
    ['no version', lines(`POST ${CHAT}`, 'host: x')],
    ['noise', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n'],
    [
      'a head that is too large',
      lines(`GET /healthz HTTP/1.1`, 'host: x', `x-a: ${'a'.repeat(70_000)}`),
    ],
    ['too many headers', lines('GET /healthz HTTP/1.1', 'host: x', ...Array(500).fill('x-a: b'))],
    ['an unknown expectation', lines('GET /healthz HTTP/1.1', 'host: x', 'expect: miracles')],
    ['CONNECT', lines('CONNECT example.org:443 HTTP/1.1', 'host: example.org')],
    [
      'a chunk that is none',
      `${lines(`POST ${CHAT} HTTP/1.1`, 'host: x', 'transfer-encoding: chunked')}zz\r\n`,
    ],
  ];
  for (const [name, bytes] of cases) {
    it(`is refused at once, once: ${name}`, async () => {
      const { text, end } = await raw(gateway.port, [bytes], (got) => got.includes('}}'));
      assert.notEqual(end, 'hangs', text);
      assert.match(text, /^HTTP\/1\.1 4\d\d /);
      assert.match(text, /\r\n\r\n\{"error":\{"type":"[a-z_]+","code":"[a-z_]+"/);
      assert.equal(text.match(/HTTP\/1\.1 \d{3}/g)?.length, 1);
    });
  }

  it('is refused in the words of the clients of its path', async () => {
    for (const [path, envelope] of [
      ['/v1/messages', ANTHROPIC],
      ['/api/chat', OLLAMA],
    ] as const) {
      const twice = lines(`POST ${path} HTTP/1.1`, 'host: x', length, 'transfer-encoding: chunked');
      const hostless = lines(`POST ${path} HTTP/1.1`, 'connection: close', length);
      for (const bytes of [twice, hostless]) {
        const { text } = await raw(gateway.port, [bytes + body]);
        assert.match(text.slice(text.indexOf('\r\n\r\n') + 4), envelope);
      }
    }
  });

  it('is refused when the head comes too slowly', async () => {
    const { text, end } = await raw(gateway.port, ['GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ']);
    assert.equal(end, 'closed');
    assert.match(text, /^HTTP\/1\.1 4\d\d /);
    assert.match(text, /too slow|not complete in time/);
  });

  it('is refused when the body comes too slowly', async () => {
    const head = lines(
      `POST ${CHAT} HTTP/1.1`,
      ...['host: x', `authorization: Bearer ${gateway.key('main')}`, length],
    );
    const { text } = await raw(gateway.port, [head, body.slice(0, 9)], (got) => got.includes('}}'));
    assert.match(text, /^HTTP\/1\.1 400 /);
    assert.match(text, /not complete within 600 ms/);
  });

  it('hides no second request in the body of the first', async () => {
    const hidden = 'GET /v1/key HTTP/1.1\r\nhost: x\r\n\r\n';
    const first = lines('POST /nothing HTTP/1.1', 'host: x', `content-length: ${hidden.length}`);
    const second = lines('GET /healthz HTTP/1.1', 'host: x', 'connection: close');
    const { text } = await raw(gateway.port, [first + hidden, second]);
    assert.deepEqual(text.match(/HTTP\/1\.1 \d{3}/g), ['HTTP/1.1 404', 'HTTP/1.1 200'], text);
  });
});
