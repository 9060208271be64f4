import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitTarget } from './target.ts';

test('a target is split at the first question mark and not decoded', () => {
  assert.deepEqual(splitTarget('/'), { path: '/', query: '' });
  assert.deepEqual(splitTarget('/v1/models'), { path: '/v1/models', query: '' });
  assert.deepEqual(splitTarget('/v1/x?a=b&c=/../d?e'), { path: '/v1/x', query: 'a=b&c=/../d?e' });
  assert.deepEqual(splitTarget('/v1/x?'), { path: '/v1/x', query: '' });
  assert.deepEqual(splitTarget('/v1/models/'), { path: '/v1/models/', query: '' });
  assert.deepEqual(splitTarget('/v1beta/models/m:generateContent'), {
    path: '/v1beta/models/m:generateContent',
    query: '',
  });
  assert.deepEqual(splitTarget('/a%20b/c.d/..e/.f'), { path: '/a%20b/c.d/..e/.f', query: '' });
});

const INVALID = [
  '',
  '*',
  'v1/models',
  'http://evil.example/v1',
  '//v1/models',
  '/v1//models',
  '/v1/models//',
  '/./v1',
  '/v1/../admin',
  '/v1/..',
  '/v1/.',
  '/v1%2fmodels',
  '/v1%2Fmodels',
  '/v1/%2e%2e/admin',
  '/v1/%2E',
  '/v1%5cmodels',
  '/v1\\models',
  '/v1%00',
  '/v1%252f',
  '/v1%zz',
  '/v1%',
  '/v1%2',
  '/v1#x',
  '/v1 x',
  '/v1\tx',
  '/v1\u007f',
  '/v1/é',
  '/v1?a=\u0001',
  `/${'x'.repeat(9_000)}`,
];

for (const target of INVALID) {
  test(`${JSON.stringify(target.slice(0, 40))} is invalid`, () => {
    assert.equal(splitTarget(target), 'invalid');
  });
}
