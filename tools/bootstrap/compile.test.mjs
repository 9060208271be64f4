import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureCompiled } from './compile.mjs';

test('a Node compiles once, another Node again, and a failure is tried again', async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'compile-'));
  context.after(() => rmSync(root, { recursive: true }));
  context.after(setAside('NODE_COMPILE_CACHE'));
  mkdirSync(join(root, 'packages/cli/src'), { recursive: true });
  writeFileSync(join(root, 'package-lock.json'), '{}');
  const cache = join(root, '.cache/compiled');
  /** @param {string} name @param {string} ends */
  const nodeThat = (name, ends) => {
    const path = join(root, name);
    const makes = `for last; do :; done; mkdir -p "$last"; echo ${name} >> "$last/runs"`;
    writeFileSync(path, `#!/bin/sh\n${makes}\n${ends}\n`, { mode: 0o755 });
    return path;
  };
  const runs = () => readFileSync(join(cache, 'runs'), 'utf8').trim().split('\n');
  const one = nodeThat('one', 'exit 0');
  await ensureCompiled(root, one);
  await ensureCompiled(root, one);
  assert.deepEqual(runs(), ['one']);
  await ensureCompiled(root, nodeThat('two', 'exit 0'));
  assert.deepEqual(runs(), ['one', 'two']);
  rmSync(cache, { recursive: true });
  const broken = nodeThat('broken', 'exit 1');
  await ensureCompiled(root, broken);
  await ensureCompiled(root, broken);
  assert.deepEqual(runs(), ['broken', 'broken']);
  assert.equal(existsSync(join(root, '.cache/compiling')), false);
});

/** @param {string} name */
function setAside(name) {
  const before = process.env[name];
  delete process.env[name];
  return () => {
    if (before !== undefined) process.env[name] = before;
  };
}
