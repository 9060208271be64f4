import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closest } from './suggest.ts';

const KEYS = ['tenants', 'plans', 'endpoints', 'policies', 'prices', 'body_bytes_max'];

test('a slip of the pen finds the word that was meant', () => {
  assert.equal(closest('tenant', KEYS), 'tenants');
  assert.equal(closest('tneants', KEYS), 'tenants');
  assert.equal(closest('polices', KEYS), 'policies');
  assert.equal(closest('Endpoints', KEYS), 'endpoints');
});

test('one word written in another style is the same word', () => {
  assert.equal(closest('bodyBytesMax', KEYS), 'body_bytes_max');
  assert.equal(closest('body-bytes-max', KEYS), 'body_bytes_max');
});

test('nothing is proposed when nothing is near', () => {
  assert.equal(closest('zzz', KEYS), undefined);
  assert.equal(closest('b', ['a']), undefined);
  assert.equal(closest('x'.repeat(65), ['x'.repeat(64)]), undefined);
  assert.equal(closest('tenants', []), undefined);
});
