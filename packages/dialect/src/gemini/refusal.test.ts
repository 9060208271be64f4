import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CODES, type Code, codeFacts, decisionId, refusal, requestId } from '@signalbox/contract';
import { textOf } from './gemini.fixture.ts';
import { errorBody, errorElement, errorEvent } from './gemini.ts';

const request = requestId(1_760_000_000_000, new Uint8Array(10));
const ids = { request, decision: decisionId(request, 1) };

describe("a refusal in Google's envelope", () => {
  it('says what, where and what to do in its details', () => {
    const more = { param: 'contents', retryAfterMs: 2_000 };
    const no = refusal('body_invalid', 'The field `contents` is missing.', more);
    const { error } = JSON.parse(textOf(errorBody(no, ids)));
    assert.equal(error.code, 400);
    assert.equal(error.status, 'INVALID_ARGUMENT');
    assert.equal(error.message, 'The field `contents` is missing.');
    const [info, bad, retry] = error.details;
    assert.deepEqual(info, {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'BODY_INVALID',
      domain: 'signalbox',
      metadata: {
        code: 'body_invalid',
        hint: codeFacts('body_invalid').hint,
        doc_url: 'docs/reference/errors.md#body_invalid',
        param: 'contents',
        request_id: request,
        decision_id: ids.decision,
      },
    });
    assert.equal(bad.fieldViolations[0].field, 'contents');
    assert.equal(retry.retryDelay, '2s');
  });

  it('is one event of one line, and closes an array, for every code and message', () => {
    for (const code of Object.keys(CODES) as Code[]) {
      const no = refusal(code, 'two\nlines\r\n\u2028');
      const text = textOf(errorEvent(no, { request, decision: undefined }));
      assert.match(text, /^data: [^\n\r]*\r\n\r\n$/);
      const { error } = JSON.parse(text.slice('data: '.length));
      assert.equal(error.details[0].metadata.code, code);
      assert.equal(error.code, codeFacts(code).status);
      assert.equal(JSON.parse(`[{},${textOf(errorElement(no, ids))}`).length, 2);
    }
  });
});
