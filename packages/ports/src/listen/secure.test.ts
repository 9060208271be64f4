import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectPlainly } from 'node:net';
import { after, describe, it } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { Secret } from '@signalbox/contract';
import {
  AGENT,
  AUTHORITY,
  type Certified,
  GATEWAY,
  MODEL,
  RENEWED,
} from '../certificates.fixture.ts';
import { type Listening, listen } from './listen.ts';
import { bytes, call, get, post, promised, refuse } from './listening.fixture.ts';
import { type Certificate, wrongWithCertificate } from './secure.ts';

const shown = ({ cert, key }: Certified, clientCa?: string): Certificate => ({
  ...{ cert, key: new Secret(key), clientCa },
});

const opened: Listening[] = [];
after(() => Promise.all(opened.map((one) => one.close(0))));

async function listening(certificate: Certificate, headMs = 10_000): Promise<Listening> {
  const one = await listen({
    ...{ host: '127.0.0.1', port: 0, certificate, refuse, settings: { headMs } },
    handler: (exchange) => {
      if (exchange.head.target === '/stream') {
        exchange.begin(200, ['content-type', 'text/plain']);
        exchange.write(bytes('first'));
        streaming.push(() => {
          exchange.write(bytes('last'));
          exchange.end();
        });
        return;
      }
      void exchange.readBody(2_000_000, 5_000).then((body) => {
        if (typeof body === 'string') exchange.destroy();
        else exchange.reply(200, ['x-address', exchange.head.address], body);
      });
    },
  });
  opened.push(one);
  return one;
}

const streaming: (() => void)[] = [];

type Secured = { readonly socket: TLSSocket; heard(part: string): Promise<string> };

async function secured(port: number, more: ConnectionOptions = {}): Promise<Secured> {
  const socket = connect({ host: '127.0.0.1', port, ca: AUTHORITY, ...more });
  let text = '';
  let stir: () => void = () => {};
  socket.on('data', (read) => {
    text += read.toString('latin1');
    stir();
  });
  socket.on('close', () => stir());
  await once(socket, 'secureConnect');
  return {
    socket,
    heard: (part) =>
      new Promise((resolve, reject) => {
        stir = () => {
          if (text.includes(part)) resolve(text);
          else if (socket.destroyed) reject(new Error(`closed before ${part} in ${text}`));
        };
        stir();
      }),
  };
}

const serialOf = ({ socket }: Secured): string => socket.getPeerCertificate().serialNumber;

describe('a listener with a certificate', () => {
  it('answers over TLS 1.2 and 1.3, and nothing older', async () => {
    const { port } = await listening(shown(GATEWAY));
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const caller = await secured(port, { maxVersion });
      assert.equal(caller.socket.getProtocol(), maxVersion);
      caller.socket.write(post('/', 'hello'));
      assert.match(
        await caller.heard('hello'),
        /^HTTP\/1\.1 200 OK\r\nx-address: 127\.0\.0\.1\r\n/,
      );
      const large = 'x'.repeat(1_000_000);
      caller.socket.write(post('/', `${large}!`));
      await caller.heard(`${large}!`);
      caller.socket.destroy();
    }
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const;
    await assert.rejects(secured(port, old), /alert|version|protocol/i);
  });

  it('tells whoever speaks plainly to speak TLS, and goes on', async () => {
    const { port } = await listening(shown(GATEWAY));
    for (const text of [get('/healthz'), post('/', 'x'.repeat(100_000))]) {
      const plain = await call(port);
      plain.send(text);
      const heard = await plain.closed;
      assert.match(heard, /^HTTP\/1\.1 400 Bad Request\r\n/);
      assert.match(heard, /"problem":"not-secure","why":"this port speaks TLS"/);
    }
    const noise = await call(port);
    noise.send('\u0016not a record at all');
    assert.doesNotMatch(await noise.closed, /HTTP/);
    const caller = await secured(port);
    caller.socket.write(get('/'));
    await caller.heard('200 OK');
    caller.socket.destroy();
  });

  it('cuts off who says nothing, or stops in the handshake', async () => {
    const { port } = await listening(shown(GATEWAY), 50);
    assert.equal(await (await call(port)).closed, '');
    const half = await call(port);
    half.send('\u0016\u0003\u0001');
    await half.closed;
  });

  it('shows new connections the new certificate, and keeps those that are open', async () => {
    const one = await listening(shown(GATEWAY));
    assert.deepEqual(one.names(), ['gateway.example', 'localhost', '127.0.0.1']);
    const before = await secured(one.port);
    before.socket.write(get('/stream'));
    await before.heard('first');
    one.renew(shown(RENEWED));
    const next = await secured(one.port);
    assert.notEqual(serialOf(next), serialOf(before));
    streaming.pop()?.();
    await before.heard('last');
    before.socket.write(post('/', 'still here'));
    await before.heard('still here');
    assert.throws(() => one.renew({ ...shown(RENEWED), key: new Secret(GATEWAY.key) }));
    const after = await secured(one.port);
    assert.equal(serialOf(after), serialOf(next));
    for (const { socket } of [before, next, after]) socket.destroy();
  });

  it('closes like a plain one: open answers end, whoever has none goes', async () => {
    const one = await listening(shown(GATEWAY));
    const busy = await secured(one.port);
    busy.socket.write(get('/stream'));
    await busy.heard('first');
    const silent = connectPlainly(one.port, '127.0.0.1');
    await once(silent, 'connect');
    silent.resume();
    const ended = once(silent, 'close');
    const idle = await secured(one.port);
    idle.socket.write(get('/'));
    await idle.heard('200 OK');
    const gone = promised<void>();
    idle.socket.on('close', () => gone.keep());
    const closed = one.close(20_000);
    await gone.kept;
    streaming.pop()?.();
    await busy.heard('last');
    await ended;
    await closed;
  });

  it('asks callers for a certificate of theirs where an authority is named', async () => {
    const { port } = await listening(shown(GATEWAY, AUTHORITY));
    const known = await secured(port, AGENT);
    known.socket.write(get('/'));
    await known.heard('200 OK');
    known.socket.destroy();
    for (const other of [{}, MODEL]) {
      const caller = await secured(port, { ...other, maxVersion: 'TLSv1.3' });
      caller.socket.on('error', () => {});
      caller.socket.write(get('/'));
      await assert.rejects(caller.heard('HTTP'));
    }
  });
});

it('a certificate that cannot be shown is told from one that can', () => {
  const now = Date.UTC(2027, 0);
  assert.equal(wrongWithCertificate(shown(GATEWAY, AUTHORITY), now), undefined);
  const mixed = { ...shown(GATEWAY), key: new Secret(RENEWED.key) };
  assert.equal(wrongWithCertificate(mixed, now), 'the key is of another certificate');
  assert.match(wrongWithCertificate({ ...shown(GATEWAY), cert: 'x' }, now) ?? '', /PEM/);
  assert.match(wrongWithCertificate(shown(GATEWAY), Date.UTC(2200, 0)) ?? '', /until .* 2126/);
});
