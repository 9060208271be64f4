import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matches } from './install.mjs';

const lock = (/** @type {Record<string, unknown>} */ packages) => JSON.stringify({ packages });

test('an install that holds every version of the lock file is up to date', () => {
  const wanted = lock({ '': {}, 'node_modules/a': { version: '1.0.0' } });
  assert.equal(matches(wanted, lock({ 'node_modules/a': { version: '1.0.0' } })), true);
});

test('another version, a missing package and a package too many are not up to date', () => {
  const wanted = lock({ 'node_modules/a': { version: '1.0.0' } });
  assert.equal(matches(wanted, lock({ 'node_modules/a': { version: '1.0.1' } })), false);
  assert.equal(matches(wanted, lock({})), false);
  const more = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0' } };
  assert.equal(matches(wanted, lock(more)), false);
});

test('the optional packages of other platforms may be missing', () => {
  const wanted = lock({ 'node_modules/a': { version: '1.0.0', optional: true } });
  assert.equal(matches(wanted, lock({})), true);
});

test('the workspaces of the repository are not compared', () => {
  const wanted = lock({
    'packages/a': { version: '0.1.0' },
    'node_modules/@signalbox/a': { resolved: 'packages/a', link: true },
  });
  const installed = lock({
    'packages/a': { version: '0.2.0' },
    'node_modules/@signalbox/a': { resolved: 'packages/a', link: true },
  });
  assert.equal(matches(wanted, installed), true);
});
