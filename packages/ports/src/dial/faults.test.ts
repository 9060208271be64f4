import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, test } from 'node:test';
import type { FaultCode } from '@signalbox/contract';
import { createUpstream } from './dial.ts';
import {
  dial,
  framed,
  json,
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

async function answering(answer: Parameters<typeof scripted>[0]): Promise<Scripted> {
  const server = await scripted(answer);
  servers.push(server);
  return server;
}

const PRIVATE = 'canary-in-the-body';

type Case = {
  readonly what: string;
  readonly answer: (socket: Socket) => void;
  readonly code: FaultCode;
  readonly head?: true;
};

const CASES: readonly Case[] = [
  {
    what: 'an upstream that closes without a word',
    answer: (socket) => socket.end(),
    code: 'closed_early',
  },
  {
    what: 'an upstream that resets',
    answer: (socket) => socket.resetAndDestroy(),
    code: 'closed_early',
  },
  {
    what: 'a head that breaks off',
    answer: (socket) => socket.end(`HTTP/1.1 200 OK\r\nx-a: ${PRIVATE}`),
    code: 'closed_early',
  },
  {
    what: 'a stream that breaks off between chunks',
    answer: (socket) => socket.end(STREAM_HEAD + framed(PRIVATE)),
    code: 'closed_early',
    head: true,
  },
  {
    what: 'a stream that is reset',
    answer: (socket) => {
      socket.write(STREAM_HEAD + framed(PRIVATE));
      setTimeout(() => socket.resetAndDestroy(), 20);
    },
    code: 'closed_early',
    head: true,
  },
  {
    what: 'a body shorter than its length',
    answer: (socket) => socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n${PRIVATE}`),
    code: 'closed_early',
    head: true,
  },
  {
    what: 'a body without length that is reset',
    answer: (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${PRIVATE}`);
      setTimeout(() => socket.resetAndDestroy(), 20);
    },
    code: 'closed_early',
    head: true,
  },
  {
    what: 'something that is not HTTP',
    answer: (socket) => socket.write(`SSH-2.0-${PRIVATE}\r\n`),
    code: 'malformed',
  },
  {
    what: 'a chunk whose size is no number',
    answer: (socket) => socket.write(`${STREAM_HEAD}zz\r\n${PRIVATE}\r\n`),
    code: 'malformed',
    head: true,
  },
  {
    what: 'both a length and chunks',
    answer: (socket) =>
      socket.write(
        'HTTP/1.1 200 OK\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      ),
    code: 'malformed',
  },
  {
    what: 'two lengths',
    answer: (socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\nabcd'),
    code: 'malformed',
  },
  {
    what: 'a head without end',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const line = `x-${'a'.repeat(1_000)}: ${PRIVATE}\r\n`;
      const timer = setInterval(() => {
        if (socket.destroyed) clearInterval(timer);
        else socket.write(line.repeat(20));
      }, 1);
    },
    code: 'too_large',
  },
  {
    what: 'an upgrade nobody asked for',
    answer: (socket) =>
      socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    code: 'closed_early',
  },
];

for (const { what, answer, code, head } of CASES) {
  test(`${what} is ${code}, and the fault holds nothing of it`, async () => {
    const server = await answering(answer);
    const outcome = await dial(upstream, requestTo(placeAt(server.origin))).over;
    assert.equal(outcome.fault?.code, code, outcome.fault?.detail);
    assert.equal(outcome.fault.source, 'upstream');
    assert.equal(outcome.fault.retry, 'other');
    assert.equal(outcome.status !== undefined, head === true);
    assert.equal(outcome.ended, false);
    assert.equal(outcome.fault.detail.includes('canary'), false);
    assert.equal(server.seen.length, 1, 'a fresh connection is never tried twice');
    await until(() => server.sockets.every((socket) => socket.destroyed));
  });
}

test('a body without length that ends with the connection is whole', async () => {
  const server = await answering((socket) =>
    socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nall of it'),
  );
  const outcome = await dial(upstream, requestTo(placeAt(server.origin))).over;
  assert.deepEqual([outcome.ended, outcome.text], [true, 'all of it']);
});

test('a line that its peer closed while idle costs the caller nothing', async () => {
  const server = await answering((socket, _, nth) => {
    if (nth === 2) socket.resetAndDestroy();
    else socket.write(json(`{"nth":${nth}}`));
  });
  const request = requestTo(placeAt(server.origin));
  assert.equal((await dial(upstream, request).over).text, '{"nth":1}');
  assert.equal((await dial(upstream, request).over).text, '{"nth":3}');
  assert.equal(server.sockets.length, 2);
});

test('a call is sent again only once', async () => {
  const server = await answering((socket, _, nth) => {
    if (nth === 1) socket.write(json('{}'));
    else socket.resetAndDestroy();
  });
  const request = requestTo(placeAt(server.origin));
  assert.equal((await dial(upstream, request).over).ended, true);
  assert.equal((await dial(upstream, request).over).fault?.code, 'closed_early');
  assert.equal(server.seen.length, 3);
});

test('a call of which a byte was answered is not sent again', async () => {
  const server = await answering((socket, _, nth) => {
    if (nth === 1) socket.write(json('{}'));
    else socket.end('HTTP/1.1 2');
  });
  const request = requestTo(placeAt(server.origin));
  assert.equal((await dial(upstream, request).over).ended, true);
  assert.equal((await dial(upstream, request).over).fault?.code, 'closed_early');
  assert.equal(server.seen.length, 2);
});

test('many idle lines that were all closed cost nobody anything', async () => {
  const server = await answering((socket) => socket.write(json('{}')));
  const request = requestTo(placeAt(server.origin));
  await Promise.all(Array.from({ length: 20 }, () => dial(upstream, request).over));
  for (const socket of server.sockets) socket.destroy();
  const again = Array.from({ length: 20 }, () => dial(upstream, request).over);
  for (const outcome of await Promise.all(again)) assert.equal(outcome.ended, true);
});
