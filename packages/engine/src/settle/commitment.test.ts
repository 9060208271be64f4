import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readQuestion } from '@signalbox/dialect';
import { nodeKeys } from '@signalbox/trust/node';
import { COMMITMENT_BYTES, commitLarge, requestCommitment } from './commitment.ts';

const keys = nodeKeys(new Uint8Array(32).fill(5));

const asking = (length: number) => {
  const messages = [{ role: 'user', content: 'x'.repeat(length) }];
  const bytes = new TextEncoder().encode(JSON.stringify({ model: 'm', messages }));
  const question = readQuestion('chat', bytes);
  assert.ok(question.ok);
  return { question: question.value };
};

it('of a large body is made in steps, with turns between, and is the same', async () => {
  const call = asking(3_500_000);
  let turns = 0;
  const clock = {
    after(_ms: number, then: () => void) {
      turns += 1;
      queueMicrotask(then);
      return () => undefined;
    },
  };
  await commitLarge(call, { keys, clock });
  assert.equal(turns, 3);
  const atOnce = keys.digest('request', call.question.bytes, COMMITMENT_BYTES);
  assert.equal(requestCommitment(call, keys), atOnce);
  assert.equal(Reflect.get(call, 'requestCommitment'), atOnce);
});

it('of a small body is made with its record, and of none is none', () => {
  const call = asking(100);
  const clock = { after: () => assert.fail('nothing here is large') };
  assert.equal(commitLarge(call, { keys, clock }), undefined);
  const atOnce = keys.digest('request', call.question.bytes, COMMITMENT_BYTES);
  assert.equal(requestCommitment(call, keys), atOnce);
  assert.equal(requestCommitment({}, keys), undefined);
});
