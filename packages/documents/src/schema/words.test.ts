import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { z } from 'zod';
import {
  amountUsd,
  instantMs,
  label,
  labels,
  MODEL_NAME,
  NAME,
  network,
  pricePerMillion,
  secret,
  url,
} from './words.ts';

const reads = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;

test('names are short, lower-case and begin with a letter or digit', () => {
  for (const name of ['a', 'acme-eu', '4ever', 'x'.repeat(63), 'constructor']) {
    assert.match(name, NAME);
  }
  for (const name of ['', '-a', 'A', 'a_b', 'a b', 'x'.repeat(64), 'a\n', 'é']) {
    assert.doesNotMatch(name, NAME);
  }
  assert.match('meta/llama-3.3:70b_q4', MODEL_NAME);
  assert.doesNotMatch('/llama', MODEL_NAME);
});

test('a secret is a reference and nothing else', () => {
  assert.deepEqual(secret.parse('env:OPENAI_API_KEY'), { kind: 'env', value: 'OPENAI_API_KEY' });
  assert.deepEqual(secret.parse('file:/run/key'), { kind: 'file', value: '/run/key' });
  assert.deepEqual(secret.parse('exec:op read x'), { kind: 'exec', value: 'op read x' });
  for (const bad of [
    'sk-abc',
    'env:',
    'env:A B',
    'env:sk-abc',
    'file:',
    'file:a\nb',
    'ENV:X',
    '',
  ]) {
    assert.equal(reads(secret, bad), false, bad);
  }
});

test('dollars become nano-dollars without a float in between', () => {
  assert.equal(amountUsd.parse('0.1'), 100_000_000n);
  assert.equal(amountUsd.parse(0.1), 100_000_000n);
  assert.equal(amountUsd.parse('123456789012.123456789'), 123_456_789_012_123_456_789n);
  assert.equal(amountUsd.parse(0), 0n);
  for (const bad of [-1, '-1', '1e3', 1e-10, '0.0000000001', '1,5', '', ' 1', Number.NaN]) {
    assert.equal(reads(amountUsd, bad), false, String(bad));
  }
  assert.equal(pricePerMillion.parse(0.15), '0.15');
});

test('a label may be one of the common words, or one and all above', () => {
  assert.equal(label.parse('high'), 'regulated');
  assert.deepEqual(labels.parse('>=personal'), ['personal', 'regulated']);
  assert.deepEqual(labels.parse(['regulated', 'low']), ['public', 'regulated']);
  assert.deepEqual(labels.parse('medium'), ['internal']);
  assert.equal(reads(labels, []), false);
  assert.equal(reads(labels, '<personal'), false);
});

test('a time is a day or an instant in UTC that exists', () => {
  assert.equal(instantMs.parse('2026-01-31'), Date.UTC(2026, 0, 31));
  assert.equal(instantMs.parse('2026-01-31T12:30:00Z'), Date.UTC(2026, 0, 31, 12, 30));
  const bad = [
    '2026-02-30',
    '2026-13-01',
    '2026-01-31T12:30:00',
    '2026-01-31T25:00:00Z',
    '31.1.2026',
  ];
  for (const text of bad) assert.equal(reads(instantMs, text), false, text);
});

test('a network has a prefix and nothing after it', () => {
  assert.equal(reads(network, '10.0.0.0/8'), true);
  assert.equal(reads(network, 'fd00::/8'), true);
  for (const bad of ['10.0.0.1/8', '10.0.0.0/40', 'example.com', '']) {
    assert.equal(reads(network, bad), false, bad);
  }
});

test('a URL is http or https, names nobody and ends with its path', () => {
  for (const good of ['http://localhost:1/v1', 'https://example.com', 'HTTPS://example.com/a/b']) {
    assert.equal(reads(url, good), true, good);
  }
  const bad = [
    'example.com',
    'ftp://x',
    'https://u:p@x',
    'https://u@x',
    'https://x/?k=1',
    'https://x/#a',
  ];
  for (const text of [...bad, 'javascript:alert(1)', 'http://', '']) {
    assert.equal(reads(url, text), false, text);
  }
});
