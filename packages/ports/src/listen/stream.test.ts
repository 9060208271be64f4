import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exchange } from './exchange.ts';
import { bytes, call, get, listening, post, promised } from './listening.fixture.ts';

const LEAVE_MS_MAX = 250;

test('a stream leaves chunk by chunk, its head first, and the connection is kept', async () => {
  const steps: Exchange[] = [];
  const server = await listening((exchange) => void steps.push(exchange));
  const caller = await call(server.port);
  caller.send(get('/'));
  while (steps.length === 0) await new Promise(setImmediate);
  const [exchange] = steps;
  exchange?.begin(200, ['content-type', 'text/event-stream']);
  const head = await caller.heard('\r\n\r\n');
  assert.match(head, /^HTTP\/1\.1 200 OK\r\ncontent-type: text\/event-stream\r\n/);
  assert.match(head, /transfer-encoding: chunked\r\n/);
  exchange?.write(bytes('data: 1\n\n'));
  await caller.heard('9\r\ndata: 1\n\n\r\n');
  exchange?.write(bytes('a'));
  exchange?.write(new Uint8Array(0));
  exchange?.write(bytes('b'));
  await caller.heard('1\r\na\r\n1\r\nb\r\n');
  exchange?.end();
  await caller.heard('0\r\n\r\n');
  caller.send(get('/next'));
  while (steps.length === 1) await new Promise(setImmediate);
  steps[1]?.reply(200, [], bytes('next'));
  await caller.heard('next');
  caller.socket.destroy();
});

test('chunks of every size and value come through byte for byte', async () => {
  const sizes = [1, 15, 16, 255, 4_096, 12_288, 12_289, 70_000, 3, 200_000];
  const parts = sizes.map((size) => Uint8Array.from({ length: size }, (_, at) => (at * 7) & 0xff));
  const server = await listening((exchange) => {
    exchange.begin(200, []);
    for (const part of parts) {
      const lent = Uint8Array.from(part);
      exchange.write(lent);
      lent.fill(0);
    }
    exchange.end();
  });
  const response = await fetch(`http://127.0.0.1:${server.port}/`);
  const got = new Uint8Array(await response.arrayBuffer());
  assert.equal(Buffer.concat(parts).equals(got), true);
});

test('trailers are sent to callers that ask for them', async () => {
  const server = await listening((exchange) => {
    exchange.begin(200, ['trailer', 'x-signalbox-cost-usd']);
    exchange.write(bytes('x'));
    exchange.end(['x-signalbox-cost-usd', '0.01']);
  });
  const asking = await call(server.port);
  asking.send(get('/', 'te: trailers\r\n'));
  await asking.heard('0\r\nx-signalbox-cost-usd: 0.01\r\n\r\n');
  const other = await call(server.port);
  other.send(get('/'));
  await other.heard('0\r\n\r\n');
  asking.socket.destroy();
  other.socket.destroy();
});

test('HTTP/1.0, HEAD and pipelined callers get a stream in a form they understand', async () => {
  const server = await listening((exchange) => {
    exchange.begin(200, ['x-target', exchange.head.target]);
    exchange.write(bytes('one'));
    setTimeout(() => {
      exchange.write(bytes('two'));
      exchange.end();
    }, 10);
  });
  const old = await call(server.port);
  old.send('GET /old HTTP/1.0\r\n\r\n');
  const text = await old.closed;
  assert.equal(text.endsWith('\r\n\r\nonetwo'), true);
  assert.equal(/transfer-encoding/i.test(text), false);
  const head = await call(server.port);
  head.send(get('/h', 'connection: close\r\n').replace('GET', 'HEAD'));
  assert.equal((await head.closed).endsWith('\r\n\r\n'), true);
  const both = await call(server.port);
  both.send(get('/1') + get('/2'));
  const piped = await both.heard(/0\r\n\r\n[\s\S]*0\r\n\r\n$/);
  assert.equal(piped.match(/3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n/g)?.length, 2);
  assert.equal(piped.indexOf('/1') < piped.indexOf('/2'), true);
  both.socket.destroy();
});

test('an unclean end sends what was written, then ends without the last chunk', async () => {
  const server = await listening((exchange) => {
    exchange.begin(200, []);
    exchange.write(bytes('data: {"error":1}\n\n'));
    exchange.destroy();
    exchange.write(bytes('never'));
    exchange.end();
    exchange.destroy();
  });
  const caller = await call(server.port);
  caller.send(get('/'));
  const text = await caller.closed;
  assert.equal(text.endsWith('13\r\ndata: {"error":1}\n\n\r\n'), true);
});

test('an unclean end before anything was sent just closes', async () => {
  const server = await listening((exchange) => exchange.destroy());
  const caller = await call(server.port);
  caller.send(get('/'));
  assert.equal(await caller.closed, '');
});

const LEAVES: readonly (readonly [string, (exchange: Exchange) => void])[] = [
  ['before the first byte of the answer', () => {}],
  ['while its body is read', (exchange) => void exchange.readBody(1_000, 10_000)],
  [
    'in the middle of a stream',
    (exchange) => {
      exchange.begin(200, []);
      exchange.write(bytes('x'));
    },
  ],
];

