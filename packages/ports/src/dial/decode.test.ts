import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { createUpstream } from './dial.ts';
import { dial, placeAt, requestTo, type Scripted, scripted, until } from './dialling.fixture.ts';

const upstream = createUpstream({
  onBlocked: () => {},
  poolSettings: { decodedBytesMax: 8_388_608 },
});
const servers: Scripted[] = [];
after(() => {
  upstream.close();
  for (const server of servers) server.close();
});

async function sending(encoding: string, body: Uint8Array): Promise<Scripted> {
  const server = await scripted((socket) => {
    const type = 'content-type: application/json';
    const coding = `content-encoding: ${encoding}\r\ncontent-length: ${body.length}`;
    socket.write(`HTTP/1.1 200 OK\r\n${type}\r\n${coding}\r\n\r\n`);
    socket.write(body);
  });
  servers.push(server);
  return server;
}

const TEXT = JSON.stringify({ words: 'one two three '.repeat(1_000) });

const ENCODED: readonly (readonly [string, Uint8Array])[] = [
  ['gzip', gzipSync(TEXT)],
  ['x-gzip', gzipSync(TEXT)],
  ['GZIP', gzipSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
  ['zstd', zstdCompressSync(TEXT)],
];

for (const [encoding, body] of ENCODED) {
  test(`an answer that comes as ${encoding} all the same is decoded`, async () => {
    const server = await sending(encoding, body);
    const outcome = await dial(upstream, requestTo(placeAt(server.origin))).over;
    assert.equal(outcome.text, TEXT);
    assert.deepEqual(outcome.headers, [['content-type', 'application/json']]);
    assert.equal((await dial(upstream, requestTo(placeAt(server.origin))).over).ended, true);
    assert.equal(server.sockets.length, 1, 'the line is used again');
  });
}

test('identity is no encoding', async () => {
  const server = await sending('identity', Buffer.from('{}'));
  assert.equal((await dial(upstream, requestTo(placeAt(server.origin))).over).text, '{}');
});

test('an encoding that nobody knows, or two of them, is refused', async () => {
  for (const encoding of ['compress', 'gzip, br', 'constructor']) {
    const server = await sending(encoding, gzipSync(TEXT));
    const outcome = await dial(upstream, requestTo(placeAt(server.origin))).over;
    assert.deepEqual([outcome.fault?.code, outcome.status], ['body_error', undefined]);
  }
});

test('what is not what it says it is ends in a fault', async () => {
  const server = await sending('gzip', Buffer.from('this is not gzip'));
  const outcome = await dial(upstream, requestTo(placeAt(server.origin))).over;
  assert.equal(outcome.fault?.code, 'body_error');
  await until(() => server.sockets[0]?.destroyed === true);
});

test('a bomb ends in a fault long before it has unfolded', async () => {
  const server = await sending('gzip', gzipSync(Buffer.alloc(200_000_000)));
  let bytes = 0;
  const dialled = dial(upstream, requestTo(placeAt(server.origin)), {
    chunk: (chunk) => {
      bytes += chunk.length;
    },
  });
  assert.equal((await dialled.over).fault?.code, 'too_large');
  assert.equal(bytes < 16_777_216, true);
});

test('the bound holds for what unfolds slowly too', async () => {
  const server = await sending('gzip', gzipSync(noise(10_000_000)));
  const outcome = await dial(upstream, requestTo(placeAt(server.origin))).over;
  assert.equal(outcome.fault?.code, 'too_large');
});

test('a paused sink gets nothing from the decoder either', async () => {
  const server = await sending('gzip', gzipSync(noise(3_000_000)));
  const dialled = dial(upstream, requestTo(placeAt(server.origin)), {
    head: (_, __, flow) => flow.pause(),
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(dialled.outcome.chunks, 0);
  dialled.flow()?.resume();
  assert.equal((await dialled.over).text.length, 3_000_000);
});

/** Bytes that hardly compress, the same every time. */
function noise(count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  let state = 1;
  for (let at = 0; at < count; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}
