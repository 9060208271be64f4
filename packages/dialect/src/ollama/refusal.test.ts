import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decisionId, refusal, requestId } from '@signalbox/contract';
import { bytesOf, decoded, textOf } from './ollama.fixture.ts';
import { ollama } from './ollama.ts';
import { answerEvent, errorBody, errorEvent } from './refusal.ts';

const request = requestId(0, new Uint8Array(10));
const ids = { request, decision: decisionId(request, 1) };
const no = refusal('policy_denied', 'Rule 3 forbids it.\nReally.', { param: 'model' });

it('a refusal is a text for clients of this dialect, and our fields beside it', () => {
  assert.deepEqual(JSON.parse(textOf(errorBody(no, ids))), {
    error: 'Rule 3 forbids it.\nReally.',
    code: 'policy_denied',
    param: 'model',
    hint: no.hint,
    request_id: ids.request,
    decision_id: ids.decision,
  });
  const early = JSON.parse(
    textOf(errorBody(refusal('key_missing', 'x'), { ...ids, decision: undefined })),
  );
  assert.equal(early.decision_id, null);
  assert.ok(!('param' in early));
});

it('a refusal in a stream is a line of its own, read as an error', () => {
  const line = errorEvent(no, ids);
  assert.equal(textOf(line), `${textOf(errorBody(no, ids))}\n`);
  const [event, ...rest] = decoded(ollama, line);
  assert.ok(event?.kind === 'error' && rest.length === 0);
  assert.equal(event.error.type, 'policy_denied');
});

it('a whole answer becomes one line, whatever its white space', () => {
  assert.equal(textOf(answerEvent(bytesOf('{\r\n "a": 1\n}'))), '{   "a": 1 }\n');
});
