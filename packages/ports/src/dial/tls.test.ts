import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createPlainServer } from 'node:net';
import { after, test } from 'node:test';
import { createServer, type TLSSocket } from 'node:tls';
import { MODEL } from '../certificates.fixture.ts';
import type { Lookup } from './connect.ts';
import { createUpstream } from './dial.ts';
import { dial, json, placeAt, requestTo } from './dialling.fixture.ts';
import { faultOfError } from './faults.ts';

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
  assert.equal(unknown.fault?.code, 'certificate_untrusted');
  assert.match(unknown.fault?.detail ?? '', /SELF_SIGNED|UNABLE_TO/);
  const trusting = createUpstream({
    onBlocked: () => {},
    lookup,
    poolSettings: { ca: MODEL.cert },
  });
  const other = await dial(trusting, requestTo(placeAt(`https://other.example:${port}`))).over;
  assert.equal(other.fault?.code, 'certificate_name');
  assert.match(other.fault?.detail ?? '', /ERR_TLS_CERT_ALTNAME_INVALID/);
});

test('a server that speaks plain HTTP is told apart from one that is not there', async () => {
  const plain = createPlainServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  after(() => void plain.close());
  plain.listen(0, '127.0.0.1');
  await once(plain, 'listening');
  const at = plain.address();
  const place = placeAt(`https://127.0.0.1:${typeof at === 'object' ? at?.port : 0}`);
  const upstream = createUpstream({ onBlocked: () => {} });
  after(() => upstream.close());
  const { fault } = await dial(upstream, requestTo(place)).over;
  assert.equal(fault?.code, 'tls_failed');
});

test('a certificate that is out of date, or refused by the server, is told by its code', () => {
  const faultOf = (code: string) =>
    faultOfError(Object.assign(new Error(), { code }), 'connect', 'test').code;
  assert.equal(faultOf('CERT_HAS_EXPIRED'), 'certificate_expired');
  assert.equal(faultOf('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE'), 'tls_failed');
  assert.equal(faultOf('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), 'tls_failed');
  assert.equal(faultOf('ERR_TLS_HANDSHAKE_TIMEOUT'), 'tls_failed');
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
