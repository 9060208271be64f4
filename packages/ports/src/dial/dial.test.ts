import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type DialRequest, Secret, tenantName } from '@signalbox/contract';
import { mintClearance } from '@signalbox/contract/mint';
import type { Blocked } from './border.ts';
import { createUpstream } from './dial.ts';
import {
  clearance,
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

const blocked: Blocked[] = [];
const upstream = createUpstream({ onBlocked: (stopped) => blocked.push(stopped) });
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

const onlyTierOne = mintClearance({ ...clearance.terms, ceiling: 1 });

test('a call goes out as it was given, and its answer comes back as it was sent', async () => {
  const server = await answering((socket) => socket.write(json('{"id":1}')));
  const credential = {
    name: 'main',
    origin: server.origin,
    header: 'authorization',
    prefix: 'Bearer ',
    value: new Secret('sk-test'),
  };
  const request = requestTo(placeAt(server.origin), { path: '/v1/x?a=b%20c', credential });
  const outcome = await dial(upstream, request).over;
  assert.equal(outcome.status, 200);
  assert.equal(outcome.text, '{"id":1}');
  assert.equal(outcome.ended, true);
  assert.deepEqual(outcome.headers, [
    ['content-type', 'application/json'],
    ['content-length', '8'],
  ]);
  const [head = '', body] = server.seen[0]?.split('\r\n\r\n') ?? [];
  assert.deepEqual(head.split('\r\n'), [
    'POST /v1/x?a=b%20c HTTP/1.1',
    `host: 127.0.0.1:${server.port}`,
    'connection: keep-alive',
    'accept-encoding: identity',
    'content-type: application/json',
    'authorization: Bearer sk-test',
    'content-length: 13',
  ]);
  assert.equal(body, '{"model":"m"}');
});

test('a stream is pushed chunk by chunk, and the line is used again', async () => {
  const server = await answering((socket) => {
    socket.write(STREAM_HEAD + framed('data: 1\n\n'));
    setImmediate(() => socket.write(`${framed('data: 2\n\n')}0\r\n\r\n`));
  });
  for (let call = 0; call < 3; call += 1) {
    const outcome = await dial(upstream, requestTo(placeAt(server.origin))).over;
    assert.equal(outcome.text, 'data: 1\n\ndata: 2\n\n');
  }
  assert.equal(server.sockets.length, 1);
});

test('repeated headers come one by one, whatever they are called', async () => {
  const head = 'HTTP/1.1 200 OK\r\nx-a: 1\r\nx-a: 2\r\n__proto__: 3\r\ncontent-length: 0\r\n\r\n';
  const server = await answering((socket) => socket.write(head));
  const outcome = await dial(upstream, requestTo(placeAt(server.origin))).over;
  assert.deepEqual(outcome.headers, [
    ['x-a', '1'],
    ['x-a', '2'],
    ['__proto__', '3'],
    ['content-length', '0'],
  ]);
});

test('interim answers are passed over, but not without end', async () => {
  const server = await answering((socket, request) => {
    const hints = request.includes('/many') ? 100 : 2;
    const hint = 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n';
    socket.write(hint.repeat(hints) + json('{}'));
  });
  const few = await dial(upstream, requestTo(placeAt(server.origin))).over;
  assert.equal(few.status, 200);
  const many = await dial(upstream, requestTo(placeAt(server.origin), { path: '/many' })).over;
  assert.equal(many.fault?.code, 'malformed');
});

test('what is not within the clearance opens no socket, whatever term it breaks', async () => {
  const server = await answering((socket) => socket.write(json('{}')));
  const forged = { terms: clearance.terms };
  const cases: readonly (readonly [string, Partial<DialRequest>])[] = [
    ['tier', { place: placeAt(server.origin, { tier: 3 }), clearance: onlyTierOne }],
    ['tenant', { place: placeAt(server.origin, { tenant: tenantName('other') }) }],
    ['label', { label: 'regulated' }],
    ['tenant', { tenant: tenantName('other') }],
    ['forged', { clearance: forged as typeof clearance }], // a forgery is what is tested
  ];
  for (const [reason, more] of cases) {
    blocked.length = 0;
    const dialled = dial(upstream, requestTo(placeAt(server.origin), more));
    assert.equal(dialled.outcome.fault, undefined, 'told after dial has returned');
    const { fault } = await dialled.over;
    assert.deepEqual(
      [fault?.code, fault?.source, fault?.retry],
      ['clearance_exceeded', 'ourselves', 'never'],
    );
    assert.deepEqual(blocked, [
      { kind: 'clearance', place: 'test', origin: server.origin, reason },
    ]);
  }
  assert.equal(server.sockets.length, 0);
});

test('a credential goes to its own origin and nowhere else', async () => {
  const server = await answering((socket) => socket.write(json('{}')));
  blocked.length = 0;
  const credential = {
    name: 'other',
    origin: 'https://api.example.com',
    header: 'authorization',
    prefix: 'Bearer ',
    value: new Secret('sk-canary'),
  };
  const outcome = await dial(upstream, requestTo(placeAt(server.origin), { credential })).over;
  assert.equal(outcome.fault?.code, 'malformed');
  assert.equal(server.sockets.length, 0);
  assert.equal(blocked[0]?.kind, 'credential');
  assert.equal(JSON.stringify([outcome.fault, blocked]).includes('sk-canary'), false);
});

test('a credential that cannot stand in a header is a fault of ours, told after dial', async () => {
  const server = await answering((socket) => socket.write(json('{}')));
  const credential = {
    name: 'torn',
    origin: server.origin,
    header: 'authorization',
    prefix: 'Bearer ',
    value: new Secret('sk-canary\r\nx: y'),
  };
  const dialled = dial(upstream, requestTo(placeAt(server.origin), { credential }));
  assert.equal(dialled.outcome.fault, undefined);
  const { fault } = await dialled.over;
  assert.deepEqual([fault?.code, fault?.source], ['malformed', 'ourselves']);
  assert.equal(fault?.detail.includes('canary'), false);
  assert.equal(server.seen.length, 0);
});

test('redirects are not followed', async () => {
  const other = await answering((socket) => socket.write(json('{"secret":1}')));
  for (const status of [301, 302, 303, 307, 308, 300, 304]) {
    const server = await answering((socket) =>
      socket.write(
        `HTTP/1.1 ${status} Moved\r\nlocation: ${other.origin}/\r\ncontent-length: 0\r\n\r\n`,
      ),
    );
    const { fault, status: told } = await dial(upstream, requestTo(placeAt(server.origin))).over;
    assert.deepEqual([fault?.code, fault?.source, told], ['redirected', 'upstream', undefined]);
  }
  assert.equal(other.sockets.length, 0);
});

test('a path that could name something else is refused before a socket opens', async () => {
  const server = await answering((socket) => socket.write(json('{}')));
  const paths = [
    '',
    'v1/chat',
    '//evil.example/v1',
    'http://evil.example/v1',
    '/v1\r\nx: y',
    '/v1\nx',
    '/v1 HTTP/1.1',
    '/v1#fragment',
    '/v1/../admin',
    '/v1/..',
    '/v1/./x?y',
    '/v1\\..\\x',
    '/v1\u0000',
    '/v1/é',
    '/v1/\u{1f600}',
    `/${'x'.repeat(9_000)}`,
  ];
  for (const path of paths) {
    const { fault } = await dial(upstream, requestTo(placeAt(server.origin), { path })).over;
    assert.deepEqual([fault?.code, fault?.retry], ['malformed', 'never'], JSON.stringify(path));
  }
  assert.equal(server.sockets.length, 0);
});

test('a header that would change host, framing, encoding or line is refused', async () => {
  const server = await answering((socket) => socket.write(json('{}')));
  const headers: readonly (readonly [string, string])[] = [
    ['host', 'evil.example'],
    ['content-length', '0'],
    ['transfer-encoding', 'chunked'],
    ['connection', 'close'],
    ['upgrade', 'websocket'],
    ['expect', '100-continue'],
    ['accept-encoding', 'gzip'],
    ['proxy-authorization', 'x'],
    ['X-Upper', '1'],
    ['bad name', '1'],
    ['', '1'],
    ['x', 'a\r\nhost: evil'],
    ['x', 'a\nb'],
    ['x', 'a\u0000b'],
    ['x', 'ā'],
  ];
  for (const header of headers) {
    const request = requestTo(placeAt(server.origin), { headers: [header] });
    const { fault } = await dial(upstream, request).over;
    assert.equal(fault?.code, 'malformed', JSON.stringify(header));
  }
  assert.equal(server.sockets.length, 0);
});

test('a refused connection is a fault of the upstream that another place may heal', async () => {
  const server = await scripted(() => {});
  server.close();
  await until(() => server.sockets.every((socket) => socket.destroyed));
  const { fault } = await dial(upstream, requestTo(placeAt(server.origin))).over;
  assert.deepEqual(
    [fault?.code, fault?.source, fault?.retry],
    ['connect_failed', 'upstream', 'other'],
  );
  assert.match(fault?.detail ?? '', /^test: ECONNREFUSED at connect$/);
});

test('when all lines are taken the next dial is told so at once, and nothing queues', async () => {
  const server = await answering(() => {});
  const small = createUpstream({ onBlocked: () => {}, poolSettings: { linesMax: 2 } });
  const first = dial(small, requestTo(placeAt(server.origin)));
  const second = dial(small, requestTo(placeAt(server.origin)));
  const third = await dial(small, requestTo(placeAt(server.origin))).over;
  assert.equal(third.fault?.code, 'connect_failed');
  assert.equal(small.busy(), 2);
  first.abort();
  second.abort();
  assert.equal(small.busy(), 0);
});

test('more targets than are kept close the longest unused one', async () => {
  const made: Scripted[] = [];
  for (let at = 0; at < 3; at += 1)
    made.push(await answering((socket) => socket.write(json('{}'))));
  const small = createUpstream({ onBlocked: () => {}, poolSettings: { targetsMax: 2 } });
  for (const server of made) {
    assert.equal((await dial(small, requestTo(placeAt(server.origin))).over).ended, true);
  }
  await until(() => made[0]?.sockets[0]?.destroyed === true);
  assert.equal(made[1]?.sockets[0]?.destroyed, false);
  small.close();
});

test('what a sink copies is its own, whatever is read afterwards', async () => {
  const pieces = ['aaa', 'bbb', 'ccc'];
  const server = await answering((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 9\r\n\r\n');
  });
  const send = (): void => {
    const next = pieces.shift();
    if (next !== undefined) server.sockets[0]?.write(next);
  };
  const kept: Uint8Array[] = [];
  const outcome = await dial(upstream, requestTo(placeAt(server.origin)), {
    // Each is written when the one before was read, so that all are read to the same place.
    head: () => void setImmediate(send),
    chunk(bytes) {
      kept.push(bytes.slice());
      setImmediate(send);
    },
  }).over;
  assert.equal(outcome.text, 'aaabbbccc');
  assert.equal(Buffer.concat(kept).toString(), 'aaabbbccc');
});

test('a sink that fails ends its own call and nobody else’s', async () => {
  const server = await answering((socket) => socket.write(json('{}')));
  const bugs: unknown[] = [];
  const careful = createUpstream({ onBlocked: () => {}, onBug: (error) => bugs.push(error) });
  const bug = (): never => {
    throw new Error('a bug of the sink');
  };
  const request = requestTo(placeAt(server.origin));
  const broken = await dial(careful, request, { chunk: bug }).over;
  assert.equal(broken.fault?.code, 'internal');
  dial(careful, request, { end: bug });
  await until(() => bugs.length === 1);
  assert.equal((await dial(careful, request).over).ended, true);
  careful.close();
});
