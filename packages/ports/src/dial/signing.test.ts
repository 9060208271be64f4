import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { type Credential, Secret } from '@signalbox/contract';
import { SignatureV4 } from '@smithy/signature-v4';
import { createUpstream } from './dial.ts';
import { dial, json, placeAt, requestTo, scripted } from './dialling.fixture.ts';

const ID = 'AKIDEXAMPLE00001';
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const PATH = '/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A1%3Ainference-profile%2Fx/converse';
const BODY = '{"messages":[]}';

async function asked(
  value: string,
  signing: Credential['signing'],
): Promise<{ readonly request: string; readonly fault: string; readonly origin: string }> {
  const server = await scripted((socket) => void socket.write(json('{}')));
  const upstream = createUpstream({ onBlocked: () => undefined });
  const credential: Credential = {
    name: 'default',
    origin: server.origin,
    header: 'authorization',
    prefix: 'Bearer ',
    value: new Secret(value),
    ...(signing === undefined ? {} : { signing }),
  };
  const body = Buffer.from(BODY);
  const more = { path: PATH, credential, body };
  const { fault } = await dial(upstream, requestTo(placeAt(server.origin), more)).over;
  upstream.close();
  server.close();
  const { origin } = server;
  return { request: server.seen[0] ?? '', fault: JSON.stringify(fault ?? ''), origin };
}

const SIGNING = { kind: 'sigv4', service: 'bedrock', region: 'eu-central-1' } as const;
const header = (request: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)\r$`, 'm').exec(request)?.[1];

/** What the vendor's own signer makes of the same request. */
async function expected(request: string, origin: string, sessionToken?: string): Promise<string> {
  const keys = { accessKeyId: ID, secretAccessKey: SECRET };
  const signer = new SignatureV4({
    credentials: sessionToken === undefined ? keys : { ...keys, sessionToken },
    region: 'eu-central-1',
    service: 'bedrock',
    sha256: Hash,
    applyChecksum: false,
  });
  const { hostname, port, host } = new URL(origin);
  const time = header(request, 'x-amz-date') ?? '';
  const at = time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const signed = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname,
      port: Number(port),
      path: PATH,
      query: {},
      headers: { host, 'content-type': 'application/json' },
      body: BODY,
    },
    { signingDate: new Date(at) },
  );
  return signed.headers['authorization'] ?? '';
}

class Hash {
  readonly #hash: ReturnType<typeof createHash>;
  readonly #key: Uint8Array | undefined;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#key = secret === undefined ? undefined : keyBytes(secret);
    this.#hash = createHash('sha256');
    if (this.#key !== undefined) this.#hash.update(padded(this.#key, 0x36));
  }

  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    const inner = this.#hash.digest();
    if (this.#key === undefined) return Promise.resolve(inner);
    const outer = createHash('sha256').update(padded(this.#key, 0x5c)).update(inner);
    return Promise.resolve(outer.digest());
  }

  reset(): void {
    throw new Error('used once');
  }
}

const keyBytes = (secret: string | ArrayBuffer | ArrayBufferView): Uint8Array => {
  if (typeof secret === 'string') return Buffer.from(secret);
  if (secret instanceof ArrayBuffer) return new Uint8Array(secret);
  return new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength);
};

function padded(key: Uint8Array, byte: number): Uint8Array {
  const block = new Uint8Array(64).fill(byte);
  key.forEach((one, at) => {
    block[at] = one ^ byte;
  });
  return block;
}

describe('a request that is signed', () => {
  it('carries the signature that the vendor makes, and not the keys', async () => {
    const { request, origin } = await asked(`${ID}:${SECRET}`, SIGNING);
    assert.equal(header(request, 'authorization'), await expected(request, origin));
    assert.ok(!request.includes(SECRET));
    assert.ok(!request.includes('Bearer'));
    assert.ok(request.endsWith(BODY));
  });

  it('carries the token of temporary keys, signed too', async () => {
    const { request, origin } = await asked(`${ID}:${SECRET}:tok/en+1==`, SIGNING);
    assert.equal(header(request, 'x-amz-security-token'), 'tok/en+1==');
    assert.equal(header(request, 'authorization'), await expected(request, origin, 'tok/en+1=='));
  });

  it('is sent with its key where the secret is one', async () => {
    const { request } = await asked('bedrock-api-key-YWJj', SIGNING);
    assert.equal(header(request, 'authorization'), 'Bearer bedrock-api-key-YWJj');
    assert.equal(header(request, 'x-amz-date'), undefined);
  });

  it('is not sent where nobody knows the region, or a key could break its line', async () => {
    const nowhere = await asked(`${ID}:${SECRET}`, { ...SIGNING, region: undefined });
    assert.equal(nowhere.request, '');
    assert.match(nowhere.fault, /no region to sign for/);
    const broken = await asked(`${ID}:${SECRET}:a\r\nx: y`, SIGNING);
    assert.equal(broken.request, '');
    assert.match(broken.fault, /credential value/);
    for (const { fault } of [nowhere, broken]) {
      assert.ok(!fault.includes(SECRET) && !fault.includes(ID), fault);
    }
  });

  it('that is aborted at once opens no line', async () => {
    const server = await scripted((socket) => void socket.write(json('{}')));
    const upstream = createUpstream({ onBlocked: () => undefined });
    const credential: Credential = {
      name: 'default',
      origin: server.origin,
      header: 'authorization',
      prefix: 'Bearer ',
      value: new Secret(`${ID}:${SECRET}`),
      signing: SIGNING,
    };
    const dialled = dial(upstream, requestTo(placeAt(server.origin), { credential }));
    dialled.abort();
    // Another one goes out after it would have.
    await dial(upstream, requestTo(placeAt(server.origin), { credential })).over;
    assert.equal(server.seen.length, 1);
    assert.equal(dialled.outcome.fault, undefined);
    upstream.close();
    server.close();
  });
});
