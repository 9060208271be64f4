import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerReader } from './answer-reader.ts';

const plain = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
const chunked =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nx: y\r\n\r\n' +
  '3\r\nhel\r\nA;note=1\r\nlo, world!\r\n0\r\ntrailer: z\r\n\r\n';

/** What a sink was told, in short words. */
function read(pieces: readonly string[]): readonly string[] {
  const told: string[] = [];
  let body = '';
  const reader = new AnswerReader();
  reader.expect({
    head: (status) => told.push(`head ${status}`),
    piece: (bytes) => {
      body += bytes.toString();
    },
    end: () => told.push(`end ${body}`),
    fault: (reason) => told.push(`fault ${reason}`),
  });
  for (const piece of pieces) reader.feed(Buffer.from(piece));
  return told;
}

test('an answer with a length and a chunked one are read', () => {
  assert.deepEqual(read([plain]), ['head 200', 'end hello']);
  assert.deepEqual(read([chunked]), ['head 200', 'end hello, world!']);
});

test('an answer may be cut at every place, and into single bytes', () => {
  for (const text of [plain, chunked]) {
    const whole = read([text]);
    for (let cut = 1; cut < text.length; cut += 1) {
      assert.deepEqual(read([text.slice(0, cut), text.slice(cut)]), whole, `cut at ${cut}`);
    }
    assert.deepEqual(read([...text]), whole);
  }
});

test('an empty body ends with its head', () => {
  assert.deepEqual(read(['HTTP/1.1 502 Bad\r\ncontent-length: 0\r\n\r\n']), ['head 502', 'end ']);
});

test('an answer that says no length cannot be trusted', () => {
  assert.deepEqual(read(['HTTP/1.1 200 OK\r\n\r\nhello']), [
    'head 200',
    'fault status 200 without a length',
  ]);
});

test('bytes after the end of an answer break the connection for the next', () => {
  const reader = new AnswerReader();
  const nothing = { head: () => {}, piece: () => {}, end: () => {}, fault: () => {} };
  reader.expect(nothing);
  reader.feed(Buffer.from(`${plain}more`));
  assert.equal(reader.broken, true);
});

test('a head without end is given up', () => {
  assert.deepEqual(read(['HTTP/1.1 200 OK\r\n', 'x'.repeat(70_000)]), [
    'fault the head has no end',
  ]);
});

test('one answer at a time', () => {
  const reader = new AnswerReader();
  const nothing = { head: () => {}, piece: () => {}, end: () => {}, fault: () => {} };
  reader.expect(nothing);
  assert.throws(() => reader.expect(nothing), /one answer/);
});
