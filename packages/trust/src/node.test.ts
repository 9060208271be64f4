import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { equalBytes, hmacSha256, nodeKeys, sha256, sha256Bytes } from './node.ts';

const pepper = new Uint8Array(32).fill(7);
const keys = nodeKeys(pepper);
const reference = (purpose: string, bytes: Uint8Array | string): string =>
  createHmac('sha256', hmacSha256(pepper, `signalbox/${purpose}`))
    .update(bytes)
    .digest('hex');

describe('the keyed hash of the node', () => {
  it('is HMAC-SHA-256 under a key of its purpose, for any bytes and any text', () => {
    const input = fc.oneof(
      fc.uint8Array({ maxLength: 40_000, size: 'max' }),
      fc.string({ unit: 'grapheme', maxLength: 9_000, size: 'max' }),
    );
    fc.assert(
      fc.property(fc.constantFrom('a', 'session', 'journal-body'), input, (purpose, bytes) => {
        const wanted = reference(purpose, bytes);
        assert.equal(keys.digest(purpose, bytes, 32), wanted);
        assert.equal(Buffer.from(keys.mac(purpose, bytes)).toString('hex'), wanted);
      }),
      { numRuns: 60 },
    );
  });

  it('is the same around the length where it changes its way', () => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 5461, 5462, 16_383, 16_384, 16_385]) {
      const text = 'ß'.repeat(length);
      assert.equal(keys.digest('edge', text, 32), reference('edge', text));
      const bytes = new Uint8Array(length).fill(200);
      assert.equal(keys.digest('edge', bytes, 32), reference('edge', bytes));
    }
  });

  it('is the same when the bytes come in pieces', () => {
    const mac = keys.begin('commitment');
    mac.add(Buffer.from('hello '));
    mac.add(Buffer.from('world'));
    assert.equal(mac.end(16), keys.digest('commitment', 'hello world', 16));
  });

  it('hands out bytes that a later hash does not change', () => {
    const first = keys.mac('a', 'one');
    const copy = Uint8Array.from(first);
    keys.mac('a', 'two');
    assert.deepEqual(Uint8Array.from(first), copy);
  });

  it('separates purposes and peppers', () => {
    assert.notEqual(keys.digest('a', 'x', 32), keys.digest('b', 'x', 32));
    const other = nodeKeys(new Uint8Array(32).fill(8));
    assert.notEqual(keys.digest('a', 'x', 32), other.digest('a', 'x', 32));
  });

  it('keeps as many bytes as asked for', () => {
    assert.equal(keys.digest('a', 'x', 16).length, 32);
    assert.ok(keys.digest('a', 'x', 32).startsWith(keys.digest('a', 'x', 16)));
  });

  it('goes on when more purposes are used than it keeps keys for', () => {
    for (let i = 0; i < 200; i += 1) {
      assert.equal(keys.digest(`made-up-${i}`, 'x', 32), reference(`made-up-${i}`, 'x'));
    }
  });

  it('refuses a pepper that is too short to be one', () => {
    assert.throws(() => nodeKeys(new Uint8Array(31)), /32 bytes/);
  });
});

describe('plain hashes', () => {
  it('know the vector of FIPS 180-4', () => {
    const wanted = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    assert.equal(sha256('abc'), wanted);
    assert.equal(Buffer.from(sha256Bytes(Buffer.from('abc'))).toString('hex'), wanted);
  });

  it('compare equal bytes only, of any length', () => {
    assert.ok(equalBytes(Buffer.from('same'), Buffer.from('same')));
    assert.ok(!equalBytes(Buffer.from('same'), Buffer.from('sane')));
    assert.ok(!equalBytes(Buffer.from('same'), Buffer.from('longer')));
  });

  it('is the same in pieces of any size', () => {
    const keys = nodeKeys(new Uint8Array(32).fill(7));
    const bytes = Uint8Array.from({ length: 9_000 }, (_, at) => (at * 31) & 0xff);
    for (const size of [1, 7, 1_023, 1_024, 1_025, 4_000, 9_000]) {
      const mac = keys.begin('pieces');
      for (let at = 0; at < bytes.length; at += size) mac.add(bytes.subarray(at, at + size));
      assert.equal(mac.end(16), keys.digest('pieces', bytes, 16));
    }
    assert.equal(keys.begin('pieces').end(16), keys.digest('pieces', new Uint8Array(0), 16));
  });
});
