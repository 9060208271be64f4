import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, describe, it } from 'node:test';
import { createServer as createSecureServer, type TLSSocket } from 'node:tls';
import { type Place, tenantName } from '@signalbox/contract';
import { AUTHORITY, GATEWAY, MODEL } from '../certificates.fixture.ts';
import type { Blocked } from './border.ts';
import type { Lookup } from './connect.ts';
import { createUpstream, type OpenUpstream } from './dial.ts';
import { dial, json, placeAt, requestTo, scripted, until } from './dialling.fixture.ts';
import { proxiesFrom } from './proxy.ts';

const closing: (() => void)[] = [];
after(() => {
  for (const close of closing) close();
});

async function listening(server: Server, sockets: Set<Socket>): Promise<number> {
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const inTunnel: string[] = [];
const model = createSecureServer(MODEL, (socket: TLSSocket) => {
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    const text = bytes.toString('latin1');
    inTunnel.push(text);
    socket.write(json(text.includes('/large') ? `"${'x'.repeat(1_000_000)}"` : '{"tls":true}'));
  });
});
const modelPort = await listening(model, new Set());

type Proxied = { readonly port: number; readonly heads: string[]; readonly sockets: Set<Socket> };

/** Answers CONNECT with a text; a yes is followed by what the model says. */
async function proxy(answer: string, secure = false): Promise<Proxied> {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  const serve = (socket: Socket): void => {
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      heads.push(bytes.toString('latin1'));
      if (answer !== '') socket.write(answer, 'latin1');
      if (!answer.startsWith('HTTP/1.1 200')) return;
      const onward = connect(modelPort, '127.0.0.1');
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
      socket.pipe(onward).pipe(socket);
    });
  };
  const server = secure ? createSecureServer(GATEWAY, serve) : createServer(serve);
  return { heads, sockets, port: await listening(server, sockets) };
}

const YES = 'HTTP/1.1 200 Connection established\r\n\r\n';
const PUBLIC: Lookup = (_, then) =>
  setImmediate(() => then(null, [{ address: '93.184.215.14', family: 4 }]));

type More = { readonly lookup?: Lookup; readonly environment?: Readonly<Record<string, string>> };

function upstreamBy(url: string, more: More = {}): { upstream: OpenUpstream; blocked: Blocked[] } {
  const blocked: Blocked[] = [];
  const upstream = createUpstream({
    onBlocked: (stopped) => blocked.push(stopped),
    lookup: more.lookup ?? PUBLIC,
    proxies: proxiesFrom({ HTTPS_PROXY: url, HTTP_PROXY: url, ...more.environment }),
    poolSettings: { ca: `${MODEL.cert}\n${AUTHORITY}` },
  });
  closing.push(() => upstream.close());
  return { upstream, blocked };
}

const far = (origin: string): Place => placeAt(origin, { privateAddress: undefined });
const SECURE = far('https://model.example');
const PLAIN = far('http://model.example');
const BASIC = `proxy-authorization: Basic ${Buffer.from('us:pw').toString('base64')}\r\n`;

describe('a target with TLS', () => {
  it('is reached through a tunnel that is kept, and whose credentials stay outside', async () => {
    const { port, heads } = await proxy(YES);
    const { upstream } = upstreamBy(`http://us:pw@127.0.0.1:${port}`);
    const first = await dial(upstream, requestTo(SECURE)).over;
    assert.equal(first.text, '{"tls":true}');
    assert.equal((await dial(upstream, requestTo(SECURE)).over).ended, true);
    const large = dial(upstream, requestTo(SECURE, { path: '/large' }), {
      head: (_status, _headers, flow) => {
        flow.pause();
        setImmediate(() => flow.resume());
      },
    });
    assert.equal((await large.over).text.length, 1_000_002);
    const head = 'CONNECT model.example:443 HTTP/1.1\r\nhost: model.example:443\r\n';
    assert.deepEqual(heads, [`${head}${BASIC}\r\n`]);
    assert.doesNotMatch(inTunnel.join(''), /proxy-|CONNECT /);
    assert.match(
      inTunnel[0] ?? '',
      /^POST \/v1\/chat\/completions HTTP\/1\.1\r\nhost: model.example/,
    );
  });

  it('is reached through a proxy that is itself behind TLS', async () => {
    const { port, heads } = await proxy(YES, true);
    const { upstream } = upstreamBy(`https://127.0.0.1:${port}`);
    assert.equal((await dial(upstream, requestTo(SECURE)).over).text, '{"tls":true}');
    assert.equal(heads.length, 1);
  });

  it('must still show its own certificate', async () => {
    const { port } = await proxy(YES);
    const { upstream } = upstreamBy(`http://127.0.0.1:${port}`);
    const other = await dial(upstream, requestTo(far('https://other.example'))).over;
    assert.match(other.fault?.detail ?? '', /ERR_TLS_CERT_ALTNAME_INVALID/);
  });

  const NOES: readonly (readonly [answer: string, detail: RegExp])[] = [
    ['HTTP/1.1 407 Sorry\r\n\r\n', /HTTPS_PROXY wants other credentials.*PROXY_AUTH/],
    ['HTTP/1.0 403 No\r\ncontent-length: 2\r\n\r\nno', /status 403.*NO_PROXY.*PROXY_REFUSED/],
    ['SSH-2.0-OpenSSH\r\n\r\n', /PROXY_MALFORMED/],
    [`${YES}early`, /PROXY_MALFORMED/],
    [`HTTP/1.1 200 Yes\r\nx: ${'x'.repeat(20_000)}`, /PROXY_MALFORMED/],
  ];
  for (const [answer, detail] of NOES) {
    it(`is not reached when the proxy says ${JSON.stringify(answer.slice(0, 30))}`, async () => {
      const { port, sockets } = await proxy(answer);
      const { upstream } = upstreamBy(`http://us:pw@127.0.0.1:${port}`);
      const { fault } = await dial(upstream, requestTo(SECURE)).over;
      assert.equal(fault?.code, 'connect_failed');
      assert.equal(fault?.retry, 'other');
      assert.match(fault?.detail ?? '', detail);
      assert.doesNotMatch(fault?.detail ?? '', /pw|dXM6/);
      await until(() => sockets.size === 0);
    });
  }

  it('is not reached when there is no proxy, or it says nothing; an abort closes it', async () => {
    const gone = await proxy(YES);
    const { upstream } = upstreamBy(`http://127.0.0.1:${gone.port}`);
    closing.splice(-2, 1)[0]?.();
    const nobody = await dial(upstream, requestTo(SECURE)).over;
    assert.match(nobody.fault?.detail ?? '', /HTTPS_PROXY is not reached: ECONNREFUSED/);
    const silent = await proxy('');
    const waiting = upstreamBy(`http://127.0.0.1:${silent.port}`).upstream;
    const timers = { connectMs: 40, headMs: 5_000, idleMs: 5_000, totalMs: 5_000 };
    const late = await dial(waiting, requestTo(SECURE, { timers })).over;
    assert.equal(late.fault?.code, 'connect_timeout');
    const { abort } = dial(waiting, requestTo(SECURE));
    await until(() => silent.heads.length === 2);
    abort();
    await until(() => silent.sockets.size === 0);
  });
});

