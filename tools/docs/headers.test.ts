import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { REQUEST_HEADERS, RESPONSE_HEADERS } from './headers.table.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OURS = /x-signalbox-[a-z-]*[a-z]/g;
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const ours = (rows: typeof REQUEST_HEADERS): string[] =>
  rows.map(({ name }) => name.replace(/-…$/, '')).filter((name) => name.startsWith('x-signalbox-'));

test('the page names the headers that a call is read for, and no other', () => {
  const cases = read('packages/gateway/src/head.ts').matchAll(/case '([a-z-]+)'/g);
  const names = [...cases].map(([, name]) => `x-signalbox-${name}`);
  assert.deepEqual(ours(REQUEST_HEADERS).toSorted(), names.toSorted());
});

test('the page names the headers that an answer bears, and no other', () => {
  const heads = ['engine/src/settle/heads', 'gateway/src/counting']
    .map((path) => read(`packages/${path}.ts`))
    .join();
  const names = [...new Set(heads.match(OURS))];
  assert.deepEqual(ours(RESPONSE_HEADERS).toSorted(), names.toSorted());
});

test('no header of ours is named elsewhere without standing on the page', () => {
  const known = new Set([...ours(REQUEST_HEADERS), ...ours(RESPONSE_HEADERS)]);
  const sources = globSync('packages/{contract,dialect,engine,gateway}/src/**/*.ts', { cwd: ROOT });
  for (const path of sources.filter((one) => !one.includes('.test.'))) {
    for (const name of read(path).match(OURS) ?? []) {
      assert.ok(known.has(name), `${path} names ${name}`);
    }
  }
});
