import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decisionId, isDecisionId, isRequestId, requestId, requestOf, sessionId } from './ids.ts';

fc.configureGlobal({ seed: 4141 });

const chance = fc.uint8Array({ minLength: 10, maxLength: 10 });
const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe('a request id', () => {
  it('is req_ and 26 Crockford characters, for every time and chance', () => {
    fc.assert(
      fc.property(time, chance, (at, bytes) => {
        const id = requestId(at, bytes);
        assert.equal(id.length, 30);
        assert.equal(isRequestId(id), true);
      }),
    );
  });

  it('sorts by time', () => {
    fc.assert(
      fc.property(time, time, chance, chance, (a, b, some, other) => {
        const [first, second] = [requestId(a, some), requestId(b, other)];
        if (a < b) assert.ok(first < second);
      }),
    );
  });

  it('differs in every one of its 80 bits of chance', () => {
    const ids = new Set<string>([requestId(0, new Uint8Array(10))]);
    for (let bit = 0; bit < 80; bit += 1) {
      const bytes = new Uint8Array(10);
      bytes[bit >> 3] = 1 << (bit & 7);
      ids.add(requestId(0, bytes));
    }
    assert.equal(ids.size, 81);
  });

  it('reads its characters as the standard does', () => {
    assert.equal(
      requestId(1_469_918_176_385, new Uint8Array(10)),
      'req_01ARYZ6S410000000000000000',
    );
    assert.equal(
      requestId(2 ** 48 - 1, new Uint8Array(10).fill(255)),
      'req_7ZZZZZZZZZZZZZZZZZZZZZZZZZ',
    );
  });

  it('takes exactly 80 random bits', () => {
    assert.throws(() => requestId(0, new Uint8Array(9)), /80 random bits/);
  });

  const strangers = ['', 'req_', 'req_01aryz6s410000000000000000', `req_${'I'.repeat(26)}`];
  for (const text of [...strangers, `dec_${'0'.repeat(26)}`, `req_${'0'.repeat(27)}`]) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(isRequestId(text), false));
  }

  it('is not followed by a line end', () => {
    assert.equal(isRequestId(`req_${'0'.repeat(26)}\n`), false);
    assert.equal(isDecisionId(`dec_${'0'.repeat(26)}\n`), false);
  });
});

describe('a decision id', () => {
  const request = requestId(1_760_000_000_000, new Uint8Array(10).fill(7));

  it('has the characters of its call, and the entry from the second on', () => {
    assert.equal(decisionId(request, 1), `dec_${request.slice(4)}`);
    assert.equal(decisionId(request, 2), `dec_${request.slice(4)}-2`);
    assert.equal(decisionId(request, 31), `dec_${request.slice(4)}-31`);
  });

  it('leads back to its call', () => {
    for (const entry of [1, 2, 9_999]) {
      const id = decisionId(request, entry);
      assert.equal(isDecisionId(id), true);
      assert.equal(requestOf(id), request);
    }
  });

  for (const text of [`dec_${'0'.repeat(26)}-0`, `dec_${'0'.repeat(26)}-`, 'dec_x']) {
    it(`is not ${text}`, () => assert.equal(isDecisionId(text), false));
  }
});

describe('a session id', () => {
  it('is ses_ and a digest', () => assert.equal(sessionId('ab12'), 'ses_ab12'));
});
