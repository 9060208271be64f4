import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { createServer, type TLSSocket } from 'node:tls';
import type { Lookup } from './connect.ts';
import { createUpstream } from './dial.ts';
import { dial, json, placeAt, requestTo } from './dialling.fixture.ts';

/** Made for this test and trusted by nobody: CN and DNS name `model.example`, valid until 2126. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgxRdZaavtFnjGb/5I
1QEjF4apc2yQ5WREKNoD7lcVZdyhRANCAATq3Pdd8u2YzpqhgiwVRIPijITbeMGB
ZErfhPhw0/a7jF6K4fkdGAxKfesHsOeR4AzYxF8lh2Wnwk20ayWslYVn
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBoTCCAUegAwIBAgIURJ1sZr38sC67CLvDZyFR9G6HTQowCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNbW9kZWwuZXhhbXBsZTAgFw0yNjExMjExNDEwMDVaGA8yMTI2
MTAyODE0MTAwNVowGDEWMBQGA1UEAwwNbW9kZWwuZXhhbXBsZTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABOrc913y7ZjOmqGCLBVEg+KMhNt4wYFkSt+E+HDT9ruM
Xorh+R0YDEp96wew55HgDNjEXyWHZafCTbRrJayVhWejbTBrMB0GA1UdDgQWBBTj
VCIRcjQS2q0JBg6Zq4dEy2sE5jAfBgNVHSMEGDAWgBTjVCIRcjQS2q0JBg6Zq4dE
y2sE5jAPBgNVHRMBAf8EBTADAQH/MBgGA1UdEQQRMA+CDW1vZGVsLmV4YW1wbGUw
CgYIKoZIzj0EAwIDSAAwRQIgKI3pbAOotZ6llrPIYZcoBteiZGC3CEen+dqNmxmU
Pw0CIQDt/6gFjYXmKqBIoi0v//aMXYPKb+7kIQ0yrmsFTN+DKQ==
-----END CERTIFICATE-----`;

const names: (string | false)[] = [];
const server = createServer({ key: KEY, cert: CERTIFICATE }, (socket: TLSSocket) => {
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
    poolSettings: { ca: CERTIFICATE },
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
    poolSettings: { ca: CERTIFICATE },
  });
  const other = await dial(trusting, requestTo(placeAt(`https://other.example:${port}`))).over;
  assert.equal(other.fault?.code, 'connect_failed');
  assert.match(other.fault?.detail ?? '', /ERR_TLS_CERT_ALTNAME_INVALID/);
});

test('the addresses behind an https name are judged like any other', async () => {
  const upstream = createUpstream({
    onBlocked: () => {},
    lookup,
    poolSettings: { ca: CERTIFICATE },
  });
  const place = placeAt(`https://model.example:${port}`, { privateAddress: undefined });
  assert.equal((await dial(upstream, requestTo(place)).over).fault?.code, 'address_denied');
});
