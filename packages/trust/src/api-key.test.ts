import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import {
  API_KEY_CHANCE_BYTES,
  apiKeyHolds,
  apiKeyMac,
  mintApiKey,
  parseApiKey,
} from './api-key.ts';
import { nodeKeys } from './node.ts';

const chance = fc.uint8Array({
  minLength: API_KEY_CHANCE_BYTES,
  maxLength: API_KEY_CHANCE_BYTES,
});
const env = fc.stringMatching(/^[a-z0-9]{1,16}$/);
const keys = nodeKeys(new Uint8Array(32).fill(5));
const some = (fill: number): string =>
  mintApiKey('live', new Uint8Array(API_KEY_CHANCE_BYTES).fill(fill));

describe('a key of a caller', () => {
  it('is sbx, environment, id of 12, secret of 32 and check of 6 characters', () => {
    fc.assert(
      fc.property(env, chance, (name, bytes) => {
        const text = mintApiKey(name, bytes);
        assert.match(text, /^sbx_[a-z0-9]{1,16}_[0-9A-Za-z]{12}_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}$/);
        const [, , id, secret] = text.split('_');
        assert.deepEqual(parseApiKey(text), { env: name, id, secret });
      }),
    );
  });

  it('has as check the CRC-32 of all before its last underscore, in base 62', () => {
    const text = some(1);
    const before = text.slice(0, text.lastIndexOf('_'));
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    let value = 0;
    for (const character of text.slice(-6)) value = value * 62 + digits.indexOf(character);
    assert.equal(value, crc32(before));
  });

  it('differs with every bit of chance', () => {
    const texts = new Set<string>([some(0)]);
    for (let bit = 0; bit < API_KEY_CHANCE_BYTES * 8; bit += 1) {
      const bytes = new Uint8Array(API_KEY_CHANCE_BYTES);
      bytes[bit >> 3] = 1 << (bit & 7);
      texts.add(mintApiKey('live', bytes));
    }
    assert.equal(texts.size, API_KEY_CHANCE_BYTES * 8 + 1);
  });

  it('mistyped in one character, is no key', () => {
    fc.assert(
      fc.property(chance, fc.nat(), fc.constantFrom(...'0Az_-'), (bytes, at, character) => {
        const text = mintApiKey('live', bytes);
        const index = at % text.length;
        const typed = text.slice(0, index) + character + text.slice(index + 1);
        if (typed !== text) assert.equal(parseApiKey(typed), undefined);
      }),
    );
  });

  it('is not found in any other text', () => {
    const text = some(9);
    const wrong = ['', 'sbx_', ` ${text}`, `${text} `, `${text}\n`, text.slice(0, -1)];
    for (const one of [...wrong, text.toUpperCase(), 'x'.repeat(1_000_000)]) {
      assert.equal(parseApiKey(one), undefined);
    }
    fc.assert(fc.property(fc.string(), (one) => parseApiKey(one) === undefined));
  });

  it('is minted only for an environment that fits and from enough chance', () => {
    const bytes = new Uint8Array(API_KEY_CHANCE_BYTES);
    for (const name of ['', 'Live', 'a_b', 'x'.repeat(17)]) {
      assert.throws(() => mintApiKey(name, bytes), /environment/);
    }
    assert.throws(() => mintApiKey('live', bytes.subarray(1)), /48 bytes/);
  });
});

describe('the proof of a key', () => {
  it('holds for the secret that was stored and for no other', () => {
    const key = parseApiKey(some(1));
    const other = parseApiKey(some(2));
    assert.ok(key && other);
    const stored = apiKeyMac(key, keys);
    assert.ok(apiKeyHolds(key, stored, keys));
    assert.ok(!apiKeyHolds({ ...key, secret: other.secret }, stored, keys));
    assert.ok(!apiKeyHolds({ ...other, secret: key.secret }, stored, keys));
    assert.ok(!apiKeyHolds(key, stored, nodeKeys(new Uint8Array(32).fill(6))));
  });

  it('of a key that nobody knows compares as much, and never holds', () => {
    const key = parseApiKey(some(1));
    assert.ok(key);
    const compared: number[] = [];
    const watching = {
      ...keys,
      equal: (a: Uint8Array, b: Uint8Array) => {
        compared.push(a.length, b.length);
        return true;
      },
    };
    assert.ok(!apiKeyHolds(key, undefined, watching));
    assert.deepEqual(compared, [32, 32]);
  });
});
