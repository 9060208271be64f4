import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CODES } from '@signalbox/contract';
import fc from 'fast-check';
import type { UpstreamError } from '../canon/canon.ts';
import { CLOUD_ERRORS } from './errors-of-clouds.fixture.ts';
import { SERVER_ERRORS } from './errors-of-servers.fixture.ts';
import { VENDOR_ERRORS } from './errors-of-vendors.fixture.ts';
import { kindOf } from './kinds.ts';
import { KIND_NAMES, type ServerKind } from './server-kind.ts';
import { BODY_BYTES_MAX, MESSAGE_CHARACTERS_MAX } from './shape.ts';
import { codeOfError, readUpstreamError, refineError } from './upstream-error.ts';

const SAMPLES = [...VENDOR_ERRORS, ...CLOUD_ERRORS, ...SERVER_ERRORS];
const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function named(name: string): ServerKind {
  const kind = kindOf(name);
  assert.ok(kind !== undefined, name);
  return kind;
}

const GENERIC = named('openai-compatible');
const read = (status: number, body: string, kind: ServerKind = GENERIC) =>
  readUpstreamError(kind, { status, headers: [], body: bytes(body), nowMs: NOW_MS });

describe('an error of an upstream is read', () => {
  for (const sample of SAMPLES) {
    it(`${sample.from}: ${sample.name}`, () => {
      const { status, headers = [], body } = sample;
      const answer = { status, headers, body: bytes(body), nowMs: NOW_MS };
      const error = readUpstreamError(named(sample.from), answer);
      const { kind, tokens, tokensMax, retryAfterMs } = error;
      assert.deepEqual(
        { kind, tokens, tokensMax, retryAfterMs },
        {
          kind: sample.kind,
          tokens: sample.tokens,
          tokensMax: sample.tokensMax,
          retryAfterMs: sample.retryAfterMs,
        },
      );
      assert.ok(error.message.length > 0);
      assert.doesNotMatch(error.message, /SECRET|\*\*\*|sk-/);
      assert.ok(codeOfError(error) in CODES);
    });
  }

  it('also where the endpoint is declared as nothing in particular', () => {
    const different = SAMPLES.flatMap((sample) => {
      const { status, headers = [], body } = sample;
      const answer = { status, headers, body: bytes(body), nowMs: NOW_MS };
      return readUpstreamError(GENERIC, answer).kind === sample.kind
        ? []
        : [`${sample.from}: ${sample.name}`];
    });
    // Only a table knows these; the rest speaks for itself.
    assert.deepEqual(different, [
      'anthropic: an account without credit behind a 400',
      'gemini: a limit of a day',
      'mistral: no capacity, called an invalid request',
      'groq: tokens of a day',
      'xai: a bad key behind a 400',
      'cohere: a trial that is over',
      'together: the same as something forbidden',
      'fireworks: an account that is suspended',
      'ollama: too little memory',
      'ollama: a model without tools',
    ]);
  });
});

describe('the message of an error', () => {
  it('is the sentence of the provider, in one line and bounded', () => {
    const body = JSON.stringify({ error: { message: `A\n\tlong\u0000 one ${'x y'.repeat(900)}` } });
    const { message } = read(400, body);
    assert.match(message, /^A long one x yx y/);
    assert.equal([...message].length, MESSAGE_CHARACTERS_MAX);
  });

  it('repeats no credential and no account', () => {
    const body = {
      error: { message: 'Limit of org-VDAWofJASuLH0vVz8o9tiQZr reached by sk-12***89' },
    };
    const { message } = read(429, JSON.stringify(body));
    assert.equal(message, 'Limit of org-… reached by …');
  });

  it('keeps names of models and fields', () => {
    const said = 'The model `claude-sonnet-4-20250514` takes no max_completion_tokens.';
    assert.equal(read(400, JSON.stringify({ error: { message: said } })).message, said);
  });

  it('is of a page only its title', () => {
    const body = '<!doctype html><TITLE>504 Gateway Time-out</TITLE><body>nginx/1.2.3 on host-7';
    assert.equal(read(504, body).message, 'a page of HTML: 504 Gateway Time-out');
  });

  it('is ours where nothing was said', () => {
    assert.equal(read(500, '{}').message, 'the upstream failed and said nothing more (status 500)');
  });
});

describe('an error that a codec met inside a good answer', () => {
  const refined = (error: UpstreamError, kind = GENERIC) => refineError(kind, error);

  it('is read again with the table of the kind', () => {
    const met: UpstreamError = { kind: 'invalid', message: 'Your credit balance is too low.' };
    assert.equal(refined(met, named('anthropic')).kind, 'quota');
    assert.equal(
      refined({ kind: 'unknown', message: '', type: 'overloaded_error' }).kind,
      'overloaded',
    );
  });

  it('keeps what the codec knows, and its wait', () => {
    const met: UpstreamError = { kind: 'rate_limited', message: 'Slower.', retryAfterMs: 7 };
    assert.deepEqual(refined(met), met);
    assert.equal(refined({ kind: 'internal', message: 'Broke.' }).kind, 'internal');
    assert.equal(
      refined({ kind: 'filtered', message: 'No.', type: 'invalid_request_error' }).kind,
      'filtered',
    );
  });
});

describe('our code for an error', () => {
  it('tells a short limit from a long one', () => {
    const limited = (retryAfterMs: number) =>
      codeOfError({ kind: 'rate_limited', message: 'x', retryAfterMs });
    assert.equal(limited(60_000), 'rate_limited');
    assert.equal(limited(60_001), 'quota_exhausted');
    assert.equal(codeOfError({ kind: 'rate_limited', message: 'x' }), 'rate_limited');
  });

  it('never blames the caller for our credential', () => {
    assert.equal(codeOfError({ kind: 'auth', message: 'x' }), 'upstream_failed');
  });
});

describe('any body whatever', () => {
  const kinds = fc.constantFrom(...KIND_NAMES).map(named);
  const status = fc.integer({ min: 100, max: 599 });

  it('is read without a throw, bounded, and the same again', () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json({ maxDepth: 6 }).map(bytes),
      fc
        .record({
          error: fc.anything({ maxDepth: 3 }),
          code: fc.anything({ maxDepth: 1 }),
          detail: fc.anything({ maxDepth: 3 }),
          message: fc.anything({ maxDepth: 2 }),
          details: fc.anything({ maxDepth: 3 }),
          metadata: fc.anything({ maxDepth: 3 }),
        })
        .map((value) =>
          bytes(JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? 1 : one))),
        ),
    );
    fc.assert(
      fc.property(kinds, status, body, (kind, code, content) => {
        const answer = { status: code, headers: [], body: content, nowMs: NOW_MS };
        const error = readUpstreamError(kind, answer);
        assert.ok([...error.message].length <= MESSAGE_CHARACTERS_MAX);
        assert.deepEqual(error, readUpstreamError(kind, answer));
        if (code >= 400) assert.notEqual(error.kind, 'unknown');
      }),
    );
  });

  it('is read no further than an error goes', () => {
    const body = `${'x'.repeat(BODY_BYTES_MAX)} prompt is too long`;
    assert.equal(read(400, body).kind, 'invalid');
    assert.equal(read(400, body.slice(-100)).kind, 'context_too_long');
  });
});
