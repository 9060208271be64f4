import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CODES, type Code, codeFacts, decisionId, refusal, requestId } from '@signalbox/contract';
import { errorBody, errorEvent } from './refusal.ts';

const request = requestId(1_760_000_000_000, new Uint8Array(10));
const ids = { request, decision: decisionId(request, 1) };
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('a refusal in the OpenAI dialect', () => {
  it('says what, where and what to do, with every field of the envelope', () => {
    const no = refusal('body_invalid', 'The field `model` is missing.', { param: 'model' });
    assert.deepEqual(JSON.parse(textOf(errorBody(no, ids))), {
      error: {
        type: 'invalid_request_error',
        code: 'body_invalid',
        message: 'The field `model` is missing.',
        param: 'model',
        hint: codeFacts('body_invalid').hint,
        doc_url: 'docs/reference/errors.md#body_invalid',
        request_id: request,
        decision_id: ids.decision,
      },
    });
  });

  it('has null for what is not known', () => {
    const body = errorBody(refusal('internal', 'x'), { request, decision: undefined });
    const { error } = JSON.parse(textOf(body));
    assert.equal(error.param, null);
    assert.equal(error.decision_id, null);
  });

  it('is one event of one line, for every code and every message', () => {
    for (const code of Object.keys(CODES) as Code[]) {
      const text = textOf(errorEvent(refusal(code, 'two\nlines\r\n\u2028'), ids));
      assert.match(text, /^event: error\ndata: [^\n\r]*\n\n$/);
      assert.equal(JSON.parse(text.split('data: ')[1] ?? '').error.code, code);
    }
  });
});
