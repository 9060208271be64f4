import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { crc32, crc32Ascii, crc32c } from './crc.ts';

const run = (length: number, byteAt: (i: number) => number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => byteAt(i));

describe('CRC-32C', () => {
  it('knows the vectors of RFC 3720, appendix B.4', () => {
    const readPdu = Uint8Array.from([
      ...[0x01, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
      ...[0x00, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00],
      ...[0x00, 0x18, 0x28, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00],
      ...[0x00, 0x00, 0x00],
    ]);
    assert.equal(crc32c(run(32, () => 0)), 0x8a9136aa);
    assert.equal(crc32c(run(32, () => 0xff)), 0x62a8ab43);
    assert.equal(crc32c(run(32, (i) => i)), 0x46dd794e);
    assert.equal(crc32c(run(32, (i) => 31 - i)), 0x113fdb5c);
    assert.equal(crc32c(readPdu), 0xd9963a56);
  });

  it('is the same eight at a time as one at a time, from any place to any other', () => {
    const slow = (bytes: Uint8Array): number => {
      let sum = -1;
      for (const byte of bytes) {
        sum ^= byte;
        for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0x82f63b78 : sum >>> 1;
      }
      return ~sum >>> 0;
    };
    const stretch = fc
      .uint8Array({ maxLength: 300, size: 'max' })
      .chain((bytes) =>
        fc.tuple(fc.constant(bytes), fc.nat(bytes.length), fc.nat(bytes.length), fc.nat(7)),
      );
    fc.assert(
      fc.property(stretch, ([bytes, a, b, shift]) => {
        const [start, end] = a < b ? [a, b] : [b, a];
        // A view that does not begin where its memory begins.
        const shifted = new Uint8Array(bytes.length + shift).subarray(shift);
        shifted.set(bytes);
        assert.equal(crc32c(shifted, start, end), slow(bytes.subarray(start, end)));
      }),
    );
  });
});

describe('CRC-32', () => {
  it('agrees with zlib', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300, size: 'max' }), (bytes) => {
        assert.equal(crc32(bytes), zlibCrc32(bytes));
      }),
    );
    const text = 'sbx_live_0123456789ab_';
    assert.equal(crc32Ascii(text), zlibCrc32(text));
    assert.equal(crc32Ascii(text, 8), zlibCrc32('sbx_live'));
  });
});
