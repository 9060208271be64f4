import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  FRAME_BYTES_MAX,
  FRAME_HEAD_BYTES,
  findFrameAfterSync,
  frame,
  readFrame,
  readFrames,
} from './frame.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const join = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const content = fc.uint8Array({ minLength: 1, maxLength: 200, size: 'max' });

describe('frames', () => {
  it('are a little-endian length, a CRC-32C of the bytes, and the bytes', () => {
    const framed = frame(bytesOf('123456789'));
    assert.deepEqual([...framed.subarray(0, 8)], [9, 0, 0, 0, 0x83, 0x92, 0x06, 0xe3]);
    assert.deepEqual([...framed.subarray(8)], [...bytesOf('123456789')]);
  });

  it('read back as they were written, one after the other', () => {
    fc.assert(
      fc.property(fc.array(content, { maxLength: 20 }), (contents) => {
        const run = readFrames(join(contents.map(frame)));
        assert.equal(run.rest, 'none');
        assert.deepEqual(
          run.frames.map((one) => [...one.bytes]),
          contents.map((bytes) => [...bytes]),
        );
      }),
    );
  });

  it('cut anywhere, yield the whole ones before the cut and say that one is short', () => {
    fc.assert(
      fc.property(fc.array(content, { minLength: 1, maxLength: 8 }), fc.nat(), (contents, at) => {
        const whole = join(contents.map(frame));
        const cut = whole.subarray(0, at % (whole.length + 1));
        const run = readFrames(cut);
        let end = 0;
        let count = 0;
        for (const bytes of contents) {
          if (end + FRAME_HEAD_BYTES + bytes.length > cut.length) break;
          end += FRAME_HEAD_BYTES + bytes.length;
          count += 1;
        }
        assert.equal(run.frames.length, count);
        assert.equal(run.end, end);
        assert.equal(run.rest, end === cut.length ? 'none' : 'short');
      }),
    );
  });

  it('with one changed bit, never yield bytes that were not written', () => {
    const change = fc.tuple(fc.nat(), fc.nat(7));
    fc.assert(
      fc.property(
        fc.array(content, { minLength: 1, maxLength: 5 }),
        change,
        (contents, [at, bit]) => {
          const whole = join(contents.map(frame));
          const index = at % whole.length;
          whole[index] = (whole[index] ?? 0) ^ (1 << bit);
          const written = new Set(contents.map((bytes) => bytes.join()));
          for (const one of readFrames(whole).frames) assert.ok(written.has(one.bytes.join()));
        },
      ),
    );
  });

  it('do not begin in a stretch of zeros', () => {
    assert.deepEqual(readFrame(new Uint8Array(64), 0), { kind: 'damaged' });
  });

  it('longer than the bound are neither written nor believed', () => {
    assert.throws(() => frame(new Uint8Array(FRAME_BYTES_MAX + 1)), /FRAME_BYTES_MAX/);
    assert.throws(() => frame(new Uint8Array(0)), /FRAME_BYTES_MAX/);
    const claimed = new Uint8Array(16).fill(255);
    assert.deepEqual(readFrame(claimed, 0), { kind: 'damaged' });
  });
});

describe('the mark of a frame after a sync', () => {
  const first = frame(bytesOf('{"a":1}\n'));
  const second = frame(bytesOf('{"b":2}'));

  it('is a line feed behind the JSON', () => {
    const marks = readFrames(join([first, second])).frames.map((one) => one.afterSync);
    assert.deepEqual(marks, [true, false]);
  });

  it('is found behind bytes that do not read, at whatever place', () => {
    for (let length = 0; length < 40; length += 1) {
      const rubbish = new Uint8Array(length).fill(123);
      const buffer = join([rubbish, second, first]);
      assert.equal(findFrameAfterSync(buffer, 0), rubbish.length + second.length);
    }
  });

  it('is not found where there is none', () => {
    assert.equal(findFrameAfterSync(join([new Uint8Array(9), second]), 0), undefined);
    assert.equal(
      findFrameAfterSync(join([new Uint8Array(9), first.subarray(0, 12)]), 0),
      undefined,
    );
  });
});
