import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listen } from './listen.ts';
import { bytes, call, get, listening, promised, refuse } from './listening.fixture.ts';

let handled = 0;
const server = await listening(
  (exchange) => {
    handled += 1;
    void exchange.readBody(1_000, 1_000).then((read) => {
      exchange.reply(200, [], bytes(typeof read === 'string' ? read : `got ${read.length}`));
    });
  },
  { headMs: 400, headBytesMax: 8_192 },
);

type Case = {
  readonly what: string;
  readonly sent: string;
  readonly status: number;
};

const HOST = 'host: test\r\n';
const CHUNKED = 'transfer-encoding: chunked\r\n';

const CASES: readonly Case[] = [
  { what: 'no HTTP at all', sent: '\u0016\u0003\u0001 hello\r\n\r\n', status: 400 },
  { what: 'an unknown method', sent: `BREW / HTTP/1.1\r\n${HOST}\r\n`, status: 400 },
  { what: 'a method in lower case', sent: `get / HTTP/1.1\r\n${HOST}\r\n`, status: 400 },
  { what: 'a version that is none', sent: `GET / HTTP/9.9\r\n${HOST}\r\n`, status: 400 },
  { what: 'a line break without return', sent: 'GET / HTTP/1.1\nhost: test\n\n', status: 400 },
  { what: 'no host', sent: 'GET / HTTP/1.1\r\nx: 1\r\n\r\n', status: 400 },
  { what: 'two hosts', sent: `GET / HTTP/1.1\r\n${HOST}host: other\r\n\r\n`, status: 400 },
  {
    what: 'both a length and chunks',
    sent: `POST / HTTP/1.1\r\n${HOST}content-length: 5\r\n${CHUNKED}\r\n0\r\n\r\n`,
    status: 400,
  },
  {
    what: 'both chunks and a length',
    sent: `POST / HTTP/1.1\r\n${HOST}${CHUNKED}content-length: 5\r\n\r\n0\r\n\r\n`,
    status: 400,
  },
  {
    what: 'two lengths',
    sent: `POST / HTTP/1.1\r\n${HOST}content-length: 1\r\ncontent-length: 2\r\n\r\nab`,
    status: 400,
  },
  {
    what: 'a negative length',
    sent: `POST / HTTP/1.1\r\n${HOST}content-length: -1\r\n\r\n`,
    status: 400,
  },
  {
    what: 'a length that is no number',
    sent: `POST / HTTP/1.1\r\n${HOST}content-length: 0x10\r\n\r\n`,
    status: 400,
  },
  {
    what: 'a length beyond all numbers',
    sent: `POST / HTTP/1.1\r\n${HOST}content-length: 99999999999999999999999\r\n\r\n`,
    status: 400,
  },
  {
    what: 'an encoding that does not end in chunks',
    sent: `POST / HTTP/1.1\r\n${HOST}transfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n`,
    status: 400,
  },
  {
    what: 'a blank before the colon',
    sent: `GET / HTTP/1.1\r\n${HOST}transfer-encoding : chunked\r\n\r\n`,
    status: 400,
  },
  {
    what: 'a folded header',
    sent: `GET / HTTP/1.1\r\n${HOST}x: a\r\n b\r\ny\r\n\r\n`,
    status: 400,
  },
  {
    what: 'a control character in a header',
    sent: `GET / HTTP/1.1\r\n${HOST}x: a\u0000b\r\n\r\n`,
    status: 400,
  },
  {
    what: 'a header without a name',
    sent: `GET / HTTP/1.1\r\n${HOST}: b\r\n\r\n`,
    status: 400,
  },
  {
    what: 'a head beyond its bound',
    sent: `GET / HTTP/1.1\r\n${HOST}x: ${'a'.repeat(9_000)}\r\n\r\n`,
    status: 431,
  },
  {
    what: 'a target beyond its bound',
    sent: `GET /${'a'.repeat(9_000)} HTTP/1.1\r\n${HOST}\r\n`,
    status: 431,
  },
  {
    what: 'more headers than anybody needs',
    sent: `GET / HTTP/1.1\r\n${HOST}${'a: 1\r\n'.repeat(400)}\r\n`,
    status: 400,
  },
  {
    what: 'an expectation nobody knows',
    sent: `GET / HTTP/1.1\r\n${HOST}expect: wonders\r\n\r\n`,
    status: 400,
  },
  { what: 'CONNECT', sent: `CONNECT evil.example:443 HTTP/1.1\r\n${HOST}\r\n`, status: 400 },
];

