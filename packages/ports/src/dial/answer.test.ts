import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AnswerReader, WireFault } from './answer.ts';

type Told = {
  status: number | undefined;
  headers: readonly (readonly [string, string])[];
  body: string;
  pieces: number;
  ended: boolean | undefined;
  failed: string | undefined;
};

/** Every piece is given as its own read, out of one buffer as the lines do. */
function told(pieces: readonly string[], closes = false): Told {
  const seen: Told = {
    status: undefined,
    headers: [],
    body: '',
    pieces: 0,
    ended: undefined,
    failed: undefined,
  };
  const reader = new AnswerReader(
    {
      started: () => undefined,
      head: ({ status, headers }) => Object.assign(seen, { status, headers }),
      data: (bytes) => {
        seen.body += bytes.toString('latin1');
        seen.pieces += 1;
      },
      ended: (reusable) => {
        seen.ended = reusable;
      },
      failed: (error) => {
        seen.failed = error instanceof WireFault ? error.code : 'other';
      },
    },
    1_024,
  );
  reader.expect();
  const shared = Buffer.alloc(65_536);
  for (const piece of pieces) {
    reader.read(shared.subarray(0, shared.write(piece, 'latin1')));
    if (seen.failed !== undefined || seen.ended !== undefined) break;
  }
  if (closes && seen.failed === undefined && seen.ended === undefined) reader.end();
  return seen;
}

const OK = 'HTTP/1.1 200 OK\r\n';
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;

const ANSWERS = {
  length: `${OK}Content-Length: 11\r\nX-A:  b \r\n\r\nhello world`,
  chunks: `${CHUNKED}${chunk('hello ')}${chunk('world')}0\r\n\r\n`,
  'extensions and trailers': `${CHUNKED}6;a=b\r\nhello \r\n${chunk('world')}0\r\nx: y\r\n\r\n`,
  interim: `HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${OK}content-length: 2\r\n\r\nhi`,
  'nothing to say': 'HTTP/1.1 204 No Content\r\n\r\n',
  'to the end': `${OK}\r\nall of it`,
} as const;

describe('answers of HTTP/1.1', () => {
  for (const [name, text] of Object.entries(ANSWERS)) {
    it(`are the same however they are cut: ${name}`, () => {
      const whole = told([text], true);
      assert.equal(whole.failed, undefined);
      assert.notEqual(whole.ended, undefined);
      for (let cut = 1; cut < text.length; cut += 1) {
        const { pieces: _, ...cutUp } = told([text.slice(0, cut), text.slice(cut)], true);
        const { pieces: __, ...expected } = whole;
        assert.deepEqual(cutUp, expected, `cut at ${cut}`);
      }
      assert.equal(told([...text], true).body, whole.body);
    });
  }

  it('move the small chunks of one read together', () => {
    const answer = told([`${CHUNKED}${chunk('a').repeat(50)}0\r\n\r\n`]);
    assert.deepEqual([answer.body, answer.pieces], ['a'.repeat(50), 1]);
  });

  it('hold any body in any chunks', () => {
    const body = fc.array(fc.string({ minLength: 1, maxLength: 40 }), { maxLength: 20 });
    fc.assert(
      fc.property(body, fc.integer({ min: 1, max: 97 }), (parts, size) => {
        const ascii = parts.map((part) => part.replace(/[^ -~]/g, '?'));
        const text = `${CHUNKED}${ascii.map(chunk).join('')}0\r\n\r\n`;
        const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
        const answer = told(pieces);
        assert.deepEqual([answer.body, answer.ended], [ascii.join(''), true]);
      }),
    );
  });

  it('tell whether the connection can be used again', () => {
    assert.equal(told([ANSWERS.length]).ended, true);
    assert.equal(told([`${OK}connection: Close\r\ncontent-length: 0\r\n\r\n`]).ended, false);
    assert.equal(told(['HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n']).ended, false);
    const kept = 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n';
    assert.equal(told([kept]).ended, true);
    assert.equal(told([`${ANSWERS.length}and more`]).ended, false, 'bytes nobody asked for');
  });

  const MALFORMED = {
    'another protocol': 'SSH-2.0-x\r\n',
    'another protocol, in one byte': 'S',
    'two lengths': `${OK}content-length: 1\r\ncontent-length: 1\r\n\r\na`,
    'a length that is no number': `${OK}content-length: 1, 1\r\n\r\na`,
    'a length with a sign': `${OK}content-length: +1\r\n\r\na`,
    'length and chunks': `${OK}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`,
    'another coding': `${OK}transfer-encoding: gzip, chunked\r\n\r\n`,
    'a folded header': `${OK}x: a\r\n b: c\r\n\r\n`,
    'a space before the colon': `${OK}content-length : 1\r\n\r\na`,
    'a header without a colon': `${OK}nothing\r\n\r\n`,
    'a line feed alone in a value': `${OK}x: a\nb: c\r\n\r\n`,
    'a status of two digits': 'HTTP/1.1 20 OK\r\n\r\n',
    'a chunk longer than it said': `${CHUNKED}1\r\nab\r\n`,
    'a size that is no number': `${CHUNKED}-1\r\n`,
  };
  for (const [name, text] of Object.entries(MALFORMED)) {
    it(`are refused: ${name}`, () => {
      assert.equal(told([text]).failed, 'WIRE_MALFORMED');
      assert.equal(told([...text]).failed, 'WIRE_MALFORMED');
    });
  }

  it('are bounded in their heads, size lines and trailers', () => {
    for (const text of [
      `${OK}x: ${'a'.repeat(2_000)}`,
      `${OK}x: ${'a'.repeat(2_000)}\r\n\r\n`,
      `${CHUNKED}1;${'a'.repeat(9_000)}`,
      `${CHUNKED}0\r\n${'x: y\r\n'.repeat(400)}`,
    ]) {
      assert.equal(told([text]).failed, 'WIRE_TOO_LARGE');
      assert.equal(told([...text]).failed, 'WIRE_TOO_LARGE');
    }
  });

  it('that break off are closed early', () => {
    for (const text of ['', 'HTTP/1.1 2', `${OK}content-length: 3\r\n\r\nab`, `${CHUNKED}1\r\na`]) {
      assert.equal(told([text], true).failed, 'WIRE_CLOSED');
    }
  });
});
