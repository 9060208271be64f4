// Envelope encryption: content under a data key of its tenant, the data key under the node's
// key-encryption key. The cipher is XAES-256-GCM (C2SP, v1.0): AES-256-GCM with nonces of 192 bits,
// which may be drawn by chance for as many messages as one likes.
//
// What a sealed text belongs to (tenant, purpose, version of the key) is additional data: moved to
// another tenant, another purpose or another version it does not open.
import { assert } from '@signalbox/contract';

export const KEY_BYTES = 32;
export const SEAL_NONCE_BYTES = 24;
const BLOCK_BYTES = 16;
const TAG_BYTES = 16;
const GCM_NONCE_BYTES = 12;
const VERSION_BYTES = 4;
const HEAD_BYTES: number = VERSION_BYTES + SEAL_NONCE_BYTES;
/** What sealing adds to a content: version, nonce and tag. */
export const SEAL_OVERHEAD_BYTES: number = HEAD_BYTES + TAG_BYTES;

/** The doubling of CMAC in GF(2^128): what is carried out at the top comes back as this. */
const REDUCTION = 0x87;

export type Cipher = {
  /** AES-256 of one block of 16 bytes. */
  readonly block: (key: Uint8Array, input: Uint8Array) => Uint8Array;
  /** AES-256-GCM: ciphertext, then a tag of 16 bytes. */
  readonly seal: (use: CipherUse) => Uint8Array;
  /** Undefined: not what was sealed under this key, nonce and additional data. */
  readonly open: (use: CipherUse) => Uint8Array | undefined;
};

export type CipherUse = {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 12 bytes. */
  readonly nonce: Uint8Array;
  readonly bytes: Uint8Array;
  readonly additional: Uint8Array;
};

/** Whose content it is and what it is for; a sealed text opens for this alone. */
export type Belonging = {
  readonly tenant: string;
  /** `credential/NAME`, `queue/REQUEST`: what else the content belongs to. */
  readonly purpose: string;
};

export type DataKey = { readonly version: number; readonly key: Uint8Array };

/** @returns version (4 bytes, big-endian), nonce (24, by chance), ciphertext, tag (16). */
export function sealContent(
  cipher: Cipher,
  dataKey: DataKey,
  belonging: Belonging,
  content: { readonly bytes: Uint8Array; readonly nonce: Uint8Array },
): Uint8Array {
  assert(dataKey.version > 0, 'versions of a key count from 1');
  const sealed = xaesSeal(cipher, {
    key: dataKey.key,
    nonce: content.nonce,
    bytes: content.bytes,
    additional: additionalOf(belonging, dataKey.version),
  });
  const out = new Uint8Array(HEAD_BYTES + sealed.length);
  new DataView(out.buffer).setUint32(0, dataKey.version);
  out.set(content.nonce, VERSION_BYTES);
  out.set(sealed, HEAD_BYTES);
  return out;
}

/** The version of the key that a sealed content names; undefined: too short to be one. */
export function sealVersion(sealed: Uint8Array): number | undefined {
  if (sealed.length < SEAL_OVERHEAD_BYTES) return undefined;
  return new DataView(sealed.buffer, sealed.byteOffset, sealed.length).getUint32(0);
}

/** Undefined: altered, of another key, or of somebody or something else. */
export function openContent(
  cipher: Cipher,
  dataKey: DataKey,
  belonging: Belonging,
  sealed: Uint8Array,
): Uint8Array | undefined {
  if (sealVersion(sealed) !== dataKey.version) return undefined;
  return xaesOpen(cipher, {
    key: dataKey.key,
    nonce: sealed.subarray(VERSION_BYTES, HEAD_BYTES),
    bytes: sealed.subarray(HEAD_BYTES),
    additional: additionalOf(belonging, dataKey.version),
  });
}

/** Lengths stand before the texts: no two belongings have the same bytes. */
function additionalOf(belonging: Belonging, version: number): Uint8Array {
  const { tenant, purpose } = belonging;
  return new TextEncoder().encode(
    `v1|${tenant.length}|${tenant}|${purpose.length}|${purpose}|${version}`,
  );
}

/** XAES-256-GCM. @param use A key of 32 bytes and a nonce of 24. */
export function xaesSeal(cipher: Cipher, use: CipherUse): Uint8Array {
  return cipher.seal(derived(cipher, use));
}

export function xaesOpen(cipher: Cipher, use: CipherUse): Uint8Array | undefined {
  if (use.bytes.length < TAG_BYTES) return undefined;
  return cipher.open(derived(cipher, use));
}

/**
 * The key of one message: two blocks of the CMAC-based derivation in counter mode of NIST SP
 * 800-108r1, from the first half of the nonce. The second half is GCM's own nonce.
 */
function derived(cipher: Cipher, use: CipherUse): CipherUse {
  assert(use.key.length === KEY_BYTES, 'a key has 32 bytes');
  assert(use.nonce.length === SEAL_NONCE_BYTES, 'a nonce has 24 bytes');
  const subkey = doubled(cipher.block(use.key, new Uint8Array(BLOCK_BYTES)));
  const half = use.nonce.subarray(0, GCM_NONCE_BYTES);
  const key = new Uint8Array(KEY_BYTES);
  for (const counter of [1, 2]) {
    const message = Uint8Array.of(0, counter, 'X'.charCodeAt(0), 0, ...half);
    const input = message.map((byte, i) => byte ^ (subkey[i] ?? 0));
    key.set(cipher.block(use.key, input), (counter - 1) * BLOCK_BYTES);
  }
  return { ...use, key, nonce: use.nonce.subarray(GCM_NONCE_BYTES) };
}

function doubled(block: Uint8Array): Uint8Array {
  const carried = ((block[0] ?? 0) & 0x80) !== 0;
  const out = block.map((byte, i) => ((byte << 1) | ((block[i + 1] ?? 0) >>> 7)) & 0xff);
  const last = BLOCK_BYTES - 1;
  if (carried) out[last] = (out[last] ?? 0) ^ REDUCTION;
  return out;
}
