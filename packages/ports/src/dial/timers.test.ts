import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, test } from 'node:test';
import type { Timers } from '@signalbox/contract';
import { createUpstream } from './dial.ts';
import {
  dial,
  framed,
  placeAt,
  requestTo,
  type Scripted,
  STREAM_HEAD,
  scripted,
  until,
} from './dialling.fixture.ts';

const upstream = createUpstream({ onBlocked: () => {} });
const servers: Scripted[] = [];
after(() => {
  upstream.close();
  for (const server of servers) server.close();
});

const ABORT_MS_MAX = 250;

async function answering(answer: (socket: Socket) => void): Promise<Scripted> {
  const server = await scripted(answer);
  servers.push(server);
  return server;
}

const timers = (more: Partial<Timers>): Timers => ({
  connectMs: 5_000,
  headMs: 5_000,
  idleMs: 5_000,
  totalMs: 5_000,
  ...more,
});

/** Writes every `ms` until the socket is gone. */
function dripping(socket: Socket, ms: number, text: string): void {
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer);
    else socket.write(text);
  }, ms);
  socket.on('close', () => clearInterval(timer));
}

test('a name server that never answers is a connect timeout', async () => {
  const slow = createUpstream({ onBlocked: () => {}, lookup: () => {} });
  const request = requestTo(placeAt('http://model.example:1'), {
    timers: timers({ connectMs: 60 }),
  });
  assert.equal((await dial(slow, request).over).fault?.code, 'connect_timeout');
});

test('an upstream that never answers is a head timeout, and its socket is closed', async () => {
  const server = await answering(() => {});
  const request = requestTo(placeAt(server.origin), { timers: timers({ headMs: 60 }) });
  const { fault } = await dial(upstream, request).over;
  assert.deepEqual([fault?.code, fault?.detail], ['head_timeout', 'test: silent at head']);
  await until(() => server.sockets[0]?.destroyed === true);
});

test('interim answers do not put off the head timeout', async () => {
  const server = await answering((socket) =>
    dripping(socket, 30, 'HTTP/1.1 103 Early Hints\r\n\r\n'),
  );
  const request = requestTo(placeAt(server.origin), { timers: timers({ headMs: 100 }) });
  assert.equal((await dial(upstream, request).over).fault?.code, 'head_timeout');
});

test('a head that drips is a head timeout', async () => {
  const server = await answering((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    dripping(socket, 10, 'x');
  });
  const request = requestTo(placeAt(server.origin), { timers: timers({ headMs: 100 }) });
  assert.equal((await dial(upstream, request).over).fault?.code, 'head_timeout');
});

test('a stream that falls silent is an idle timeout', async () => {
  const server = await answering((socket) => socket.write(STREAM_HEAD + framed('data: 1\n\n')));
  const request = requestTo(placeAt(server.origin), { timers: timers({ idleMs: 60 }) });
  const outcome = await dial(upstream, request).over;
  assert.deepEqual([outcome.fault?.code, outcome.text], ['idle_timeout', 'data: 1\n\n']);
});

test('a head without a byte of body is still waited for as a head', async () => {
  const server = await answering((socket) => socket.write(STREAM_HEAD));
  const request = requestTo(placeAt(server.origin), { timers: timers({ headMs: 60, idleMs: 10 }) });
  const { fault } = await dial(upstream, request).over;
  assert.deepEqual([fault?.code, fault?.detail], ['head_timeout', 'test: silent at head']);
});

test('framing without a byte of body does not put off the idle timeout', async () => {
  const server = await answering((socket) => {
    socket.write(`${STREAM_HEAD}${framed('1')}5;`);
    dripping(socket, 10, 'x');
  });
  const request = requestTo(placeAt(server.origin), { timers: timers({ idleMs: 100 }) });
  assert.equal((await dial(upstream, request).over).fault?.code, 'idle_timeout');
});

test('single bytes that never make a line do not put off the idle timeout', async () => {
  const server = await answering((socket) => {
    socket.write(STREAM_HEAD);
    dripping(socket, 20, framed('x'));
  });
  const request = requestTo(placeAt(server.origin), { timers: timers({ idleMs: 150 }) });
  const outcome = await dial(upstream, request).over;
  assert.equal(outcome.fault?.code, 'idle_timeout');
  assert.equal(outcome.chunks > 2, true);
});

for (const [what, piece] of [
  ['short lines', '\n'],
  ['a line that is long', 'x'.repeat(64)],
] as const) {
  test(`a stream of ${what} is not idle, but ends at the total`, async () => {
    const server = await answering((socket) => {
      socket.write(STREAM_HEAD);
      dripping(socket, 20, framed(piece));
    });
    const request = requestTo(placeAt(server.origin), {
      timers: timers({ idleMs: 150, totalMs: 500 }),
    });
    const outcome = await dial(upstream, request).over;
    assert.equal(outcome.fault?.code, 'total_timeout');
    assert.equal(outcome.chunks > 5, true);
  });
}

