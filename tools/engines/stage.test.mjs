import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { stageFiles } from './stage.mjs';

const BINARY = '@node-llama-cpp/linux-x64';
const PLACE = `node_modules/${BINARY}`;

/** @param {string} name */
function read(name) {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
}

test('one binary is staged with its digest, and nothing else that is optional', () => {
  const lock = read('package-lock.json');
  const staged = stageFiles(read('package.json'), lock, BINARY);
  const binaries = Object.keys(staged.lock.packages).filter((path) =>
    path.includes('/@node-llama'),
  );
  assert.deepEqual(binaries, [PLACE]);
  assert.equal(staged.lock.packages[PLACE]?.['integrity'], lock.packages[PLACE].integrity);
  assert.equal(staged.pinned, true);
  const entries = Object.values(staged.lock.packages);
  assert.ok(entries.every((entry) => entry['optional'] !== true));
  assert.ok(entries.every((entry) => !('optionalDependencies' in entry)));
});

test('manifest and lock file agree on the root, as npm ci wants them to', () => {
  const staged = stageFiles(read('package.json'), read('package-lock.json'), BINARY);
  assert.deepEqual(staged.lock.packages['']?.['dependencies'], staged.manifest.dependencies);
});

test('a binary that the lock file lacks is asked for in the version of its library', () => {
  const manifest = read('package.json');
  const binary = '@node-llama-cpp/of-another-platform';
  const staged = stageFiles(manifest, read('package-lock.json'), binary);
  const version = manifest.dependencies['node-llama-cpp'];
  assert.deepEqual(staged.lock.packages[`node_modules/${binary}`], { version });
  assert.equal(staged.pinned, false);
});

test('the lock file names no registry', () => {
  const text = readFileSync(new URL('package-lock.json', import.meta.url), 'utf8');
  assert.doesNotMatch(text, /"resolved"/);
});
