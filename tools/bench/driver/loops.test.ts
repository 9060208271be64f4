import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { after, before, test } from 'node:test';
import { createMock } from '../mock/mock.ts';
import type { Connection } from './connection.ts';
import { closedLoop, holdStreams, openLoop, streamLoop } from './loops.ts';
import type { RequestShape, Target } from './requests.ts';

let mock: Server;
let target: Target;

before(async () => {
  mock = createMock();
  target = await listen(mock);
});

after(() => mock.close());

async function listen(server: Server): Promise<Target> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return { url: `http://127.0.0.1:${address.port}`, headers: { a: 'b' }, model: 'mock-model' };
}

const shape = (mode: RequestShape['mode'], more: Partial<RequestShape> = {}): RequestShape => ({
  mode,
  bodyBytes: 1_024,
  usageAsked: false,
  ...more,
});

test('the closed loop gets every answer of the mock and stops at its number', async () => {
  const common = { kind: 'closed', target, connections: 4, durationMs: 20_000 } as const;
  for (const [wanted, requestsMax] of [
    [shape('u1'), 400],
    [shape('u1', { bodyBytes: 102_400 }), 40],
    [shape('uh'), 40],
  ] as const) {
    const seen = await closedLoop({ ...common, shape: wanted, requestsMax });
    assert.deepEqual([seen.answers, seen.failures], [requestsMax, 0], seen.failureFirst);
    assert.ok((seen.latency?.p50Us ?? 0) > 0);
  }
});

test('the closed loop stops when its time is over', async () => {
  const requestsMax = Number.MAX_SAFE_INTEGER;
  const common = { kind: 'closed', target, connections: 2, durationMs: 50 } as const;
  const seen = await closedLoop({ ...common, shape: shape('u1'), requestsMax });
  assert.ok(seen.answers > 0 && seen.failures === 0);
});

test('the open loop sends what is due and counts from when it was due', async () => {
  const common = { kind: 'open', target, shape: shape('u1') } as const;
  const seen = await openLoop({ ...common, perSecond: 500, durationMs: 100 });
  assert.deepEqual([seen.answers, seen.failures], [50, 0], seen.failureFirst);
  const [latency, lateness] = [seen.latency?.p50Us ?? 0, seen.lateness?.p50Us ?? 0];
  assert.ok(latency >= lateness && lateness >= 0);
});

test('streams are read to their end, with usage when it was asked for and without', async () => {
  for (const usageAsked of [true, false]) {
    const wanted = shape('s8', { usageAsked });
    const common = { kind: 'streams', target, connections: 3, rampMs: 5 } as const;
    const seen = await streamLoop({ ...common, shape: wanted, streamsEach: 2 });
    assert.deepEqual([seen.answers, seen.failures], [6, 0], seen.failureFirst);
    assert.equal(seen.chunks, 48);
  }
});

test('held streams are open once their first chunk is there, and stay so', async () => {
  const held: Connection[] = [];
  const common = { kind: 'hold', target, shape: shape('sl') } as const;
  const seen = await holdStreams({ ...common, streams: 10, openingAtOnce: 4 }, held);
  assert.deepEqual([seen.answers, seen.failures], [10, 0], seen.failureFirst);
  assert.equal(held.filter((connection) => !connection.closed).length, 10);
  for (const connection of held) connection.close();
});

test('a peer that answers wrongly is counted as wrong and ends the loop early', async () => {
  const liar = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.write('HTTP/1.1 500 No\r\ncontent-length: 2\r\n\r\nno'));
  });
  const wrong = await listen(liar);
  const common = { kind: 'closed', connections: 2, durationMs: 10_000, requestsMax: 500 } as const;
  const seen = await closedLoop({ ...common, target: wrong, shape: shape('u1') });
  assert.equal(seen.answers, 0);
  assert.equal(seen.failureFirst, 'status 500');
  assert.ok(seen.failures > 0 && seen.failures < 500);
  liar.close();
});

test('a peer that hangs up is a failure, not a wait', async () => {
  const rude = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.destroy());
  });
  const wrong = await listen(rude);
  const common = { kind: 'closed', connections: 2, durationMs: 10_000, requestsMax: 50 } as const;
  const seen = await closedLoop({ ...common, target: wrong, shape: shape('u1') });
  assert.equal(seen.answers, 0);
  assert.equal(seen.failures, 2);
  rude.close();
});
