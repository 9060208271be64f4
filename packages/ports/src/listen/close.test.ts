import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exchange } from './exchange.ts';
import { listen } from './listen.ts';
import { bytes, call, get, listening, promised, refuse } from './listening.fixture.ts';

test('closing lets an open answer end, takes nobody new, and says so to who is kept', async () => {
  const streams: Exchange[] = [];
  const server = await listening((exchange) => {
    if (exchange.head.target !== '/stream') {
      exchange.reply(200, [], bytes('whole'));
      return;
    }
    exchange.begin(200, []);
    exchange.write(bytes('first'));
    streams.push(exchange);
  });
  const idle = await call(server.port);
  idle.send(get('/'));
  await idle.heard('whole');
  const stream = await call(server.port);
  stream.send(get('/stream'));
  await stream.heard('first');
  assert.equal(server.connections(), 2);
  const closed = server.close(5_000);
  await idle.closed;
  await assert.rejects(call(server.port));
  streams[0]?.write(bytes('last'));
  streams[0]?.end();
  assert.equal((await stream.closed).endsWith('4\r\nlast\r\n0\r\n\r\n'), true);
  await closed;
  assert.equal(server.connections(), 0);
});

test('a request answered while draining is told that the connection closes', async () => {
  const waiting = promised<Exchange>();
  const server = await listening((exchange) => waiting.keep(exchange));
  const caller = await call(server.port);
  caller.send(get('/'));
  const exchange = await waiting.kept;
  const closed = server.close(5_000);
  exchange.reply(200, [], bytes('done'));
  assert.match(await caller.closed, /connection: close[\s\S]*done$/i);
  await closed;
});

test('what has not ended by the bound is cut', async () => {
  const left = promised<void>();
  const server = await listening((exchange) => {
    exchange.onLeave(() => left.keep());
    exchange.begin(200, []);
    exchange.write(bytes('forever'));
  });
  const caller = await call(server.port);
  caller.send(get('/'));
  await caller.heard('forever');
  await server.close(50);
  await left.kept;
  assert.equal((await caller.closed).endsWith('0\r\n\r\n'), false);
});

test('an idle connection is closed, a busy one is not', async () => {
  const server = await listening(
    (exchange) => {
      if (exchange.head.target === '/busy') exchange.begin(200, []);
      else exchange.reply(200, [], bytes('ok'));
    },
    { keepAliveMs: 60 },
  );
  const idle = await call(server.port);
  const busy = await call(server.port);
  idle.send(get('/'));
  busy.send(get('/busy'));
  await idle.closed;
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.equal(busy.socket.destroyed, false);
  assert.equal(server.connections(), 1);
  busy.socket.destroy();
});

test('a port that is taken is an error', async () => {
  const first = await listening(() => {});
  const second = listen({ host: '127.0.0.1', port: first.port, handler: () => {}, refuse });
  await assert.rejects(second, { code: 'EADDRINUSE' });
});
