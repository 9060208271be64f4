import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { readJson, send } from './gateway-client.ts';

/** What is said when this answers, and its address. */
async function saidBy(answer: (socket: Socket) => void, scheme = 'http'): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    return await said(`${scheme}://127.0.0.1:${port}`);
  } finally {
    server.close();
  }
}

async function said(url: string): Promise<string> {
  try {
    await readJson(await send({ url, key: 'secret-of-a-caller', path: '/readyz' }));
    return 'answered';
  } catch (fault) {
    assert.ok(fault instanceof Error && 'hint' in fault && 'exit' in fault);
    assert.equal(fault.exit, 6);
    assert.doesNotMatch(`${fault.message} ${String(fault.hint)}`, /secret-of-a-caller/);
    return `${fault.message} ${String(fault.hint)}`;
  }
}

test('why no gateway answers is said in words, with what to do', async () => {
  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const address = gone.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  gone.close();
  await once(gone, 'close');
  assert.match(await said(`http://127.0.0.1:${port}`), /refused, nothing listens.*signalbox up/);
  assert.match(await said('http://nowhere.invalid'), /name was not found.*SIGNALBOX_URL/);
  assert.match(await said('http://127.0.0.1:9'), /: bad port\./);
  assert.match(await saidBy((socket) => socket.end()), /closed the connection.*log/);
  assert.match(
    await saidBy((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'https'),
    /speaks no TLS.*http:\/\//,
  );
});

test('a gateway that goes away in the middle of its answer is told so', async () => {
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{';
  assert.match(await saidBy((socket) => socket.end(head)), /in the middle of its answer.*tail/);
});