test('a sink that pauses is not an upstream that is silent', async () => {
  const server = await answering((socket) => {
    socket.write(STREAM_HEAD + framed('1'));
    setTimeout(() => socket.write(`${framed('2')}0\r\n\r\n`), 20);
  });
  const request = requestTo(placeAt(server.origin), { timers: timers({ idleMs: 60 }) });
  const dialled = dial(upstream, request, { head: (_, __, flow) => flow.pause() });
  await new Promise((resolve) => setTimeout(resolve, 250));
  assert.deepEqual([dialled.outcome.fault, dialled.outcome.text], [undefined, '']);
  dialled.flow()?.resume();
  assert.equal((await dialled.over).text, '12');
});

test('a paused stream stops reading, so that an upstream is held back', async () => {
  const megabyte = 'x'.repeat(1_048_576);
  let sent = 0;
  const server = await answering((socket) => {
    socket.write(STREAM_HEAD);
    const more = (): void => {
      while (sent < 64 && !socket.destroyed) {
        sent += 1;
        if (!socket.write(framed(megabyte))) {
          socket.once('drain', more);
          return;
        }
      }
      socket.write('0\r\n\r\n');
    };
    more();
  });
  let bytes = 0;
  const dialled = dial(upstream, requestTo(placeAt(server.origin)), {
    head: (_, __, flow) => flow.pause(),
    chunk: (chunk) => {
      bytes += chunk.length;
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.equal(sent < 32, true, `${sent} MiB were taken while paused`);
  dialled.flow()?.resume();
  assert.equal((await dialled.over).ended, true);
  assert.equal(bytes, 64 * 1_048_576);
});

test('every timer is more than zero', () => {
  const request = requestTo(placeAt('http://127.0.0.1:1'), { timers: timers({ idleMs: 0 }) });
  assert.throws(() => dial(upstream, request), /every timer/);
});

const ABORTS: readonly (readonly [string, (socket: Socket) => void])[] = [
  ['before the first byte', () => {}],
  ['in the middle of a head', (socket) => socket.write('HTTP/1.1 200 OK\r\nx: ')],
  ['in the middle of a stream', (socket) => socket.write(STREAM_HEAD + framed('1'))],
];

for (const [when, answer] of ABORTS) {
  test(`an abort ${when} closes the socket within 250 ms and is silent`, async () => {
    const server = await answering(answer);
    const dialled = dial(upstream, requestTo(placeAt(server.origin)));
    await until(() => server.seen.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { outcome } = dialled;
    const before = { ...outcome };
    const closed = new Promise<void>((resolve) => server.sockets[0]?.on('close', () => resolve()));
    const startMs = performance.now();
    dialled.abort();
    dialled.abort();
    await closed;
    assert.equal(performance.now() - startMs < ABORT_MS_MAX, true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(outcome, before);
  });
}

test('an abort while connecting ends the attempt and is silent', async () => {
  let tell: () => void = () => {};
  const server = await answering((socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
  const slow = createUpstream({
    onBlocked: () => {},
    lookup: (_, then) => {
      tell = () => then(null, [{ address: '127.0.0.1', family: 4 }]);
    },
  });
  const dialled = dial(slow, requestTo(placeAt(`http://model.example:${server.port}`)));
  dialled.abort();
  tell();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(server.seen.length, 0);
  assert.deepEqual([dialled.outcome.status, dialled.outcome.fault], [undefined, undefined]);
  assert.equal(slow.busy(), 0);
});

test('a refusal is silent too when it is aborted first', async () => {
  const dialled = dial(upstream, requestTo(placeAt('http://127.0.0.1:1'), { path: 'x' }));
  dialled.abort();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(dialled.outcome.fault, undefined);
});

test('a sink may abort from inside any of its calls', async () => {
  for (const at of ['head', 'chunk'] as const) {
    const server = await answering((socket) =>
      socket.write(`${STREAM_HEAD}${framed('1')}${framed('2')}`),
    );
    let dialled: ReturnType<typeof dial> | undefined;
    const stop = (): void => dialled?.abort();
    dialled = dial(upstream, requestTo(placeAt(server.origin)), { [at]: stop });
    await until(() => server.sockets[0]?.destroyed === true);
    const { chunks, fault } = dialled.outcome;
    assert.deepEqual([chunks, fault], [at === 'head' ? 0 : 1, undefined]);
  }
});
