import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Exchange } from './exchange.ts';
import { bytes, call, get, listening, post, promised } from './listening.fixture.ts';

const echo = (exchange: Exchange): void => {
  void exchange.readBody(1_000, 1_000).then((body) => {
    const text = typeof body === 'string' ? body : Buffer.from(body).toString('latin1');
    const { method, target } = exchange.head;
    exchange.reply(200, ['content-type', 'text/plain'], bytes(`${method} ${target} [${text}]`));
  });
};

const server = await listening(echo);

const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4);

test('a request gets a whole head and its body, and the connection is kept', async () => {
  const caller = await call(server.port);
  caller.send(post('/a?b', 'hello'));
  const text = await caller.heard('[hello]');
  const [status, ...headers] = text.slice(0, text.indexOf('\r\n\r\n')).split('\r\n');
  assert.equal(status, 'HTTP/1.1 200 OK');
  const names = headers.map((line) => line.replace(/^date: .*GMT$/, 'date: DATE'));
  assert.deepEqual(names, [
    'content-type: text/plain',
    'content-length: 17',
    'date: DATE',
    'connection: keep-alive',
    'keep-alive: timeout=75',
  ]);
  assert.equal(bodyOf(text), 'POST /a?b [hello]');
  caller.send(get('/again'));
  await caller.heard('GET /again []');
  caller.socket.destroy();
});

test('a body may come in pieces, by length or in chunks', async () => {
  const caller = await call(server.port);
  caller.send('POST /p HTTP/1.1\r\nhost: t\r\ncontent-length: 6\r\n\r\nab');
  await new Promise((resolve) => setTimeout(resolve, 10));
  caller.send('cd');
  await new Promise((resolve) => setTimeout(resolve, 10));
  caller.send('ef');
  await caller.heard('[abcdef]');
  caller.send('POST /c HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n3\r\nuvw\r\n');
  await new Promise((resolve) => setTimeout(resolve, 10));
  caller.send('2;x=y\r\nxy\r\n0\r\n\r\n');
  await caller.heard('[uvwxy]');
  caller.socket.destroy();
});

test('a handler that reads late still gets the whole body', async () => {
  const late = await listening((exchange) => {
    setTimeout(() => echo(exchange), 30);
  });
  const caller = await call(late.port);
  caller.send('POST /l HTTP/1.1\r\nhost: t\r\ncontent-length: 6\r\n\r\nabc');
  await new Promise((resolve) => setTimeout(resolve, 10));
  caller.send('def');
  await caller.heard('[abcdef]');
  caller.send(post('/m', 'x'.repeat(900)));
  await caller.heard(`[${'x'.repeat(900)}]`);
  caller.socket.destroy();
});

test('pipelined requests are answered in order', async () => {
  const caller = await call(server.port);
  caller.send(post('/1', 'one') + get('/2') + post('/3', 'three'));
  const text = await caller.heard('[three]');
  const parts = ['POST /1 [one]', 'GET /2 []', 'POST /3 [three]'];
  assert.deepEqual(text.match(/(POST|GET) \/\d \[\w*\]/g), parts);
  assert.equal(text.match(/HTTP\/1\.1 200 OK/g)?.length, 3);
  caller.socket.destroy();
});

test('HEAD gets the head of an answer and no body, and the connection goes on', async () => {
  const caller = await call(server.port);
  caller.send(get('/h').replace('GET', 'HEAD'));
  const text = await caller.heard('\r\n\r\n');
  assert.match(text, /content-length: 10/);
  assert.equal(bodyOf(text), '');
  caller.send(get('/after'));
  await caller.heard('GET /after []');
  caller.socket.destroy();
});

test('HTTP/1.0 and a caller that asks for it get a connection that closes', async () => {
  const old = await call(server.port);
  old.send('GET /old HTTP/1.0\r\n\r\n');
  assert.match(await old.closed, /connection: close[\s\S]*GET \/old \[\]$/i);
  const closing = await call(server.port);
  closing.send(get('/c', 'connection: close\r\n'));
  assert.match(await closing.closed, /connection: close[\s\S]*GET \/c \[\]$/i);
});

test('a caller that expects 100 is told to go on only when the body is wanted', async () => {
  const caller = await call(server.port);
  caller.send('POST /e HTTP/1.1\r\nhost: t\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n');
  await caller.heard('HTTP/1.1 100 Continue\r\n\r\n');
  caller.send('abc');
  await caller.heard('[abc]');
  caller.socket.destroy();
  const denying = await listening((exchange) => exchange.reply(401, [], bytes('no')));
  const denied = await call(denying.port);
  denied.send('POST /e HTTP/1.1\r\nhost: t\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n');
  const text = await denied.closed;
  assert.match(text, /^HTTP\/1\.1 401/);
  assert.equal(text.includes('100 Continue'), false);
});

test('a body that is too large is not read, by its length or as it grows', async () => {
  const declared = await call(server.port);
  declared.send('POST /d HTTP/1.1\r\nhost: t\r\ncontent-length: 1001\r\n\r\n');
  await declared.heard('[too-large]');
  declared.socket.destroy();
  const grown = await call(server.port);
  grown.send('POST /g HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n');
  grown.send(`3e8\r\n${'x'.repeat(1_000)}\r\n1\r\ny\r\n`);
  const text = await grown.heard('[too-large]');
  assert.match(text, /connection: close/i);
  grown.socket.destroy();
});

