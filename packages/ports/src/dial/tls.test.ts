import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { createServer, type TLSSocket } from 'node:tls';
import { MODEL } from '../certificates.fixture.ts';
import type { Lookup } from './connect.ts';
import { createUpstream } from './dial.ts';
import { dial, json, placeAt, requestTo } from './dialling.fixture.ts';

const names: (string | false)[] = [];
const server = createServer(MODEL, (socket: TLSSocket) => {
  names.push(socket.servername ?? false);
  socket.on('error', () => {});
  socket.on('data', () => socket.write(json('{"tls":true}')));
});
server.on('tlsClientError', () => {});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;
after(() => void server.close());

const lookup: Lookup = (_, then) =>
  setImmediate(() => then(null, [{ address: '127.0.0.1', family: 4 }]));

test('a certificate that is trusted and bears the name is talked to, by that name', async () => {
  const upstream = createUpstream({
    onBlocked: () => {},
    lookup,
    poolSettings: { ca: MODEL.cert },
  });
  const request = requestTo(placeAt(`https://model.example:${port}`));
  assert.equal((await dial(upstream, request).over).text, '{"tls":true}');
  assert.equal((await dial(upstream, request).over).ended, true);
  assert.deepEqual(names, ['model.example']);
  upstream.close();
});

test('a certificate that nobody trusts, or of another name, is a failed connection', async () => {
  const strict = createUpstream({ onBlocked: () => {}, lookup });
  const unknown = await dial(strict, requestTo(placeAt(`https://model.example:${port}`))).over;
  assert.equal(unknown.fault?.code, 'connect_failed');
  assert.match(unknown.fault?.detail ?? '', /SELF_SIGNED|UNABLE_TO/);
  const trusting = createUpstream({
    onBlocked: () => {},
    lookup,
    poolSettings: { ca: MODEL.cert },
  });
  const other = await dial(trusting, requestTo(placeAt(`https://other.example:${port}`))).over;
  assert.equal(other.fault?.code, 'connect_failed');
  assert.match(other.fault?.detail ?? '', /ERR_TLS_CERT_ALTNAME_INVALID/);
});

test('the addresses behind an https name are judged like any other', async () => {
  const upstream = createUpstream({
    onBlocked: () => {},
    lookup,
    poolSettings: { ca: MODEL.cert },
  });
  const place = placeAt(`https://model.example:${port}`, { privateAddress: undefined });
  assert.equal((await dial(upstream, requestTo(place)).over).fault?.code, 'address_denied');
});
