// The same functions bound to `node:crypto`. Only ports, composers and the command line import this
// subpath: what imports the index alone also runs where there is no Node.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type Hmac,
  hash,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import { assert, type Keys, type Mac } from '@signalbox/contract';
import type { Cipher } from './envelope.ts';

export const PEPPER_BYTES_MIN = 32;
/**
 * Purposes are constants of the code; a caller that makes them up pays for the derivation each
 * time.
 */
const PURPOSES_MAX = 64;
const BLOCK_BYTES = 64;
const HASH_BYTES = 32;
const SCRATCH_BYTES: number = 16 * 1024;
/** UTF-8 needs at most three bytes for a UTF-16 unit. */
const UTF8_BYTES_MAX = 3;

/** SHA-256 of the text's UTF-8 bytes, lower-case hexadecimal. */
export const sha256: (text: string) => string = (text) => hash('sha256', text, 'hex');

export const sha256Bytes: (bytes: Uint8Array) => Uint8Array = (bytes) =>
  hash('sha256', bytes, 'buffer');

export const hmacSha256: (key: Uint8Array, bytes: Uint8Array | string) => Uint8Array = (
  key,
  bytes,
) => createHmac('sha256', key).update(bytes).digest();

/** In constant time for equal lengths; lengths are no secret here. */
export const equalBytes: (a: Uint8Array, b: Uint8Array) => boolean = (a, b) =>
  a.length === b.length && timingSafeEqual(a, b);

/**
 * The `Keys` port. Every purpose has its own key, derived from the pepper: a hash of one never fits
 * another.
 */
export function nodeKeys(pepper: Uint8Array): Keys {
  assert(pepper.length >= PEPPER_BYTES_MIN, 'a pepper has at least 32 bytes');
  const purposes = new Map<string, MacKey>();
  const keyOf = (purpose: string): MacKey => {
    const known = purposes.get(purpose);
    if (known !== undefined) return known;
    const made = macKey(hmacSha256(pepper, `signalbox/${purpose}`));
    if (purposes.size < PURPOSES_MAX) purposes.set(purpose, made);
    return made;
  };
  return {
    mac: (purpose, bytes) => outerHash(keyOf(purpose), bytes, 'buffer'),
    digest: (purpose, bytes, bytesKept) =>
      outerHash(keyOf(purpose), bytes, 'hex').slice(0, bytesKept * 2),
    begin: (purpose) => new Gathered(createHmac('sha256', keyOf(purpose).key)),
    equal: equalBytes,
  };
}

/** Small pieces are gathered first: a call into the hash costs more than hashing some of them. */
const GATHERED_BYTES = 1_024;

class Gathered implements Mac {
  readonly #mac: Hmac;
  #bytes: Uint8Array | undefined = undefined;
  #length = 0;

  constructor(mac: Hmac) {
    this.#mac = mac;
  }

  add(bytes: Uint8Array): void {
    if (this.#length + bytes.length > GATHERED_BYTES) this.#flush();
    if (bytes.length > GATHERED_BYTES) {
      this.#mac.update(bytes);
      return;
    }
    this.#bytes ??= new Uint8Array(GATHERED_BYTES);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  end(bytesKept: number): string {
    this.#flush();
    return this.#mac.digest('hex').slice(0, bytesKept * 2);
  }

  #flush(): void {
    if (this.#bytes !== undefined && this.#length > 0) {
      this.#mac.update(this.#bytes.subarray(0, this.#length));
    }
    this.#length = 0;
  }
}

type MacKey = {
  readonly key: KeyObject;
  /** The key against the inner pad, with room for the bytes behind it. */
  readonly inner: Buffer;
  /** The key against the outer pad, with room for the inner hash. */
  readonly outer: Buffer;
};

function macKey(secret: Uint8Array): MacKey {
  assert(secret.length <= BLOCK_BYTES, 'a longer key would have to be hashed first');
  const inner = Buffer.alloc(BLOCK_BYTES + SCRATCH_BYTES, 0x36);
  const outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES, 0x5c);
  for (const [i, byte] of secret.entries()) {
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  return { key: createSecretKey(secret), inner, outer };
}

/**
 * RFC 2104 by its definition, H(K ^ opad, H(K ^ ipad, bytes)), on Node's one-shot hash: for what a
 * call hashes this is twice as fast as `createHmac`, whose object costs more than the hashing. Long
 * inputs go there.
 */
function outerHash(key: MacKey, bytes: Uint8Array | string, form: 'hex'): string;
function outerHash(key: MacKey, bytes: Uint8Array | string, form: 'buffer'): Buffer;
function outerHash(
  key: MacKey,
  bytes: Uint8Array | string,
  form: 'hex' | 'buffer',
): string | Buffer {
  const { inner, outer } = key;
  const bytesMax = typeof bytes === 'string' ? bytes.length * UTF8_BYTES_MAX : bytes.length;
  if (bytesMax > SCRATCH_BYTES) {
    const whole = createHmac('sha256', key.key).update(bytes).digest();
    return form === 'hex' ? whole.toString('hex') : whole;
  }
  let length = bytes.length;
  if (typeof bytes === 'string') length = inner.write(bytes, BLOCK_BYTES, 'utf8');
  else inner.set(bytes, BLOCK_BYTES);
  const inside = hash('sha256', inner.subarray(0, BLOCK_BYTES + length), 'binary');
  outer.write(inside, BLOCK_BYTES, 'latin1');
  return form === 'hex' ? hash('sha256', outer, 'hex') : hash('sha256', outer, 'buffer');
}

const TAG_BYTES = 16;

/** AES-256 of `node:crypto`. Tags that are shorter than 16 bytes are refused. */
export const nodeCipher: Cipher = {
  block: (key, input) => {
    const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    return cipher.update(input);
  },
  seal: ({ key, nonce, bytes, additional }) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(additional);
    return Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  },
  open: ({ key, nonce, bytes, additional }) => {
    const tagAt = bytes.length - TAG_BYTES;
    if (tagAt < 0) return undefined;
    const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(additional);
    cipher.setAuthTag(bytes.subarray(tagAt));
    const begun = cipher.update(bytes.subarray(0, tagAt));
    try {
      return Buffer.concat([begun, cipher.final()]);
    } catch {
      return undefined;
    }
  },
};
