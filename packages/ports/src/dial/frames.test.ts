// Frames are made by the vendor's own codec; one more is written here by hand, byte for byte, as
// the specification of the encoding lays it out.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { createUpstream } from './dial.ts';
import { dial, placeAt, requestTo, scripted } from './dialling.fixture.ts';
import { framesFor } from './frames.ts';

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);

function frame(headers: Readonly<Record<string, string>>, body: string): Buffer {
  const typed = Object.entries(headers).map(([name, value]) => [name, { type: 'string', value }]);
  return Buffer.from(codec.encode({ headers: Object.fromEntries(typed), body: Buffer.from(body) }));
}

const event = (type: string, body: string): Buffer =>
  frame({ ':message-type': 'event', ':event-type': type }, body);

const STREAM = Buffer.concat([
  event('messageStart', '{"role":"assistant"}'),
  event('contentBlockDelta', '{"delta":{"text":"Grüße"},"p":"abc"}'),
  event('messageStop', '{\n"stopReason":"end_turn"}'),
]);
const EVENTS =
  'data: {"messageStart":{"role":"assistant"}}\n\n' +
  'data: {"contentBlockDelta":{"delta":{"text":"Grüße"},"p":"abc"}}\n\n' +
  'data: {"messageStop":{"stopReason":"end_turn"}}\n\n';

function read(bytes: Buffer, size: number): { text: string; ended: boolean; why: string } {
  const said = { text: '', ended: false, why: '' };
  const frames = framesFor({
    chunk: (some) => {
      said.text += Buffer.from(some).toString('utf8');
    },
    end: () => {
      said.ended = true;
    },
    fault: (code, why) => {
      said.why = `${code}: ${why}`;
    },
    full: () => undefined,
    drained: () => undefined,
  });
  for (let at = 0; at < bytes.length; at += size) {
    // A buffer that is used again, as sockets do.
    const piece = Buffer.from(bytes.subarray(at, at + size));
    frames.write(piece);
    piece.fill(0);
  }
  frames.end();
  return said;
}

describe('binary frames', () => {
  it('become events, in any pieces', () => {
    for (const size of [1, 3, 7, 64, STREAM.length]) {
      assert.deepEqual(read(STREAM, size), { text: EVENTS, ended: true, why: '' }, `${size}`);
    }
  });

  it('are read as they are specified: lengths, checksum, headers, payload, checksum', () => {
    const empty = Buffer.from('000000100000000005c248eb7d98c8ff', 'hex');
    assert.match(read(empty, 16).why, /cannot be read/, 'whole, but without a name');
    const broken = Buffer.from(empty);
    broken[15] = 0;
    assert.match(read(broken, 16).why, /body_error/);
  });

  it('tell exceptions and errors by their names', () => {
    const exception = frame(
      { ':message-type': 'exception', ':exception-type': 'throttlingException' },
      '{"message":"slow down"}',
    );
    const text = 'data: {"throttlingException":{"message":"slow down"}}\n\n';
    assert.equal(read(exception, 9).text, text);
    const error = frame(
      { ':message-type': 'error', ':error-code': 'InternalError', ':error-message': 'no "luck"' },
      '',
    );
    const said = 'data: {"error":{"code":"InternalError","message":"no \\"luck\\""}}\n\n';
    assert.equal(read(error, 9).text, said);
  });

  it('that are altered, too long or cut off are faults', () => {
    const altered = Buffer.from(STREAM);
    altered[STREAM.length - 6] = 0x20;
    assert.match(read(altered, 50).why, /cannot be read/);
    const endless = Buffer.from(STREAM);
    endless.writeUInt32BE(0x7fffffff, 0);
    assert.match(read(endless, 50).why, /a frame of 2147483647 bytes/);
    const cut = read(STREAM.subarray(0, STREAM.length - 1), 50);
    assert.match(cut.why, /inside a frame/);
    assert.equal(cut.ended, false);
  });
});

describe('an answer in binary frames', () => {
  const head = (length: number): string =>
    'HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\n' +
    `content-length: ${length}\r\n\r\n`;

  it('reaches its reader as a stream of events', async (context) => {
    const server = await scripted((socket) => {
      socket.write(head(STREAM.length));
      for (const byte of STREAM) socket.write(Buffer.of(byte));
    });
    const upstream = createUpstream({ onBlocked: () => undefined });
    context.after(() => {
      upstream.close();
      server.close();
    });
    const { status, headers, text, ended } = await dial(upstream, requestTo(placeAt(server.origin)))
      .over;
    assert.deepEqual([status, ended], [200, true]);
    assert.deepEqual(headers, [['content-type', 'text/event-stream']]);
    assert.equal(Buffer.from(text, 'latin1').toString('utf8'), EVENTS);
  });

  it('waits where its reader pauses, and loses nothing', async (context) => {
    const many = Buffer.concat(Array.from({ length: 200 }, (_, i) => event('n', `${i}`)));
    const server = await scripted(
      (socket) => void socket.write(Buffer.concat([Buffer.from(head(many.length)), many])),
    );
    const upstream = createUpstream({ onBlocked: () => undefined });
    context.after(() => {
      upstream.close();
      server.close();
    });
    let paused = 0;
    const dialled = dial(upstream, requestTo(placeAt(server.origin)), {
      chunk() {
        if (paused >= 20) return;
        paused += 1;
        dialled.flow()?.pause();
        setImmediate(() => dialled.flow()?.resume());
      },
    });
    const { text, ended } = await dialled.over;
    assert.equal(ended, true);
    assert.equal(paused, 20);
    const numbers = [...text.matchAll(/\{"n":(\d+)\}/g)].map(([, one]) => Number(one));
    assert.deepEqual(
      numbers,
      Array.from({ length: 200 }, (_, i) => i),
    );
  });
});
