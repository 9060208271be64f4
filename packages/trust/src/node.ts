// The same functions bound to `node:crypto`. Only ports, composers and the command line import this subpath: what
// imports the index alone also runs where there is no Node.
import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import { assert, type Keys } from '@signalbox/contract';

export const PEPPER_BYTES_MIN = 32;
/** Purposes are constants of the code; a caller that makes them up pays for the derivation each time. */
const PURPOSES_MAX = 64;

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

/** The `Keys` port. Every purpose has its own key, derived from the pepper: a hash of one never fits another. */
export function nodeKeys(pepper: Uint8Array): Keys {
  assert(pepper.length >= PEPPER_BYTES_MIN, 'a pepper has at least 32 bytes');
  const purposes = new Map<string, KeyObject>();
  // A key object is imported once; a key given as bytes would be imported again for every hash (10 us).
  const keyOf = (purpose: string): KeyObject => {
    const known = purposes.get(purpose);
    if (known !== undefined) return known;
    const made = createSecretKey(hmacSha256(pepper, `signalbox/${purpose}`));
    if (purposes.size < PURPOSES_MAX) purposes.set(purpose, made);
    return made;
  };
  return {
    mac: (purpose, bytes) => createHmac('sha256', keyOf(purpose)).update(bytes).digest(),
    digest: (purpose, bytes, bytesKept) => {
      const digest = createHmac('sha256', keyOf(purpose)).update(bytes).digest('hex');
      return digest.slice(0, bytesKept * 2);
    },
    equal: equalBytes,
  };
}