for (const { what, sent, status } of CASES) {
  test(`${what} is answered with ${status} and never reaches the handler`, async () => {
    handled = 0;
    const caller = await call(server.port);
    caller.send(sent);
    const text = await caller.heard('"}}');
    assert.match(text, new RegExp(`^HTTP/1.1 ${status} `));
    assert.match(text, /content-type: application\/json\r\n/);
    assert.match(text, /\{"error":\{"problem":"[a-z-]+","why":"[^"]+"\}\}$/);
    assert.equal(text.match(/HTTP\/1\.1/g)?.length, 1, 'one answer');
    assert.equal(handled, 0);
    caller.socket.destroy();
  });
}

test('what comes after a refusal on the same connection is dropped', async () => {
  handled = 0;
  const caller = await call(server.port);
  caller.send(`GARBAGE\r\n\r\n${get('/smuggled')}`);
  caller.send(get('/more'));
  const text = await caller.closed;
  assert.equal(text.match(/HTTP\/1\.1/g)?.length, 1);
  assert.equal(handled, 0);
});

test('a connection that sends nothing, or a head slowly, is answered and closed', async () => {
  const silent = await call(server.port);
  const slow = await call(server.port);
  slow.send('GET / HTTP/1.1\r\nhost: test\r\n');
  const drip = setInterval(() => slow.send('x: 1\r\n'), 50);
  const text = await slow.closed;
  clearInterval(drip);
  assert.match(text, /^HTTP\/1\.1 408 [\s\S]*head-too-slow/);
  await silent.closed;
});

test('a body that is no body ends the connection with one refusal', async () => {
  const caller = await call(server.port);
  caller.send('POST / HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n');
  const text = await caller.closed;
  assert.match(text, /^HTTP\/1\.1 400 /);
  assert.equal(text.match(/HTTP\/1\.1/g)?.length, 1);
});

test('garbage behind a request whose answer has begun does not get into the answer', async () => {
  const streaming = await listening((exchange) => {
    exchange.begin(200, []);
    exchange.write(bytes('first'));
  });
  const caller = await call(streaming.port);
  caller.send(get('/'));
  await caller.heard('first');
  caller.send('\u0000garbage\r\n\r\n');
  const text = await caller.closed;
  assert.equal(text.includes('400'), false);
  assert.equal(text.endsWith('first\r\n'), true);
});

test('garbage behind a waiting request is not taken for its answer', async () => {
  const left = promised<void>();
  const waiting = await listening((exchange) => exchange.onLeave(() => left.keep()));
  const caller = await call(waiting.port);
  caller.send(`${get('/')}GARBAGE\r\n\r\n`);
  assert.equal(await caller.closed, '');
  await left.kept;
});

test('a handler that fails cuts off its caller and is reported', async () => {
  const bugs: unknown[] = [];
  const failing = await listen({
    host: '127.0.0.1',
    port: 0,
    refuse,
    onBug: (error) => bugs.push(error),
    handler: () => {
      throw new Error('a bug of the handler');
    },
  });
  const caller = await call(failing.port);
  caller.send(get('/'));
  assert.equal(await caller.closed, '');
  assert.equal(bugs.length, 1);
  await failing.close(0);
});

test('headers of the framing are the listener’s alone', async () => {
  const bugs: unknown[] = [];
  const careless = await listen({
    host: '127.0.0.1',
    port: 0,
    refuse,
    onBug: (error) => bugs.push(error),
    handler: (exchange) => exchange.reply(200, ['Content-Length', '1'], bytes('ok')),
  });
  const caller = await call(careless.port);
  caller.send(get('/'));
  assert.equal(await caller.closed, '');
  assert.match(String(bugs[0]), /framing headers/);
  await careless.close(0);
});

test('an upgrade is not taken up: the request is served as it is', async () => {
  const caller = await call(server.port);
  caller.send(get('/', 'connection: upgrade\r\nupgrade: websocket\r\n'));
  assert.match(await caller.heard('got 0'), /^HTTP\/1\.1 200/);
  caller.socket.destroy();
});

test('connections beyond the bound are closed at once', async () => {
  const small = await listening((exchange) => exchange.reply(200, [], bytes('ok')), {
    connectionsMax: 2,
  });
  const first = await call(small.port);
  const second = await call(small.port);
  first.send(get('/'));
  second.send(get('/'));
  await first.heard('ok');
  await second.heard('ok');
  const third = await call(small.port);
  third.send(get('/'));
  assert.equal(await third.closed, '');
  first.socket.destroy();
  second.socket.destroy();
});

test('what was answered before a refusal on its connection is heard before it', async () => {
  const quick = await listening((exchange) => exchange.reply(200, [], bytes('first')));
  const caller = await call(quick.port);
  caller.send(`${get('/first')}no HTTP\r\n\r\n`);
  assert.match(await caller.closed, /^HTTP\/1\.1 200 [\s\S]*first[\s\S]*HTTP\/1\.1 400 /);
});
