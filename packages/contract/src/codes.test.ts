import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CODES, type Code, codeFacts } from './codes.table.ts';
import { refusal } from './refusal.ts';
import { BrokenAssertion, assert as hold, unreachable } from './result.ts';

const codes = Object.keys(CODES) as Code[];

/** Status and codes as the documentation of the surface promises them. */
const PROMISED: Readonly<Record<number, readonly Code[]>> = {
  202: ['queued'],
  400: ['body_invalid'],
  401: ['key_missing', 'key_invalid', 'key_expired', 'key_revoked'],
  402: ['budget_exhausted'],
  403: ['not_entitled', 'policy_denied', 'no_eligible_route', 'origin_denied'],
  404: ['model_unknown', 'object_unknown', 'route_unknown', 'decision_unknown'],
  405: ['method_not_allowed'],
  409: ['idempotency_conflict', 'config_conflict'],
  410: ['queued_expired'],
  413: ['body_too_large'],
  415: ['content_type_unsupported'],
  422: ['context_too_long', 'need_unsatisfiable'],
  429: ['rate_limited', 'session_limited', 'concurrency_limited', 'quota_exhausted', 'queue_full'],
  500: ['internal'],
  502: ['upstream_failed', 'output_rejected'],
  503: ['upstream_unavailable', 'queue_unavailable', 'shed', 'journal_unavailable', 'draining'],
  504: ['upstream_timeout'],
};

describe('the table of codes', () => {
  it('holds the promised codes with the promised statuses, and no other', () => {
    for (const [status, named] of Object.entries(PROMISED)) {
      const found = codes.filter((code) => codeFacts(code).status === Number(status));
      assert.deepEqual(found.toSorted(), named.toSorted(), status);
    }
    assert.equal(codes.length, Object.values(PROMISED).flat().length);
  });

  it('tells SDKs never to repeat what repeating cannot mend', () => {
    const never = codes.filter((code) => codeFacts(code).retry === 'never');
    const told: readonly Code[] = [
      ...(['budget_exhausted', 'quota_exhausted', 'internal', 'output_rejected'] as const),
    ];
    for (const code of told) assert.ok(never.includes(code), code);
    for (const code of codes) {
      const { status, retry } = codeFacts(code);
      if (status === 403) assert.equal(retry, 'never', code);
      if (status >= 502 && !told.includes(code)) assert.equal(retry, 'later', code);
    }
  });

  it('says of each what it means and what to do, in whole sentences', () => {
    for (const code of codes) {
      const { meaning, hint } = codeFacts(code);
      assert.match(meaning, /^[A-Z`].*\.$/, code);
      assert.match(hint, /^[A-Z`].*\.$/, code);
      assert.match(code, /^[a-z]+(_[a-z]+)*$/);
    }
  });
});

describe('a refusal', () => {
  it('has the hint of the table unless a better one is known', () => {
    assert.equal(refusal('shed', 'm').hint, codeFacts('shed').hint);
    assert.equal(refusal('shed', 'm', { hint: 'h' }).hint, 'h');
  });
});

describe('an assertion', () => {
  it('throws the rule, and nothing but the rule', () => {
    assert.throws(() => hold(false, 'a rule'), { name: 'BrokenAssertion', message: 'a rule' });
    hold(true, 'a rule');
  });

  it('ends an exhaustive switch without naming the value', () => {
    const rest = 'a secret' as never; // the test is about what the type forbids
    assert.throws(
      () => unreachable(rest),
      (error) => error instanceof BrokenAssertion && !error.message.includes('secret'),
    );
  });
});
