import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { alone } from './lock.mjs';

const inFolder = (/** @type {(folder: string) => Promise<void>} */ use) => async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test(
  'the second waits until the first is done',
  inFolder(async (root) => {
    /** @type {string[]} */
    const seen = [];
    const work = (/** @type {string} */ name) => async () => {
      seen.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(`${name} ends`);
    };
    await Promise.all([alone(root, 'a', work('one')), alone(root, 'a', work('two'))]);
    assert.deepEqual(seen, ['one begins', 'one ends', 'two begins', 'two ends']);
    assert.equal(existsSync(join(root, '.cache/a')), false);
  }),
);

test(
  'work that fails frees the lock',
  inFolder(async (root) => {
    await assert.rejects(alone(root, 'a', () => Promise.reject(new Error('no'))));
    assert.equal(await alone(root, 'a', async () => 1), 1);
  }),
);

test(
  'a lock whose holder is gone is taken over',
  inFolder(async (root) => {
    mkdirSync(join(root, '.cache/a'), { recursive: true });
    // Beyond what a kernel hands out.
    writeFileSync(join(root, '.cache/a/holder'), String(2 ** 22 + 1));
    assert.equal(await alone(root, 'a', async () => 1), 1);
  }),
);