for (const [when, act] of LEAVES) {
  for (const how of ['closes', 'resets'] as const) {
    test(`a caller that ${how} ${when} is noticed within 250 ms`, async () => {
      const seen = promised<void>();
      const left = promised<number>();
      const server = await listening((exchange) => {
        exchange.onLeave(() => left.keep(performance.now()));
        act(exchange);
        seen.keep();
      });
      const caller = await call(server.port);
      caller.send('POST / HTTP/1.1\r\nhost: t\r\ncontent-length: 9\r\n\r\n');
      if (!when.includes('body')) caller.send('123456789');
      await seen.kept;
      await new Promise((resolve) => setTimeout(resolve, 20));
      const startMs = performance.now();
      if (how === 'closes') caller.socket.destroy();
      else caller.socket.resetAndDestroy();
      assert.equal((await left.kept) - startMs < LEAVE_MS_MAX, true);
    });
  }
}

test('a body whose caller has gone is told as left', async () => {
  const read = promised<unknown>();
  const seen = promised<void>();
  const server = await listening((exchange) => {
    void exchange.readBody(1_000, 10_000).then((what) => read.keep(what));
    seen.keep();
  });
  const caller = await call(server.port);
  caller.send('POST / HTTP/1.1\r\nhost: t\r\ncontent-length: 9\r\n\r\n123');
  await seen.kept;
  caller.socket.destroy();
  assert.equal(await read.kept, 'left');
});

test('who has left gets nothing more, and answering is harmless', async () => {
  const done = promised<Exchange>();
  const server = await listening((exchange) => exchange.onLeave(() => done.keep(exchange)));
  const caller = await call(server.port);
  caller.send(get('/'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  caller.socket.destroy();
  const exchange = await done.kept;
  exchange.reply(200, [], bytes('late'));
  exchange.begin(200, []);
  exchange.write(bytes('late'));
  exchange.end();
  exchange.destroy();
  assert.equal(await exchange.readBody(1, 1), 'left');
  const told = promised<true>();
  exchange.onLeave(() => told.keep(true));
  assert.equal(await told.kept, true);
});

test('leaving after a whole answer is not leaving', async () => {
  let left = 0;
  const server = await listening((exchange) => {
    exchange.onLeave(() => {
      left += 1;
    });
    if (exchange.head.target === '/whole') {
      exchange.reply(200, [], bytes('ok'));
    } else {
      exchange.begin(200, []);
      exchange.end();
    }
  });
  for (const target of ['/whole', '/stream']) {
    const caller = await call(server.port);
    caller.send(get(target));
    await caller.heard(target === '/whole' ? 'ok' : '0\r\n\r\n');
    caller.socket.destroy();
    await caller.closed;
  }
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(left, 0);
});

test('a caller that does not read holds the writer back until it reads again', async () => {
  const part = new Uint8Array(65_536).fill(120);
  const state = { written: 0, drains: 0 };
  const held = promised<void>();
  const server = await listening((exchange) => {
    exchange.begin(200, []);
    const more = (): void => {
      while (state.written < 256) {
        state.written += 1;
        if (exchange.write(part)) continue;
        held.keep();
        return;
      }
      exchange.end();
    };
    exchange.onDrain(() => {
      state.drains += 1;
      more();
    });
    more();
  });
  const caller = await call(server.port);
  caller.socket.pause();
  caller.send(get('/', 'connection: close\r\n'));
  await held.kept;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(state.written < 256, true, `${state.written} parts were taken`);
  caller.socket.resume();
  const text = await caller.closed;
  assert.match(text.slice(-5), /0\r\n\r\n/);
  assert.equal(text.match(/10000\r\n/g)?.length, 256);
  assert.equal(state.drains > 0, true);
});

test('a writer that heeds nothing is cut off before it fills memory', async () => {
  const part = new Uint8Array(1_048_576);
  const left = promised<void>();
  const server = await listening((exchange) => {
    exchange.onLeave(() => left.keep());
    exchange.begin(200, []);
    const timer = setInterval(() => {
      for (let at = 0; at < 8; at += 1) exchange.write(part);
    }, 1);
    exchange.onLeave(() => clearInterval(timer));
  });
  const caller = await call(server.port);
  caller.socket.pause();
  caller.send(get('/'));
  await left.kept;
  caller.socket.destroy();
});

test('a refused caller that is still sending gets its whole answer', async () => {
  const server = await listening((exchange) => {
    exchange.reply(401, ['x-a', '1'], bytes(`no key${'.'.repeat(50_000)}`));
  });
  const big = 'x'.repeat(5_000_000);
  const caller = await call(server.port);
  caller.send(post('/', big));
  const text = await caller.closed;
  assert.match(text, /^HTTP\/1\.1 401 /);
  assert.match(text, /connection: close/i);
  assert.equal(text.endsWith('.'.repeat(50_000)), true);
});

test('a refused caller with a small body keeps its connection', async () => {
  const server = await listening((exchange) => exchange.reply(401, [], bytes('no key')));
  const caller = await call(server.port);
  caller.send(post('/', 'x'.repeat(10_000)));
  await caller.heard('no key');
  caller.send(post('/', 'y'.repeat(10)));
  await caller.heard(/no key[\s\S]*no key/);
  caller.socket.destroy();
});