test('who sends all of a body that is too large before it reads hears why', async () => {
  const body = Buffer.alloc(4_194_304, 'x');
  const caller = await call(server.port);
  let trouble: Error | undefined;
  caller.socket.on('error', (error) => {
    trouble = error;
  });
  caller.socket.pause();
  caller.send(`POST /d HTTP/1.1\r\nhost: t\r\ncontent-length: ${body.length}\r\n\r\n`);
  await new Promise((sent) => caller.socket.write(body, sent));
  caller.socket.resume();
  assert.match(await caller.closed, /\[too-large\]$/);
  assert.equal(trouble, undefined);
});

test('a body that does not come in time is a timeout', async () => {
  const answered = promised<unknown>();
  const slow = await listening((exchange) => {
    void exchange.readBody(1_000, 50).then((read) => {
      answered.keep(read);
      exchange.reply(408, [], bytes('slow'));
    });
  });
  const caller = await call(slow.port);
  caller.send('POST /s HTTP/1.1\r\nhost: t\r\ncontent-length: 10\r\n\r\nabc');
  assert.equal(await answered.kept, 'timeout');
  await caller.heard('slow');
  caller.socket.destroy();
});

test('headers are found by name, first one first, and nothing else is made of them', async () => {
  const seen = promised<Exchange>();
  const looking = await listening((exchange) => {
    seen.keep(exchange);
    exchange.reply(200, [], bytes('ok'));
  });
  const caller = await call(looking.port);
  caller.send(get('/', 'X-Signalbox-Step: Plan\r\nX-Two: 1\r\nx-two: 2\r\n__proto__: x\r\n'));
  await caller.heard('ok');
  const { head } = await seen.kept;
  assert.equal(head.header('x-signalbox-step'), 'Plan');
  assert.equal(head.header('x-two'), '1');
  assert.equal(head.header('constructor'), undefined);
  assert.equal(head.header('__proto__'), 'x');
  assert.equal(head.address, '127.0.0.1');
  caller.socket.destroy();
});

test('a value that could break out of its line cannot', async () => {
  const careless = await listening((exchange) => {
    exchange.reply(200, ['x-model', 'a\r\nx-injected: 1\r\n\r\nbody', 'x-ok', 'é'], bytes('ok'));
  });
  for (const request of [get('/'), get('/', 'connection: close\r\n')]) {
    const caller = await call(careless.port);
    caller.send(request);
    const text = await caller.heard(/\r\n\r\nok$/);
    assert.match(text, /x-model: a\?\?x-injected: 1\?\?\?\?body\r\n/);
    assert.match(text, /x-ok: \xe9\r\n/);
    caller.socket.destroy();
  }
});

test('every byte of a body comes through, small and large, as it is', async () => {
  const all = Uint8Array.from({ length: 256 }, (_, at) => at);
  const large = Buffer.concat(Array.from({ length: 400 }, () => all));
  let next: Uint8Array = all;
  const sending = await listening((exchange) => exchange.reply(200, [], next));
  for (const body of [all, large, new Uint8Array(0)]) {
    next = body;
    const caller = await call(sending.port);
    caller.send(get('/', 'connection: keep-alive\r\n'));
    const expected = Buffer.from(body).toString('latin1');
    const text = await caller.heard(/\r\n\r\n/);
    while (bodyOf(caller.text()).length < body.length) await new Promise(setImmediate);
    assert.match(text, new RegExp(`content-length: ${body.length}\r\n`));
    assert.equal(bodyOf(caller.text()) === expected, true);
    caller.socket.destroy();
  }
});

test('answers without a body have none', async () => {
  const server204 = await listening((exchange) => exchange.reply(204, ['x-a', '1'], bytes('')));
  const caller = await call(server204.port);
  caller.send(get('/') + get('/'));
  const text = await caller.heard(/204[\s\S]*204[\s\S]*\r\n\r\n$/);
  assert.equal(text.includes('content-length'), false);
  caller.socket.destroy();
});

test('every byte of a large request comes through, its length told or not', async () => {
  const body = Buffer.from(
    Uint32Array.from({ length: 200_000 }, (_, at) => at * 2_654_435_761).buffer,
  );
  const sums: string[] = [];
  const taking = await listening((exchange) => {
    void exchange.readBody(2_000_000, 5_000).then((read) => {
      sums.push(typeof read === 'string' ? read : createHash('sha256').update(read).digest('hex'));
      exchange.reply(200, [], bytes('[taken]'));
    });
  });
  const expected = createHash('sha256').update(body).digest('hex');
  const text = body.toString('latin1');
  const told = await call(taking.port);
  told.send(post('/told', text));
  await told.heard('[taken]');
  told.socket.destroy();
  const chunked = await call(taking.port);
  const frame = `${body.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
  chunked.send(`POST /c HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n${frame}`);
  await chunked.heard('[taken]');
  chunked.socket.destroy();
  assert.deepEqual(sums, [expected, expected]);
});
