// Keys of callers: `sbx_<env>_<id>_<secret>_<check>`. The id finds the key's document, the secret
// proves it, the check characters tell a mistyped or cut key from a wrong one before anything is
// looked up. Stored is only the keyed hash of the secret; a key that does not exist costs the same
// comparison as one that does.
import { assert, type Keys } from '@signalbox/contract';
import { base62, base62Six, bytesToNumber } from './base62.ts';
import { crc32Ascii } from './crc.ts';

export const API_KEY_CHANCE_BYTES = 48;
const ID_CHANCE_BYTES = 16;
const ID_LENGTH = 12;
const SECRET_LENGTH = 32;
const CHECK_LENGTH = 6;
const LENGTH_MAX = 'sbx_'.length + 16 + 1 + ID_LENGTH + 1 + SECRET_LENGTH + 1 + CHECK_LENGTH;
const PURPOSE = 'api-key';

const ENVIRONMENT = /^[a-z0-9]{1,16}$/;
const KEY = /^sbx_([a-z0-9]{1,16})_([0-9A-Za-z]{12})_([0-9A-Za-z]{32})_([0-9A-Za-z]{6})$/;

export type ApiKey = { readonly env: string; readonly id: string; readonly secret: string };

/**
 * @param env 1 to 16 small letters or digits. @param chance API_KEY_CHANCE_BYTES bytes of chance.
 */
export function mintApiKey(env: string, chance: Uint8Array): string {
  assert(ENVIRONMENT.test(env), 'the environment of a key is 1 to 16 small letters or digits');
  assert(chance.length === API_KEY_CHANCE_BYTES, 'a key takes 48 bytes of chance');
  const id = base62(bytesToNumber(chance.subarray(0, ID_CHANCE_BYTES)), ID_LENGTH);
  const secret = base62(bytesToNumber(chance.subarray(ID_CHANCE_BYTES)), SECRET_LENGTH);
  const text = `sbx_${env}_${id}_${secret}`;
  return `${text}_${base62Six(crc32Ascii(text))}`;
}

/**
 * The parts of a well-formed key; undefined for everything else. Cheap enough for a flood of
 * nonsense.
 */
export function parseApiKey(text: string): ApiKey | undefined {
  if (text.length > LENGTH_MAX) return undefined;
  const [, env, id, secret, check] = KEY.exec(text) ?? [];
  if (env === undefined || id === undefined || secret === undefined) return undefined;
  const checked = text.length - CHECK_LENGTH - 1;
  return base62Six(crc32Ascii(text, checked)) === check ? { env, id, secret } : undefined;
}

/** What is stored of a key: HMAC-SHA-256 under the pepper over id and secret. */
export function apiKeyMac(key: ApiKey, keys: Pick<Keys, 'mac'>): Uint8Array {
  return keys.mac(PURPOSE, `${key.id}_${key.secret}`);
}

/** `stored` undefined: no such key. That takes the same steps, and is never true. */
export function apiKeyHolds(
  key: ApiKey,
  stored: Uint8Array | undefined,
  keys: Pick<Keys, 'mac' | 'equal'>,
): boolean {
  const mac = apiKeyMac(key, keys);
  const same = keys.equal(mac, stored ?? new Uint8Array(mac.length));
  return same && stored !== undefined;
}