describe('a target without TLS', () => {
  it('is told to the proxy as a whole URL, on a line that is kept', async () => {
    const server = await scripted((socket, request) => {
      socket.write(
        request.includes('/no ') ? 'HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n' : json('1'),
      );
    });
    closing.push(() => server.close());
    const { upstream } = upstreamBy(`http://us:pw@127.0.0.1:${server.port}`);
    for (let call = 0; call < 2; call += 1) {
      assert.equal((await dial(upstream, requestTo(PLAIN)).over).text, '1');
    }
    assert.equal(server.sockets.length, 1);
    const line =
      'POST http://model.example/v1/chat/completions HTTP/1.1\r\nhost: model.example\r\n';
    assert.ok(server.seen[1]?.startsWith(line));
    assert.ok(server.seen[1]?.includes(BASIC));
    const { fault } = await dial(upstream, requestTo(PLAIN, { path: '/no' })).over;
    assert.match(fault?.detail ?? '', /HTTP_PROXY wants other credentials/);
  });
});

describe('the guard before a proxy', () => {
  const inner: Lookup = (_, then) =>
    setImmediate(() => then(null, [{ address: '10.0.0.5', family: 4 }]));
  const unknown: Lookup = (_, then) => setImmediate(() => then(new Error('ENOTFOUND'), []));

  it('resolves a name and judges what is behind it before the proxy is asked', async () => {
    const { port, sockets, heads } = await proxy(YES);
    for (const place of [SECURE, PLAIN]) {
      const { upstream, blocked } = upstreamBy(`http://127.0.0.1:${port}`, { lookup: inner });
      assert.equal((await dial(upstream, requestTo(place)).over).fault?.code, 'address_denied');
      assert.deepEqual(
        blocked.map(({ kind, reason }) => `${kind} ${reason}`),
        ['address private'],
      );
      const lost = upstreamBy(`http://127.0.0.1:${port}`, { lookup: unknown }).upstream;
      const { fault } = await dial(lost, requestTo(place)).over;
      assert.match(fault?.detail ?? '', /SIGNALBOX_PROXY_RESOLVES=true/);
    }
    assert.equal(sockets.size + heads.length, 0);
  });

  it('leaves names to the proxy where the operator says so, but not inner ones', async () => {
    const { port, heads } = await proxy(YES);
    const environment = { SIGNALBOX_PROXY_RESOLVES: 'true' };
    const never: Lookup = () => assert.fail('not resolved here');
    const { upstream } = upstreamBy(`http://127.0.0.1:${port}`, { lookup: never, environment });
    assert.equal((await dial(upstream, requestTo(SECURE)).over).text, '{"tls":true}');
    const local = upstreamBy(`http://127.0.0.1:${port}`, { lookup: inner, environment }).upstream;
    const brought = { ...SECURE, tenant: tenantName('acme') };
    const outcome = await dial(local, requestTo(brought)).over;
    assert.equal(outcome.fault?.code, 'address_denied', 'a tenant is not believed');
    for (const origin of ['https://metadata.google.internal', 'https://169.254.169.254']) {
      const { fault } = await dial(local, requestTo(far(origin))).over;
      assert.equal(fault?.code, 'address_denied', origin);
    }
    assert.equal(heads.length, 1);
  });
});
