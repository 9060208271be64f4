import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { WRITTEN_PAGES } from './pages.ts';

for (const { path, text } of WRITTEN_PAGES) {
  test(`${path} says what the code says`, async () => {
    const page = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    assert.equal(page, await text(), 'run: node tools/docs/main.ts');
  });
}
