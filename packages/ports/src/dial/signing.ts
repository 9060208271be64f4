// Requests that carry a signature instead of a key. What is signed is made in `dialect`; the keys
// are revealed here, used, and named in no error. A secret that is no pair of keys is sent as it
// is, behind its prefix: some providers take both.
import { createHash, createHmac, hash } from 'node:crypto';
import type { DialRequest } from '@signalbox/contract';
import {
  authorization,
  type SigningKeys,
  signingKeysOf,
  signingTime,
  toSign,
} from '@signalbox/dialect';
import { SignatureV4 } from '@smithy/signature-v4';

/** What of the caller's headers is signed: others may be changed on the way. */
const SIGNED: ReadonlySet<string> = new Set(['content-type']);

/** Undefined: nothing is to be signed. */
export function keysFor({ credential }: DialRequest): SigningKeys | undefined {
  if (credential?.signing === undefined) return undefined;
  return signingKeysOf(credential.value.reveal());
}

/**
 * The request with its signature for headers, and without its credential. @param nowMs Unix
 * milliseconds. Undefined: nobody knows the region that it is signed for.
 */
export async function signed(
  request: DialRequest,
  keys: SigningKeys,
  nowMs: number,
): Promise<DialRequest | undefined> {
  const { region, service } = request.credential?.signing ?? {};
  if (region === undefined || service === undefined) return undefined;
  const time = signingTime(nowMs);
  const token = keys.sessionToken;
  const added: readonly (readonly [string, string])[] = [
    ['x-amz-date', time],
    ...(token === undefined ? [] : [['x-amz-security-token', token] as const]),
  ];
  const others = request.headers.filter(([name]) => SIGNED.has(name));
  const text = toSign(
    {
      method: request.method,
      host: new URL(request.place.origin).host,
      path: request.path,
      headers: [...others, ...added],
      bodyDigest: hash('sha256', request.body ?? '', 'hex'),
    },
    { time, region, service },
    (canonical) => hash('sha256', canonical, 'hex'),
  );
  const signer = new SignatureV4({ credentials: keys, region, service, sha256: NodeSha256 });
  const signature = await signer.sign(text.text, { signingDate: new Date(nowMs) });
  const header = authorization(keys.accessKeyId, text, signature);
  const headers = [...request.headers, ...added, ['authorization', header] as const];
  return { ...request, headers, credential: undefined };
}

/** The shape of a hash that the signer wants. */
class NodeSha256 {
  readonly #hash: { update(data: Uint8Array | string): unknown; digest(): Uint8Array };

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error('a hash is used once');
  }
}

function bytesOf(secret: string | ArrayBuffer | ArrayBufferView): Uint8Array | string {
  if (typeof secret === 'string') return secret;
  if (secret instanceof ArrayBuffer) return new Uint8Array(secret);
  return new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength);
}
