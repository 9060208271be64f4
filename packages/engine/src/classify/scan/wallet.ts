// Wallet addresses with check bytes: Base58Check (Bitcoin and its kin) and Bech32 (BIP 173, 350).
import { sha256 } from './sha256.ts';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const PAYLOAD = 25;
const LENGTH_MIN = 26;
const LENGTH_MAX = 35;

/** @param text a whole token. */
export function isWallet(text: string): boolean {
  if (/^(?:bc1|tb1|ltc1)[02-9ac-hj-np-z]{11,71}$/.test(text)) return bech32(text);
  if (text.length < LENGTH_MIN || text.length > LENGTH_MAX) return false;
  return /^[13LMDmn2]/.test(text) && base58Check(text);
}

/** Digits of 24 bits: 25 bytes and one more for what does not fit. */
const LIMBS = 9;
const LIMB_BITS = 24;
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < BASE58.length; i += 1) VALUES[BASE58.charCodeAt(i)] = i;

function base58Check(text: string): boolean {
  const limbs = new Int32Array(LIMBS);
  for (let i = 0; i < text.length; i += 1) {
    let carry = VALUES[text.charCodeAt(i)] ?? -1;
    if (carry < 0) return false;
    for (let at = 0; at < LIMBS; at += 1) {
      carry += (limbs[at] ?? 0) * 58;
      limbs[at] = carry & 0xffffff;
      carry >>>= LIMB_BITS;
    }
  }
  if ((limbs[LIMBS - 1] ?? 0) > 0xff) return false;
  const bytes = new Uint8Array(PAYLOAD);
  for (let at = 0; at < PAYLOAD; at += 1) {
    const limb = limbs[Math.floor(at / 3)] ?? 0;
    bytes[PAYLOAD - 1 - at] = limb >>> (8 * (at % 3));
  }
  const sum = sha256(sha256(bytes.subarray(0, PAYLOAD - 4)));
  return bytes.subarray(PAYLOAD - 4).every((byte, index) => byte === sum[index]);
}

const CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function bech32(text: string): boolean {
  const at = text.lastIndexOf('1');
  const prefix = text.slice(0, at);
  const values = [...prefix].map((letter) => letter.charCodeAt(0) >> 5);
  values.push(0, ...[...prefix].map((letter) => letter.charCodeAt(0) & 31));
  values.push(...[...text.slice(at + 1)].map((letter) => CHARSET.indexOf(letter)));
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (let i = 0; i < 5; i += 1) if ((top >>> i) & 1) sum ^= GENERATOR[i] ?? 0;
  }
  return sum === 1 || sum === 0x2bc830a3;
}
